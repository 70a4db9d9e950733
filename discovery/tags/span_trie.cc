#include "discovery/tags/span_trie.h"

#include "discovery/tags/span_trie_format.h"

namespace sallyport::discovery {

using namespace span_trie;

namespace {

std::uint32_t count_long_up_to(const std::uint8_t* at, std::uint32_t count, std::uint64_t wanted) {
  std::uint32_t behind = 0;
  for (std::uint32_t i = 0; i < count; ++i) behind += load_long(at + i * kLongSize) <= wanted;
  return behind;
}

// How many of `count` sorted keys at `at` are at most `wanted`; no branch on any of them.
template <class T>
std::uint32_t count_up_to(const std::uint8_t* at, std::uint32_t count, T wanted) {
  std::uint32_t behind = 0;
  for (std::uint32_t i = 0; i < count; ++i) behind += load<T>(at + i * sizeof(T)) <= wanted;
  return behind;
}

}  // namespace

template <class Key>
std::uint32_t SpanTrie<Key>::search_list(std::size_t block, int& bit, Key key) const {
  const std::uint32_t* at = words_.data() + block;
  const std::uint32_t head = *at++;
  const std::uint32_t count = head & kCount;
  const auto wanted = static_cast<std::uint32_t>(key.front(bit) >> 32);
  std::uint32_t found = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t length = at[i] & ((1u << kLengthBits) - 1);
    found = (at[i] ^ wanted) >> kLengthBits >> (kInList - length) == 0 ? i + 1 : found;
  }
  bit += kInList;
  if ((head & kShortEntry) == 0) return at[count + found];
  const std::uint32_t entry = load<std::uint16_t>(
      reinterpret_cast<const std::uint8_t*>(at + count) + found * sizeof(std::uint16_t));
  if ((entry & 3) == kValue) return entry;
  return static_cast<std::uint32_t>(block - (entry >> 2)) << 2 | (entry & 3);
}

template <class Key>
std::uint32_t SpanTrie<Key>::search(std::size_t block, int& bit, Key key) const {
  const std::uint32_t head = words_.data()[block];
  if (head & kList) return search_list(block, bit, key);
  const std::uint32_t count = head & kCount;
  const auto* at = reinterpret_cast<const std::uint8_t*>(words_.data() + block + 1);
  const std::uint64_t front = key.front(bit);
  std::uint32_t behind = 0;
  std::uint32_t width = sizeof(Key);
  if (head & kShortKey) {
    behind = count_up_to(at, count, static_cast<std::uint16_t>(front >> 48));
    width = 2;
  } else if (head & kMiddleKey) {
    behind = count_up_to(at, count, static_cast<std::uint32_t>(front >> 32));
    width = 4;
  } else if (head & kLongKey) {
    behind = count_long_up_to(at, count, front >> 16);
    width = kLongSize;
  } else {
    behind = count_up_to(at, count, key);
  }
  at += count * width;
  bit += 32;
  return head & kShortEntry ? load<std::uint16_t>(at + behind * 2)
                            : load<std::uint32_t>(at + behind * 4);
}

template <class Key>
std::uint32_t SpanTrie<Key>::find(Key key) const {
  std::uint32_t entry = root_;
  for (int bit = 0;;) {
    switch (entry & 3) {
      case kValue:
        return entry >> 2;
      case kBlock:
        entry = search(entry >> 2, bit, key);
        if ((entry & 3) == kValue) return entry >> 2;
        break;
      case kNode: {
        const int stride = static_cast<int>(entry >> 2 & 31);
        entry = words_.data()[std::size_t{entry >> 7} * kUnit + key.bits(bit, stride)];
        bit += stride;
        break;
      }
      default: {
        const std::uint32_t* at = words_.data() + (entry >> 2);
        const int shared = static_cast<int>(at[0]);
        const Key inside = load<Key>(at + 4);
        if (Key::common_bits(inside, key) < shared) return key < inside ? at[1] : at[2];
        entry = at[3];
        bit = shared;
      }
    }
  }
}

template class SpanTrie<V4Key>;
template class SpanTrie<V6Key>;

}  // namespace sallyport::discovery
