#include "base/crypto/base32.h"

#include <cstdint>

namespace sallyport {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// The digit's value, or -1.
int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a';
  if (c >= '2' && c <= '7') return c - '2' + 26;
  return -1;
}

}  // namespace

std::string base32_encode(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() * 8 + 4) / 5);
  std::uint32_t pending = 0;
  int bits = 0;
  for (const char c : bytes) {
    pending = pending << 8 | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += kAlphabet[pending >> bits & 31];
    }
    pending &= (1U << bits) - 1;
  }
  if (bits > 0) out += kAlphabet[pending << (5 - bits) & 31];
  return out;
}

std::optional<std::string> base32_decode(std::string_view text, std::size_t limit) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  std::uint32_t pending = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    const int value = value_of(c);
    if (value < 0) return std::nullopt;
    pending = pending << 5 | static_cast<std::uint32_t>(value);
    bits += 5;
    if (bits >= 8) {
      if (out.size() == limit) return std::nullopt;
      bits -= 8;
      out += static_cast<char>(pending >> bits & 0xff);
      pending &= (1U << bits) - 1;
    }
  }
  // A whole digit left over, or unused bits that say something.
  if (bits >= 5 || pending != 0) return std::nullopt;
  return out;
}

}  // namespace sallyport
