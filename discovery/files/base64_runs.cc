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

constexpr std::uint64_t digits_of(std::string_view letters) {
  std::uint64_t out = 0;
  for (const char c : letters) out = out << 6 | kDigits[static_cast<unsigned char>(c)];
  return out;
}
constexpr std::uint64_t kBase64 = digits_of("base64");
constexpr std::uint64_t kLastLetters = (std::uint64_t{1} << 36) - 1;

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
    escape_ = c == 'u' ? Escape::code : Escape::none;
    digits_ = 0;
    code_ = 0;
    if (c != 'u') escaped(c == 'n' ? '\n' : c == 'r' ? '\r' : c == '/' ? '/' : '\0');
    return;
  }
  if (escape_ == Escape::code) {
    if (!is_hex(c)) {
      escape_ = Escape::none;
      return other(c);
    }
    code_ = code_ << 4 | static_cast<unsigned>(hex_value(c));
    if (++digits_ < 4) return;
    escape_ = Escape::none;
    return escaped(code_ < 0x80 ? static_cast<char>(code_) : '\0');
  }
  if (c == '\\') {
    escape_ = Escape::begun;
  } else if (c == '\n' && broken_) {
    end_run();  // Fields of a mail end so, and its text begins.
    broken_ = true;
  } else if (c == '\n') {
    broken_ = true;
  } else if (c != '\r') {
    other(c);
  }
}

// What an escape means; '\0' for anything that is of no interest.
void Base64Runs::escaped(char c) {
  const std::uint8_t digit = kDigits[static_cast<unsigned char>(c)];
  if (digit != kNone) return letter(digit);
  if (mode_ == Mode::strict) return c == '\n' || c == '\r' ? take(c) : end_run();
  if (c != '\n' && c != '\r') other_ = true;  // A quote that is escaped ends no string.
}

void Base64Runs::other(char c) {
  if (mode_ == Mode::strict) return end_run();
  if (c == '"' || c == '\'' || c == '<' || c == '>' || (c == ',' && last_ == kBase64)) {
    return end_run();
  }
  broken_ = false;
  other_ = true;
}

void Base64Runs::letter(std::uint8_t digit) {
  broken_ = false;
  if (mode_ == Mode::loose) {
    last_ = (last_ << 6 | digit) & kLastLetters;
    mixed_ = mixed_ || (other_ && (open_ || !waiting_.empty()));
    other_ = false;
  }
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
  other_ = false;
  last_ = 0;
  if (open_) end_open_run();
  mixed_ = false;
}

void Base64Runs::end_open_run() {
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
