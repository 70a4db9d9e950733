#pragma once
// What policies make of a case's activity: who decides, who rehearses, reports, edits.

#include <vector>

#include "policy/eval/program.h"
#include "policy/testkit/test_case.h"

namespace sallyport::policy {

struct Happened {
  Action action = Action::allow;
  bool final = true;                       // false: it waits for a later point
  const CompiledPolicy* policy = nullptr;  // that decided; null: the default
  Point point = Point::connect;            // where
  // In the order written, each once. Of a program that outlives this.
  std::vector<const CompiledPolicy*> rehearsed;  // of every kind
  std::vector<const CompiledPolicy*> reports;    // activity, app_discovery
  std::vector<const CompiledPolicy*> edits;
  std::vector<const CompiledPolicy*> granted;  // passed over, because they were answered
};

// As the path asks (see Program), or at the case's point alone. A case that expects `intercept`
// asks whether the connection is opened, one with a fault of the certificate what becomes of it,
// and one with a day of an app what is reported of it.
Happened judge_case(const Program& program, const TestCase& test, const Activity& activity);

// Whether the repetition comes to what the policy counts (RepeatWindow): so many activities, evenly
// over the span and the apps. Without one it happened once.
bool is_enough(const RepeatRule& rule, const std::optional<Repetition>& repetition);

// One threshold of a policy, beside what the day came to.
struct Threshold {
  std::string_view measure;  // "uploaded"
  std::uint64_t more_than = 0;
  std::uint64_t is = 0;
  bool holds() const { return is > more_than; }
};
std::vector<Threshold> thresholds(const DailyThresholds& asked, const DayTotals& day);

// Whether the conditions hold at `point`, and what is counted comes to enough.
bool holds_in_case(const CompiledPolicy& policy, Point point, const TestCase& test,
                   const Activity& activity);

}  // namespace sallyport::policy
