#include "policy/eval/program.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace sallyport::policy {
namespace {

// A set of actions, for "would every pending rule do the same?".
class ActionSet {
 public:
  void add(Action action) { bits_ |= bit(action); }
  bool empty() const { return bits_ == 0; }
  bool only(Action action) const { return (bits_ & ~bit(action)) == 0; }

 private:
  static std::uint32_t bit(Action action) { return 1U << static_cast<unsigned>(action); }
  std::uint32_t bits_ = 0;
};

}  // namespace

Program::Program(std::vector<CompiledRule> rules) : rules_(std::move(rules)) {}

Verdict Program::decide(Point point, const Activity& activity) const {
  Verdict verdict;
  verdict.point = point;
  ActionSet pending;
  for (const CompiledRule& rule : rules_) {
    if (rule.action == Action::bypass && point != Point::connect) continue;
    const Outcome outcome = judge_all(rule.when, point, activity);
    if (!outcome.may_hold()) continue;
    if (rule.rehearse) {
      // After a pending rule nobody can say yet that this one would have been asked.
      if (outcome.holds() && pending.empty()) verdict.rehearsed.push_back({rule.name, rule.action});
      continue;
    }
    if (!outcome.holds()) {
      pending.add(rule.action);
      continue;
    }
    if (!pending.only(rule.action)) {
      verdict.final = false;
      return verdict;
    }
    verdict.action = rule.action;
    verdict.policy = rule.name;
    verdict.say = rule.say;
    return verdict;
  }
  verdict.final = pending.only(Action::allow);
  return verdict;
}

std::string Program::describe() const {
  const auto rehearsed = std::count_if(rules_.begin(), rules_.end(),
                                       [](const CompiledRule& rule) { return rule.rehearse; });
  std::string text = std::to_string(rules_.size()) + (rules_.size() == 1 ? " rule" : " rules");
  if (rehearsed > 0) text += ", " + std::to_string(rehearsed) + " of them rehearsed";
  return text;
}

}  // namespace sallyport::policy
