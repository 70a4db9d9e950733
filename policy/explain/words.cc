#include "policy/explain/words.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"

namespace sallyport::policy {
namespace {

std::string parts_text(const std::vector<ConditionExplained>& parts, std::string_view between) {
  std::string text;
  for (const ConditionExplained& part : parts) {
    if (!text.empty()) text += between;
    text += condition_text(part);
  }
  return text;
}

// "app.tag is sanctioned, user.group is unknown": of the tests that made the group what it is.
void findings_in(const ConditionExplained& condition, std::vector<std::string>& to) {
  if (condition.kind != Condition::Kind::test) {
    for (const ConditionExplained& part : condition.parts) findings_in(part, to);
    return;
  }
  std::string one = condition.name + " " + (condition.truth == Truth::unknown ? "is " : "") +
                    finding_text(condition);
  if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(std::move(one));
}

std::string sentence(const ConditionExplained& condition) {
  if (condition.kind == Condition::Kind::test) {
    return condition_text(condition) + "; " + finding_text(condition);
  }
  std::vector<std::string> findings;
  findings_in(condition, findings);
  return condition_text(condition) + fmt::format("; {}", fmt::join(findings, ", "));
}

const ConditionExplained* first_with(const std::vector<ConditionExplained>& conditions,
                                     Truth truth) {
  const auto at = std::find_if(conditions.begin(), conditions.end(),
                               [&](const auto& one) { return one.truth == truth; });
  return at == conditions.end() ? nullptr : &*at;
}

}  // namespace

std::string finding_text(const ConditionExplained& condition) {
  switch (condition.truth) {
    case Truth::unknown:
      return "unknown";
    case Truth::not_yet:
      return condition.attribute == nullptr
                 ? "not known yet"
                 : fmt::format("not known before {}", to_string(condition.attribute->from));
    case Truth::held:
    case Truth::failed:
      break;
  }
  if (condition.kind != Condition::Kind::test) return {};
  std::string text = condition.fact.empty() ? "is not set" : "is " + condition.fact;
  if (!condition.matched) return text;
  const std::string matched = printable(condition.matched->value);
  const bool elsewhere = condition.matched->place.source != condition.place.source;
  if (matched == condition.written || (matched == condition.fact && !elsewhere)) return text;
  text += fmt::format(", by '{}'", matched);
  if (elsewhere) text += " at " + to_text(condition.matched->place);
  return text;
}

std::string condition_text(const ConditionExplained& condition) {
  switch (condition.kind) {
    case Condition::Kind::test:
      return condition.written.empty() ? condition.name : condition.name + ": " + condition.written;
    case Condition::Kind::negation:
      return "not { " + parts_text(condition.parts, ", ") + " }";
    case Condition::Kind::all:
    case Condition::Kind::any:
      break;
  }
  return condition.name + " { " +
         parts_text(condition.parts, condition.kind == Condition::Kind::any ? " | " : ", ") + " }";
}

Reason reason_of(const PolicyExplained& policy) {
  const Look& look = policy.looks.back();
  const Policy* written = policy.policy->written.get();
  if (look.in_force == InForce::not_begun) {
    if (written == nullptr || !written->starts) return {"it is not in force yet", {}};
    return {fmt::format("in force from {} on", **written->starts), written->starts->place};
  }
  if (look.in_force == InForce::expired) {
    if (written == nullptr || !written->expires) return {"it is no longer in force", {}};
    return {fmt::format("in force until {}", **written->expires), written->expires->place};
  }
  if (look.truth == Truth::held) return {};
  const Truth wanted[] = {Truth::failed, look.truth};
  for (const Truth truth : wanted) {
    // What still may hold is open for what is not known yet, not for a part that failed.
    if (look.truth == Truth::not_yet && truth != Truth::not_yet) continue;
    if (const ConditionExplained* one = first_with(look.when, truth)) {
      return {sentence(*one), one->place};
    }
    for (const ExceptionExplained& exception : look.except) {
      const bool to_blame = exception.truth == (truth == Truth::not_yet ? truth : Truth::held);
      if (!to_blame) continue;
      std::string text = "except { " + parts_text(exception.when, ", ") + " }";
      if (!exception.reason.empty()) text += ", " + exception.reason;
      if (truth == Truth::not_yet) text += "; not known yet";
      return {std::move(text), exception.place};
    }
  }
  return {"some of it is unknown", {}};
}

std::string grant_text(const Grant& grant) {
  std::string text = grant.id.to_string();
  if (!grant.user.empty()) text += ", of " + printable(grant.user);
  if (grant.address) text += ", from " + grant.address->to_string();
  if (!grant.app.empty()) text += ", in " + grant.app;
  if (!grant.site.empty()) text += ", on " + printable(grant.site);
  if (grant.until != Time::max()) text += ", until " + format_rfc3339(grant.until);
  return text;
}

std::string title_of(const CompiledPolicy& policy) {
  return fmt::format("{} '{}'", policy.number + 1, printable(policy.name));
}

std::string answer_text(const Explanation& explanation) {
  const Decision& decision = explanation.decision;
  if (explanation.suspension) {
    const Suspension& suspension = *explanation.suspension;
    std::string text = fmt::format("{}, at {}: {} is suspended", to_string(decision.action),
                                   to_string(decision.point), printable(suspension.user));
    if (suspension.reach == Suspension::Reach::app) text += " in " + suspension.app;
    if (suspension.reach == Suspension::Reach::sanctioned) text += " in sanctioned apps";
    if (suspension.until != Time::max()) text += " until " + format_rfc3339(suspension.until);
    return text + fmt::format(" ({})", suspension.id.to_string());
  }
  if (decision.policy != nullptr) {
    return fmt::format("{} by {}, at {}", to_string(decision.action), title_of(*decision.policy),
                       to_string(decision.point));
  }
  if (decision.final) return fmt::format("{}: no policy matches", to_string(decision.action));
  std::string waits;
  for (const QuestionExplained& question : explanation.questions) {
    if (question.question != Question::may || question.answers.empty()) continue;
    for (const CompiledPolicy* one : question.answers.back().waits) {
      waits += (waits.empty() ? "" : ", ") + std::to_string(one->number + 1);
    }
  }
  return fmt::format("allow so far: {} may still match after {}", waits,
                     to_string(explanation.until));
}

}  // namespace sallyport::policy
