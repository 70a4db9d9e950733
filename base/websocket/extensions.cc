// RFC 6455 section 9.1:
//
//   extension-list  = 1#extension
//   extension       = token *( ";" token [ "=" (token | quoted-string) ] )
#include "base/websocket/extensions.h"

#include <string>
#include <vector>

#include "base/core/text.h"
#include "base/http/headers.h"

namespace sallyport::websocket {
namespace {

constexpr std::string_view kDeflate = "permessage-deflate";
constexpr std::size_t kMost = 64;  // extensions and parameters in one list

struct Parameter {
  std::string_view name;
  std::optional<std::string> value;
};

struct Element {
  std::string_view name;
  std::vector<Parameter> parameters;
};

class ListReader {
 public:
  explicit ListReader(std::string_view text) : text_(text) {}

  // Nothing where it is no such list. Empty elements are passed over (RFC 9110 section 5.6.1).
  std::optional<std::vector<Element>> read() {
    std::vector<Element> elements;
    while (true) {
      skip_blanks();
      if (text_.empty()) return elements;
      if (take(',')) continue;
      Element& element = elements.emplace_back();
      if (elements.size() > kMost || !token(element.name)) return std::nullopt;
      while (skip_blanks(), take(';')) {
        Parameter& parameter = element.parameters.emplace_back();
        skip_blanks();
        if (element.parameters.size() > kMost || !token(parameter.name)) return std::nullopt;
        skip_blanks();
        if (!take('=')) continue;
        skip_blanks();
        if (!value(parameter.value.emplace())) return std::nullopt;
      }
      skip_blanks();
      if (!text_.empty() && !take(',')) return std::nullopt;
    }
  }

 private:
  void skip_blanks() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t')) {
      text_.remove_prefix(1);
    }
  }
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool token(std::string_view& out) {
    std::size_t size = 0;
    while (size < text_.size() && http::is_token(text_.substr(size, 1))) ++size;
    out = text_.substr(0, size);
    text_.remove_prefix(size);
    return size > 0;
  }
  bool value(std::string& out) {
    if (!take('"')) {
      std::string_view plain;
      if (!token(plain)) return false;
      out = plain;
      return true;
    }
    while (!text_.empty()) {
      char c = text_.front();
      text_.remove_prefix(1);
      if (c == '"') return http::is_token(out);  // Unquoted it must be a token (section 9.1).
      if (c == '\\') {
        if (text_.empty()) return false;
        c = text_.front();
        text_.remove_prefix(1);
      }
      out += c;
    }
    return false;
  }

  std::string_view text_;
};

// RFC 7692 section 7.1.2: 8 to 15, without leading zeros.
std::optional<std::uint8_t> window_bits(const std::optional<std::string>& value) {
  if (!value) return std::nullopt;
  for (std::uint8_t bits = 8; bits <= 15; ++bits) {
    if (*value == std::to_string(bits)) return bits;
  }
  return std::nullopt;
}

// Nothing where a parameter is unknown, has a wrong value, or stands twice (section 7.1).
std::optional<Extensions::Deflate> deflate_terms(const Element& element) {
  Extensions::Deflate terms;
  std::vector<std::string_view> seen;
  for (const auto& [name, value] : element.parameters) {
    for (const std::string_view before : seen) {
      if (iequals(before, name)) return std::nullopt;
    }
    seen.push_back(name);
    const bool server = istarts_with(name, "server_");
    if (!server && !istarts_with(name, "client_")) return std::nullopt;
    DeflateTerms& side = server ? terms.server : terms.client;
    const std::string_view what = name.substr(7);
    if (iequals(what, "no_context_takeover") && !value) {
      side.keeps_context = false;
    } else if (iequals(what, "max_window_bits") && window_bits(value)) {
      side.window_bits = *window_bits(value);
    } else {
      return std::nullopt;
    }
  }
  return terms;
}

}  // namespace

Extensions agreed_extensions(std::string_view offered, std::string_view accepted) {
  Extensions agreed;
  const auto elements = ListReader(accepted).read();
  if (!elements) {
    agreed.unknown = true;
    return agreed;
  }
  if (elements->empty()) return agreed;
  const auto offers = ListReader(offered).read();
  bool was_offered = false;
  if (offers) {
    for (const Element& offer : *offers) was_offered |= iequals(offer.name, kDeflate);
  }
  if (elements->size() == 1 && was_offered && iequals(elements->front().name, kDeflate)) {
    agreed.deflate = deflate_terms(elements->front());
  }
  agreed.unknown = !agreed.deflate;
  return agreed;
}

}  // namespace sallyport::websocket
