#pragma once
// Who floods the door: a client that is refused, for what it alone does, more than 512 times within
// a second is not heard for the next second; one to which that happened within the last minute,
// from 128 on. What is ignored costs the kernel a packet instead of costing us a connection, and
// those who ask again after a second (RFC 6298) find us listening.
//
// A client is an IPv4 address or an IPv6 /64. Only connections count that were really made (no
// packets), so nobody can have another ignored by using its address.
//
// One per worker, on its thread. At most 1,024 clients are watched; where more are refused at once,
// newcomers are not.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/core/address.h"

namespace sallyport::listen {

class FloodWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMostWatched = 1'024;
  static constexpr std::uint32_t kRefusedFirst = 512;
  static constexpr std::uint32_t kRefusedAgain = 128;
  static constexpr std::chrono::seconds kWindow{1};
  static constexpr std::chrono::seconds kDeaf{1};
  static constexpr std::chrono::minutes kRemembered{1};

  // `client` was refused. True where it is to be ignored from `now` on.
  bool refused(const IpAddress& client, Time now);

  // Those who are ignored at `now`, and when the first of them will be heard again.
  std::vector<IpAddress> ignored(Time now) const;
  std::optional<Time> next_heard(Time now) const;

 private:
  struct Client {
    Time window{};  // its beginning
    std::uint32_t refused = 0;
    std::optional<Time> deaf_until;  // also of the last time
  };
  void forget(Time now);

  std::map<IpAddress, Client> clients_;
  Time forget_again_{};
};

}  // namespace sallyport::listen
