#pragma once
// What went wrong in the world: a peer closed, a name did not resolve, a certificate was refused.
//
// An Error is a value. It says what happened (`kind`), who is to blame (`side`, which chooses the
// status that the client sees), whether trying again on a fresh connection may help, and a
// sentence for the administrator. `detail` is never shown to a client: it may name inner hosts.

#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport {

enum class ErrorKind : std::uint8_t {
  // Transport
  closed,       // the peer closed, orderly
  reset,        // the peer reset, or the socket failed
  timed_out,    // a deadline of ours passed
  cancelled,    // we gave up on purpose
  limit,        // a limit of ours was reached
  unavailable,  // a resource of ours is missing or full (files, memory, queue)
  // Reaching the origin
  bad_name,         // not a host name or address that we accept
  name_not_found,   // the name does not resolve
  resolve_failed,   // the resolver failed or is overloaded
  address_refused,  // every address is one that the guard does not let pass
  connect_refused,
  connect_unreachable,
  // TLS
  tls_protocol,        // handshake or record failure
  tls_verify,          // the origin's chain is not to be believed
  tls_not_tls,         // bytes that are no ClientHello where one was due
  tls_client_refused,  // the client refused our leaf
  // HTTP
  http_syntax,   // not a message
  http_framing,  // two ideas of where it ends
  http_head_too_large,
  http_target_too_long,
  http_version,
  http_unsupported,  // understood, and not served
  http_expectation,  // Expect with a value other than 100-continue
  // Data at rest
  not_found,
  invalid,
  permission,
  storage,
};

enum class Side : std::uint8_t { client, origin, ours };

struct Error {
  ErrorKind kind = ErrorKind::unavailable;
  Side side = Side::ours;
  // True only for a failure on a reused connection before any byte of the reply.
  bool retry_fresh = false;
  std::string detail;
  // The origin has surely not looked at the request (RFC 9113 section 8.7), so whoever sent it may
  // send it again.
  bool unprocessed = false;
};

// The snake_case word for logs and events: "connect_refused".
std::string_view to_string(ErrorKind kind);
std::string_view to_string(Side side);

// "origin connect_refused: 192.0.2.1:443"
std::string describe(const Error& error);

}  // namespace sallyport
