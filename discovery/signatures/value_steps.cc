#include "discovery/signatures/value_steps.h"

#include <algorithm>
#include <cstdint>

#include "base/core/text.h"
#include "base/json/selector.h"
#include "discovery/signatures/exchange_values.h"

namespace sallyport::discovery {
namespace {

std::string decode(std::string_view text, bool plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += plus && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::vector<std::string> select(std::string_view text, std::string_view path) {
  JsonSelection selection;
  const auto index = selection.add(path);
  if (!index) return {};
  JsonSelector selector(selection);
  selector.feed(text);
  selector.end();
  std::vector<std::string> values;
  for (const JsonValue& value : selector.values(*index)) {
    if (values.size() < ExchangeValues::kMostValues) values.push_back(value.text);
  }
  return values;
}

// The values of To, Cc and Bcc (RFC 5322 section 3.6.3), and of those that a mail is sent to once
// more. A mail that is a part of a multipart begins behind the part's own fields.
std::vector<std::string> recipients_of_mail(std::string_view text) {
  while (text.starts_with('\r') || text.starts_with('\n')) text.remove_prefix(1);
  if (text.starts_with("--")) {
    const std::string small = lower(text.substr(0, 64 * 1024));
    const std::size_t type = small.find("message/rfc822");
    if (type == small.npos) return {};
    const std::size_t crlf = small.find("\n\r\n", type);
    const std::size_t feed = small.find("\n\n", type);
    const std::size_t end =
        std::min(crlf == small.npos ? crlf : crlf + 3, feed == small.npos ? feed : feed + 2);
    if (end == small.npos) return {};
    text.remove_prefix(end);
  }
  static constexpr std::string_view kFields[] = {"to",        "cc",        "bcc",
                                                 "resent-to", "resent-cc", "resent-bcc"};
  std::vector<std::string> found;
  bool taken = false;  // the line before was one of these
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') {
      if (taken) found.back().append(line);
      continue;
    }
    const std::size_t colon = line.find(':');
    const std::string_view name = trim(line.substr(0, std::min(colon, line.size())));
    taken = colon != line.npos && found.size() < ExchangeValues::kMostValues &&
            std::ranges::any_of(kFields, [&](auto one) { return iequals(one, name); });
    if (taken) found.emplace_back(line.substr(colon + 1));
  }
  return found;
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

}  // namespace

std::string decode_form(std::string_view text) { return decode(text, true); }

std::string decode_any_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  int count = 0;
  // "data:image/png;base64,..." (RFC 2397)
  if (istarts_with(text, "data:")) text.remove_prefix(std::min(text.find(',') + 1, text.size()));
  bool any = false;
  for (const char c : text) {
    if (c == '=' && any) break;
    // What is no letter of it is skipped, as most decoders do.
    const int digit = base64_digit(c);
    if (digit < 0) continue;
    any = true;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xff);
    }
  }
  return out;
}

std::string jwt_claims(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == token.npos) return {};
  const std::size_t second = token.find('.', first + 1);
  if (second == token.npos) return {};
  return decode_any_base64(token.substr(first + 1, second - first - 1));
}

std::vector<std::string> take_step(const ValueStep& step, std::string_view value) {
  using Kind = ValueStep::Kind;
  const auto text = [](std::string_view one) { return std::vector{std::string(one)}; };
  switch (step.kind) {
    case Kind::json:
      return select(value, step.argument);
    case Kind::form: {
      std::vector<std::string> found;
      for (auto& [name, field] : read_form(value)) {
        if (name == step.argument) found.push_back(std::move(field));
      }
      return found;
    }
    case Kind::base64:
      return {decode_any_base64(value)};
    case Kind::percent:
      return {decode(value, false)};
    case Kind::jwt:
      return select(jwt_claims(value), step.argument);
    case Kind::last: {
      while (value.ends_with('/')) value.remove_suffix(1);
      const std::size_t slash = value.rfind('/');
      return text(slash == value.npos ? value : value.substr(slash + 1));
    }
    case Kind::dir: {
      const std::size_t slash = value.rfind('/');
      return slash == value.npos ? std::vector<std::string>() : text(value.substr(0, slash));
    }
    case Kind::before: {
      const std::size_t at = value.find(step.argument);
      return at == value.npos ? std::vector<std::string>() : text(value.substr(0, at));
    }
    case Kind::after: {
      const std::size_t at = value.find(step.argument);
      return at == value.npos ? std::vector<std::string>()
                              : text(value.substr(at + step.argument.size()));
    }
    case Kind::mail:
      return recipients_of_mail(value);
    case Kind::lower:
      return {lower(value)};
    case Kind::domain: {
      const std::size_t at = value.rfind('@');
      return at == value.npos ? std::vector<std::string>() : text(value.substr(at + 1));
    }
  }
  return {};
}

}  // namespace sallyport::discovery
