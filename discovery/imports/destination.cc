#include "discovery/imports/destination.h"

#include "discovery/imports/scan.h"

namespace sallyport::discovery::imports {
namespace {

struct Scheme {
  std::string_view name;
  std::uint16_t port;
};
constexpr Scheme kSchemes[] = {{"https", 443}, {"http", 80},  {"ftp", 21},   {"wss", 443},
                               {"ws", 80},     {"tunnel", 0}, {"ftps", 990}, {"quic", 443},
                               {"ssl", 443},   {"tcp", 0}};

// What a byte of a host name is: 0 not allowed, 1 as it is, 2 a capital letter.
constexpr std::array<std::uint8_t, 256> kNameBytes = [] {
  std::array<std::uint8_t, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = 1;
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = 1;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = 2;
  table['-'] = table['_'] = table['.'] = 1;
  return table;
}();

// As Host::parse() would have it, of text that is no address.
bool is_name(std::string_view text, bool& capitals) {
  if (text.empty() || text.size() > 253) return false;
  std::size_t begin = 0;
  bool digits = true;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != '.') {
      const std::uint8_t kind = kNameBytes[static_cast<unsigned char>(text[i])];
      if (kind == 0) return false;
      capitals |= kind == 2;
      digits &= is_digit(text[i]);
      continue;
    }
    const std::size_t size = i - begin;
    if (size == 0 || size > 63 || text[begin] == '-' || text[i - 1] == '-') return false;
    // The last label decides: a strange spelling of an address is no name.
    if (i == text.size()) {
      const std::string_view last = text.substr(begin);
      return !digits && !(last.size() > 1 && last[0] == '0' && to_lower(last[1]) == 'x');
    }
    begin = i + 1;
    digits = true;
  }
  return false;
}

}  // namespace

std::string_view without_query(std::string_view path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '?' || path[i] == '#') return path.substr(0, i);
  }
  return path;
}

bool DestinationReader::host(std::string_view text, LogRecord& record) {
  if (text.size() > 1 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
    const auto address = IpAddress::parse(text.substr(0, text.find('%')));
    if (!address) return false;
    record.server = address;
    return true;
  }
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty()) return false;
  if (is_digit(text.back())) {
    if (const auto address = read_address(text)) {
      record.server = address;
      return true;
    }
  }
  bool capitals = false;
  if (!is_name(text, capitals)) return false;
  if (capitals) {
    for (std::size_t i = 0; i < text.size(); ++i) name_[i] = to_lower(text[i]);
    text = std::string_view(name_.data(), text.size());
  }
  record.host = text;
  return true;
}

bool DestinationReader::authority(std::string_view text, LogRecord& record) {
  if (const std::size_t at = text.rfind('@'); at != text.npos) text.remove_prefix(at + 1);
  std::uint16_t port = 0;
  const std::size_t colon = text.rfind(':');
  if (colon != text.npos && !text.ends_with(']')) {
    if (text.find(':') != colon && !text.starts_with('[')) {
      // IPv6 without brackets.
      const auto address = IpAddress::parse(text);
      if (address) record.server = address;
      return address.has_value();
    }
    if (colon + 1 < text.size() && !read_port(text.substr(colon + 1), port)) return false;
    text = text.substr(0, colon);
  }
  if (!host(text, record)) return false;
  if (port != 0) record.port = port;
  return true;
}

bool DestinationReader::url(std::string_view text, LogRecord& record) {
  const std::size_t colon = text.find("://");
  std::string_view scheme;
  std::uint16_t port = 0;
  // A URL inside of a query has a "://" too.
  if (colon != text.npos && text.find_first_of("/?#") > colon) {
    scheme = text.substr(0, colon);
    if (scheme.empty() || scheme.size() > 16) return false;
    for (const char c : scheme) {
      if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return false;
    }
    for (const Scheme& known : kSchemes) {
      if (!iequals(scheme, known.name)) continue;
      scheme = known.name;
      port = known.port;
      break;
    }
    text.remove_prefix(colon + 3);
  }
  std::size_t end = 0;
  while (end < text.size() && text[end] != '/' && text[end] != '?' && text[end] != '#') ++end;
  if (!authority(text.substr(0, end), record)) return false;
  const std::string_view path = without_query(text.substr(end));
  if (!scheme.empty()) {
    record.scheme = scheme;
    if (record.port == 0) record.port = port;
    record.path = path.empty() ? "/" : path;
  } else if (!path.empty()) {
    record.path = path;
  }
  return true;
}

}  // namespace sallyport::discovery::imports
