#pragma once
// How often one client may connect: each connection costs us handshakes, it costs a client a
// packet.
//
// A bucket per client (an IPv4 address or an IPv6 /64) of five seconds' worth of connections. One
// per worker; the kernel spreads a client's connections over the workers by their ports, so a
// client gets up to `workers` times as many in all. Clients that have been quiet for as long as
// their bucket takes to fill are forgotten; at most 16,384 are remembered, and where more than
// that connect at the limit at once, newcomers are not counted.

#include <chrono>
#include <cstdint>
#include <map>

#include "base/core/address.h"

namespace sallyport::listen {

class ConnectionRate {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMostClients = 16'384;
  static constexpr std::chrono::seconds kBurst{5};

  // Whether `client` may connect now, at `per_second`; 0 lets everybody.
  bool take(const IpAddress& client, std::uint32_t per_second, Time now);

  std::size_t clients() const { return next_.size(); }

 private:
  void forget(Time now);

  // When the client's bucket will be full again.
  std::map<IpAddress, Time> next_;
  Time forget_again_{};
};

// The address that a client is known by: all of an IPv6 /64 are one.
IpAddress client_of(const IpAddress& address);

}  // namespace sallyport::listen
