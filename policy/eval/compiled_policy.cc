#include "policy/eval/compiled_policy.h"

#include "policy/eval/verdict.h"

namespace sallyport::policy {

Outcome CompiledPolicy::judge(Point point, const Activity& activity) const {
  if (activity.at < starts || activity.at >= expires) return Outcome::no();
  Outcome result = judge_all(when, point, activity);
  for (const Expression& exception : except) {
    if (result == Outcome::no()) break;
    result = result & exception.judge(point, activity).refuted();
  }
  return result;
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
