#pragma once
// What most formats share: named texts of a line, each with its role, and how they become a record.
// A format is then a table of names and roles and a way to take its lines apart.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "discovery/imports/destination.h"
#include "discovery/imports/line_parser.h"

namespace sallyport::discovery::imports {

enum class Role : std::uint8_t {
  time,  // whole, in any of the shapes of times.h
  date,  // with `clock` and perhaps `zone`
  clock,
  zone,
  client,  // an address, perhaps with a port
  user,
  url,     // whole, or a path where there is `host`
  host,    // perhaps with a port
  server,  // an address, perhaps with a port; else a host
  port,
  scheme,
  method,
  path,
  request,  // "GET https://files.example.com/a HTTP/1.1"
  up,
  down,
  total,
  status,
  action,
  user_agent,
  content_type,
  kind,  // for the format itself
  none,
};
inline constexpr std::size_t kRoles = static_cast<std::size_t>(Role::none);

struct NamedRole {
  std::string_view name;
  Role role;
};

class Fields {
 public:
  void clear() {
    texts_.fill({});
    ranks_.fill(255);
  }
  // Where several fields have one role, the lowest rank counts. What says nothing is not kept.
  void set(Role role, std::string_view text, std::size_t rank = 0);
  // By the table's row of that name, earlier rows first; whether there is one.
  bool set(std::span<const NamedRole> table, std::string_view name, std::string_view text);
  std::string_view get(Role role) const { return texts_[static_cast<std::size_t>(role)]; }
  bool has(Role role) const { return !get(role).empty(); }
  // Whether anything is there that should tell where something went.
  bool names_destination() const {
    return has(Role::url) || has(Role::host) || has(Role::server) || has(Role::request);
  }

  // REQUIRES: a fresh record. Time, destination and client are judged in this order.
  Reading into(LogRecord& record, TimeReader& times, DestinationReader& destinations) const;
  // All but the time.
  Reading into(LogRecord& record, DestinationReader& destinations) const;

 private:
  bool read_time(LogRecord& record, TimeReader& times) const;
  bool read_destination(LogRecord& record, DestinationReader& destinations) const;
  bool read_client(LogRecord& record) const;
  bool read_numbers(LogRecord& record) const;

  std::array<std::string_view, kRoles> texts_{};
  std::array<std::uint8_t, kRoles> ranks_{};
};

// "192.0.2.1", "192.0.2.1:443", "[2001:db8::1]:443", "192.0.2.1/443", "192.0.2.1:443:X1"; a port
// that is not said is 0.
struct LoggedEndpoint {
  IpAddress address;
  std::uint16_t port = 0;
};
std::optional<LoggedEndpoint> read_endpoint(std::string_view text);

// The words of vendors: "deny", "TCP_DENIED", "blocked", "drop", "pass", "Accept", ...
LogAction read_action(std::string_view word);

// "GET", "PROPFIND": capital letters, '-' and '_', at most 24.
bool is_method(std::string_view word);

}  // namespace sallyport::discovery::imports
