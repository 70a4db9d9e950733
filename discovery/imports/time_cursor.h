#pragma once
// What times.cc and times_by_format.cc share: the pieces of a time, taken off the front of a text.

#include <array>

#include "base/core/text.h"
#include "discovery/imports/times.h"

namespace sallyport::discovery::imports {

struct TimeReader::Parts {
  int year = 0;  // 0: not said
  unsigned month = 0, day = 0;
  unsigned hour = 0, minute = 0, second = 0;
  std::uint32_t micros = 0;
  std::optional<std::int32_t> offset;    // seconds
  std::optional<std::int64_t> absolute;  // microseconds since 1970; then nothing else counts
};

inline constexpr std::array<std::string_view, 12> kMonths = {
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

// The rest of a text, taken from its front.
class TimeCursor {
 public:
  explicit TimeCursor(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char c) {
    if (peek() != c || done()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_one_of(std::string_view set) {
    if (done() || set.find(peek()) == set.npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool blanks() {
    const std::size_t before = rest_.size();
    while (take_one_of(" \t")) {
    }
    return rest_.size() != before;
  }
  // `least` to `most` digits.
  bool number(unsigned& out, std::size_t least, std::size_t most) {
    std::size_t size = 0;
    unsigned value = 0;
    while (size < most && size < rest_.size() && is_digit(rest_[size])) {
      value = value * 10 + static_cast<unsigned>(rest_[size++] - '0');
    }
    if (size < least) return false;
    out = value;
    rest_.remove_prefix(size);
    return true;
  }
  // Digits behind a point; more than six are passed over.
  bool fraction(std::uint32_t& micros) {
    std::uint32_t value = 0;
    std::size_t size = 0;
    for (; size < rest_.size() && is_digit(rest_[size]); ++size) {
      if (size < 6) value = value * 10 + static_cast<std::uint32_t>(rest_[size] - '0');
    }
    for (std::size_t i = size; i < 6; ++i) value *= 10;
    micros = value;
    rest_.remove_prefix(size);
    return size > 0;
  }
  bool month(unsigned& out) {
    if (rest_.size() < 3) return false;
    for (unsigned i = 0; i < kMonths.size(); ++i) {
      if (!iequals(rest_.substr(0, 3), kMonths[i])) continue;
      rest_.remove_prefix(3);
      while (!done() && is_alpha(peek())) rest_.remove_prefix(1);  // "November"
      out = i + 1;
      return true;
    }
    return false;
  }
  std::string_view word() {
    std::size_t size = 0;
    while (size < rest_.size() && is_alpha(rest_[size])) ++size;
    const std::string_view word = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return word;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// "+01:00", "-0500", "+01"
inline bool take_offset(TimeCursor& at, std::optional<std::int32_t>& offset) {
  const bool west = at.peek() == '-';
  if (!at.take_one_of("+-")) return false;
  unsigned hours = 0, minutes = 0;
  if (!at.number(hours, 2, 2)) return false;
  at.take(':');
  if (is_digit(at.peek()) && !at.number(minutes, 2, 2)) return false;
  if (hours > 18 || minutes > 59) return false;
  const auto value = static_cast<std::int32_t>(hours * 3600 + minutes * 60);
  offset = west ? -value : value;
  return true;
}

// Seconds, milli-, micro- or nanoseconds since 1970, told by how many digits there are.
inline std::optional<std::int64_t> epoch_micros(std::string_view text) {
  std::size_t size = 0;
  std::uint64_t value = 0;
  while (size < text.size() && is_digit(text[size]) && size < 19) {
    value = value * 10 + static_cast<std::uint64_t>(text[size++] - '0');
  }
  std::string_view rest = text.substr(size);
  std::uint32_t micros = 0;
  if (!rest.empty()) {
    TimeCursor at(rest);
    if (!at.take('.') || !at.fraction(micros) || !at.done()) return std::nullopt;
  }
  switch (size) {
    case 9:
    case 10:
      return static_cast<std::int64_t>(value) * 1'000'000 + micros;
    case 13:
      return static_cast<std::int64_t>(value) * 1'000 + micros / 1'000;
    case 16:
      return static_cast<std::int64_t>(value);
    case 19:
      return value > 9'000'000'000'000'000'000U
                 ? std::nullopt
                 : std::optional(static_cast<std::int64_t>(value / 1'000));
    default:
      return std::nullopt;
  }
}

}  // namespace sallyport::discovery::imports
