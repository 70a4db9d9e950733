#pragma once
// What a person or a program is told when the gateway does not carry a request: a page for somebody
// who navigated, a status of gRPC for a call, RFC 9457 problem details for any other program, all
// with the same facts.
//
//   PageFacts facts{.gateway_name = "proxy.example", .app_name = "Mega", .host = "mega.nz", ...};
//   http::Reply reply = render(PageKind::blocked, facts, exchange.request());
//   co_await exchange.respond(reply.head, *reply.body);
//
// INVARIANT: whatever stands in PageFacts or in the request, the page holds no script, loads
// nothing and every text is escaped. There is no way to click through it. Texts are shown as they
// are given: put nothing in that the person must not know (Error::detail, inner addresses).
//
// Pure: from any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/http/exchange.h"
#include "proxy/local/words.h"

namespace sallyport::local {

enum class PageKind : std::uint8_t {
  blocked,             // 403: policy said no
  origin_untrusted,    // 502: its certificate is not to be believed
  origin_unreachable,  // 502, or 504 where the facts say so: no name, no connection, no answer
  bad_request,         // 400: what the client sent is no request that we pass on
  misdirected,         // 421: another host than the connection was opened for
  not_allowed,         // 403: the gateway does not reach there at all (port, inner address)
  auth_required,       // 407: the caller adds Proxy-Authenticate, who knows the schemes
  sign_in_held_up,     // 429: too many failed sign-ins; the caller adds Retry-After
  internal,            // 500: our own fault
};

// Everything may be empty; what is empty is not shown.
struct PageFacts {
  std::string gateway_name;    // "proxy.corp.example"
  std::string app_name;        // "Mega"
  std::string host;            // "mega.nz"
  std::string organisation;    // "Example Corp"; "" is "your organisation"
  std::string policy;          // The rule that decided, as its author named it
  std::string say;             // The author's words for the person who was stopped
  std::optional<Word> reason;  // One sentence of ours: "There is no server of that name."
  std::size_t number = 0;      // what {most} is in it
  std::string event_id;        // What to quote when asking: the event's ULID
  std::string contact;  // Whom to ask: mailto:, https: or tel: URL, mail address, or plain words
  Time time{};          // Shown in UTC; the epoch is not shown
  std::vector<Word> faults;  // TLS faults, one sentence each
  std::string redirect;      // blocked: where somebody who looks is sent; an http(s) URL
  // blocked: where a person can do something about it, an http(s) URL of the portal. `needs` is
  // what is asked there before this may pass ("coach", "step_up", ...); "" where all that can be
  // done is to ask for access.
  std::string portal;
  std::string needs;
  Time portal_until{};     // for how long that URL is good; the epoch is not shown
  bool suspended = false;  // blocked: the user may do nothing here for now
  // What the page is said in, and lives until it is made; null is English. Programs are always
  // answered in English.
  const Language* language = nullptr;
  int status = 0;       // Instead of the kind's own; 400 to 599
  std::string heading;  // Instead of the kind's own: "There is nothing here"
  std::string lead;     // With it, what happened
};

// 403, 502, ...: the status that render() uses where the facts name none.
int default_status(PageKind kind);

// Whether the request is somebody looking, not a script asking: Sec-Fetch-Dest is a document or a
// frame; where a client does not send it, GET, HEAD or POST that accepts text/html and is no
// XMLHttpRequest.
bool wants_html(const http::RequestHead& request);

// Whether a URL is on that very host.
bool leads_to_host(std::string_view url, std::string_view host);

// The answer to a request that came through the gateway: explain(), and what lets a page's own
// script read it instead of seeing "network error": CORS fields for the Origin that asks, and 204
// for a CORS preflight, so that the request proper comes and is refused readably (not for
// auth_required and misdirected, which the browser itself acts on). REQUIRES: the request proper is
// judged too. Where the facts redirect, somebody who looks gets a 302 to there in place of the page
// (not in a frame, and not at the very host that it leads to); problem details name the address. An
// opaque Origin ("null") or one that is not spelt as browsers do gets no CORS fields.
http::Reply render(PageKind kind, const PageFacts& facts, const http::RequestHead& request);

// The page or the problem details, without CORS. For what the gateway is asked itself.
http::Reply explain(PageKind kind, const PageFacts& facts, const http::RequestHead& request);

}  // namespace sallyport::local
