#pragma once
// Where people answer: what policy wants to know before it lets something pass, and what they want
// of the operators. Served by the gateway itself under a reserved name, and nowhere else: within an
// app's own origin its scripts could answer for the person.
//
//   https://sallyport.internal/...    (http leads there)
//     GET  /ask/<ticket>       the page of the ticket
//     POST /answer             ticket=...&answer=continue|back|yes|mistake|no&reason=...&code=...;
//                              200 and, where it was granted, Refresh to the URL in the ticket
//     GET  /sign-in/<ticket>   303 to the organisation's provider, for a step-up
//     GET  /signed-in          where the provider sends the browser back (state, code)
//     GET  /again/<ticket>     "please sign in again", with the way back to the app
//     GET  /isolation/keys     the public keys of isolation.h
//
// INVARIANT: nothing is granted but by a POST that a browser says comes from our own page, or that
// no browser sent (Origin, Sec-Fetch-Site), with a ticket that was sealed for this very user and
// client and was never spent; so another site, another user and a second try all fail. Nobody is
// sent anywhere but to the URL in the ticket, or to the provider. Every reply is `no-store`; no
// cookie is set or read.
//
// One per worker, because signing in at a provider goes over the worker's connections; what all of
// them must agree on is in PortalState.

#include <memory>
#include <string>

#include "base/core/clock.h"
#include "base/http/exchange.h"
#include "base/io/published.h"
#include "proxy/portal/allowance.h"
#include "proxy/portal/grants.h"
#include "proxy/portal/pages.h"
#include "proxy/portal/questions.h"
#include "proxy/portal/ticket_keys.h"
#include "proxy/portal/used_tickets.h"

namespace sallyport::portal {

struct PortalOptions {
  std::string host = "sallyport.internal";  // portal.host
  std::string issuer;                       // what authenticator apps show; "" is `host`
  std::uint32_t answers = 30;               // of one user at one client, a minute
  std::uint32_t requests = 10;              // access asked for, of one user or client, an hour
};

// What all workers share; made for many threads. What is published may be replaced at any time.
class PortalState {
 public:
  PortalState(const PortalOptions& options, TicketKeys keys, Look look, const Clock& clock);

  io::Published<TicketKeys> keys;
  io::Published<Look> look;
  io::Published<Questions> questions;  // never null
  UsedTickets used;
  Allowance answers;
  Allowance requests;
};

class Portal {
 public:
  // `factors` and `sign_in` may be null: none are offered.
  Portal(PortalOptions options, PortalState& state, const Clock& clock, Grants& grants,
         SecondFactors* factors, SignIn* sign_in);

  // Who asks, as the session knows it.
  struct Visitor {
    std::string user;  // canonical; "" where nobody is known
    IpAddress address;
  };

  // Whether it is the reserved name.
  bool is_at(const Host& host) const { return host.text() == options_.host; }
  // REQUIRES: is_at() of the request's host. Reads at most FormFields::kMostBytes of the body.
  Task<http::Reply> answer(const http::RequestHead& request, http::Body& body,
                           const Visitor& visitor);

  // Where page_url() of refusal.h begins: the reserved name.
  std::string base() const { return "https://" + options_.host; }

 private:
  struct Visit;
  Task<http::Reply> show(const Visit& visit, std::string_view sealed);
  Task<http::Reply> take(const Visit& visit, http::Body& body);
  Task<http::Reply> show_step_up(const Visit& visit, const Ticket& ticket, std::string_view sealed);
  Task<http::Reply> take_code(const Visit& visit, const Ticket& ticket, std::string_view sealed,
                              std::string_view code);
  Task<http::Reply> begin_sign_in(const Visit& visit, std::string_view sealed);
  Task<http::Reply> finish_sign_in(const Visit& visit);
  Task<http::Reply> grant(const Visit& visit, const Ticket& ticket, std::string_view reason,
                          std::string_view factor);
  AccessRequest access_request(const Visit& visit, const Ticket& ticket) const;
  // The page that says what came of the same request; nothing where it was not made.
  Task<std::optional<http::Reply>> answered(const Visit& visit, const Ticket& ticket);
  Task<http::Reply> request_access(const Visit& visit, const Ticket& ticket,
                                   std::string_view reason);
  Task<http::Reply> keep(const Visit& visit, const Ticket& ticket, Said said);
  http::Reply question(const Visit& visit, const Ticket& ticket, std::string_view sealed,
                       FormFault fault) const;

  std::expected<Ticket, TicketFault> open(const Visit& visit, std::string_view sealed) const;
  http::Reply note(const Visit& visit, Note note, const Ticket* ticket = nullptr) const;
  http::Reply form(const Visit& visit, const Form& form) const;
  std::string otpauth(const Ticket& ticket) const;
  // Nothing where the ticket was not spent before, else what to say.
  std::optional<http::Reply> spend(const Visit& visit, const Ticket& ticket);

  PortalOptions options_;
  PortalState& state_;
  const Clock& clock_;
  Grants& grants_;
  SecondFactors* factors_;
  SignIn* sign_in_;
};

// Whether a browser says that this POST comes from a page of the same origin, or nothing says that
// a browser sent it (Fetch standard: Origin; Fetch Metadata: Sec-Fetch-*).
bool from_own_page(const http::RequestHead& request);

}  // namespace sallyport::portal
