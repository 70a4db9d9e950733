#pragma once
// Which of many sorted boundaries lies at or before a key: a trie whose tables are as wide as what
// lies in them asks for, with small sorted blocks at its leaves. For a million prefixes the tables
// stay in the second-level cache, and a block is mostly one cache line: one miss a look-up.
//
// Everything is one array of 32-bit words. An entry in it says by its last two bits what follows:
//   value  the answer
//   node   a table of 2^stride entries, chosen by the next `stride` bits of the key; the stride is
//          such that what comes to an entry fits into a cache line or two
//   skip   all boundaries share the bits from here to some bit: before them one answer, behind them
//          another, between them an entry. So what clusters deep down costs no chain of tables
//   block  at most kMostInBlock boundaries, each as short as it can be, and an entry for each
//
// Filled once, then only read, from any number of threads. Memory: measured in perf/results.md; at
// worst, for clusters that were chosen to cost, about 90 bytes a boundary.

#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "discovery/tags/huge_words.h"

namespace sallyport::discovery {

// The first of all bits is bit 0.
struct V4Key {
  static constexpr int kBits = 32;
  std::uint32_t value = 0;

  auto operator<=>(const V4Key&) const = default;
  // REQUIRES: 0 < count <= 32, from + count <= kBits.
  std::uint32_t bits(int from, int count) const { return value << from >> (32 - count); }
  // 64 bits from `from` on, zeros behind the last.
  std::uint64_t front(int from) const {
    return from >= 32 ? 0 : std::uint64_t{value} << 32 << from;
  }
  bool is_zero_from(int bit) const { return bit >= 32 || value << bit == 0; }
  static int common_bits(V4Key a, V4Key b) { return std::countl_zero(a.value ^ b.value); }
};

struct V6Key {
  static constexpr int kBits = 128;
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  auto operator<=>(const V6Key&) const = default;
  std::uint32_t bits(int from, int count) const {
    return static_cast<std::uint32_t>(front(from) >> (64 - count));
  }
  std::uint64_t front(int from) const {
    if (from >= 64) return from >= 128 ? 0 : low << (from - 64);
    return from == 0 ? high : high << from | low >> (64 - from);
  }
  bool is_zero_from(int bit) const {
    if (bit >= 128) return true;
    if (bit >= 64) return low << (bit - 64) == 0;
    return low == 0 && high << bit == 0;
  }
  static int common_bits(V6Key a, V6Key b) {
    return a.high != b.high ? std::countl_zero(a.high ^ b.high)
                            : 64 + std::countl_zero(a.low ^ b.low);
  }
};

template <class Key>
class SpanTrie {
 public:
  SpanTrie() = default;
  // values[i] holds from starts[i] up to starts[i + 1], 0 before the first. REQUIRES: `starts`
  // ascending and unique; values below 2^30.
  SpanTrie(const std::vector<Key>& starts, const std::vector<std::uint32_t>& values);

  std::uint32_t find(Key key) const;
  std::size_t bytes() const { return words_.bytes(); }

 private:
  enum Tag : std::uint32_t { kValue, kNode, kSkip, kBlock };
  static constexpr std::uint32_t kMostInBlock = 32;
  static constexpr int kMaxStride = 18;  // bits
  // Bits: a table has 2^kPerEntry to twice as many boundaries an entry. Keys of IPv6 take more
  // room.
  static constexpr int kPerEntry = Key::kBits == 32 ? 3 : 2;
  static constexpr int kMaxWaste = 2;  // bits that a node may look at although all share them

  class Builder;
  std::uint32_t search(std::size_t block, int bit, Key key) const;

  HugeWords words_;
  std::uint32_t root_ = 0;  // The value 0.
};

extern template class SpanTrie<V4Key>;
extern template class SpanTrie<V6Key>;

}  // namespace sallyport::discovery
