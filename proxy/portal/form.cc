#include "proxy/portal/form.h"

#include "base/core/text.h"
#include "base/core/utf8.h"

namespace sallyport::portal {
namespace {

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return std::nullopt;
      out += static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
      i += 2;
    }
  }
  if (find_not_utf8(out) != std::string::npos) return std::nullopt;
  return out;
}

}  // namespace

std::optional<FormFields> FormFields::parse(std::string_view text) {
  if (text.size() > kMostBytes) return std::nullopt;
  FormFields form;
  if (text.empty()) return form;
  for (const std::string_view pair : split(text, '&')) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    std::optional<std::string> name = decoded(pair.substr(0, equals));
    std::optional<std::string> value = decoded(pair.substr(equals + 1));
    if (!name || !value || form.fields_.size() == kMostFields) return std::nullopt;
    if (!form.fields_.emplace(std::move(*name), std::move(*value)).second) return std::nullopt;
  }
  return form;
}

std::string_view FormFields::get(std::string_view name) const {
  const auto found = fields_.find(name);
  return found == fields_.end() ? std::string_view() : std::string_view(found->second);
}

std::string url_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

}  // namespace sallyport::portal
