#pragma once
// What the cases show of the policies. Of each policy must be seen that it holds and that it does
// not; of each of its conditions (every test at every depth, every exception, `repeat`, each line
// of `per_day`) that it is true and that it is false. Unknown counts as false, not yet as neither.
// Only cases that are about a policy count for it: they name it, or are a variation of one that
// does, so that a condition is not covered by what was meant for another policy.
//
// Of each detection must be seen, in histories, that it finds something, that in a case of its own
// it finds nothing, and that in a variation of one in which it does it finds nothing: a near miss.

#include <cstdint>
#include <string>
#include <vector>

#include "policy/eval/program.h"
#include "policy/testkit/test_case.h"

namespace sallyport::policy {

struct Condition;  // policy/model/policy.h

struct CoveredItem {
  const CompiledPolicy* policy = nullptr;
  Place place;
  std::string text;     // "client.ip.tag: tor", "repeat", "the policy"
  bool always = false;  // has no conditions: need not be seen false
  bool seen_true = false;
  bool seen_false = false;

  bool covered() const { return seen_true && (seen_false || always); }
};

// REQUIRES: the program outlives it.
class Coverage {
 public:
  explicit Coverage(const Program& program);

  void observe(const TestCase& test, const Activity& activity);
  // REQUIRES: the case has a history, and passed.
  void observe_history(const TestCase& test);

  const std::vector<CoveredItem>& items() const { return items_; }
  std::size_t covered() const;
  // Rounded down, so that 100 means all.
  int percent() const;

 private:
  struct Watched {
    std::uint32_t item = 0;
    const Expression* expression = nullptr;  // null: the policy, `repeat`, or a threshold
    enum class What : std::uint8_t {
      policy,
      expression,
      repeat,
      per_day,
      history,
      near_miss,
    } what = What::policy;
    std::string_view measure;  // of per_day
  };
  void watch(const Expression& expression, const Condition& written, std::uint32_t policy);
  void add(const CompiledPolicy& policy, Place place, std::string text, Watched watched);

  const Program& program_;
  std::vector<CoveredItem> items_;
  std::vector<std::vector<Watched>> watched_;  // by the policy's number
};

}  // namespace sallyport::policy
