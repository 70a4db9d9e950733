#pragma once
// The windows of all users under all policies with `repeat` (policy::RepeatWindow), in bounded
// memory.
//
//   if (auto full = windows.add(repeat_series(policy, activity), policy.repeat,
//                               repeat_target(activity), event.id, event.start, now)) {
//     ... raise an alert of full->events
//   }
//
// Time is that of the activities, not of their arrival. What claims to lie in the future counts as
// now; what was noted before the clock was set back is forgotten.
//
// Bounds: kMostSeries series of kMostActivities activities in all, at most about 12 MiB. Past them
// the eighth that was not seen for longest is forgotten, and counted. Thread rule: one thread.

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/core/clock.h"
#include "base/core/id.h"
#include "policy/eval/repeat_window.h"

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

  // `series` and `target` as policy::repeat_series and repeat_target name them.
  std::optional<Full> add(std::string_view series, const policy::RepeatRule& rule,
                          std::string_view target, const Ulid& event, Time at, Time now);

  std::size_t series() const { return series_.size(); }
  std::size_t activities() const { return activities_; }
  std::uint64_t forgotten() const { return forgotten_; }  // series, for want of room

 private:
  struct Series {
    policy::RepeatWindow window;
    std::uint64_t seen = 0;  // turn_ when it was last added to
  };
  using Key = std::array<std::uint8_t, 16>;
  struct HashKey {
    std::size_t operator()(const Key& key) const {
      std::size_t hash;
      std::memcpy(&hash, key.data(), sizeof hash);
      return hash;
    }
  };

  void make_room();

  const std::size_t most_series_;
  const std::size_t most_activities_;
  std::unordered_map<Key, Series, HashKey> series_;  // by a hash of the name
  std::size_t activities_ = 0;
  std::uint64_t turn_ = 0;
  std::uint64_t forgotten_ = 0;
};

}  // namespace sallyport::discovery
