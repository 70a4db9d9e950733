#include "policy/explain/look.h"

#include <algorithm>

#include "base/core/text.h"
#include "policy/explain/fact_text.h"

namespace sallyport::policy {
namespace {

constexpr std::size_t kMostValues = 12;  // that are shown of a condition
constexpr std::string_view kList = "list/";

// As in the file: "upload", "[upload, share]".
std::string values_text(const std::vector<Spanned<std::string>>& values) {
  if (values.size() == 1) return printable(*values.front());
  std::string text = "[";
  for (std::size_t i = 0; i < std::min(values.size(), kMostValues); ++i) {
    text += (i == 0 ? "" : ", ") + printable(*values[i]);
  }
  if (values.size() > kMostValues) {
    text += ", " + std::to_string(values.size() - kMostValues) + " more";
  }
  return text + "]";
}

std::string_view word_of(Expression::Kind kind) {
  switch (kind) {
    case Expression::Kind::all:
      return "all";
    case Expression::Kind::any:
      return "any";
    case Expression::Kind::negation:
      return "not";
    case Expression::Kind::test:
      break;
  }
  return "";
}

Condition::Kind kind_of(Expression::Kind kind) {
  switch (kind) {
    case Expression::Kind::all:
      return Condition::Kind::all;
    case Expression::Kind::any:
      return Condition::Kind::any;
    case Expression::Kind::negation:
      return Condition::Kind::negation;
    case Expression::Kind::test:
      break;
  }
  return Condition::Kind::test;
}

bool same(const ConditionExplained& a, const ConditionExplained& b) {
  const auto matched = [](const ConditionExplained& one) {
    return one.matched ? one.matched->value : std::string();
  };
  return a.truth == b.truth && a.fact == b.fact && matched(a) == matched(b) &&
         std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(),
                    [](const auto& x, const auto& y) { return same(x, y); });
}

bool same(const std::vector<ConditionExplained>& a, const std::vector<ConditionExplained>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return same(x, y); });
}

}  // namespace

bool same(const Look& a, const Look& b) {
  return a.role == b.role && a.truth == b.truth && a.in_force == b.in_force &&
         same(a.when, b.when) &&
         std::equal(a.except.begin(), a.except.end(), b.except.begin(), b.except.end(),
                    [](const ExceptionExplained& x, const ExceptionExplained& y) {
                      return x.truth == y.truth && same(x.when, y.when);
                    });
}

Truth truth_of(Outcome outcome) {
  if (outcome.holds()) return Truth::held;
  if (outcome.may_hold()) return Truth::not_yet;
  // What is false or unknown whatever still comes cannot hold because something in it is unknown.
  return outcome == Outcome::no() ? Truth::failed : Truth::unknown;
}

struct Looker::Here {
  Point point;
  const Activity& activity;
  const Zone& zone;
};

const Looker::Zone& Looker::zone_of(const CompiledPolicy& policy) {
  const bool own = policy.written != nullptr && policy.written->zone;
  const std::string& name = own ? **policy.written->zone : default_zone_;
  const auto [at, fresh] = zones_.try_emplace(name);
  if (fresh) at->second = {name, TimeZone::find(name)};
  return at->second;
}

Look Looker::look(const CompiledPolicy& policy, Point point, const Activity& activity) {
  const Here here{point, activity, zone_of(policy)};
  const Policy* written = policy.written.get();
  Look look;
  look.from = look.to = point;
  look.truth = truth_of(policy.judge(point, activity));
  if (activity.at < policy.starts) look.in_force = InForce::not_begun;
  if (activity.at >= policy.expires) look.in_force = InForce::expired;
  look.when = conditions(policy.when, written == nullptr ? nullptr : &written->when, here);
  for (std::size_t i = 0; i < policy.except.size(); ++i) {
    const bool has = written != nullptr && i < written->except.size();
    look.except.push_back(exception(policy.except[i], has ? &written->except[i] : nullptr, here));
  }
  return look;
}

std::vector<ConditionExplained> Looker::conditions(std::span<const Expression> expressions,
                                                   const std::vector<Condition>* written,
                                                   const Here& here) {
  std::vector<ConditionExplained> explained;
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    const bool has = written != nullptr && i < written->size();
    explained.push_back(condition(expressions[i], has ? &(*written)[i] : nullptr, here));
  }
  return explained;
}

ConditionExplained Looker::condition(const Expression& expression, const Condition* written,
                                     const Here& here) {
  ConditionExplained out;
  out.kind = kind_of(expression.kind());
  out.truth = truth_of(expression.judge(here.point, here.activity));
  if (written != nullptr) out.place = written->attribute.place;
  if (expression.kind() != Expression::Kind::test) {
    out.name = word_of(expression.kind());
    out.parts =
        conditions(expression.parts(), written == nullptr ? nullptr : &written->parts, here);
    return out;
  }
  const Attribute& attribute = expression.attribute();
  out.attribute = &attribute;
  out.name = attribute.name;
  if (written != nullptr) out.written = values_text(written->values);
  const Seen seen = see(attribute, here.point, here.activity);
  if (!seen.not_yet) {
    out.fact = fact_text(attribute, seen.value, here.zone.zone.get(), here.zone.name);
  }
  if (out.truth == Truth::held && written != nullptr) {
    out.matched = find_matched(attribute, *written, here);
  }
  return out;
}

ExceptionExplained Looker::exception(const Expression& expression, const Exception* written,
                                     const Here& here) {
  ExceptionExplained out;
  out.truth = truth_of(expression.judge(here.point, here.activity));
  std::span<const Expression> parts = expression.parts();
  if (written != nullptr) {
    out.place = written->place;
    if (written->reason) out.reason = printable(**written->reason);
    if (written->expires) {
      out.expires = printable(**written->expires);
      // The date is the last part, which nobody wrote as a condition (lower.cc).
      if (parts.size() > written->when.size()) {
        out.expired = !parts.back().judge(here.point, here.activity).holds();
        parts = parts.first(parts.size() - 1);
      }
    }
  }
  out.when = conditions(parts, written == nullptr ? nullptr : &written->when, here);
  return out;
}

bool Looker::holds(const Attribute& attribute, std::vector<Spanned<std::string>> values,
                   const Here& here) {
  Diagnostics said_before;
  const auto test = values_.read(attribute, values, here.zone.name, said_before);
  return test && test->judge(here.point, here.activity).holds();
}

// The first value that holds by itself.
std::optional<Spanned<std::string>> Looker::find_matched(const Attribute& attribute,
                                                         const Condition& written,
                                                         const Here& here) {
  for (const Spanned<std::string>& value : written.values) {
    if (!holds(attribute, {value}, here)) continue;
    if (!value->starts_with(kList)) return value;
    Diagnostics said_before;
    const auto* entries = values_.entries(value, said_before);
    if (entries == nullptr) return value;
    // A list may be long: its halves, until one entry is left.
    auto first = entries->begin();
    auto last = entries->end();
    while (last - first > 1) {
      const auto middle = first + (last - first) / 2;
      (holds(attribute, {first, middle}, here) ? last : first) = middle;
    }
    return *first;
  }
  return std::nullopt;
}

}  // namespace sallyport::policy
