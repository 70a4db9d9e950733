#pragma once
// What a page of the portal knows, signed: who was stopped where, by which policy, and where to go
// back to. It is the whole state of a page, so the portal needs no cookie and no script, and what
// comes back in a form is what was given out, or nothing.
//
//   const std::optional<std::string> ticket = keys.seal(asked);          // into the page
//   ...
//   const auto back = keys.open(text, {user, client_class(address)}, now);
//   if (!back) ...                                                       // a TicketFault
//   if (used.spend(*back, now) != Spent::first) ...                      // used_tickets.h
//
// INVARIANT: open() returns only what this installation sealed, to the very user (or where
// nobody is known, the client) that it was sealed for, within its time; and a return URL is http or https, of the ticket's host.
// What is in a ticket can be read by whoever holds it: it is signed, not secret. Whose it is
// cannot: the signature covers it, the text does not hold it, so that no page and no
// log that sees an address of the portal learns who somebody is.
//
// Pure: values, from any thread.

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/core/address.h"
#include "base/core/clock.h"
#include "base/core/host.h"
#include "base/http/head.h"

namespace sallyport::portal {

enum class TicketKind : std::uint8_t {
  coach = 1,       // "not approved: go back or continue"
  justify,         // continue with a reason
  step_up,         // continue with a second factor
  notice,          // "this session is monitored"
  ask_user,        // "was this you, and was it intended?"
  request_access,  // from a block page to the operators' queue
  enrol,           // of a second factor
  sign_in,         // on the way to the organisation's provider and back
  sign_in_again,   // the app's session was ended
};
inline constexpr std::uint8_t kTicketKinds = 9;

using Nonce = std::array<std::uint8_t, 16>;

struct Ticket {
  TicketKind kind = TicketKind::coach;
  // Whose it is, of any length. Not in the text: open() gives back whom it was opened for.
  std::string user;    // canonical; "" where nobody is known
  std::string client;  // client_class()
  // What was stopped. Each at most kLongestId bytes, or it is not sealed.
  std::string app;     // its id; "" where it is none that is known
  std::string policy;  // its id
  std::string event;   // its ULID
  std::string host;    // "files.example"; what return_url must lead to
  // For the page alone; cut where they are longer.
  std::string app_name;
  std::string rule;  // how the policy is called
  std::string say;   // the author's words
  // Where "continue" and "go back" lead. One that is too long or no such URL becomes "" at seal().
  std::string return_url;
  std::string extra;  // the kind's own: the secret of an enrolment. At most kLongestId bytes.

  Time issued{};
  Time expires{};
  Nonce nonce{};  // fresh_nonce(); what used_tickets.h tells tickets by
};

inline constexpr std::size_t kLongestId = 512;         // bytes
inline constexpr std::size_t kLongestSay = 1024;       // bytes
inline constexpr std::size_t kLongestReturn = 2048;    // bytes
inline constexpr std::size_t kLongestTicket = 8192;    // bytes of its text
inline constexpr std::chrono::hours kTicketLives{24};  // at most, whatever `expires` says

enum class TicketFault : std::uint8_t {
  malformed,  // no ticket, or of a version that we do not know
  forged,   // changed, of another user or client, or signed by a key that we do not have (any more)
  expired,  // or from a time that has not come
};
std::string_view to_string(TicketFault fault);

// Who holds a ticket: the user, or where nobody is known the client; byte for byte.
struct Holder {
  std::string_view user;
  std::string_view client;
};

// A device as far as its address tells: "192.0.2.7", or the /64 of an IPv6 address.
std::string client_class(const IpAddress& address);

Nonce fresh_nonce();

// Where a request can be repeated, its URL; else the front page of its host, because what was
// posted is lost. "" where it has no host.
std::string return_url_of(const http::RequestHead& request);

// Whether a return URL leads where it says and to `host` only: http or https, no user, no byte that
// a browser and we might read differently.
bool leads_to(std::string_view url, std::string_view host);

// The bytes of a ticket without its signature and its holder, and back. For keys and fuzzers.
std::string encode_ticket(const Ticket& ticket);
std::expected<Ticket, TicketFault> decode_ticket(std::string_view bytes);

}  // namespace sallyport::portal
