#pragma once
// Numbers for spans of addresses, flattened: whatever overlapped was settled when the map was made,
// so a look-up is one walk down a trie of boundaries (span_trie.h), for a million prefixes as for
// ten.
//
// Filled once, then only read, from any number of threads.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/core/address.h"
#include "discovery/tags/feed.h"
#include "discovery/tags/span_trie.h"

namespace sallyport::discovery {

class SpanMap {
 public:
  static constexpr std::uint32_t kNothing = 0;

  struct Layered {
    AddressSpan span;
    std::uint32_t layer;
  };

  SpanMap() = default;
  // At every address the layers that cover it, ascending and unique, become one number by `name`,
  // which is below 2^30 and asked once per distinct set. Where no layer covers, the number is
  // kNothing.
  SpanMap(std::vector<Layered> spans,
          const std::function<std::uint32_t(std::span<const std::uint32_t>)>& name);

  // For spans that come in order: no sorting and no second copy of them, so that millions cost
  // little more than the map itself.
  class Ascending;

  std::uint32_t find(const IpAddress& address) const;
  std::size_t boundaries() const { return boundaries_; }
  std::size_t bytes() const { return v4_.bytes() + v6_.bytes(); }

 private:
  SpanTrie<V4Key> v4_;
  SpanTrie<V6Key> v6_;
  std::size_t boundaries_ = 0;
};

class SpanMap::Ascending {
 public:
  // REQUIRES: behind every span of its family so far.
  void add(const AddressSpan& span, std::uint32_t number);
  SpanMap finish();  // Once.

 private:
  template <class Key>
  struct Family {
    std::vector<Key> starts;
    std::vector<std::uint32_t> values;
    // The key behind the last span; absent before the first, and where nothing can follow.
    std::optional<Key> next;

    void add(Key first, std::optional<Key> behind, std::uint32_t value);
    void begin_piece(Key at, std::uint32_t value);
    SpanTrie<Key> finish();
  };
  Family<V4Key> v4_;
  Family<V6Key> v6_;
};

}  // namespace sallyport::discovery
