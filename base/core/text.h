#pragma once
// Small questions about text. All of it is ASCII by intent: HTTP tokens, host names, YAML words.
// Nothing here looks at the locale.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport {

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string lower(std::string_view text);

constexpr bool istarts_with(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (to_lower(text[i]) != to_lower(prefix[i])) return false;
  }
  return true;
}
// Equal but for ASCII case. Reads no byte past either view.
constexpr bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && istarts_with(a, b);
}

// Without blanks and tabs at either end.
constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The parts between separators, empty ones included; "" yields one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

// Digits only, nothing before or after, no overflow. "+5", "", "0x1" are refused.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

// The value of a hexadecimal digit; REQUIRES is_hex(c).
int hex_value(char c);

std::string to_hex(const void* bytes, std::size_t size);

// "1.0 KiB", "17 B", "2.4 GiB": for people, never for machines.
std::string human_bytes(std::uint64_t bytes);

// Safe to write to a terminal or a log line: control bytes and bytes that are no UTF-8 become \xNN,
// bidirectional overrides become \u{NNNN}.
std::string printable(std::string_view text);

// HTML text and attribute values: & < > " ' escaped.
std::string escape_html(std::string_view text);

// Whether `pattern` with '*' (any run, also empty) and '?' (one byte) covers the whole text. Linear
// in text times stars, no recursion.
bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace sallyport
