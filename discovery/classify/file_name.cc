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

// What is no UTF-8 is Latin-1, but for ASCII in two or three bytes (RFC 3629 section 10): some undo
// that, and a dot or a slash must not hide in it.
Utf8Char decode_other(std::string_view raw) {
  const auto byte = [&](std::size_t at) {
    return at < raw.size() ? static_cast<unsigned char>(raw[at]) : 0U;
  };
  const auto follows = [&](std::size_t at) { return (byte(at) & 0xc0) == 0x80; };
  if ((byte(0) & 0xfe) == 0xc0 && follows(1)) return {(byte(0) & 1) << 6 | (byte(1) & 0x3f), 2};
  if (byte(0) == 0xe0 && (byte(1) & 0xfe) == 0x80 && follows(2)) {
    return {(byte(1) & 1) << 6 | (byte(2) & 0x3f), 3};
  }
  return {byte(0), 1};
}

std::u32string characters_of(std::string_view raw) {
  const bool utf8 = find_not_utf8(raw) == std::string_view::npos;
  std::u32string out;
  out.reserve(raw.size());
  while (!raw.empty()) {
    const Utf8Char next = utf8 ? decode_utf8(raw) : decode_other(raw);
    if (!is_steering(next.code) && !is_invisible(next.code))
      out += static_cast<char32_t>(next.code);
    raw.remove_prefix(next.size);
  }
  return out;
}

// Windows leaves blanks and dots at the end away.
std::u32string_view without_end(std::u32string_view name) {
  while (!name.empty() && (is_blank(name.back()) || name.back() == '.')) name.remove_suffix(1);
  return name;
}

// Without the type of a stream of NTFS, and the empty name of the stream before it
// ([MS-FSCC] 2.1.5): "a.exe::$DATA" is the file a.exe.
std::u32string_view without_stream(std::u32string_view name) {
  const std::size_t colon = name.rfind(':');
  if (colon == name.npos || colon == 0) return name;
  const std::u32string_view type = name.substr(colon + 1);
  const bool is_type = type.size() > 1 && type.front() == '$' &&
                       std::all_of(type.begin() + 1, type.end(), [](char32_t code) {
                         return code == '_' || (code < 0x80 && is_alpha(static_cast<char>(code)));
                       });
  if (!is_type || name.find(':') == colon) return name;
  name = name.substr(0, colon);
  return name.back() == ':' ? name.substr(0, name.size() - 1) : name;
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
  name = without_end(without_stream(without_end(name)));

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
