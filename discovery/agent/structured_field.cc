#include "discovery/agent/structured_field.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxText = 2048;  // bytes
constexpr std::size_t kMaxItems = 32;
constexpr std::size_t kMaxParameters = 16;
constexpr std::size_t kMaxDigits = 15;  // section 3.3.1

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// tchar of RFC 9110, and ':' and '/' (section 3.3.4).
bool is_token_char(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~:/";
  return is_alpha(c) || is_digit(c) || kOthers.find(c) != std::string_view::npos;
}

class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  void skip_blanks() {
    while (!at_end() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  void skip_blanks_and_tabs() {
    while (!at_end() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
  }
  bool take(char c) {
    if (at_end() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool item(FieldItem& out) { return bare_item(out.value) && parameters(out); }

 private:
  template <class Accept>
  std::string_view run(Accept accept) {
    std::size_t end = 0;
    while (end < rest_.size() && accept(rest_[end])) ++end;
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return taken;
  }

  // Section 4.2.3.1.
  bool bare_item(BareItem& out) {
    if (at_end()) return false;
    const char first = rest_.front();
    if (first == '"') return string(out);
    if (first == '?') return boolean(out);
    if (first == '-' || is_digit(first)) return integer(out);
    if (first == '*' || is_alpha(first)) {
      out.kind = BareItem::Kind::token;
      out.text = run(is_token_char);
      return true;
    }
    return false;
  }

  // Section 4.2.5.
  bool string(BareItem& out) {
    out.kind = BareItem::Kind::string;
    rest_.remove_prefix(1);
    while (!at_end()) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (c == '\\') {
        if (at_end()) return false;
        c = rest_.front();
        if (c != '"' && c != '\\') return false;
        rest_.remove_prefix(1);
      } else if (c < 0x20 || c > 0x7e) {
        return false;
      }
      out.text += c;
    }
    return false;
  }

  // Section 4.2.8.
  bool boolean(BareItem& out) {
    out.kind = BareItem::Kind::boolean;
    rest_.remove_prefix(1);
    out.truth = take('1');
    return out.truth || take('0');
  }

  // Section 4.2.4, without decimals.
  bool integer(BareItem& out) {
    out.kind = BareItem::Kind::integer;
    const bool negative = take('-');
    const std::string_view digits = run(is_digit);
    if (digits.empty() || digits.size() > kMaxDigits) return false;
    if (!at_end() && rest_.front() == '.') return false;
    for (const char digit : digits) out.integer = out.integer * 10 + (digit - '0');
    if (negative) out.integer = -out.integer;
    return true;
  }

  // Section 4.2.3.2.
  bool parameters(FieldItem& out) {
    for (std::size_t count = 0; take(';'); ++count) {
      if (count == kMaxParameters) return false;
      skip_blanks();
      if (at_end() || (!is_lower(rest_.front()) && rest_.front() != '*')) return false;
      std::string name(run([](char c) {
        return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '*';
      }));
      BareItem value;
      value.kind = BareItem::Kind::boolean;
      value.truth = true;
      if (take('=')) {
        value = {};
        if (!bare_item(value)) return false;
      }
      const auto known =
          std::find_if(out.parameters.begin(), out.parameters.end(),
                       [&name](const auto& parameter) { return parameter.first == name; });
      if (known != out.parameters.end()) {
        known->second = std::move(value);
      } else {
        out.parameters.emplace_back(std::move(name), std::move(value));
      }
    }
    return true;
  }

  std::string_view rest_;
};

}  // namespace

const BareItem* FieldItem::parameter(std::string_view name) const {
  for (const auto& parameter : parameters) {
    if (parameter.first == name) return &parameter.second;
  }
  return nullptr;
}

std::optional<FieldItem> parse_field_item(std::string_view text) {
  if (text.size() > kMaxText) return std::nullopt;
  FieldReader reader(text);
  FieldItem item;
  reader.skip_blanks();
  if (!reader.item(item)) return std::nullopt;
  reader.skip_blanks();
  if (!reader.at_end()) return std::nullopt;
  return item;
}

std::optional<std::vector<FieldItem>> parse_field_list(std::string_view text) {
  if (text.size() > kMaxText) return std::nullopt;
  FieldReader reader(text);
  std::vector<FieldItem> items;
  reader.skip_blanks();
  if (reader.at_end()) return items;
  // Section 4.2.1.
  while (items.size() < kMaxItems) {
    if (!reader.item(items.emplace_back())) return std::nullopt;
    reader.skip_blanks_and_tabs();
    if (reader.at_end()) return items;
    if (!reader.take(',')) return std::nullopt;
    reader.skip_blanks_and_tabs();
    if (reader.at_end()) return std::nullopt;  // a comma with nothing behind it
  }
  return std::nullopt;
}

}  // namespace sallyport::discovery
