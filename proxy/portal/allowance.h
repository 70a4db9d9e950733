#pragma once
// How often something may be done: `number` at once and `number` per `window` in the long run, for
// each key by itself (the generic cell rate algorithm).
//
// One for all workers, from any thread, without a lock; of fixed size. What it may get wrong is
// what auth::ExpiringTable may: where more keys are busy than it has room for, some are forgotten.

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/crypto/siphash.h"
#include "proxy/auth/expiring_table.h"

namespace sallyport::portal {

class Allowance {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  // REQUIRES: a number of at least 1.
  Allowance(std::uint32_t number, std::chrono::milliseconds window, Moment begin,
            std::size_t cells = 16'384);

  // Whether it may be done once more; then that is counted.
  bool take(std::string_view key, Moment now);

 private:
  std::chrono::milliseconds window_;
  std::chrono::milliseconds step_;
  SipKey secret_;  // so that nobody can choose who shares a cell with whom
  auth::ExpiringTable table_;
};

}  // namespace sallyport::portal
