#include "base/core/host.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport {
namespace {

constexpr std::size_t kMaxName = 253;  // bytes, without the trailing dot (RFC 1035 section 2.3.4)
constexpr std::size_t kMaxLabel = 63;  // bytes

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > kMaxLabel) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
  });
}

// inet_aton and browsers read "127.1", "0x7f.1", "2130706433" and "0177.0.0.1" as addresses. All of
// them end in a label like this, and no real name does.
bool could_be_number(std::string_view label) {
  return label.starts_with("0x") || std::all_of(label.begin(), label.end(), is_digit);
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxName) return false;
  std::string_view label;
  while (true) {
    const std::size_t end = std::min(text.find('.'), text.size());
    label = text.substr(0, end);
    if (!is_label(label)) return false;
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  return !could_be_number(label);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  const auto value = parse_decimal(text);
  if (!value || *value == 0 || *value > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*value);
}

}  // namespace

std::optional<Host> Host::parse(std::string_view text) {
  if (text.starts_with('[')) {
    if (!text.ends_with(']')) return std::nullopt;
    const std::string_view inner = text.substr(1, text.size() - 2);
    const auto address = IpAddress::parse(inner);
    // "[192.0.2.1]" is no IP-literal (RFC 3986 section 3.2.2).
    if (!address || inner.find(':') == std::string_view::npos) return std::nullopt;
    return from_address(*address);
  }
  if (text.find(':') != std::string_view::npos) return std::nullopt;
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.size() > kMaxName) return std::nullopt;
  if (const auto address = IpAddress::parse(text)) return from_address(*address);

  Host host;
  host.text_ = lower(text);
  if (!is_name(host.text_)) return std::nullopt;
  return host;
}

Host Host::from_address(const IpAddress& address) {
  Host host;
  host.text_ = address.to_string();
  host.address_ = address;
  return host;
}

std::string Host::in_authority() const {
  return address_ && address_->is_v6() ? '[' + text_ + ']' : text_;
}

bool Host::is_under(std::string_view suffix) const {
  if (suffix.empty()) return false;
  if (text_ == suffix) return true;
  if (address_ || text_.size() <= suffix.size()) return false;
  return text_.ends_with(suffix) && text_[text_.size() - suffix.size() - 1] == '.';
}

std::optional<Authority> Authority::parse(std::string_view text, std::uint16_t default_port) {
  // Behind the host: in brackets the colons are the address's own.
  const std::size_t from = text.starts_with('[') ? text.find(']') : 0;
  if (from == std::string_view::npos) return std::nullopt;
  const std::size_t colon = text.find(':', from);

  auto host = Host::parse(text.substr(0, colon));
  if (!host) return std::nullopt;
  Authority out{std::move(*host), default_port};
  if (colon != std::string_view::npos) {
    const auto port = parse_port(text.substr(colon + 1));
    if (!port) return std::nullopt;
    out.port = *port;
  }
  if (out.port == 0) return std::nullopt;
  return out;
}

std::string Authority::to_string() const {
  return host.in_authority() + ':' + std::to_string(port);
}

std::string Authority::to_string(std::uint16_t default_port) const {
  std::string text;
  append_to(text, default_port);
  return text;
}

void Authority::append_to(std::string& out, std::uint16_t default_port) const {
  const bool bracketed = host.address() && host.address()->is_v6();
  if (bracketed) out += '[';
  out += host.text();
  if (bracketed) out += ']';
  if (port != default_port) {
    out += ':';
    out += std::to_string(port);
  }
}

}  // namespace sallyport
