// https://github.com/FoxIO-LLC/ja4, technical_details/JA4.md (BSD-3-Clause for this part).

#include "tls/hello/ja4.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/core/text.h"
#include "base/crypto/sha256.h"

namespace sallyport::tls {

namespace {

constexpr std::uint16_t kServerName = 0x0000;
constexpr std::uint16_t kAlpn = 0x0010;
constexpr std::size_t kHashDigits = 12;
constexpr std::string_view kEmptyHash = "000000000000";

std::vector<std::uint16_t> without_grease(const std::vector<std::uint16_t>& values) {
  std::vector<std::uint16_t> kept;
  std::copy_if(values.begin(), values.end(), std::back_inserter(kept),
               [](std::uint16_t value) { return !is_grease(value); });
  return kept;
}

std::string hex4(std::uint16_t value) {
  const std::array<unsigned char, 2> bytes{static_cast<unsigned char>(value >> 8),
                                           static_cast<unsigned char>(value)};
  return to_hex(bytes.data(), bytes.size());
}

std::string join(const std::vector<std::uint16_t>& values) {
  std::string text;
  for (const std::uint16_t value : values) {
    if (!text.empty()) text += ',';
    text += hex4(value);
  }
  return text;
}

std::string two_digits(std::size_t count) {
  const std::size_t shown = std::min<std::size_t>(count, 99);
  return {static_cast<char>('0' + shown / 10), static_cast<char>('0' + shown % 10)};
}

std::string_view version(const ClientHello& hello) {
  const auto offered = without_grease(hello.supported_versions);
  const std::uint16_t best =
      offered.empty() ? hello.legacy_version : *std::max_element(offered.begin(), offered.end());
  switch (best) {
    case 0x0304:
      return "13";
    case 0x0303:
      return "12";
    case 0x0302:
      return "11";
    case 0x0301:
      return "10";
    case 0x0300:
      return "s3";
    case 0x0002:
      return "s2";
    default:
      return "00";
  }
}

// The first and last character of the first protocol, or of its hexadecimal form where one of them
// is no letter or digit.
std::string alpn_mark(const ClientHello& hello) {
  if (hello.alpn.empty()) return "00";
  const std::string& protocol = hello.alpn.front();
  const auto plain = [](char c) { return is_alpha(c) || is_digit(c); };
  if (plain(protocol.front()) && plain(protocol.back())) {
    return {protocol.front(), protocol.back()};
  }
  const std::string hex = to_hex(protocol.data(), protocol.size());
  return {hex.front(), hex.back()};
}

struct Parts {
  std::string a;
  std::string b;  // In clear.
  std::string c;  // In clear.
};

Parts parts_of(const ClientHello& hello) {
  auto ciphers = without_grease(hello.ciphers);
  auto extensions = without_grease(hello.extensions);
  const bool has_name =
      std::find(extensions.begin(), extensions.end(), kServerName) != extensions.end();

  Parts parts;
  parts.a = 't';
  parts.a += version(hello);
  parts.a += has_name ? 'd' : 'i';
  parts.a += two_digits(ciphers.size());
  parts.a += two_digits(extensions.size());
  parts.a += alpn_mark(hello);

  std::sort(ciphers.begin(), ciphers.end());
  parts.b = join(ciphers);

  extensions.erase(
      std::remove_if(extensions.begin(), extensions.end(),
                     [](std::uint16_t type) { return type == kServerName || type == kAlpn; }),
      extensions.end());
  std::sort(extensions.begin(), extensions.end());
  parts.c = join(extensions);
  const std::string algorithms = join(without_grease(hello.signature_algorithms));
  if (!algorithms.empty()) parts.c += '_' + algorithms;
  return parts;
}

std::string short_hash(const std::string& text) {
  if (text.empty()) return std::string(kEmptyHash);
  const Sha256Digest digest = sha256(text);
  return to_hex(digest.data(), digest.size()).substr(0, kHashDigits);
}

}  // namespace

std::string ja4(const ClientHello& hello) {
  const Parts parts = parts_of(hello);
  return parts.a + '_' + short_hash(parts.b) + '_' + short_hash(parts.c);
}

std::string ja4_raw(const ClientHello& hello) {
  const Parts parts = parts_of(hello);
  return parts.a + '_' + parts.b + '_' + parts.c;
}

}  // namespace sallyport::tls
