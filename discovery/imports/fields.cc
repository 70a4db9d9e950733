#include "discovery/imports/fields.h"

#include "discovery/imports/scan.h"

namespace sallyport::discovery::imports {
namespace {

// Beginnings, without case.
constexpr std::string_view kBlocked[] = {"block",   "den",     "drop", "reject",    "refus",
                                         "reset",   "tcp_den", "deny", "quarantin", "sinkhole",
                                         "prevent", "discard", "kill", "filter",    "forbid"};
constexpr std::string_view kAllowed[] = {
    "allow",   "accept", "pass",     "permit",  "monitor", "close",   "client-rst", "server-rst",
    "timeout", "alert",  "continue", "detect",  "success", "tcp_hit", "tcp_miss",   "tcp_tunnel",
    "observ",  "bypass", "encrypt",  "decrypt", "ok",      "trust",   "start",      "ip-conn"};

template <std::size_t N>
bool begins_with_one_of(std::string_view word, const std::string_view (&beginnings)[N]) {
  return std::ranges::any_of(beginnings,
                             [&](std::string_view one) { return istarts_with(word, one); });
}

bool read_bytes(std::string_view text, std::optional<std::uint64_t>& out) {
  if (text.empty()) return true;
  std::uint64_t number = 0;
  if (!read_number(text, number)) return false;
  out = number;
  return true;
}

}  // namespace

LogAction read_action(std::string_view word) {
  if (begins_with_one_of(word, kBlocked)) return LogAction::blocked;
  if (begins_with_one_of(word, kAllowed)) return LogAction::allowed;
  return LogAction::unknown;
}

bool is_method(std::string_view word) {
  if (word.empty() || word.size() > 24) return false;
  return std::ranges::all_of(word,
                             [](char c) { return (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; });
}

std::optional<LoggedEndpoint> read_endpoint(std::string_view text) {
  LoggedEndpoint found;
  if (const std::size_t zone = text.find('%'); zone != text.npos) text = text.substr(0, zone);
  if (const auto address = read_address(text)) return LoggedEndpoint{*address, 0};
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return std::nullopt;
    rest = text.substr(end + 1);
    text = text.substr(1, end - 1);
  } else {
    const std::size_t end = std::min(text.find_first_of("/:"), text.size());
    rest = text.substr(end);
    text = text.substr(0, end);
  }
  const auto address = IpAddress::parse(text);
  if (!address) return std::nullopt;
  found.address = *address;
  if (!rest.empty()) {
    rest.remove_prefix(1);
    rest = rest.substr(0, rest.find(':'));
    if (!rest.empty() && !read_port(rest, found.port)) return std::nullopt;
  }
  return found;
}

void Fields::set(Role role, std::string_view text, std::size_t rank) {
  if (role == Role::none || is_nothing(text)) return;
  const auto at = static_cast<std::size_t>(role);
  if (rank >= ranks_[at]) return;
  ranks_[at] = static_cast<std::uint8_t>(rank);
  texts_[at] = text;
}

bool Fields::set(std::span<const NamedRole> table, std::string_view name, std::string_view text) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].name != name) continue;
    set(table[i].role, text, i);
    return true;
  }
  return false;
}

bool Fields::read_time(LogRecord& record, TimeReader& times) const {
  std::optional<Time> time;
  if (has(Role::time)) {
    time = times.read(get(Role::time));
  } else if (has(Role::date) && has(Role::clock)) {
    time = times.read(get(Role::date), get(Role::clock), get(Role::zone));
  }
  if (time) record.time = *time;
  return time.has_value();
}

bool Fields::read_destination(LogRecord& record, DestinationReader& destinations) const {
  std::string_view url = get(Role::url);
  if (has(Role::request)) {
    std::string_view rest = get(Role::request);
    const std::string_view method = take_word(rest);
    if (is_method(method)) record.method = method;
    if (url.empty()) url = take_word(rest);
  }
  if (has(Role::method) && is_method(get(Role::method))) record.method = get(Role::method);
  const bool whole = url.find("://") != url.npos && !url.starts_with('/');
  const std::string_view host = get(Role::host);
  if (!url.empty() && (whole || (host.empty() && !url.starts_with('/')))) {
    destinations.url(url, record);
  } else if (const std::size_t slash = url.find('/'); slash != url.npos) {
    record.path = without_query(url.substr(slash));
  }
  if (record.host.empty() && !record.server && !host.empty()) {
    if (host.find("://") != host.npos) {
      destinations.url(host, record);
    } else {
      destinations.authority(host, record);
    }
  }
  if (record.path.empty() && has(Role::path)) record.path = without_query(get(Role::path));
  if (has(Role::server)) {
    if (const auto server = read_endpoint(get(Role::server))) {
      record.server = server->address;
      if (record.port == 0) record.port = server->port;
    } else if (record.host.empty() && !record.server) {
      destinations.authority(get(Role::server), record);
    }
  }
  if (has(Role::port)) {
    std::uint16_t port = 0;
    if (read_port(get(Role::port), port) && port != 0) record.port = port;
  }
  if (record.scheme.empty() && has(Role::scheme)) {
    for (const std::string_view known : {"https", "http", "ftp", "wss", "ws"}) {
      if (iequals(get(Role::scheme), known)) record.scheme = known;
    }
  }
  return !record.host.empty() || record.server;
}

bool Fields::read_client(LogRecord& record) const {
  if (!has(Role::client)) return true;
  const auto client = read_endpoint(get(Role::client));
  if (client) record.client = client->address;
  return client.has_value();
}

bool Fields::read_numbers(LogRecord& record) const {
  std::uint64_t status = 0;
  if (read_number(get(Role::status), status) && status >= 100 && status <= 599) {
    record.status = static_cast<std::uint16_t>(status);
  }
  if (!read_bytes(get(Role::up), record.bytes_up)) return false;
  if (!read_bytes(get(Role::down), record.bytes_down)) return false;
  // Said thrice it is said once too often.
  if (record.bytes_up && record.bytes_down) return true;
  return read_bytes(get(Role::total), record.bytes_total);
}

Reading Fields::into(LogRecord& record, TimeReader& times, DestinationReader& destinations) const {
  if (!read_time(record, times)) return Reading::time;
  return into(record, destinations);
}

Reading Fields::into(LogRecord& record, DestinationReader& destinations) const {
  if (!read_destination(record, destinations)) return Reading::destination;
  if (!read_client(record)) return Reading::address;
  if (!read_numbers(record)) return Reading::number;
  // So TMG and others name nobody.
  if (!iequals(get(Role::user), "anonymous")) record.user = get(Role::user);
  record.action = read_action(get(Role::action));
  record.user_agent = get(Role::user_agent);
  record.content_type = get(Role::content_type);
  return Reading::record;
}

}  // namespace sallyport::discovery::imports
