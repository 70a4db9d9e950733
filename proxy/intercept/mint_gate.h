#pragma once
// How often a worker issues a certificate. Signing one takes it 50 µs and more, and names are free
// to invent, so a storm of names waits for its turn, and what would wait too long is refused.
//
// One for leaves that mirror an origin and one for pages of our own: a storm of names that lead
// nowhere holds up only others whose names lead nowhere.

#include <chrono>
#include <cstdint>

#include "base/io/nursery.h"
#include "base/io/worker.h"

namespace sallyport::intercept {

class MintGate {
 public:
  static constexpr std::chrono::seconds kBurst{1};     // this much at once
  static constexpr std::chrono::seconds kMostWait{2};  // before being refused

  explicit MintGate(io::Worker& worker) : worker_(worker) {}

  // True once it is the caller's turn, at `per_second` (> 0); false where too many wait, or `scope`
  // was cancelled. Counts the delayed and the refused. Ends within kMostWait.
  Task<bool> enter(std::uint32_t per_second, io::Nursery& scope);

 private:
  io::Worker& worker_;
  // When all that were let in are paid for.
  std::chrono::steady_clock::time_point paid_{};
};

}  // namespace sallyport::intercept
