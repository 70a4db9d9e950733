#pragma once
// Entries for the address book as JSON: what the API takes, shows, and what is kept over a restart.
//
//   {"entries": [
//     {"address": "192.0.2.7", "user": "ana", "ttl": "8h"},
//     {"address": "2001:db8:7::/64", "user": "CORP\\ben", "source": "wlan",
//      "expires": "2026-11-24T18:00:00Z"}
//   ]}
//
// `address` is an address or a prefix without host bits; `user` any name of a person. An entry ends
// after `ttl`, at `expires`, or after eight hours; at most 30 days from now.
//
// Limits: 1 MiB, 20,000 entries, 20 faults told; a source of 64 bytes.

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "discovery/users/address_map.h"

namespace sallyport::discovery {

inline constexpr std::size_t kMostFeedEntries = 20'000;
inline constexpr std::size_t kMostFeedText = 1024 * 1024;  // bytes

// The entries, or what is wrong, a sentence each: "entries[3].user: 'a:b' is no name of a user".
std::expected<std::vector<AddressEntry>, std::vector<std::string>> parse_address_feed(
    std::string_view json, Time now);

// As above, one entry a line, for any number of entries.
std::string render_address_feed(const std::vector<const AddressEntry*>& entries);
// What render_address_feed() wrote, without what has ended since. False where it is something else.
bool restore_address_feed(std::string_view json, Time now, AddressBook& book);

}  // namespace sallyport::discovery
