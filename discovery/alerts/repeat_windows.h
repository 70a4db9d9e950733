#pragma once
// Counts the activities of one user under one policy in a sliding window (policy::RepeatRule).
//
//   if (auto full = windows.add("mass-download\0uana", rule, target, event.id, event.start, now)) {
//     ... raise an alert of full->events
//   }
//
// Time is that of the activities, not of their arrival: what comes late counts where it belongs, as
// long as it is not older than the newest of its series by more than the window. What claims to lie
// in the future counts as now; what was noted before the clock was set back is forgotten. Once a
// series is full it begins anew.
//
// Bounds: kMostSeries series of kMostActivities activities in all, at most about 12 MiB. Past them
// the eighth that was not seen for longest is forgotten, and counted. Cost: constant where
// activities come in order; with `unique_targets` as many steps as the rule's `min`. Thread rule:
// one thread.

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/core/clock.h"
#include "base/core/id.h"
#include "policy/eval/compiled_policy.h"

namespace sallyport::discovery {

class RepeatWindows {
 public:
  static constexpr std::size_t kMostSeries = 32 * 1024;
  static constexpr std::size_t kMostActivities = 128 * 1024;

  explicit RepeatWindows(std::size_t most_series = kMostSeries,
                         std::size_t most_activities = kMostActivities)
      : most_series_(most_series), most_activities_(most_activities) {}

  struct Full {
    std::size_t count = 0;
    Time first;
    Time last;
    std::vector<Ulid> events;  // the newest kMostEvidence, oldest first
  };

  // `series` names policy, user and, where they count apart, app. `target` matters only with
  // `unique_targets`: of those that are equal the latest counts.
  std::optional<Full> add(std::string_view series, const policy::RepeatRule& rule,
                          std::string_view target, const Ulid& event, Time at, Time now);

  std::size_t series() const { return series_.size(); }
  std::size_t activities() const { return activities_; }
  std::uint64_t forgotten() const { return forgotten_; }  // series, for want of room

 private:
  struct Activity {
    Time at;
    Ulid event;
    std::uint64_t target = 0;
  };
  // Sorted by time, within one window. Those before `begin` are gone.
  struct Series {
    std::vector<Activity> activities;
    std::size_t begin = 0;
    std::uint64_t seen = 0;  // turn_ when it was last added to

    std::size_t size() const { return activities.size() - begin; }
  };
  using Key = std::array<std::uint8_t, 16>;
  struct HashKey {
    std::size_t operator()(const Key& key) const {
      std::size_t hash;
      std::memcpy(&hash, key.data(), sizeof hash);
      return hash;
    }
  };

  void insert(Series& series, const Activity& activity, bool unique_targets);
  void drop_old(Series& series, Time oldest);
  void make_room();

  const std::size_t most_series_;
  const std::size_t most_activities_;
  std::unordered_map<Key, Series, HashKey> series_;  // by a hash of the name
  std::size_t activities_ = 0;
  std::uint64_t turn_ = 0;
  std::uint64_t forgotten_ = 0;
};

}  // namespace sallyport::discovery
