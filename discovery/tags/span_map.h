#pragma once
// Numbers for spans of addresses, flattened: whatever overlapped was settled when the map was made,
// so a look-up is one search in a sorted array, for a million prefixes as for ten.
//
// Filled once, then only read, from any number of threads. Memory: 8 bytes a boundary for IPv4, 20
// for IPv6, and 256 KiB for the first step of IPv4.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/core/address.h"
#include "discovery/tags/feed.h"

namespace sallyport::discovery {

class SpanMap {
 public:
  static constexpr std::uint32_t kNothing = 0;

  struct Layered {
    AddressSpan span;
    std::uint32_t layer;  // Below 2^31.
  };

  SpanMap() = default;
  // At every address the layers that cover it, ascending and unique, become one number by `name`,
  // which is asked once per distinct set. Where no layer covers, the number is kNothing.
  SpanMap(std::vector<Layered> spans,
          const std::function<std::uint32_t(std::span<const std::uint32_t>)>& name);

  // For spans that come in order: no sorting and no second copy, so that millions cost little more
  // than the map itself.
  class Ascending;

  std::uint32_t find(const IpAddress& address) const;
  std::size_t boundaries() const { return v4_starts_.size() + v6_starts_.size(); }

 private:
  static constexpr std::size_t kStride = 64;

  struct Wide {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    auto operator<=>(const Wide&) const = default;
  };
  static Wide widen(const IpAddress& address);
  std::uint32_t find_v6(const Wide& wanted) const;
  void index();

  // A value holds from its start up to the next start.
  std::vector<std::uint32_t> v4_starts_;
  std::vector<std::uint32_t> v4_values_;
  std::vector<std::uint32_t> v4_first_;  // By the upper 16 bits: where in v4_starts_ to begin.
  std::vector<Wide> v6_starts_;
  std::vector<Wide> v6_every_;  // Each kStride-th of v6_starts_: small enough to stay in the cache.
  std::vector<std::uint32_t> v6_values_;
};

class SpanMap::Ascending {
 public:
  // REQUIRES: behind every span of its family so far.
  void add(const AddressSpan& span, std::uint32_t number);
  SpanMap finish();  // Once.

 private:
  SpanMap map_;
  // The address behind the last span; absent before the first, and where nothing can follow.
  std::optional<std::uint32_t> v4_next_;
  std::optional<Wide> v6_next_;
};

}  // namespace sallyport::discovery
