#pragma once
// Which app of the catalog an address belongs to, where no name tells: the longest range that holds
// it.
//
// An IPv6 address that carries an IPv4 address (NAT64, 6to4) is judged by both, its own ranges
// first; an IPv4-mapped one is the IPv4 address (base/core/address.h).
//
// Immutable after making; copies share one table. A look-up is one walk down a trie
// (discovery/tags/span_map.h), however many apps and ranges there are, and allocates nothing.

#include <cstdint>
#include <memory>
#include <vector>

#include "base/core/address.h"

namespace sallyport::discovery {

// Of a catalog's ranges: a wider one would be no app's but a piece of the internet's.
inline constexpr int kWidestV4 = 8;   // bits of the prefix
inline constexpr int kWidestV6 = 16;  // likewise

class AppRanges {
 public:
  struct Claim {
    IpPrefix range;
    std::uint32_t app = 0;
  };

  AppRanges() = default;  // Holds nothing.
  // REQUIRES: no host bits, no range twice; less than 2^30 of them.
  explicit AppRanges(std::vector<Claim> claims);

  bool empty() const { return table_ == nullptr; }
  // Null where no range holds it. Lives as long as this, or a copy of it.
  const Claim* find(const IpAddress& address) const;

 private:
  struct Table;
  std::shared_ptr<const Table> table_;
};

}  // namespace sallyport::discovery
