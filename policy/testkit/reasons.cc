#include "policy/testkit/reasons.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "policy/testkit/happened.h"

namespace sallyport::policy {
namespace {

constexpr std::size_t kMostShown = 60;  // bytes of a condition

class Reasons {
 public:
  Reasons(Point point, const Activity& activity) : point_(point), activity_(activity) {}

  void of(const Expression& expression, bool holds) {
    switch (expression.kind()) {
      case Expression::Kind::test:
        names_.insert(expression.attribute().name);
        break;
      case Expression::Kind::negation:
        // As `all`, the other way round.
        each(expression, !holds, /*some=*/holds);
        break;
      case Expression::Kind::all:
        each(expression, holds, /*some=*/!holds);
        break;
      case Expression::Kind::any:
        each(expression, holds, /*some=*/holds);
        break;
    }
  }

  std::set<std::string_view> take() { return std::move(names_); }

 private:
  // The parts that count: all, or with `some` those that come to `holds`.
  void each(const Expression& group, bool holds, bool some) {
    for (const Expression& part : group.parts()) {
      const Outcome wanted = holds ? Outcome::yes() : Outcome::no();
      if (!some || part.judge(point_, activity_) == wanted) of(part, holds);
    }
  }

  Point point_;
  const Activity& activity_;
  std::set<std::string_view> names_;
};

// The first part that keeps `expression` from holding, told by what was written.
std::string told(const Expression& expression, const Condition& written, Point point,
                 const Activity& activity) {
  const auto says = [&](std::string_view what) {
    return fmt::format("{}: {} {}", place_text(written.attribute.place), written_text(written),
                       what);
  };
  if (expression.kind() == Expression::Kind::test) {
    const Seen seen = see(expression.attribute(), point, activity);
    const std::string is =
        seen.not_yet ? "not known yet" : show_fact(expression.attribute().name, activity);
    return says(fmt::format("does not hold; it is {}", is));
  }
  if (expression.kind() == Expression::Kind::all &&
      written.parts.size() == expression.parts().size()) {
    for (std::size_t i = 0; i < written.parts.size(); ++i) {
      if (!expression.parts()[i].judge(point, activity).holds()) {
        return told(expression.parts()[i], written.parts[i], point, activity);
      }
    }
  }
  if (expression.kind() == Expression::Kind::negation && written.parts.size() == 1 &&
      expression.parts().front().kind() == Expression::Kind::test) {
    return says(fmt::format("does not hold; it is {}",
                            show_fact(expression.parts().front().attribute().name, activity)));
  }
  return says("does not hold");
}

}  // namespace

std::set<std::string_view> reasons(const CompiledPolicy& policy, Point point,
                                   const Activity& activity) {
  Reasons reasons(point, activity);
  for (const Expression& one : policy.when) reasons.of(one, true);
  return reasons.take();
}

std::string obstacle(const CompiledPolicy& policy, Point point, const TestCase& test,
                     const Activity& activity) {
  const Policy* written = policy.written.get();
  const std::string at = written == nullptr ? policy.id : place_text(written->place);
  if (activity.at < policy.starts || activity.at >= policy.expires) {
    return fmt::format("{}: it is not in force at {}", at, format_rfc3339(activity.at));
  }
  for (std::size_t i = 0; i < policy.when.size(); ++i) {
    if (policy.when[i].judge(point, activity).holds()) continue;
    if (written == nullptr || i >= written->when.size()) return at + ": a condition does not hold";
    return told(policy.when[i], written->when[i], point, activity);
  }
  for (std::size_t i = 0; i < policy.except.size(); ++i) {
    if (policy.except[i].judge(point, activity).refuted().holds()) continue;
    const bool placed = written != nullptr && i < written->except.size();
    return fmt::format("{}: the exception holds",
                       placed ? place_text(written->except[i].place) : at);
  }
  if (policy.kind == Kind::activity && !is_enough(policy.repeat, test.repeat)) {
    const Repetition is = test.repeat.value_or(Repetition());
    return fmt::format(
        "{}: it did not happen often enough: {} within {}",
        written != nullptr && written->repeat ? place_text(written->repeat->place) : at, is.times,
        format_duration(is.within));
  }
  if (policy.kind == Kind::app_discovery) {
    if (!test.day) return at + ": it speaks of a day of an app, and the case has none";
    for (const Threshold& one : thresholds(policy.per_day, *test.day)) {
      if (one.holds()) continue;
      return fmt::format("{}: {} of the day is {}, not more than {}", at, one.measure, one.is,
                         one.more_than);
    }
  }
  return {};
}

std::string written_text(const Condition& condition) {
  std::string text = *condition.attribute + ": ";
  if (condition.kind != Condition::Kind::test) {
    text += condition.kind == Condition::Kind::negation ? "{" : "[";
    for (const Condition& part : condition.parts) {
      if (!text.ends_with('{') && !text.ends_with('[')) text += ", ";
      text += written_text(part);
    }
    text += condition.kind == Condition::Kind::negation ? "}" : "]";
  } else {
    for (const auto& value : condition.values) {
      if (!text.ends_with(": ")) text += ", ";
      text += *value;
      if (text.size() > 4 * kMostShown) break;
    }
  }
  text = printable(text);
  if (text.size() <= kMostShown) return text;
  std::size_t end = kMostShown - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::string place_text(const Place& place) {
  return fmt::format("{}:{}:{}", place.source ? place.source->name : "", place.line, place.column);
}

}  // namespace sallyport::policy
