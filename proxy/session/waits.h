#pragma once
// How long exchanges took where: what the gateway itself added, and how long origins let it wait
// for the head of a reply; by minute, for the last hour.
//
// A minute's durations lie in buckets of which each is a fifth wider than the one before, so a
// quantile is at most 20 % too high and never too low. The first kAll exchanges of a minute are
// measured, then one of kEach: reading a clock costs more than all else here (about 25 ns), so a
// busy worker pays some nanoseconds an exchange.
//
// What the gateway added is measured where the request has no body: what a client takes to send
// one is not ours.
//
// Bounded: about 50 KiB. Thread rule: one worker's.

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "base/core/clock.h"

namespace sallyport::session {

// Durations in buckets from 1 us to about 100 s; what is longer is in the last one.
class Durations {
 public:
  static constexpr std::size_t kBuckets = 102;

  void add(std::chrono::nanoseconds duration);
  void add(const Durations& other);
  std::uint64_t count() const { return count_; }
  // The upper edge of the bucket in which that share (0 to 1) of them ends; 0 where there is none.
  std::chrono::microseconds quantile(double share) const;

 private:
  std::array<std::uint32_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
};

class Waits {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMinutes = 60;
  static constexpr std::uint32_t kAll = 1'000;
  static constexpr std::uint32_t kEach = 16;

  // Whether this exchange is measured. Once for each.
  bool begin() {
    const std::uint32_t turn = turn_++;
    return turn < kAll || turn % kEach == 0;
  }
  // How one went that was measured and ended at `now`.
  struct Measured {
    std::chrono::nanoseconds own{-1};     // below 0: not known
    std::chrono::nanoseconds origin{-1};  // likewise
  };
  void add(const Measured& measured, Moment now);

  struct Minute {
    std::int64_t minute = 0;  // since the steady clock began
    Durations own;
    Durations origin;
  };
  // Those of the last hour in which something was measured, oldest first.
  std::vector<Minute> minutes(Moment now) const;

 private:
  static std::int64_t minute_of(Moment at) {
    return std::chrono::duration_cast<std::chrono::minutes>(at.time_since_epoch()).count();
  }

  std::uint32_t turn_ = 0;  // in this minute
  std::int64_t minute_ = -1;
  std::vector<Minute> ring_ = std::vector<Minute>(kMinutes);  // by minute % kMinutes
};

}  // namespace sallyport::session
