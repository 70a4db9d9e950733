#include "base/core/utf8.h"

#include <cstring>
#include <utility>

#include "base/core/check.h"

namespace sallyport {

Utf8Char decode_utf8(std::string_view text) {
  CHECK(!text.empty());
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};

  std::size_t size = 0;
  std::uint32_t code = 0;
  std::uint32_t least = 0;  // Anything smaller has a shorter form, so this one is overlong.
  if ((first & 0xe0) == 0xc0) {
    size = 2, code = first & 0x1f, least = 0x80;
  } else if ((first & 0xf0) == 0xe0) {
    size = 3, code = first & 0x0f, least = 0x800;
  } else if ((first & 0xf8) == 0xf0) {
    size = 4, code = first & 0x07, least = 0x10000;
  } else {
    return {};
  }
  if (text.size() < size) return {};
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3f);
  }
  if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
  return {code, size};
}

void append_utf8(std::string& out, std::uint32_t code) {
  CHECK(code <= 0x10ffff && (code < 0xd800 || code > 0xdfff));
  const auto push = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    push(code);
  } else if (code < 0x800) {
    push(0xc0 | code >> 6);
    push(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    push(0xe0 | code >> 12);
    push(0x80 | (code >> 6 & 0x3f));
    push(0x80 | (code & 0x3f));
  } else {
    push(0xf0 | code >> 18);
    push(0x80 | (code >> 12 & 0x3f));
    push(0x80 | (code >> 6 & 0x3f));
    push(0x80 | (code & 0x3f));
  }
}

std::size_t find_not_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    // Most text is ASCII: eight bytes at a time.
    std::uint64_t word = 0;
    while (text.size() - at >= sizeof word) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((word & 0x8080808080808080) != 0) break;
      at += sizeof word;
    }
    if (at == text.size()) break;
    const Utf8Char next = decode_utf8(text.substr(at));
    if (next.code == kNotUtf8) return at;
    at += next.size;
  }
  return std::string_view::npos;
}

bool mend_utf8(std::string& text, std::size_t limit) {
  std::size_t at = find_not_utf8(text);
  if (at == std::string::npos) return true;
  std::string good = text.substr(0, at);
  for (; at < text.size();) {
    const std::string_view rest = std::string_view(text).substr(at);
    const Utf8Char next = decode_utf8(rest);
    const std::string_view as =
        next.code == kNotUtf8 ? std::string_view("\xef\xbf\xbd") : rest.substr(0, next.size);
    if (good.size() + as.size() > limit) break;
    good += as;
    at += next.size;
  }
  const bool whole = at == text.size();
  text = std::move(good);
  return whole;
}

void drop_cut_character(std::string& text) {
  std::size_t lead = text.size();  // Behind the byte that begins the last character.
  while (lead > 0 && text.size() - lead < 3 && (text[lead - 1] & 0xc0) == 0x80) --lead;
  if (lead == 0 || (text[lead - 1] & 0xc0) != 0xc0) return;
  const std::string_view last = std::string_view(text).substr(lead - 1);
  if (find_not_utf8(last) != std::string_view::npos) text.resize(lead - 1);
}

bool is_steering(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e ||
         code == 0x200f || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

}  // namespace sallyport
