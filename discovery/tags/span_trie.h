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
//   block  at most kMostInBlock boundaries, as what is smaller: each as short as it can be with an
//          entry for each, or a list of the prefixes that they are the ends of
//
// Filled once, then only read, from any number of threads. Memory: measured in perf/results.md; at
// worst, for clusters that were chosen to cost, about 90 bytes a boundary.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "discovery/tags/huge_words.h"
#include "discovery/tags/span_key.h"

namespace sallyport::discovery {

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
  static constexpr int kPerEntry = 3;  // bits: 2^3 to twice as many boundaries an entry of a table
  static constexpr int kMaxWaste = 2;  // bits that a node may look at although all share them

  class Builder;
  std::uint32_t search(std::size_t block, int& bit, Key key) const;
  std::uint32_t search_list(std::size_t block, int& bit, Key key) const;

  HugeWords words_;
  std::uint32_t root_ = 0;  // The value 0.
};

extern template class SpanTrie<V4Key>;
extern template class SpanTrie<V6Key>;

}  // namespace sallyport::discovery
