#pragma once
// How a SpanTrie lies in its array; for span_trie.cc, which reads it, and span_trie_builder.cc.
//
// In words:
//   node   its entries, from a multiple of 8 on; the entry that leads to it has the stride in bits
//          2 to 6 and the place, in units of 8 words, in the other 25
//   skip   shared bits, answer before, answer behind, entry, then the key that the shared bits begin
//   block  number of keys, width of a key, width of an answer; the keys; an answer more than keys.
//          A key is the next 16, 32 or 48 bits where all that follow are zero, else the whole of it.
//          An answer has 16 bits where that is enough
//   list   a block too: number of prefixes, width of an answer; the prefixes; an answer where none
//          holds, and one for each. A prefix is the next 27 bits and, in the last 5, how many of
//          them count. What asks for more bits than that is behind an answer. In 16 bits, an answer
//          that leads on says how many words further to the front that is
// An entry that leads to a skip or a block has its place, in words, in bits 2 to 31.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace sallyport::discovery::span_trie {

inline constexpr std::size_t kLine = 16;      // words of a cache line
inline constexpr std::size_t kUnit = 8;       // words: nodes begin at multiples
inline constexpr std::size_t kMostWhole = 3;  // whole keys of IPv6 in a block: a cache line

// The first word of a block.
inline constexpr std::uint32_t kCount = 0xff;
inline constexpr std::uint32_t kShortKey = 0x100;   // 16 bits
inline constexpr std::uint32_t kMiddleKey = 0x200;  // 32 bits
inline constexpr std::uint32_t kLongKey = 0x400;    // 48 bits
inline constexpr std::uint32_t kShortEntry = 0x800;
inline constexpr std::uint32_t kList = 0x1000;

inline constexpr int kInList = 27;     // bits of a prefix in a list
inline constexpr int kLengthBits = 5;  // that say how many of them count
inline constexpr std::size_t kMostInList = 48;
inline constexpr std::size_t kBehindList = 16;  // bytes that what an answer leads to is reckoned at
inline constexpr std::uint32_t kMostShort = 0xffff;

template <class T>
T load(const void* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <class T>
void store(std::vector<std::uint8_t>& bytes, T value) {
  const auto* at = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), at, at + sizeof value);
}

inline std::size_t round_up(std::size_t size, std::size_t unit) {
  return (size + unit - 1) / unit * unit;
}

// Of 48 bits, six bytes from the last to the first, so that eight of them may be read at once:
// there are always entries behind the keys.
inline constexpr std::uint32_t kLongSize = 6;  // bytes
inline std::uint64_t load_long(const std::uint8_t* at) {
  std::uint64_t value = 0;
  if constexpr (std::endian::native == std::endian::little) {
    value = load<std::uint64_t>(at) & 0xffff'ffff'ffff;
  } else {
    for (std::uint32_t i = kLongSize; i-- > 0;) value = value << 8 | at[i];
  }
  return value;
}

inline void store_long(std::vector<std::uint8_t>& bytes, std::uint64_t value) {
  for (std::uint32_t i = 0; i < kLongSize; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

}  // namespace sallyport::discovery::span_trie
