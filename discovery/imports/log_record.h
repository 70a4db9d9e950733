#pragma once
// What a line of somebody else's log says of one request or connection, in the same words whatever
// wrote it.
//
// INVARIANT: `host` or `server` is known. A text that is not known is "", a number 0 or absent.
// Lifetime: the texts are borrowed from the line and its parser, and hold until the parser's next
// line. They are bytes of strangers, as they stood there, but for `host`: whoever shows them makes
// them printable.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/core/address.h"
#include "base/core/clock.h"

namespace sallyport::discovery::imports {

enum class LogAction : std::uint8_t { unknown, allowed, blocked };

struct LogRecord {
  Time time{};  // of whatever the format notes: most note the end
  std::optional<IpAddress> client;
  std::string_view user;            // as written: "ana", "CORP\ana", "ana@corp.example"
  std::string_view host;            // a name in the spelling of Host::text(), never an address
  std::optional<IpAddress> server;  // where the host is, or the host where it is an address
  std::uint16_t port = 0;
  std::string_view scheme;  // "https"; "" for a tunnel
  std::string_view method;
  std::string_view path;  // without query and fragment: these hold what nobody should keep
  std::optional<std::uint64_t> bytes_up, bytes_down;  // from the client, to it
  std::optional<std::uint64_t> bytes_total;           // where both ways are not told apart
  // Tells the bytes of a session that an earlier record has told of: no transaction of its own.
  bool same_session = false;
  std::uint16_t status = 0;
  LogAction action = LogAction::unknown;
  std::string_view user_agent, content_type;

  // All bytes, as far as they are known.
  std::uint64_t bytes() const {
    return bytes_total ? *bytes_total : bytes_up.value_or(0) + bytes_down.value_or(0);
  }
};

}  // namespace sallyport::discovery::imports
