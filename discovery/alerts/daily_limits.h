#pragma once
// How many alerts each policy raised today, and how many its limit kept back. A day is one of UTC,
// and that of the activity: what began yesterday and is recorded today counts for yesterday.
//
// Thread rule: one thread.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "discovery/alerts/alert.h"

namespace sallyport::discovery {

class DailyLimits {
 public:
  // True: one more is raised; else it is suppressed. Counted either way. `limit` is the policy's of
  // now: a changed one holds at once.
  bool take(const std::string& policy_id, std::chrono::sys_days day, std::uint32_t limit);

  // What an earlier process counted comes on top.
  void add(const AlertDay& before);

  // What changed since the last call.
  std::vector<AlertDay> take_changes();
  // REQUIRES: take_changes() came first.
  void forget_before(std::chrono::sys_days day);
  // Those of a day, by policy.
  std::vector<AlertDay> of(std::chrono::sys_days day) const;

 private:
  struct Count {
    std::uint64_t raised = 0;
    std::uint64_t suppressed = 0;
    bool changed = false;
  };
  std::map<std::pair<std::chrono::sys_days, std::string>, Count> counts_;
};

}  // namespace sallyport::discovery
