#pragma once
// How much of what costs us and serves nobody a peer may send on one connection (safety.md C2).
// Pure.
//
// Each kind has a budget: so many at once, and so many more every second. A connection that passes
// one ends with GOAWAY(ENHANCE_YOUR_CALM). What is useful costs nothing: requests, bodies, and the
// frames that a transfer needs.

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace sallyport::http2 {

enum class Nuisance : std::uint8_t {
  reset,         // RST_STREAM of a stream that was not over: Rapid Reset (CVE-2023-44487)
  fault,         // what we must reset a stream for: MadeYouReset (CVE-2025-8671)
  control,       // PING, SETTINGS, PRIORITY, WINDOW_UPDATE of nothing; unknown frames are skipped
  empty,         // DATA of no bytes that ends nothing
  continuation,  // CONTINUATION frames (CVE-2024-27316)
  count_
};

std::string_view to_string(Nuisance kind);

class Guard {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Guard(Clock::time_point now);

  // False where the budget is used up.
  bool charge(Nuisance kind, Clock::time_point now);

 private:
  struct Budget {
    double left;
    Clock::time_point at;
  };
  std::array<Budget, static_cast<std::size_t>(Nuisance::count_)> budgets_;
};

}  // namespace sallyport::http2
