#pragma once
// How often a policy with `repeat` comes true, counted the plainest way: after each activity all
// that came since the last time are looked at. Slow, and right by looking at it.

#include <algorithm>
#include <set>
#include <vector>

#include "policy/eval/repeat_window.h"

namespace sallyport::policy {

// The places, from 0, of the hits with which it came true; of one series, in the order they came.
inline std::vector<std::size_t> plain_repeats(const RepeatRule& rule,
                                              const std::vector<RepeatWindow::Hit>& hits) {
  std::vector<std::size_t> came_true;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    Time newest = hits[i].at;
    for (std::size_t k = begin; k <= i; ++k) newest = std::max(newest, hits[k].at);
    std::size_t count = 0;
    std::set<std::uint64_t> targets;
    for (std::size_t k = begin; k <= i; ++k) {
      if (hits[k].at < newest - rule.window) continue;
      ++count;
      targets.insert(hits[k].target);
    }
    if ((rule.unique_targets ? targets.size() : count) < rule.min) continue;
    came_true.push_back(i);
    begin = i + 1;
  }
  return came_true;
}

}  // namespace sallyport::policy
