#pragma once
// Addresses as numbers, for whoever walks them bit by bit. The first of all bits is bit 0.

#include <bit>
#include <compare>
#include <cstdint>

namespace sallyport::discovery {

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
  // The first and the last key that share their first `length` bits with this one.
  V4Key last_of(int length) const { return {length >= 32 ? value : value | ~0u >> length}; }
  V4Key first_of(int length) const {
    return {length >= 32 ? value : length == 0 ? 0 : value >> (32 - length) << (32 - length)};
  }
  V4Key behind() const { return {value + 1}; }  // REQUIRES: not the last of all
  V4Key before() const { return {value - 1}; }  // REQUIRES: not the first of all
  static int common_bits(V4Key a, V4Key b) { return std::countl_zero(a.value ^ b.value); }
  // Whether the keys from `first` to `last` are those of one prefix. REQUIRES: first <= last.
  static bool is_prefix(V4Key first, V4Key last) {
    const std::uint32_t differ = first.value ^ last.value;
    return (differ & (differ + 1)) == 0 && (first.value & differ) == 0;
  }
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
  V6Key last_of(int length) const {
    if (length >= 128) return *this;
    if (length >= 64) return {high, low | ~std::uint64_t{0} >> (length - 64)};
    return {high | ~std::uint64_t{0} >> length, ~std::uint64_t{0}};
  }
  V6Key first_of(int length) const {
    const V6Key rest = V6Key().last_of(length);
    return {high & ~rest.high, low & ~rest.low};
  }
  V6Key behind() const { return {low + 1 == 0 ? high + 1 : high, low + 1}; }
  V6Key before() const { return {low == 0 ? high - 1 : high, low - 1}; }
  static int common_bits(V6Key a, V6Key b) {
    return a.high != b.high ? std::countl_zero(a.high ^ b.high)
                            : 64 + std::countl_zero(a.low ^ b.low);
  }
  static bool is_prefix(V6Key first, V6Key last) {
    const std::uint64_t above = first.high ^ last.high;
    const std::uint64_t below = first.low ^ last.low;
    const std::uint64_t differ = above != 0 ? above : below;
    if ((differ & (differ + 1)) != 0 || (above != 0 && ~below != 0)) return false;
    return (first.high & above) == 0 && (first.low & below) == 0;
  }
};

}  // namespace sallyport::discovery
