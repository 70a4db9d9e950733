#include "base/http/transfer_encoding.h"

#include <algorithm>
#include <array>

#include "base/core/text.h"

namespace sallyport::http {
namespace {

constexpr std::uint8_t kNone = 0xff;

// RFC 4648 sections 4 and 5: both alphabets.
constexpr std::array<std::uint8_t, 256> kDigits = [] {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNone);
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    digits[static_cast<unsigned char>(kLetters[i])] = static_cast<std::uint8_t>(i);
  }
  digits['-'] = 62;
  digits['_'] = 63;
  return digits;
}();

}  // namespace

TransferDecoder::TransferDecoder(std::string_view encoding) {
  encoding = trim(encoding);
  if (iequals(encoding, "base64")) kind_ = Kind::base64;
  if (iequals(encoding, "quoted-printable")) kind_ = Kind::quoted_printable;
}

void TransferDecoder::feed(std::string_view bytes, std::string& out) {
  switch (kind_) {
    case Kind::binary:
      out += bytes;
      return;
    case Kind::base64:
      return feed_base64(bytes, out);
    case Kind::quoted_printable:
      return feed_quoted(bytes, out);
  }
}

void TransferDecoder::feed_base64(std::string_view bytes, std::string& out) {
  for (const char c : bytes) {
    if (padded_) return;
    padded_ = c == '=';
    const std::uint8_t digit = kDigits[static_cast<unsigned char>(c)];
    if (digit == kNone) continue;
    bits_ = bits_ << 6 | digit;
    if (++letters_ < 4) continue;
    for (const int shift : {16, 8, 0}) out += static_cast<char>(bits_ >> shift);
    bits_ = 0;
    letters_ = 0;
  }
}

void TransferDecoder::feed_quoted(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    if (held_.empty()) {
      const std::size_t escape = std::min(bytes.find('='), bytes.size());
      out += bytes.substr(0, escape);
      bytes.remove_prefix(escape);
      if (bytes.empty()) return;
      held_ = "=";
      bytes.remove_prefix(1);
      continue;
    }
    const char c = bytes.front();
    if (held_ == "=") {
      if (c == '\n') {  // A soft line break, of which the line has no end.
        held_.clear();
      } else if (c == '\r' || is_hex(c)) {
        held_ += c;
      } else {
        out += held_;
        held_.clear();
        continue;
      }
    } else if (held_ == "=\r") {
      if (c != '\n') {
        out += held_;
        held_.clear();
        continue;
      }
      held_.clear();
    } else if (is_hex(c)) {
      out += static_cast<char>(hex_value(held_[1]) * 16 + hex_value(c));
      held_.clear();
    } else {
      out += held_;
      held_.clear();
      continue;
    }
    bytes.remove_prefix(1);
  }
}

void TransferDecoder::end(std::string& out) {
  // What whole bytes two or three letters hold.
  if (letters_ == 2) out += static_cast<char>(bits_ >> 4);
  if (letters_ == 3) {
    out += static_cast<char>(bits_ >> 10);
    out += static_cast<char>(bits_ >> 2);
  }
  out += held_;
  letters_ = 0;
  held_.clear();
}

}  // namespace sallyport::http
