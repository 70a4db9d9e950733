#include "policy/eval/expression.h"

#include <utility>

#include "base/core/check.h"

namespace sallyport::policy {

Expression Expression::test(const Attribute& attribute, std::vector<Matcher> matchers,
                            Missing missing, bool present) {
  Expression result(Kind::test);
  result.attribute_ = &attribute;
  result.matchers_ = std::move(matchers);
  result.missing_ = missing;
  result.present_ = present;
  return result;
}

Expression Expression::group(Kind kind, std::vector<Expression> parts) {
  CHECK(!parts.empty());
  Expression result(kind);
  result.parts_ = std::move(parts);
  return result;
}

Expression Expression::all(std::vector<Expression> parts) {
  return group(Kind::all, std::move(parts));
}

Expression Expression::any(std::vector<Expression> parts) {
  return group(Kind::any, std::move(parts));
}

Expression Expression::negation(std::vector<Expression> parts) {
  return group(Kind::negation, std::move(parts));
}

Outcome Expression::judge(Point point, const Activity& activity) const {
  switch (kind_) {
    case Kind::test:
      return judge_test(point, activity);
    case Kind::all:
      return judge_all(parts_, point, activity);
    case Kind::negation:
      return !judge_all(parts_, point, activity);
    case Kind::any: {
      Outcome result = Outcome::no();
      for (const Expression& part : parts_) {
        result = result | part.judge(point, activity);
        if (result.holds()) break;
      }
      return result;
    }
  }
  std::unreachable();
}

Outcome Expression::judge_test(Point point, const Activity& activity) const {
  const Seen seen = see(*attribute_, point, activity);
  if (seen.not_yet) return Outcome::not_yet();
  if (std::holds_alternative<std::monostate>(seen.value)) {
    switch (missing_) {
      case Missing::unknown:
        return Outcome::unknown();
      case Missing::holds:
        return Outcome::yes();
      case Missing::fails:
        return Outcome::no();
    }
  }
  if (present_) return Outcome::yes();
  for (const Matcher& matcher : matchers_) {
    if (matches(matcher, seen.value)) return Outcome::yes();
  }
  return Outcome::no();
}

Outcome judge_all(std::span<const Expression> parts, Point point, const Activity& activity) {
  Outcome result = Outcome::yes();
  for (const Expression& part : parts) {
    result = result & part.judge(point, activity);
    if (result == Outcome::no()) break;
  }
  return result;
}

}  // namespace sallyport::policy
