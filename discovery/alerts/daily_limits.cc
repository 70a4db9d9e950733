#include "discovery/alerts/daily_limits.h"

namespace sallyport::discovery {

bool DailyLimits::take(const std::string& policy_id, std::chrono::sys_days day,
                       std::uint32_t limit) {
  Count& count = counts_[{day, policy_id}];
  count.changed = true;
  const bool raised = count.raised < limit;
  ++(raised ? count.raised : count.suppressed);
  return raised;
}

void DailyLimits::add(const AlertDay& before) {
  Count& count = counts_[{before.day, before.policy_id}];
  // Counted here too, before the store could be opened: what it holds is too little now.
  count.changed = count.changed || count.raised + count.suppressed > 0;
  count.raised += before.raised;
  count.suppressed += before.suppressed;
}

std::vector<AlertDay> DailyLimits::take_changes() {
  std::vector<AlertDay> changes;
  for (auto& [key, count] : counts_) {
    if (!count.changed) continue;
    count.changed = false;
    changes.push_back({key.second, key.first, count.raised, count.suppressed});
  }
  return changes;
}

void DailyLimits::forget_before(std::chrono::sys_days day) {
  counts_.erase(counts_.begin(), counts_.lower_bound({day, ""}));
}

std::vector<AlertDay> DailyLimits::of(std::chrono::sys_days day) const {
  std::vector<AlertDay> found;
  for (auto one = counts_.lower_bound({day, ""}); one != counts_.end() && one->first.first == day;
       ++one) {
    found.push_back({one->first.second, day, one->second.raised, one->second.suppressed});
  }
  return found;
}

}  // namespace sallyport::discovery
