#pragma once
// Reading UTF-8 one character at a time, strictly (RFC 3629): no overlong forms, no surrogates,
// nothing over U+10FFFF. For everything that must be safe to show, to quote in JSON or to read as
// YAML.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport {

// What decode_utf8 reports for a byte that begins no character.
inline constexpr std::uint32_t kNotUtf8 = 0xffffffff;

struct Utf8Char {
  std::uint32_t code = kNotUtf8;
  std::size_t size = 1;  // Bytes taken: 1 to 4, and 1 for a byte that is no UTF-8.
};

// The first character of `text`. REQUIRES: !text.empty()
Utf8Char decode_utf8(std::string_view text);

// REQUIRES: a scalar value (not a surrogate, at most U+10FFFF).
void append_utf8(std::string& out, std::uint32_t code);

// The offset of the first byte that is no UTF-8, or npos.
std::size_t find_not_utf8(std::string_view text);

// Makes `text` UTF-8: each byte that is none becomes U+FFFD. At most `limit` bytes are left, whole
// characters; whether that was all of it. Text that is UTF-8 already stays as it is, however long.
bool mend_utf8(std::string& text, std::size_t limit);

// Takes away what a cut has left of a character at the end.
void drop_cut_character(std::string& text);

// Whether a character may change how a terminal or a reader sees its neighbours: C0 and C1
// controls, DEL, line and paragraph separators, bidirectional marks, overrides and isolates.
bool is_steering(std::uint32_t code);

}  // namespace sallyport
