#pragma once
// What a client sent that is no request: the event of it, and the page that says so.

#include <optional>

#include "base/http/exchange.h"
#include "discovery/events/event.h"
#include "proxy/session/session.h"

namespace sallyport::intercept {

struct NoRequest {
  discovery::Event event;  // to be recorded
  // For a program: what is wrong, and nothing of what it sent. Only where the client is still there.
  std::optional<http::Reply> reply;
};

NoRequest no_request(const session::Services& services, session::ClientConnection& connection,
                     const Error& error, bool can_hear);

}  // namespace sallyport::intercept
