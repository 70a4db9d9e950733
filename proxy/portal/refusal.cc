#include "proxy/portal/refusal.h"

#include "base/core/text.h"
#include "proxy/local/answer.h"

namespace sallyport::portal {

std::string_view to_string(TicketKind kind) {
  switch (kind) {
    case TicketKind::coach:
      return "coach";
    case TicketKind::justify:
      return "justify";
    case TicketKind::step_up:
      return "step_up";
    case TicketKind::notice:
      return "notice";
    case TicketKind::ask_user:
      return "ask_user";
    case TicketKind::request_access:
      return "request_access";
    case TicketKind::enrol:
      return "enrol";
    case TicketKind::sign_in_again:
      return "sign_in_again";
    case TicketKind::sign_in:
      return "sign_in";
  }
  return "";
}

bool navigates(const http::RequestHead& request) {
  if (!local::wants_html(request)) return false;
  const auto destination = request.headers.find("Sec-Fetch-Dest");
  const auto mode = request.headers.find("Sec-Fetch-Mode");
  if (mode && *mode != "navigate") return false;
  // "empty": passed on by the app's service worker (wants_html).
  return !destination || *destination == "document" || (mode && *destination == "empty");
}

std::string page_url(std::string_view base, std::string_view sealed) {
  return std::string(base) + "/ask/" + std::string(sealed);
}

http::Reply interrupt(const Ticket& ticket, std::string_view sealed, std::string_view base,
                      local::PageFacts facts, const http::RequestHead& request) {
  const std::string url = page_url(base, sealed);
  if (navigates(request)) {
    http::Headers extra;
    extra.add("Location", url);
    extra.add("Vary", "Origin, Accept, Sec-Fetch-Dest, Sec-Fetch-Mode");
    if (!facts.event_id.empty()) extra.add("Sallyport-Event", facts.event_id);
    // See Other: what was posted must not be posted to the portal (RFC 9110 section 15.4.4).
    return local::make_answer(303, "", "", extra);
  }
  facts.needs = to_string(ticket.kind);
  facts.portal = url;
  facts.portal_until = ticket.expires;
  facts.redirect.clear();
  return local::render(local::PageKind::blocked, facts, request);
}

}  // namespace sallyport::portal
