#pragma once
// The way to a browser that runs elsewhere (`then: isolate`): its address with what was asked for,
// and who asked, in a form that only we can write.
//
//   https://isolation.example/open?url=https%3A%2F%2Fapp.example%2F&context=<JWT>
//
// The context is a JSON Web Token (RFC 7519) signed with EdDSA (RFC 8037):
//
//   iss  the gateway's name         sub     the user, left out where nobody is known
//   aud  the address' origin        url     as in the query: no other may be opened with it
//   iat, exp  good for one minute   app, policy, event   of what was decided
//   jti  once only
//
// The service takes our public keys from https://sallyport.internal/isolation/keys (RFC 7517), or
// from `sallyport isolation-keys`. They follow one another every week, and the one before stays.

#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "proxy/portal/ticket_keys.h"

namespace sallyport::portal {

struct IsolationContext {
  std::string gateway;  // iss
  std::string user;     // "" where nobody is known
  std::string url;      // what was asked for
  std::string app;      // its id, or ""
  std::string policy;
  std::string event;
  Time now;
};

inline constexpr std::chrono::seconds kIsolationLives{60};

// `to` is the policy's address, with a query or without.
std::string isolation_url(std::string_view to, const IsolationContext& context,
                          const TicketKeys& keys);

// The public keys as a JWK set, the newest first.
std::string isolation_keys(const TicketKeys& keys);

}  // namespace sallyport::portal
