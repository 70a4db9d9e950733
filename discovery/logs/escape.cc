#include "discovery/logs/escape.h"

#include "base/core/utf8.h"

namespace sallyport::discovery {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

void append_hex(std::string& out, std::string_view prefix, unsigned char byte) {
  out += prefix;
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

// Bytes that may stand in a word of ASCII, but for what each style excepts.
void append_word(std::string& out, std::string_view value, std::string_view excepted) {
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || excepted.find(c) != std::string_view::npos) {
      append_hex(out, "%", byte);
    } else {
      out += c;
    }
  }
}

// Characters of UTF-8; `guarded` ones get a backslash, `mark` begins the escape of a byte.
void append_text(std::string& out, std::string_view value, std::string_view guarded,
                 std::string_view mark, bool letters) {
  while (!value.empty()) {
    const Utf8Char next = decode_utf8(value);
    const std::string_view bytes = value.substr(0, next.size);
    const std::size_t letter =
        letters ? std::string_view("\r\n\t").find(value.front()) : std::string_view::npos;
    if (letter != std::string_view::npos) {
      out += '\\';
      out += "rnt"[letter];
    } else if (next.code == kNotUtf8 || is_steering(next.code)) {
      for (const char c : bytes) append_hex(out, mark, static_cast<unsigned char>(c));
    } else {
      if (guarded.find(value.front()) != std::string_view::npos) out += '\\';
      out += bytes;
    }
    value.remove_prefix(next.size);
  }
}

}  // namespace

void append_escaped(std::string& out, std::string_view value, Escape style) {
  switch (style) {
    case Escape::percent:
      return append_word(out, value, "%<>\"#{}|\\^~[]`'");
    case Escape::url:
      return append_word(out, value, "<>\"#{}|\\^`");
    case Escape::squid:
      return append_word(out, value, "%[]\\\"");
    case Escape::quoted:
      return append_text(out, value, "\"\\", "\\x", true);
    case Escape::sd_value:
      return append_text(out, value, "\"\\]", "\\\\x", false);
  }
}

}  // namespace sallyport::discovery
