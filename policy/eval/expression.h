#pragma once
// One condition of a compiled rule: a test of one fact, or a group of conditions.
//
// INVARIANT: immutable after construction; a group has at least one part. Nesting is bounded by the
// compiler, so judge() may recurse.

#include <cstdint>
#include <optional>
#include <vector>

#include "policy/activity/attribute_table.h"
#include "policy/eval/matcher.h"
#include "policy/eval/outcome.h"

namespace sallyport::policy {

class Expression {
 public:
  // A fact is one of the matcher's values. With `or_unset`, the condition also holds where the fact
  // is missing for good: `user: unknown`. No matcher at all: it holds only there.
  static Expression test(const Attribute& attribute, std::optional<Matcher> matcher, bool or_unset);
  static Expression all(std::vector<Expression> parts);
  static Expression any(std::vector<Expression> parts);
  // Holds where not all of the parts hold.
  static Expression negation(std::vector<Expression> parts);

  Outcome judge(Point point, const Activity& activity) const;

 private:
  enum class Kind : std::uint8_t { test, all, any, negation };

  explicit Expression(Kind kind) : kind_(kind) {}
  static Expression group(Kind kind, std::vector<Expression> parts);
  Outcome judge_test(Point point, const Activity& activity) const;

  Kind kind_;
  bool or_unset_ = false;
  const Attribute* attribute_ =
      nullptr;  // of attribute_table(), which lives as long as the process
  std::optional<Matcher> matcher_;
  std::vector<Expression> parts_;
};

// Whether all parts hold; true for none.
Outcome judge_all(const std::vector<Expression>& parts, Point point, const Activity& activity);

}  // namespace sallyport::policy
