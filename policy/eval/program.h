#pragma once
// Compiled rules, and judging one activity with them.
//
//   Verdict verdict = program.decide(Point::request, activity);
//   if (verdict.stops()) ...
//
// Asked at every point of an exchange, from connect on, with what is known by then. Each time the
// rules are read from the first: the first one whose conditions all hold decides, and where none
// holds the answer is allow.
//
// A condition can be *true*, *false*, *unknown* or *not yet*:
//  - not yet: the fact is missing, and it can still come (the point is before Attribute::from);
//  - unknown: the fact is missing for good. The condition does not hold, and its opposite does not
//    either. (`not: {a, b}` with a false and b unknown holds: whatever b is, not both are true.)
//
// A rule that may still come to hold is *pending*. It keeps its place: a rule after it cannot
// decide before it, so the verdict is not final and says allow, which means "go on and ask again at
// the next point". Only where every pending rule would do what the later rule does, that one
// decides at once.
//
// `bypass` can only be decided at Point::connect; at a later point such a rule is skipped, because
// a connection that was opened cannot be closed again. `rehearse` rules never decide.
//
// INVARIANT: immutable after construction, so one Program may be used by all threads at once.

#include <cstddef>
#include <string>
#include <vector>

#include "policy/activity/activity.h"
#include "policy/eval/expression.h"
#include "policy/eval/verdict.h"

namespace sallyport::policy {

struct CompiledRule {
  std::string name;
  Action action = Action::allow;
  std::string say;
  bool rehearse = false;
  std::vector<Expression> when;  // All must hold.
};

class Program {
 public:
  Program() = default;  // No rules: everything is allowed.
  explicit Program(std::vector<CompiledRule> rules);

  // What holds at `point`; `activity` holds what is known by then. In a verdict that is not final,
  // `rehearsed` names only rules that stand before the first pending one.
  Verdict decide(Point point, const Activity& activity) const;

  std::size_t size() const { return rules_.size(); }
  // "6 rules, 1 of them rehearsed": for the log line after a reload.
  std::string describe() const;

 private:
  std::vector<CompiledRule> rules_;
};

}  // namespace sallyport::policy
