#include "discovery/classify/file_name.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/core/utf8.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxName = 255;      // bytes, as on most file systems
constexpr std::size_t kMaxExtension = 16;  // bytes

// Characters that are drawn as nothing: zero-width ones, soft hyphens, tags, and those that are
// none.
bool is_invisible(char32_t code) {
  return code == 0xad || code == 0x34f || code == 0x180e || (code >= 0x200b && code <= 0x200d) ||
         (code >= 0x2060 && code <= 0x2064) || code == 0xfeff ||
         (code >= 0xfff9 && code <= 0xfffb) || (code & 0xfffe) == 0xfffe ||
         (code >= 0xfdd0 && code <= 0xfdef) || (code >= 0xe0000 && code <= 0xe007f);
}

bool is_blank(char32_t code) {
  return code == ' ' || code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) ||
         code == 0x202f || code == 0x205f || code == 0x3000;
}

std::u32string characters_of(std::string_view raw) {
  const bool utf8 = find_not_utf8(raw) == std::string_view::npos;
  std::u32string out;
  out.reserve(raw.size());
  while (!raw.empty()) {
    const Utf8Char next =
        utf8 ? decode_utf8(raw) : Utf8Char{static_cast<unsigned char>(raw.front()), 1};
    if (!is_steering(next.code) && !is_invisible(next.code))
      out += static_cast<char32_t>(next.code);
    raw.remove_prefix(next.size);
  }
  return out;
}

// At most `most` bytes, whole characters.
std::string encode(std::u32string_view text, std::size_t most) {
  std::string out;
  for (const char32_t code : text) {
    const std::size_t before = out.size();
    append_utf8(out, code);
    if (out.size() > most) {
      out.resize(before);
      break;
    }
  }
  return out;
}

bool may_stand_in_extension(char c) {
  return is_alpha(c) || is_digit(c) || c == '_' || c == '-' || c == '+' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string safe_file_name(std::string_view raw) {
  const std::u32string all = characters_of(raw);
  std::u32string_view name = all;
  const std::size_t slash = name.find_last_of(U"/\\");
  if (slash != name.npos) name.remove_prefix(slash + 1);
  const bool drive =
      name.size() >= 2 && name[1] == ':' && name[0] < 0x80 && is_alpha(static_cast<char>(name[0]));
  if (drive) name.remove_prefix(2);
  while (!name.empty() && is_blank(name.front())) name.remove_prefix(1);
  // Windows leaves blanks and dots at the end away.
  while (!name.empty() && (is_blank(name.back()) || name.back() == '.')) name.remove_suffix(1);

  std::string whole = encode(name, name.size() * 4);
  if (whole.size() <= kMaxName) return whole;
  const std::string extension = file_extension(whole);
  if (extension.empty()) return safe_file_name(encode(name, kMaxName));
  std::string cut = encode(name, kMaxName - extension.size() - 1);
  return cut + whole.substr(whole.size() - extension.size() - 1);
}

std::string file_extension(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  const std::string_view extension = name.substr(dot + 1);
  if (extension.size() > kMaxExtension) return {};
  if (!std::all_of(extension.begin(), extension.end(), may_stand_in_extension)) return {};
  return lower(extension);
}

std::string decode_percent(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2]);
    if (escape) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace sallyport::discovery
