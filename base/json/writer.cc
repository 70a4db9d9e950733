#include "base/json/writer.h"

#include <charconv>
#include <cmath>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/core/check.h"
#include "base/core/utf8.h"

namespace sallyport {
namespace {

// Whether a byte stands for itself inside quotes.
constexpr bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f &&
         c != '"' && c != '\\';
}

// The same of eight bytes at once.
bool are_plain(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  constexpr std::uint64_t kTops = kOnes * 0x80;
  // In bytes below 0x80 the top bit says: at least 0x20; none of the three.
  const auto is_other = [&](char c) { return (word ^ kOnes * c) + kOnes * 0x7f; };
  const std::uint64_t plain =
      ~word & (word + kOnes * 0x60) & is_other('"') & is_other('\\') & is_other('\x7f');
  return (plain & kTops) == kTops;
}

template <class Word>
std::uint64_t load(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

#ifdef __SSE2__
// Copies sixteen bytes; whether all stand for themselves.
bool copy_sixteen(const char* from, char* to) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  const auto is = [&](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
  // Compared as signed, bytes from 0x80 are below 0x20.
  const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
  const __m128i other =
      _mm_or_si128(_mm_or_si128(low, is('"')), _mm_or_si128(is('\\'), is('\x7f')));
  return _mm_movemask_epi8(other) == 0;
}
#endif

// Copies the bytes at the front that stand for themselves; how many. Most texts are nothing else,
// so that ends of them are looked at as a whole too, in words that overlap.
std::size_t copy_plain(std::string_view text, char* to) {
  const char* const from = text.data();
  const std::size_t size = text.size();
  std::size_t at = 0;
#ifdef __SSE2__
  if (size >= 16) {
    for (; at + 16 <= size; at += 16) {
      if (!copy_sixteen(from + at, to + at)) break;
    }
    if (at + 16 > size && copy_sixteen(from + size - 16, to + size - 16)) return size;
  }
#endif
  for (; at + 8 <= size; at += 8) {
    const std::uint64_t word = load<std::uint64_t>(from + at);
    if (!are_plain(word)) break;
    std::memcpy(to + at, &word, 8);
  }
  if (at + 8 > size && size >= 8 && are_plain(load<std::uint64_t>(from + size - 8))) {
    std::memcpy(to + size - 8, from + size - 8, 8);
    return size;
  }
  if (size >= 4 && size < 8 &&
      are_plain(load<std::uint32_t>(from) | load<std::uint32_t>(from + size - 4) << 32)) {
    std::memcpy(to, from, 4);
    std::memcpy(to + size - 4, from + size - 4, 4);
    return size;
  }
  for (; at < size && is_plain(from[at]); ++at) to[at] = from[at];
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

JsonWriter::Level& JsonWriter::enter_key() {
  CHECK(depth_ > 0);
  Level& level = levels_[depth_ - 1];
  CHECK(level.object && !level.after_key);
  level.after_key = true;
  return level;
}

void JsonWriter::known_key(JsonKey key) {
  Level& level = enter_key();
  const std::string_view text = key.text();
  const std::size_t at = out_.size();
  out_.resize_and_overwrite(at + text.size() + 4, [&](char* bytes, std::size_t) {
    char* to = bytes + at;
    if (!level.empty) *to++ = ',';
    *to++ = '"';
    std::memcpy(to, text.data(), text.size());
    to += text.size();
    *to++ = '"';
    *to++ = ':';
    return static_cast<std::size_t>(to - bytes);
  });
  level.empty = false;
}

void JsonWriter::key(std::string_view key) {
  Level& level = enter_key();
  append_quoted(key, level.empty ? 0 : ',', ':');
  level.empty = false;
}

void JsonWriter::string(std::string_view value) {
  const char comma = next_value();
  append_quoted(value, comma, 0);
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

char JsonWriter::next_value() {
  if (depth_ == 0) {
    CHECK(!begun_);
    begun_ = true;
    return 0;
  }
  Level& level = levels_[depth_ - 1];
  if (level.object) {
    CHECK(level.after_key);
    level.after_key = false;
    return 0;
  }
  const char comma = level.empty ? 0 : ',';
  level.empty = false;
  return comma;
}

void JsonWriter::before_value() {
  if (const char comma = next_value(); comma != 0) out_ += comma;
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

void JsonWriter::append_quoted(std::string_view text, char before, char after) {
  const std::size_t at = out_.size();
  std::size_t plain = 0;
  // Nearly always that is all of it, so there is one step for the whole.
  out_.resize_and_overwrite(at + text.size() + 4, [&](char* bytes, std::size_t) {
    char* to = bytes + at;
    if (before != 0) *to++ = before;
    *to++ = '"';
    plain = copy_plain(text, to);
    to += plain;
    if (plain == text.size()) {
      *to++ = '"';
      if (after != 0) *to++ = after;
    }
    return static_cast<std::size_t>(to - bytes);
  });
  if (plain == text.size()) return;
  append_escaped(text.substr(plain));
  out_ += '"';
  if (after != 0) out_ += after;
}

void JsonWriter::append_escaped(std::string_view text) {
  while (!text.empty()) {
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
    const std::size_t at = out_.size();
    out_.resize_and_overwrite(at + text.size(), [&](char* bytes, std::size_t) {
      const std::size_t plain = copy_plain(text, bytes + at);
      text.remove_prefix(plain);
      return at + plain;
    });
  }
}

}  // namespace sallyport
