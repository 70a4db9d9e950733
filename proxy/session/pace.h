#pragma once
// The least speed of a client, so that one byte a minute does not hold a connection. Pure.
//
// The rule. A client owes bytes while we wait for the body of its request, or for it to take what
// we have of a reply. While it owes, it may fall behind `bytes_per_second` by at most `patience`:
// every second that it owes costs one, every `bytes_per_second` bytes that come or are taken give
// one back, and there are never more than `patience` of them. When none is left, the connection
// ends. A look at which it owes nothing forgives all. So an origin that is silent (SSE, long polls)
// costs its client nothing, and WebSockets and tunnels are not looked at at all: they are idle or
// not, see timeouts.tunnel_idle.

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace sallyport::session {

struct PaceRule {
  std::uint64_t bytes_per_second = 256;  // 0: no least speed
  std::chrono::milliseconds patience{120'000};

  bool holds() const { return bytes_per_second > 0; }
  // How often to look: the end comes that much too late at most.
  std::chrono::milliseconds between_looks() const {
    return std::clamp(patience / 8, std::chrono::milliseconds(200),
                      std::chrono::milliseconds(5'000));
  }
};

// One direction of one exchange.
class Pace {
 public:
  explicit Pace(const PaceRule& rule) : rule_(rule), left_(rule.patience) {}

  // `owes` at this moment; `moved` are all bytes so far; `since` passed after the last look. False:
  // too slow.
  bool look(bool owes, std::uint64_t moved, std::chrono::milliseconds since) {
    const std::uint64_t fresh = moved - std::min(moved, moved_);
    moved_ = moved;
    if (!owes) {
      left_ = rule_.patience;
      return true;
    }
    left_ -= since;
    // Whole seconds first: the finer arithmetic below could overflow.
    const auto missing = static_cast<std::uint64_t>((rule_.patience - left_).count());
    if (fresh / rule_.bytes_per_second > missing / 1000) {
      left_ = rule_.patience;
    } else {
      const std::uint64_t earned = fresh * 1000 / rule_.bytes_per_second;
      left_ += std::chrono::milliseconds(std::min(earned, missing));
    }
    return left_.count() > 0;
  }

 private:
  PaceRule rule_;  // a copy: a reload may change the other
  std::chrono::milliseconds left_;
  std::uint64_t moved_ = 0;
};

}  // namespace sallyport::session
