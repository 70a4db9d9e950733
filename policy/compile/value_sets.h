#pragma once
// The values of two tests of one attribute, compared as sets (overlap.h). `true` is certain.

#include "policy/compile/overlap.h"
#include "policy/eval/expression.h"

namespace sallyport::policy {

inline bool is_empty(const Expression& test) { return !test.present() && test.matchers().empty(); }

// Every value that `a` takes is taken by `b`.
bool is_subset(const Expression& a, const Expression& b, Work& work);
// No single value is taken by both.
bool are_disjoint(const Expression& a, const Expression& b, Work& work);
bool hosts_apart(const HostMatcher& one, const Matcher& other, Work& work);

}  // namespace sallyport::policy
