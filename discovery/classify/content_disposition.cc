// disposition  = type *( ";" parameter )
// parameter    = "filename" "=" ( token / quoted-string ) / "filename*" "=" charset "'" [ language
// ]
//                "'" *( percent-escape / character )
// Everything is tried: names with blanks that nobody quoted, a quote that never ends, no type.

#include "discovery/classify/content_disposition.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "base/crypto/base64.h"
#include "discovery/classify/file_name.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxDecoded = 4096;  // bytes of an encoded word

std::string from_latin1(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) append_utf8(out, static_cast<unsigned char>(c));
  return out;
}

std::string in_charset(std::string_view charset, std::string bytes) {
  const bool latin = iequals(charset, "iso-8859-1") || iequals(charset, "windows-1252");
  return latin ? from_latin1(bytes) : bytes;
}

// `bytes` is behind the opening quote; what follows the closing one is left in it. IE sent paths of
// Windows as they are, so a backslash escapes only what needs it.
std::string take_quoted(std::string_view& bytes) {
  std::string out;
  std::size_t i = 0;
  for (; i < bytes.size() && bytes[i] != '"'; ++i) {
    const bool escape =
        bytes[i] == '\\' && i + 1 < bytes.size() && (bytes[i + 1] == '"' || bytes[i + 1] == '\\');
    if (escape) ++i;
    out += bytes[i];
  }
  bytes.remove_prefix(std::min(i + 1, bytes.size()));
  return out;
}

// "UTF-8''na%C3%AFve.txt". What is not as it says, servers read in some way all the same: then it
// is not `sure`, and its bytes count as Latin-1.
std::string extended(std::string_view value, bool& sure) {
  const std::size_t first = value.find('\'');
  const std::size_t second = first == value.npos ? value.npos : value.find('\'', first + 1);
  const std::string_view charset =
      second == value.npos ? std::string_view() : value.substr(0, first);
  std::string bytes = decode_percent(second == value.npos ? value : value.substr(second + 1));
  const bool utf8 = find_not_utf8(bytes) == std::string::npos;
  const bool latin = iequals(charset, "iso-8859-1");
  sure = latin || (utf8 && iequals(charset, "utf-8"));
  return latin || !utf8 ? from_latin1(bytes) : bytes;
}

// The text of "=?charset?B?...?=" at the front of `text`, which then loses it.
std::optional<std::string> take_encoded_word(std::string_view& text) {
  if (!text.starts_with("=?")) return std::nullopt;
  const std::size_t charset_end = text.find('?', 2);
  if (charset_end == text.npos || charset_end + 2 >= text.size()) return std::nullopt;
  const std::string_view charset = text.substr(2, charset_end - 2);
  const char how = to_lower(text[charset_end + 1]);
  if (text[charset_end + 2] != '?') return std::nullopt;
  const std::size_t begin = charset_end + 3;
  const std::size_t end = text.find("?=", begin);
  if (end == text.npos) return std::nullopt;
  const std::string_view coded = text.substr(begin, end - begin);
  std::string bytes;
  if (how == 'b') {
    const auto decoded = base64_decode(coded, kMaxDecoded);
    if (!decoded) return std::nullopt;
    bytes = *decoded;
  } else if (how == 'q') {
    for (std::size_t i = 0; i < coded.size(); ++i) {
      const bool escape =
          coded[i] == '=' && i + 2 < coded.size() && is_hex(coded[i + 1]) && is_hex(coded[i + 2]);
      bytes += escape ? static_cast<char>(hex_value(coded[i + 1]) * 16 + hex_value(coded[i + 2]))
               : coded[i] == '_' ? ' '
                                 : coded[i];
      if (escape) i += 2;
    }
  } else {
    return std::nullopt;
  }
  text.remove_prefix(end + 2);
  return in_charset(charset, std::move(bytes));
}

std::string without_encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (const auto word = take_encoded_word(text)) {
      out += *word;
      // RFC 2047 section 6.2: blanks between two words are not shown.
      const std::string_view rest = trim(text);
      if (rest.starts_with("=?")) text = rest;
      continue;
    }
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

constexpr std::size_t kMostParts = 16;

// Parameters "filename*0", "filename*1*" ... (RFC 2231 section 3), which a star at the end marks as
// escaped; the first may name the charset.
class Continuation {
 public:
  void take(std::string_view name, std::string_view value) {
    if (!istarts_with(name, "filename*")) return;
    std::string_view number = name.substr(9);
    const bool escaped = number.ends_with('*');
    if (escaped) number.remove_suffix(1);
    const auto part = parse_decimal(number);
    if (!part || *part >= kMostParts || parts_[*part].there) return;
    parts_[*part] = {true, escaped, std::string(value)};
  }

  std::optional<std::string> joined() const {
    if (!parts_[0].there) return std::nullopt;
    std::string_view first = parts_[0].text;
    std::string_view charset;
    if (parts_[0].escaped) {
      const std::size_t mark = first.find('\'');
      const std::size_t second = mark == first.npos ? mark : first.find('\'', mark + 1);
      if (second == first.npos) return std::nullopt;
      charset = first.substr(0, mark);
      first.remove_prefix(second + 1);
    }
    std::string bytes = parts_[0].escaped ? decode_percent(first) : std::string(first);
    for (std::size_t i = 1; i < kMostParts && parts_[i].there; ++i) {
      bytes += parts_[i].escaped ? decode_percent(parts_[i].text) : parts_[i].text;
    }
    return in_charset(charset, std::move(bytes));
  }

 private:
  struct Part {
    bool there = false;
    bool escaped = false;
    std::string text;
  };
  std::array<Part, kMostParts> parts_;
};

constexpr std::size_t kMostNames = 4;

std::string without(std::string_view text, char sign) {
  std::string out;
  for (const char c : text) {
    if (c != sign) out += c;
  }
  return out;
}

void add_name(ContentDisposition& found, std::string_view text) {
  std::string name = safe_file_name(text);
  if (name.empty() || name == found.file_name) return;
  if (found.file_name.empty()) {
    found.file_name = std::move(name);
  } else if (std::ranges::find(found.other_names, name) == found.other_names.end()) {
    found.other_names.push_back(std::move(name));
  }
}

}  // namespace

ContentDisposition read_content_disposition(std::string_view value) {
  ContentDisposition found;
  const std::string_view first = trim(value.substr(0, value.find(';')));
  if (first.find('=') == first.npos) {
    found.type = lower(first);
    value.remove_prefix(std::min(value.find(';'), value.size()));
  }
  std::vector<std::string> plain, star;
  Continuation continuation;
  while (!value.empty()) {
    if (value.front() == ';') {
      value.remove_prefix(1);
      continue;
    }
    const std::size_t end = std::min(value.find_first_of("=;"), value.size());
    const std::string_view name = trim(value.substr(0, end));
    value.remove_prefix(end);
    found.names = found.names || istarts_with(name, "filename");
    if (value.empty() || value.front() == ';') continue;
    value.remove_prefix(1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
      value.remove_prefix(1);
    std::string text;
    if (value.starts_with('"')) {
      value.remove_prefix(1);
      text = take_quoted(value);
      value.remove_prefix(std::min(value.find(';'), value.size()));
    } else {
      const std::size_t stop = std::min(value.find(';'), value.size());
      text = std::string(trim(value.substr(0, stop)));
      value.remove_prefix(stop);
    }
    continuation.take(name, text);
    if (iequals(name, "filename") && plain.size() < kMostNames) plain.push_back(std::move(text));
    if (iequals(name, "filename*") && star.size() < kMostNames) star.push_back(std::move(text));
  }
  std::vector<std::string> texts, doubtful;
  for (const std::string& text : star) {
    bool sure = false;
    std::string read = extended(text, sure);
    (sure ? texts : doubtful).push_back(std::move(read));
  }
  for (const std::string& text : plain) {
    texts.push_back(decode_percent(without_encoded_words(text)));
    // RFC 9110 section 5.6.4 lets any sign be escaped.
    if (text.find('\\') != text.npos) texts.push_back(without(text, '\\'));
  }
  if (const auto text = continuation.joined()) texts.push_back(*text);
  texts.insert(texts.end(), doubtful.begin(), doubtful.end());
  for (const std::string& text : texts) {
    add_name(found, text);
    if (const std::size_t zero = text.find('\0'); zero != text.npos) {
      add_name(found, text.substr(0, zero));
    }
  }
  return found;
}

std::string disposition_parameter(std::string_view value, std::string_view name) {
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t end = std::min(value.find(';', at), value.size());
    const std::string_view part = trim(value.substr(at, end - at));
    at = end + 1;
    const std::size_t equals = part.find('=');
    if (equals == part.npos || !iequals(trim(part.substr(0, equals)), name)) continue;
    std::string_view text = trim(part.substr(equals + 1));
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
      text = text.substr(1, text.size() - 2);
    }
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      out += text[i];
    }
    return out;
  }
  return {};
}

ContentDisposition names_in_type(std::string_view content_type) {
  std::string as_disposition = "attachment";
  std::size_t at = content_type.find(';');
  while (at < content_type.size()) {
    const std::size_t end = std::min(content_type.find(';', at + 1), content_type.size());
    std::string_view part = content_type.substr(at + 1, end - at - 1);
    at = end;
    while (part.starts_with(' ') || part.starts_with('\t')) part.remove_prefix(1);
    const bool name = istarts_with(part, "name") && part.size() > 4 &&
                      (part[4] == '=' || part[4] == '*' || part[4] == ' ' || part[4] == '\t');
    as_disposition += name ? "; file" : "; ";
    as_disposition += part;
  }
  return read_content_disposition(as_disposition);
}

}  // namespace sallyport::discovery
