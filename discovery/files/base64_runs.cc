#include "discovery/files/base64_runs.h"

#include <array>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

constexpr std::uint8_t kNone = 0xff;
constexpr std::size_t kPiece = 16 * 1024;  // bytes

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

void Base64Runs::feed(std::string_view text) {
  for (const char c : text) {
    const std::uint8_t digit = kDigits[static_cast<unsigned char>(c)];
    if (digit != kNone && escape_ == Escape::none) {
      letter(digit);
    } else {
      take(c);
    }
  }
  flush();
}

// What is no letter, or part of an escape.
void Base64Runs::take(char c) {
  if (escape_ == Escape::begun) {
    escape_ = Escape::none;
    if (c == 'u') {
      escape_ = Escape::code;
      digits_ = 0;
      code_ = 0;
      return;
    }
    const char meant = c == 'n' ? '\n' : c == 'r' ? '\r' : c == '/' ? '/' : '\0';
    if (meant == '/') return letter(kDigits['/']);
    return take(meant);
  }
  if (escape_ == Escape::code) {
    if (!is_hex(c)) {
      escape_ = Escape::none;
      return end_run();
    }
    code_ = code_ << 4 | static_cast<unsigned>(hex_value(c));
    if (++digits_ < 4) return;
    escape_ = Escape::none;
    const char meant = code_ < 0x80 ? static_cast<char>(code_) : '\0';
    const std::uint8_t digit = kDigits[static_cast<unsigned char>(meant)];
    if (digit != kNone) return letter(digit);
    return meant == '\\' ? end_run() : take(meant);
  }
  switch (c) {
    case '\\':
      escape_ = Escape::begun;
      return;
    case '\r':
      return;
    case '\n':
      if (broken_) end_run();  // Fields of a mail end so, and its text begins.
      broken_ = true;
      return;
    default:
      return end_run();
  }
}

void Base64Runs::letter(std::uint8_t digit) {
  broken_ = false;
  if (open_) return decode(digit);
  waiting_ += static_cast<char>(digit);
  if (waiting_.size() < kLeast) return;
  open_ = true;
  sink_.run_begin();
  for (const char one : waiting_) decode(static_cast<std::uint8_t>(one));
  waiting_.clear();
}

void Base64Runs::decode(std::uint8_t digit) {
  bits_ = bits_ << 6 | digit;
  if (++letters_ < 4) return;
  for (const int shift : {16, 8, 0}) out_ += static_cast<char>(bits_ >> shift);
  bits_ = 0;
  letters_ = 0;
  if (out_.size() >= kPiece) flush();
}

void Base64Runs::flush() {
  if (out_.empty()) return;
  sink_.run_data(out_);
  out_.clear();
}

void Base64Runs::end_run() {
  waiting_.clear();
  broken_ = false;
  if (!open_) return;
  if (letters_ == 2) out_ += static_cast<char>(bits_ >> 4);
  if (letters_ == 3) {
    out_ += static_cast<char>(bits_ >> 10);
    out_ += static_cast<char>(bits_ >> 2);
  }
  flush();
  bits_ = 0;
  letters_ = 0;
  open_ = false;
  sink_.run_end();
}

}  // namespace sallyport::discovery
