#pragma once
// What one test of a fact says about another test: whether it follows from it, and whether both can
// hold of one exchange. Answers are proofs: `true` is certain, `false` may also mean "cannot tell".
//
// A test is taken as its judge takes it (eval/expression.h): `yes` only where the fact is known and
// fits, or is missing for good and the test says so; likewise `no`. Therefore every proof holds at
// each point of an exchange by itself, also while facts are not yet known.

#include <cstddef>

#include "policy/eval/expression.h"

namespace sallyport::policy {

// How much may be compared before everything cannot be told any more, in values looked at. Keeps
// the lint of a hostile or huge file within bounds.
class Work {
 public:
  explicit Work(std::size_t most) : left_(most) {}
  // False once it is used up.
  bool spend(std::size_t values) {
    left_ -= values < left_ ? values : left_;
    return left_ > 0;
  }

 private:
  std::size_t left_;
};

// A test that must come out as `yes`, or as `no` where it is negated.
struct Literal {
  const Expression* test = nullptr;  // REQUIRES: of kind test
  bool negated = false;

  const Attribute& attribute() const { return test->attribute(); }
  // Holds where the fact is missing for good.
  bool takes_missing() const {
    return test->missing() == (negated ? Expression::Missing::fails : Expression::Missing::holds);
  }
};

// Wherever `a` holds, `b` does.
bool follows(const Literal& a, const Literal& b, Work& work);
// `a` and `b` never hold together. Knows also what attributes say of each other: an unknown user
// has no group, and a host stands below its domain.
bool exclude(const Literal& a, const Literal& b, Work& work);

}  // namespace sallyport::policy
