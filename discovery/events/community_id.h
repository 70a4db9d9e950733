#pragma once
// Corelight community id, version 1: one text that a flow's two directions share, and that Zeek,
// Suricata and others compute alike.

#include <cstdint>
#include <string>

#include "base/core/address.h"

namespace sallyport::discovery {

// "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" for a TCP flow between the two, in either order. Both must be of
// one family: "" where they are not, because no such flow exists.
std::string community_id_tcp(const IpEndpoint& a, const IpEndpoint& b, std::uint16_t seed = 0);

}  // namespace sallyport::discovery
