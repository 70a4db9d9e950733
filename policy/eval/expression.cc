#include "policy/eval/expression.h"

#include <utility>

#include "base/core/check.h"

namespace sallyport::policy {

Expression Expression::test(const Attribute& attribute, std::optional<Matcher> matcher,
                            bool or_unset) {
  CHECK(matcher || or_unset);
  Expression result(Kind::test);
  result.attribute_ = &attribute;
  result.matcher_ = std::move(matcher);
  result.or_unset_ = or_unset;
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
  const Value value = attribute_->get(activity);
  if (std::holds_alternative<std::monostate>(value)) {
    if (point < attribute_->from) return Outcome::not_yet();
    return or_unset_ ? Outcome::yes() : Outcome::unknown();
  }
  return matcher_ && matches(*matcher_, value) ? Outcome::yes() : Outcome::no();
}

Outcome judge_all(const std::vector<Expression>& parts, Point point, const Activity& activity) {
  Outcome result = Outcome::yes();
  for (const Expression& part : parts) {
    result = result & part.judge(point, activity);
    if (result == Outcome::no()) break;
  }
  return result;
}

}  // namespace sallyport::policy
