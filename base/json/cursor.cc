#include "base/json/cursor.h"

#include <charconv>

#include "base/core/text.h"
#include "base/core/utf8.h"

namespace sallyport {
namespace {

// The whole of `text` as a number.
template <class Number>
bool convert(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

void JsonCursor::blanks() {
  while (!rest_.empty() &&
         std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos) {
    rest_.remove_prefix(1);
  }
}

bool JsonCursor::at_end() {
  blanks();
  return rest_.empty();
}

bool JsonCursor::take(char c) {
  blanks();
  if (rest_.empty() || rest_.front() != c) return false;
  rest_.remove_prefix(1);
  return true;
}

bool JsonCursor::open(char bracket) {
  if (!take(bracket) || depth_ == kMaxDepth) return false;
  ++depth_;
  return true;
}

bool JsonCursor::close(char bracket) {
  if (!take(bracket)) return false;
  --depth_;
  return true;
}

bool JsonCursor::comma(bool first) {
  if (first) return true;
  if (!take(',')) return false;
  blanks();
  // Else "[1,]" would pass, since the end is looked for before each element.
  return !rest_.empty() && rest_.front() != ']' && rest_.front() != '}';
}

bool JsonCursor::take_word(std::string_view word) {
  blanks();
  if (!rest_.starts_with(word)) return false;
  rest_.remove_prefix(word.size());
  return true;
}

bool JsonCursor::hex4(std::uint32_t& out) {
  if (rest_.size() < 4) return false;
  out = 0;
  for (int i = 0; i < 4; ++i) {
    if (!is_hex(rest_[i])) return false;
    out = out << 4 | static_cast<std::uint32_t>(hex_value(rest_[i]));
  }
  rest_.remove_prefix(4);
  return true;
}

// After the backslash.
bool JsonCursor::escape(std::string& out) {
  static constexpr std::string_view kLetters = "\"\\/bfnrt";
  static constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  if (rest_.empty()) return false;
  const char letter = rest_.front();
  rest_.remove_prefix(1);
  if (const std::size_t at = kLetters.find(letter); at != std::string_view::npos) {
    out += kMeant[at];
    return true;
  }
  std::uint32_t code = 0;
  if (letter != 'u' || !hex4(code)) return false;
  if (code >= 0xdc00 && code <= 0xdfff) return false;
  if (code >= 0xd800 && code <= 0xdbff) {
    std::uint32_t low = 0;
    if (!rest_.starts_with("\\u")) return false;
    rest_.remove_prefix(2);
    if (!hex4(low) || low < 0xdc00 || low > 0xdfff) return false;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  append_utf8(out, code);
  return true;
}

bool JsonCursor::string(std::string& out) {
  out.clear();
  if (!take('"')) return false;
  while (!rest_.empty()) {
    const char c = rest_.front();
    if (c == '"') {
      rest_.remove_prefix(1);
      return true;
    }
    if (c == '\\') {
      rest_.remove_prefix(1);
      if (!escape(out)) return false;
      continue;
    }
    const Utf8Char character = decode_utf8(rest_);
    if (character.code == kNotUtf8 || character.code < 0x20) return false;
    out += rest_.substr(0, character.size);
    rest_.remove_prefix(character.size);
  }
  return false;
}

// The number that stands here as it is written (RFC 8259 section 6), or "".
std::string_view JsonCursor::number_text() {
  blanks();
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < rest_.size() && is_digit(rest_[at])) ++at;
    return at > from;
  };
  if (at < rest_.size() && rest_[at] == '-') ++at;
  const std::size_t whole = at;
  if (!digits() || (rest_[whole] == '0' && at > whole + 1)) return {};
  if (at < rest_.size() && rest_[at] == '.') {
    ++at;
    if (!digits()) return {};
  }
  if (at < rest_.size() && to_lower(rest_[at]) == 'e') {
    ++at;
    if (at < rest_.size() && (rest_[at] == '+' || rest_[at] == '-')) ++at;
    if (!digits()) return {};
  }
  const std::string_view text = rest_.substr(0, at);
  rest_.remove_prefix(at);
  return text;
}

bool JsonCursor::number(std::uint64_t& out) { return convert(number_text(), out); }

bool JsonCursor::number(std::int64_t& out) { return convert(number_text(), out); }

bool JsonCursor::number(double& out) { return convert(number_text(), out); }

bool JsonCursor::boolean(bool& out) {
  out = take_word("true");
  return out || take_word("false");
}

bool JsonCursor::raw(std::string_view& text) {
  blanks();
  const std::string_view from = rest_;
  if (!skip()) return false;
  text = from.substr(0, from.size() - rest_.size());
  return true;
}

JsonCursor::Kind JsonCursor::next() {
  blanks();
  if (rest_.empty()) return Kind::nothing;
  switch (rest_.front()) {
    case '{':
      return Kind::object;
    case '[':
      return Kind::array;
    case '"':
      return Kind::string;
    case 't':
    case 'f':
      return Kind::boolean;
    case 'n':
      return Kind::null;
    default:
      return rest_.front() == '-' || is_digit(rest_.front()) ? Kind::number : Kind::nothing;
  }
}

bool JsonCursor::skip() {
  blanks();
  if (rest_.empty()) return false;
  switch (rest_.front()) {
    case '{':
      return object([this](std::string_view) { return skip(); });
    case '[':
      return array([this] { return skip(); });
    case '"': {
      std::string text;
      return string(text);
    }
    case 't':
      return take_word("true");
    case 'f':
      return take_word("false");
    case 'n':
      return take_word("null");
    default:
      return !number_text().empty();
  }
}

}  // namespace sallyport
