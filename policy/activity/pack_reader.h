#pragma once
// Taking packed facts apart (pack_format.h), for unpack.cc and for discovery/events: fields, and
// what a field may hold. False everywhere: malformed.

#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/activity/activity.h"

namespace sallyport::policy::packed {

struct Read {
  unsigned field = 0;
  bool is_bytes = false;
  std::uint64_t number = 0;
  std::string_view bytes;
};

// Takes what it gives from the front of `rest_`. INVARIANT: reads no byte outside of it.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }

  bool varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) return false;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  bool bytes(std::string_view& value) {
    std::uint64_t length = 0;
    if (!varint(length) || length > rest_.size()) return false;
    value = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return true;
  }

  bool field(Read& read) {
    std::uint64_t key = 0;
    if (!varint(key) || key > std::numeric_limits<unsigned>::max()) return false;
    read.field = static_cast<unsigned>(key / 2);
    read.is_bytes = key % 2 == 1;
    return read.is_bytes ? bytes(read.bytes) : varint(read.number);
  }

 private:
  std::string_view rest_;
};

// The fields that were there, of those numbered below 64.
class FieldSet {
 public:
  bool has(unsigned field) const { return field < 64 && (bits_ >> field & 1) != 0; }
  // False: it is there already.
  bool add(unsigned field) {
    if (has(field)) return false;
    if (field < 64) bits_ |= std::uint64_t{1} << field;
    return true;
  }

 private:
  std::uint64_t bits_ = 0;
};

// Hands each field to `take`, which says whether it can be.
template <class Take>
bool each_field(std::string_view bytes, FieldSet& there, const Take& take) {
  Unpacker from(bytes);
  Read read;
  while (!from.at_end()) {
    if (!from.field(read) || !there.add(read.field) || !take(read)) return false;
  }
  return true;
}

inline bool take_text(const Read& read, std::string& into) {
  if (!read.is_bytes) return false;
  into.assign(read.bytes);
  return true;
}

inline bool take_text(const Read& read, std::optional<std::string>& into) {
  if (!into) into.emplace();
  return take_text(read, *into);
}

inline bool take_list(const Read& read, std::vector<std::string>& into) {
  if (!read.is_bytes) return false;
  Unpacker from(read.bytes);
  std::size_t count = 0;
  while (!from.at_end()) {
    std::string_view text;
    if (!from.bytes(text)) return false;
    if (count == into.size()) into.emplace_back();
    into[count++].assign(text);
  }
  into.resize(count);
  return true;
}

inline bool take_list(const Read& read, std::optional<std::vector<std::string>>& into) {
  if (!into) into.emplace();
  return take_list(read, *into);
}

template <class Number>
bool take_number(const Read& read, Number& into) {
  if (read.is_bytes || read.number > std::numeric_limits<Number>::max()) return false;
  into = static_cast<Number>(read.number);
  return true;
}

// A word that only a newer version knows becomes `newer`.
template <class Word>
bool take_word(const Read& read, Word last, Word newer, Word& into) {
  if (read.is_bytes) return false;
  into = read.number <= static_cast<std::uint64_t>(last) ? static_cast<Word>(read.number) : newer;
  return true;
}

inline bool take_address(const Read& read, IpAddress& into) {
  if (!read.is_bytes) return false;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(read.bytes[i]); };
  if (read.bytes.size() == 4) {
    into = IpAddress::v4(static_cast<std::uint32_t>(byte(0)) << 24 | byte(1) << 16 | byte(2) << 8 |
                         byte(3));
    return true;
  }
  std::array<std::uint8_t, 16> bytes{};
  if (read.bytes.size() != bytes.size()) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = byte(i);
  into = IpAddress::v6(bytes);
  return true;
}

inline bool take_location(const Read& read, std::optional<Coordinates>& into) {
  if (!read.is_bytes || read.bytes.size() != 16) return false;
  const auto degrees = [&](std::size_t at) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(read.bytes[at + i])) << 8 * i;
    }
    return std::bit_cast<double>(bits);
  };
  into = Coordinates{degrees(0), degrees(8)};
  // Not a number is neither.
  return into->latitude >= -90 && into->latitude <= 90 && into->longitude >= -180 &&
         into->longitude <= 180;
}

}  // namespace sallyport::policy::packed
