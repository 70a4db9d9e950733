#pragma once
// How long to wait before the next try: 1, 2, 4 ... 300 s, each cut by up to a half at random, so
// that receivers that were away together are not asked together.

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace sallyport::delivery {

class BackOff {
 public:
  static constexpr std::chrono::milliseconds kFirst{1'000};
  static constexpr std::chrono::milliseconds kLast{300'000};

  // `chance` is any number, as random as it can be had.
  std::chrono::milliseconds next(std::uint32_t chance) {
    delay_ = std::clamp(delay_ * 2, kFirst, kLast);
    return delay_ - std::chrono::milliseconds(chance % (delay_.count() / 2 + 1));
  }
  // It worked.
  void reset() { delay_ = {}; }

 private:
  std::chrono::milliseconds delay_{0};
};

}  // namespace sallyport::delivery
