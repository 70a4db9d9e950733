#pragma once
// Which packets the kernel takes for a socket: a classic BPF program (filter.rst of the kernel) in
// front of it, so that what is dropped costs this process nothing. On a listener, what is dropped
// is the beginning of a handshake.

#include <span>

#include "base/core/address.h"

namespace sallyport::io {

// Drops whatever comes from `clients`: an IPv4 address, or an IPv6 address with all others of its
// /64. Takes the place of a filter before. False where the kernel has no filters for sockets.
// REQUIRES: at most 120 of them (a jump of BPF reaches 255 steps).
bool drop_packets_from(int socket, std::span<const IpAddress> clients);
// No filter any more.
void take_every_packet(int socket);

}  // namespace sallyport::io
