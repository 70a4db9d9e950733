#pragma once
// What is sent in the place of a request that policy wants a person's answer for first.
//
//   who asks                                      gets
//   somebody who navigates, at the top            303 to the page of the portal
//   a page in a frame                             a page that says why, with a link to open it
//   a gRPC call                                   Trailers-Only, status 7 or 16, the address in its
//                                                 message
//   anything else: fetch(), an SDK, curl, the     403 and problem details (RFC 9457) that say what
//   handshake of a WebSocket                      is needed, where, until when, and what to do then
//
// Pure: from any thread.

#include <string>
#include <string_view>

#include "base/http/exchange.h"
#include "proxy/local/page.h"
#include "proxy/portal/ticket.h"

namespace sallyport::portal {

// "coach", "justify", ...: the kind as the problem details name it.
std::string_view to_string(TicketKind kind);

// Whether it is somebody who navigates the whole window: Fetch metadata where the browser sends it,
// else what wants_html() makes of the request.
bool navigates(const http::RequestHead& request);

// Where a person answers: `base` ("https://sallyport.internal") and the ticket.
std::string page_url(std::string_view base, std::string_view sealed);

// `facts` as of a block: who says it, and what of. `sealed` is `ticket` sealed; `base` as of
// page_url().
http::Reply interrupt(const Ticket& ticket, std::string_view sealed, std::string_view base,
                      local::PageFacts facts, const http::RequestHead& request);

}  // namespace sallyport::portal
