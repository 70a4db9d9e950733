#pragma once
// Boundaries said another way: as prefixes, of which the longest that a key lies in holds. Two
// boundaries are mostly one prefix, its begin and its end, so this is about half as much to store.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "discovery/tags/span_key.h"

namespace sallyport::discovery {

template <class Key>
struct ValuedPrefix {
  Key start;
  int length = 0;  // bits; all of `start` behind them are zero
  std::uint32_t value = 0;

  bool operator==(const ValuedPrefix&) const = default;
};

// values[i] holds from starts[i] up to starts[i + 1], `before` in front of the first; all keys
// share their first `bit` bits. Empty where it would take more than `most` prefixes. Whatever a
// prefix lies in stands before it, so the last that a key lies in is the longest. REQUIRES:
// `starts` ascending, unique, not empty.
template <class Key>
std::vector<ValuedPrefix<Key>> prefixes_of(std::span<const Key> starts,
                                           std::span<const std::uint32_t> values, int bit,
                                           std::uint32_t before, std::size_t most);

}  // namespace sallyport::discovery
