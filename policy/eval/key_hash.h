#pragma once
// Hashing what policies are filed under. Fast, and no match for somebody who chooses what is in the
// table; only operators do.

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/core/text.h"

namespace sallyport::policy::indexing {

constexpr std::uint64_t kOnes = 0x0101010101010101;

// Eight bytes at once in small letters.
constexpr std::uint64_t lower8(std::uint64_t word) {
  const std::uint64_t low7 = word & (0x7f * kOnes);
  const std::uint64_t above_z = low7 + (0x7f - 'Z') * kOnes;
  const std::uint64_t from_a = low7 + (0x80 - 'A') * kOnes;
  const std::uint64_t upper = ~word & (from_a ^ above_z) & (0x80 * kOnes);
  return word | (upper >> 2);
}

template <class Word>
std::uint64_t load(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

inline std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 32);
}

// Loads overlap at the end, so that none is of a size that is not known here.
template <bool Fold>
std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
  const auto take = [](std::uint64_t word) { return Fold ? lower8(word) : word; };
  const char* const from = text.data();
  const std::size_t size = text.size();
  std::uint64_t hash = seed ^ (size << 32);
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8) {
      hash = mix(hash, take(load<std::uint64_t>(from + at)));
    }
    hash = mix(hash, take(load<std::uint64_t>(from + size - 8)));
  } else if (size >= 4) {
    hash = mix(hash, take(load<std::uint32_t>(from) | load<std::uint32_t>(from + size - 4) << 32));
  } else if (size > 0) {
    hash = mix(hash, take(load<std::uint8_t>(from) | load<std::uint8_t>(from + size / 2) << 8 |
                          load<std::uint8_t>(from + size - 1) << 16));
  }
  hash = mix(hash, 0x2545f4914f6cdd1d);
  return hash == 0 ? 1 : hash;
}

inline std::uint64_t hash_of(std::string_view text, bool fold, std::uint64_t seed) {
  return fold ? hash_text<true>(text, seed) : hash_text<false>(text, seed);
}

inline bool same(std::string_view kept, std::string_view text, bool fold) {
  return fold ? iequals(kept, text) : kept == text;
}

}  // namespace sallyport::policy::indexing
