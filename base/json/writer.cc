#include "base/json/writer.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "base/core/check.h"
#include "base/core/utf8.h"

namespace sallyport {
namespace {

// Whether a byte stands for itself inside quotes.
constexpr bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f &&
         c != '"' && c != '\\';
}

// How many bytes at the front stand for themselves. Eight at a time: most texts are nothing else.
std::size_t plain_length(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  constexpr std::uint64_t kTops = kOnes * 0x80;
  const auto has_zero = [](std::uint64_t word) { return (word - kOnes) & ~word & kTops; };
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    const std::uint64_t low = (word - kOnes * 0x20) & ~word & kTops;
    if (((word & kTops) | low | has_zero(word ^ kOnes * '"') | has_zero(word ^ kOnes * '\\') |
         has_zero(word ^ kOnes * 0x7f)) != 0) {
      break;
    }
  }
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

template <class Number>
void append_number(std::string& out, Number value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value);
  CHECK(end.ec == std::errc());
  out.append(digits, end.ptr);
}

void append_escape(std::string& out, std::uint32_t code) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[code >> shift & 15];
}

}  // namespace

void JsonWriter::begin_object() { begin(true); }
void JsonWriter::end_object() { end(true); }
void JsonWriter::begin_array() { begin(false); }
void JsonWriter::end_array() { end(false); }

void JsonWriter::key(std::string_view key) {
  CHECK(depth_ > 0);
  Level& level = levels_[depth_ - 1];
  CHECK(level.object && !level.after_key);
  if (!level.empty) out_ += ',';
  level.empty = false;
  level.after_key = true;
  append_quoted(key);
  out_ += ':';
}

void JsonWriter::string(std::string_view value) {
  before_value();
  append_quoted(value);
}

void JsonWriter::signed_number(std::int64_t value) {
  before_value();
  append_number(out_, value);
}

void JsonWriter::unsigned_number(std::uint64_t value) {
  before_value();
  append_number(out_, value);
}

void JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  before_value();
  append_number(out_, value);
}

void JsonWriter::boolean(bool value) {
  before_value();
  out_ += value ? "true" : "false";
}

void JsonWriter::null() {
  before_value();
  out_ += "null";
}

void JsonWriter::before_value() {
  if (depth_ == 0) {
    CHECK(!begun_);
    begun_ = true;
    return;
  }
  Level& level = levels_[depth_ - 1];
  if (level.object) {
    CHECK(level.after_key);
    level.after_key = false;
    return;
  }
  if (!level.empty) out_ += ',';
  level.empty = false;
}

void JsonWriter::begin(bool object) {
  before_value();
  CHECK(depth_ < kMaxDepth);
  levels_[depth_++] = {object, true, false};
  out_ += object ? '{' : '[';
}

void JsonWriter::end(bool object) {
  CHECK(depth_ > 0);
  const Level& level = levels_[depth_ - 1];
  CHECK(level.object == object && !level.after_key);
  --depth_;
  out_ += object ? '}' : ']';
}

void JsonWriter::append_quoted(std::string_view text) {
  out_ += '"';
  while (!text.empty()) {
    const std::size_t plain = plain_length(text);
    out_ += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;

    const Utf8Char next = decode_utf8(text);
    switch (next.code) {
      case '"':
        out_ += "\\\"";
        break;
      case '\\':
        out_ += "\\\\";
        break;
      case '\b':
        out_ += "\\b";
        break;
      case '\f':
        out_ += "\\f";
        break;
      case '\n':
        out_ += "\\n";
        break;
      case '\r':
        out_ += "\\r";
        break;
      case '\t':
        out_ += "\\t";
        break;
      case kNotUtf8:
        append_utf8(out_, 0xfffd);
        break;
      default:
        if (is_steering(next.code)) {  // None of them lies beyond U+FFFF.
          append_escape(out_, next.code);
        } else {
          out_ += text.substr(0, next.size);
        }
    }
    text.remove_prefix(next.size);
  }
  out_ += '"';
}

}  // namespace sallyport
