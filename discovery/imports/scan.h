#pragma once
// Taking words and numbers off the front of a line. For the parsers of formats; inline, because the
// fast ones do nothing else.

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/core/address.h"
#include "base/core/text.h"

namespace sallyport::discovery::imports {

// Up to the next blank, which goes too, with all that follow it.
inline std::string_view take_word(std::string_view& rest) {
  const void* found = rest.empty() ? nullptr : std::memchr(rest.data(), ' ', rest.size());
  const std::size_t end =
      found ? static_cast<std::size_t>(static_cast<const char*>(found) - rest.data()) : rest.size();
  const std::string_view word = rest.substr(0, end);
  std::size_t next = end;
  while (next < rest.size() && rest[next] == ' ') ++next;
  rest.remove_prefix(next);
  return word;
}

// Up to `separator`, which goes too; all where there is none.
inline std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

// Digits and nothing else, at least one, that fit.
inline bool read_number(std::string_view text, std::uint64_t& out) {
  if (text.empty() || text.size() > 19) {
    const auto number = parse_decimal(text);
    if (!number) return false;
    out = *number;
    return true;
  }
  std::uint64_t value = 0;
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9) return false;
    value = value * 10 + digit;
  }
  out = value;
  return true;
}

inline bool read_port(std::string_view text, std::uint16_t& out) {
  std::uint64_t number = 0;
  if (!read_number(text, number) || number > 65535) return false;
  out = static_cast<std::uint16_t>(number);
  return true;
}

// As IpAddress::parse(), with a short way for the usual.
inline std::optional<IpAddress> read_address(std::string_view text) {
  std::uint32_t value = 0;
  std::uint32_t part = 0;
  int digits = 0, dots = 0;
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit <= 9 && digits < 3 && (digits == 0 || part != 0)) {
      part = part * 10 + digit;
      ++digits;
    } else if (c == '.' && digits > 0 && dots < 3 && part < 256) {
      value = value << 8 | part;
      part = 0;
      digits = 0;
      ++dots;
    } else {
      return IpAddress::parse(text);
    }
  }
  if (dots != 3 || digits == 0 || part > 255) return std::nullopt;
  return IpAddress::v4(value << 8 | part);
}

// What logs write where they know nothing.
inline bool is_nothing(std::string_view text) {
  if (text.size() > 6) return false;
  return text.empty() || text == "-" || text == "NA" || text == "N/A" || text == "None" ||
         text == "null" || text == "(null)" || text == "(none)";
}

// Without quotes around it.
inline std::string_view unquoted(std::string_view text) {
  if (text.size() > 1 && text.front() == '"' && text.back() == '"') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

}  // namespace sallyport::discovery::imports
