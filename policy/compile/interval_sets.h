#pragma once
// Numbers and times of a test as sets of intervals (overlap.h).

#include <cstdint>
#include <span>
#include <vector>

#include "policy/eval/expression.h"

namespace sallyport::policy {

// Everything that the matchers of kind M say, united; nothing where they cannot be compared.
struct Span {
  bool comparable = true;
  const TimeZone* zone = nullptr;
  std::vector<NumberMatcher::Interval> intervals;
};

Span span_of(std::span<const Matcher> all);

// Of united intervals: whether all of `a` is in `b`, and whether they have nothing in common.
bool inside(const std::vector<NumberMatcher::Interval>& a,
            const std::vector<NumberMatcher::Interval>& b);
bool apart(const std::vector<NumberMatcher::Interval>& a,
           const std::vector<NumberMatcher::Interval>& b);

// Whether the values of the attribute are compared so.
bool is_interval(const Attribute& attribute);

}  // namespace sallyport::policy
