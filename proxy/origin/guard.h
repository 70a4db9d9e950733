#pragma once
// Which addresses an origin may have. Asked after resolution, for every address that is tried, so
// that no name, redirect or rebinding leads inside (safety.md C3).
//
// Refused unless listed in origins.allow_addresses: loopback, link-local, private, shared
// (100.64/10), unspecified, multicast, broadcast, benchmark and documentation ranges, cloud
// metadata, unique local IPv6, and IPv6 forms that carry such an IPv4 address. Our own listeners
// are refused always. Immutable; shared by the workers.

#include <string>
#include <vector>

#include "base/core/address.h"

namespace sallyport::origin {

class AddressGuard {
 public:
  AddressGuard(std::vector<IpPrefix> allowed, std::vector<IpEndpoint> own_listeners,
               std::vector<IpAddress> own_addresses);

  // "" where it may be reached, else why not: "loopback", "private", "metadata", "own listener",
  // ...
  std::string refusal(const IpEndpoint& endpoint) const;

 private:
  std::vector<IpPrefix> allowed_;
  std::vector<IpEndpoint> own_listeners_;
  std::vector<IpAddress> own_addresses_;
};

}  // namespace sallyport::origin
