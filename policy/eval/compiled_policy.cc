#include "policy/eval/compiled_policy.h"

#include <algorithm>

#include "policy/eval/standing.h"
#include "policy/eval/verdict.h"

namespace sallyport::policy {

Outcome CompiledPolicy::judge(Point point, const Activity& activity, std::size_t known) const {
  if (activity.at < starts || activity.at >= expires) return Outcome::no();
  Outcome result = Outcome::yes();
  for (std::size_t i = 0; i < when.size(); ++i) {
    if (i == known) continue;
    result = result & when[i].judge(point, activity);
    if (result == Outcome::no()) return result;
  }
  for (const Expression& exception : except) {
    result = result & exception.judge(point, activity).refuted();
    if (result == Outcome::no()) return result;
  }
  return result;
}

bool is_on(std::span<const std::string_view> hosts, std::string_view host) {
  return std::any_of(hosts.begin(), hosts.end(), [host](std::string_view one) {
    return one.starts_with('.') ? host.ends_with(one) || host == one.substr(1) : host == one;
  });
}

void Decision::keep_granted(const Decision& earlier) {
  for (const Granted& one : earlier.granted()) add_granted(*one.policy, one.grant);
}

void Decision::keep_rehearsed(const Decision& earlier) {
  if (earlier.count_ == 0) return;
  const Decision own = *this;
  rehearsed_ = earlier.rehearsed_;
  count_ = earlier.count_;
  for (const CompiledPolicy* one : own.rehearsed()) {
    const auto known = rehearsed();
    if (std::find(known.begin(), known.end(), one) == known.end()) add_rehearsed(*one);
  }
}

Verdict::Verdict(const Decision& decision)
    : action(decision.action), point(decision.point), final(decision.final) {
  if (decision.policy != nullptr) {
    policy = decision.policy->name;
    policy_id = decision.policy->id;
    say = decision.policy->say;
    redirect = decision.policy->redirect;
    replacement = decision.policy->replacement;
    quarantine = decision.policy->quarantine;
    grant_for = decision.policy->grant_for;
    grant_width = decision.policy->grant_width;
  } else if (decision.suspension) {
    policy_id = kSuspensionId;
    suspension = decision.suspension->to_string();
    if (action != Action::block) {
      policy = kSuspensionAsksName;
      grant_width = action == Action::step_up ? GrantWidth::user : GrantWidth::app;
      grant_for = action == Action::step_up ? std::chrono::seconds(kSecondFactorHolds)
                                            : std::chrono::seconds(kMostSignInAgain);
      return;
    }
    policy = kSuspensionName;
    // The reason is for operators; it may be nothing that the person should read.
    say = "Your access is suspended.";
    if (decision.suspended_until != Time::max()) {
      const std::string until = format_rfc3339(decision.suspended_until);
      say = "Your access is suspended until " + until.substr(0, 10) + ' ' + until.substr(11, 5) +
            " UTC.";
    }
  }
  for (const Decision::Granted& one : decision.granted()) {
    granted.push_back({one.policy->id, one.grant.to_string()});
  }
  for (const CompiledPolicy* one : decision.rehearsed()) {
    rehearsed.push_back({one->name, one->action});
  }
}

}  // namespace sallyport::policy
