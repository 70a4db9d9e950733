#pragma once
// A clock that a test sets.

#include "base/core/clock.h"

namespace sallyport::testkit {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(Time start) : now_(start) {}
  Time now() const override { return now_; }
  std::chrono::steady_clock::time_point steady() const override { return steady_; }
  void pass(std::chrono::milliseconds span) {
    now_ += span;
    steady_ += span;
  }

 private:
  Time now_;
  std::chrono::steady_clock::time_point steady_{std::chrono::hours(1)};
};

}  // namespace sallyport::testkit
