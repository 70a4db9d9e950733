#pragma once
// One condition of a compiled rule: a test of one fact, or a group of conditions.
//
// INVARIANT: immutable after construction; a group has at least one part. Nesting is bounded by the
// compiler, so judge() may recurse.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "policy/activity/attribute_table.h"
#include "policy/eval/matcher.h"
#include "policy/eval/outcome.h"

namespace sallyport::policy {

class Expression {
 public:
  enum class Kind : std::uint8_t { test, all, any, negation };

  // What a fact that is missing for good means for a test.
  enum class Missing : std::uint8_t {
    unknown,  // the condition does not hold, and its opposite neither
    holds,    // `user: unknown`, `file.name: is not set`
    fails,    // `file.name: is set`
  };
  // A fact is one of the matchers' values. With `present`, any value will do.
  static Expression test(const Attribute& attribute, std::vector<Matcher> matchers,
                         Missing missing = Missing::unknown, bool present = false);
  static Expression all(std::vector<Expression> parts);
  static Expression any(std::vector<Expression> parts);
  // Holds where not all of the parts hold.
  static Expression negation(std::vector<Expression> parts);

  Outcome judge(Point point, const Activity& activity) const;

  Kind kind() const { return kind_; }
  std::span<const Expression> parts() const { return parts_; }  // of a group
  // Of a test.
  const Attribute& attribute() const { return *attribute_; }
  std::span<const Matcher> matchers() const { return matchers_; }
  Missing missing() const { return missing_; }
  bool present() const { return present_; }

 private:
  explicit Expression(Kind kind) : kind_(kind) {}
  static Expression group(Kind kind, std::vector<Expression> parts);
  Outcome judge_test(Point point, const Activity& activity) const;

  Kind kind_;
  Missing missing_ = Missing::unknown;
  bool present_ = false;
  const Attribute* attribute_ =
      nullptr;  // of attribute_table(), which lives as long as the process
  std::vector<Matcher> matchers_;
  std::vector<Expression> parts_;
};

// Whether all parts hold; true for none.
Outcome judge_all(std::span<const Expression> parts, Point point, const Activity& activity);

}  // namespace sallyport::policy
