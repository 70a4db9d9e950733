#include "policy/eval/compiled_policy.h"

#include <algorithm>

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
  }
  for (const CompiledPolicy* one : decision.rehearsed()) {
    rehearsed.push_back({one->name, one->action});
  }
}

}  // namespace sallyport::policy
