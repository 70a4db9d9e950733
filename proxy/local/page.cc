#include "proxy/local/page.h"

#include <algorithm>

#include "base/core/check.h"
#include "base/core/text.h"
#include "proxy/local/answer.h"
#include "proxy/local/contact.h"
#include "proxy/local/cors.h"
#include "proxy/local/grpc_refusal.h"
#include "proxy/local/markup.h"
#include "proxy/local/native_refusal.h"
#include "proxy/local/page_template.h"
#include "proxy/local/page_words.h"
#include "proxy/local/problem.h"

namespace sallyport::local {
namespace {

// Navigations of Fetch's request destinations; "object" and "embed" show a page of their own too.
constexpr std::string_view kPageDestinations[] = {"document", "iframe", "frame",
                                                  "embed",    "object", "fencedframe"};

// A navigation that a service worker passes on by fetch(event.request): it keeps its mode, which no
// script can ask for (the Fetch standard's Request throws), and loses its destination.
bool is_passed_on(const http::RequestHead& request, std::string_view destination) {
  const auto mode = request.headers.find("Sec-Fetch-Mode");
  return destination == "empty" && mode && *mode == "navigate";
}

bool is_framed(const http::RequestHead& request) {
  const auto destination = request.headers.find("Sec-Fetch-Dest");
  return destination && *destination != "document" && !is_passed_on(request, *destination) &&
         wants_html(request);
}

// Whether a media range of Accept with a weight above zero is one of HTML (RFC 9110
// section 12.5.1).
bool accepts_html(const http::RequestHead& request) {
  const std::string accept = request.headers.joined("Accept");
  for (const std::string_view range : split(accept, ',')) {
    const std::string type = http::media_type(trim(range));
    if (type != "text/html" && type != "application/xhtml+xml") continue;
    bool refused = false;
    for (const std::string_view parameter : split(range, ';')) {
      const std::string_view weight = trim(parameter);
      refused = refused || (istarts_with(weight, "q=0") &&
                            weight.find_first_not_of("0.", 2) == std::string_view::npos);
    }
    if (!refused) return true;
  }
  return false;
}

void add_paragraph(std::string& body, std::string_view css, std::string_view text) {
  if (text.empty()) return;
  body += css.empty() ? "<p>" : "<p class=\"" + std::string(css) + "\">";
  body += shown(text) + "</p>\n";
}

void add_row(std::string& body, std::string_view name, std::string_view value, bool code = false) {
  if (value.empty()) return;
  body += "<dt>" + shown(name) + "</dt><dd><bdi>";
  body += code ? "<code>" + shown(value) + "</code>" : shown(value);
  body += "</bdi></dd>\n";
}

// "2026-11-23 21:58:51 UTC"
std::string readable(const std::string& rfc3339) {
  return rfc3339.substr(0, 10) + ' ' + rfc3339.substr(11, 8) + " UTC";
}

// One page being made: what it says, and in which language.
class RefusalSheet {
 public:
  RefusalSheet(PageKind kind, const PageFacts& facts, int status)
      : kind_(kind),
        facts_(facts),
        language_(language_of(facts)),
        names_(names_of(facts)),
        words_(page_words(language_, kind, facts, status)) {}

  std::string html();
  const std::string& tag() const { return language_.tag(); }

 private:
  std::string say(Word word) const { return language_.say(word, names_); }
  void author_or_us();
  void faults();
  void ways();
  void contact();
  void facts();
  std::string footer() const;

  PageKind kind_;
  const PageFacts& facts_;
  const Language& language_;
  Names names_;
  PageWords words_;
  std::string body_;
};

void RefusalSheet::author_or_us() {
  const std::string own = facts_.suspended ? say("block.suspended") : facts_.say;
  if (own.empty()) {
    add_paragraph(body_, "", words_.lead);
  } else {
    add_paragraph(body_, "say", own);
  }
  if (facts_.reason) add_paragraph(body_, own.empty() ? "" : "soft", say(*facts_.reason));
}

void RefusalSheet::faults() {
  if (facts_.faults.empty()) return;
  body_ += "<h2>" + shown(say("untrusted.faults")) + "</h2>\n<ul>\n";
  for (const Word fault : facts_.faults) body_ += "<li>" + shown(say(fault)) + "</li>\n";
  body_ += "</ul>\n";
}

// What the person can do: to the portal, into a window of its own, because the page here may be in
// a frame and the portal's may not; and whom to ask.
void RefusalSheet::ways() {
  if (facts_.portal.empty() && facts_.contact.empty()) return;
  body_ += "<p class=\"ask\">";
  if (!facts_.portal.empty()) {
    Markup link;
    link.html("<a class=\"button\"").link(facts_.portal);
    link.html(" target=\"_blank\" rel=\"noopener\">");
    link.text(facts_.needs.empty() ? say("block.request") : say("block.answer")).html("</a>");
    body_ += link.str();
  }
  contact();
  body_ += "</p>\n";
}

void RefusalSheet::contact() {
  if (facts_.contact.empty()) return;
  std::string letter;
  const auto line = [&](Word name, const std::string& value) {
    if (!value.empty()) letter += say(name) + ": " + value + "\r\n";
  };
  line("fact.address", facts_.host);
  if (!facts_.suspended) line("fact.policy", facts_.policy);
  line("fact.reference", facts_.event_id);
  const std::string link = contact_link(facts_.contact, words_.heading, letter);
  const std::string text = shown(contact_text(facts_.contact));
  if (link.empty()) {
    body_ += "<span>" + shown(say("footer.questions")) + " " + text + "</span>";
  } else {
    const std::string_view css = facts_.portal.empty() ? "button" : "button second";
    body_ += "<a class=\"" + std::string(css) + "\" href=\"" + escape_html(link) + "\">";
    body_ += shown(say("block.ask")) + "</a>";
    body_ += "<span class=\"soft\"><bdi>" + text + "</bdi></span>";
  }
}

void RefusalSheet::facts() {
  std::string rows;
  add_row(rows, say("fact.app"), facts_.app_name);
  add_row(rows, say("fact.address"), facts_.host);
  // A suspension is no rule that somebody wrote.
  if (!facts_.suspended) add_row(rows, say("fact.policy"), facts_.policy);
  if (facts_.time != Time{}) {
    const std::string when = format_rfc3339(facts_.time);
    rows += "<dt>" + shown(say("fact.time")) + "</dt><dd><time datetime=\"" + when + "\">" +
            readable(when) + "</time></dd>\n";
  }
  add_row(rows, say("fact.reference"), facts_.event_id, true);
  if (!rows.empty()) body_ += "<dl>\n" + rows + "</dl>\n";
}

std::string RefusalSheet::footer() const {
  // Whose page it is not, where it stands in the place of a site's.
  const bool instead =
      !facts_.host.empty() && kind_ != PageKind::bad_request && facts_.host != facts_.gateway_name;
  const bool named = !facts_.gateway_name.empty();
  const Word word = named ? (instead ? Word("footer.named_instead") : Word("footer.named"))
                          : (instead ? Word("footer.unnamed_instead") : Word("footer.unnamed"));
  return "<p>" + shown(say(word)) + "</p>\n";
}

std::string RefusalSheet::html() {
  author_or_us();
  faults();
  add_paragraph(body_, "soft", words_.next);
  ways();
  facts();
  const std::string bottom = footer();
  return render_page({.tone = words_.tone,
                      .title = words_.heading,
                      .label = words_.label,
                      .heading = words_.heading,
                      .body = body_,
                      .footer = bottom,
                      .language = language_.tag()});
}

// "https://Intranet.example:8443/why" -> "Intranet.example"
std::string_view host_of(std::string_view url) {
  url.remove_prefix(std::min(url.find("://"), url.size() - 3) + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  url.remove_prefix(url.rfind('@') + 1);
  if (url.starts_with('[')) return url.substr(0, url.find(']') + 1);
  return url.substr(0, url.find(':'));
}

// A page that leads to itself would never show.
bool leads_elsewhere(const PageFacts& facts, const http::RequestHead& request) {
  return facts.redirect.size() > 8 && !iequals(host_of(facts.redirect), facts.host) &&
         !iequals(host_of(facts.redirect), request.authority.host.text());
}

// RFC 9209 section 2.3.
std::string_view proxy_error(PageKind kind, int status) {
  switch (kind) {
    case PageKind::blocked:
    case PageKind::auth_required:
    case PageKind::sign_in_held_up:
      return "http_request_denied";
    case PageKind::origin_untrusted:
      return "tls_certificate_error";
    case PageKind::origin_unreachable:
      return status == 504 ? "connection_timeout" : "destination_unavailable";
    case PageKind::bad_request:
    case PageKind::misdirected:
      return "http_request_error";
    case PageKind::not_allowed:
      return "destination_ip_prohibited";
    case PageKind::internal:
      return "proxy_internal_error";
  }
  return "proxy_internal_error";
}

std::string why(const PageFacts& facts, const PageWords& words) {
  if (!facts.say.empty()) return facts.say;
  if (facts.reason) return english().say(*facts.reason, names_of(facts));
  return words.lead.empty() ? words.heading : std::string(words.lead);
}

// What to do next, in one sentence, or "".
std::string what_next(const PageFacts& facts) {
  if (facts.needs == "isolation") return "Open the address in a browser.";
  if (!facts.needs.empty() && !facts.portal.empty()) {
    return "Open " + facts.portal + " in a browser and send the request again.";
  }
  if (!facts.portal.empty()) {
    return "Access can be asked for at " + facts.portal + " in a browser.";
  }
  if (!facts.contact.empty()) {
    return "Questions: " + std::string(contact_text(facts.contact)) + ".";
  }
  return "";
}

// The sentences that a program's log will show.
std::string grpc_message(const PageFacts& facts, const PageWords& words) {
  const std::string next = what_next(facts);
  return next.empty() ? why(facts, words) : why(facts, words) + ' ' + next;
}

// Git shows what a server says in plain text, and nothing else.
bool is_git(const http::RequestHead& request) {
  return request.headers.has("Git-Protocol") ||
         istarts_with(request.headers.find("User-Agent").value_or(""), "git/");
}

std::string text_for_git(const PageFacts& facts, const PageWords& words) {
  std::string text = words.heading + ".\n" + why(facts, words) + '\n';
  if (const std::string next = what_next(facts); !next.empty()) text += next + '\n';
  if (!facts.event_id.empty()) text += "Reference: " + facts.event_id + '\n';
  return text;
}

// As a string of RFC 9651: printable ASCII, '"' and '\\' escaped. Libraries of WebSockets show
// fields and no body.
std::string details_field(std::string_view text) {
  constexpr std::size_t kLongest = 600;  // bytes
  std::string out = "\"";
  for (const char c : text.substr(0, kLongest)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c >= 0x20 && c < 0x7f ? c : '?';
  }
  return out + '"';
}

// A call's own way of being refused; the statuses that a browser or a proxy's client acts on by
// itself stay.
std::optional<http::Reply> refuse_call(PageKind kind, int status, const PageFacts& facts,
                                       const PageWords& words, const http::RequestHead& request) {
  if (kind == PageKind::auth_required || kind == PageKind::misdirected || !is_grpc(request)) {
    return std::nullopt;
  }
  GrpcStatus code = grpc_status_for(status);
  // What another proof of who it is would change (grpc/doc/statuscodes.md).
  const bool proof = facts.needs == "step_up" || facts.needs == "sign_in";
  if (proof || facts.needs == "sign_in_again") code = GrpcStatus::unauthenticated;
  return grpc_refusal(code, grpc_message(facts, words), request);
}

int status_of(PageKind kind, const PageFacts& facts) {
  return facts.status == 0 ? default_status(kind) : facts.status;
}

}  // namespace

int default_status(PageKind kind) {
  switch (kind) {
    case PageKind::blocked:
    case PageKind::not_allowed:
      return 403;
    case PageKind::origin_untrusted:
    case PageKind::origin_unreachable:
      return 502;
    case PageKind::bad_request:
      return 400;
    case PageKind::misdirected:
      return 421;
    case PageKind::auth_required:
      return 407;
    case PageKind::sign_in_held_up:
      return 429;
    case PageKind::internal:
      return 500;
  }
  return 500;
}

bool wants_html(const http::RequestHead& request) {
  if (request.method != "GET" && request.method != "HEAD" && request.method != "POST") return false;
  if (const auto destination = request.headers.find("Sec-Fetch-Dest")) {
    for (const std::string_view page : kPageDestinations) {
      if (*destination == page) return true;
    }
    return is_passed_on(request, *destination) && accepts_html(request);
  }
  const auto script = request.headers.find("X-Requested-With");
  if (script && iequals(*script, "XMLHttpRequest")) return false;
  return accepts_html(request);
}

bool leads_to_host(std::string_view url, std::string_view host) {
  return url.size() > 8 && iequals(host_of(url), host);
}

http::Reply explain(PageKind kind, const PageFacts& facts, const http::RequestHead& request) {
  const int status = status_of(kind, facts);
  CHECK(status >= 400 && status <= 599);
  const PageWords words = page_words(english(), kind, facts, status);
  if (std::optional<http::Reply> call = refuse_call(kind, status, facts, words, request)) {
    return std::move(*call);
  }
  http::Headers extra;
  extra.add("Vary", "Origin, Accept, Sec-Fetch-Dest");
  if (is_git(request)) {
    return make_answer(status, "text/plain; charset=utf-8", text_for_git(facts, words), extra);
  }
  if (!wants_html(request)) {
    if (auto native = native_refusal(status, grpc_message(facts, words), facts.event_id, request)) {
      return std::move(*native);
    }
    return make_answer(status, "application/problem+json", problem_json(kind, facts, words, status),
                       extra);
  }
  if (kind == PageKind::blocked && !is_framed(request) && leads_elsewhere(facts, request)) {
    extra.add("Location", facts.redirect);
    return make_answer(302, "", "", extra);
  }
  RefusalSheet sheet(kind, facts, status);
  extra.set("Vary", "Origin, Accept, Accept-Language, Sec-Fetch-Dest");
  extra.add("Content-Language", sheet.tag());
  http::Reply reply = make_answer(status, "text/html; charset=utf-8", sheet.html(), extra);
  if (is_framed(request)) {
    // A frame that refuses to show would leave its person without a reason; the page has nothing to
    // click on but whom to ask.
    http::Headers& headers = reply.head.headers;
    std::string policy(*headers.find("Content-Security-Policy"));
    policy.erase(policy.find("; frame-ancestors"));
    headers.set("Content-Security-Policy", policy);
  }
  return reply;
}

http::Reply render(PageKind kind, const PageFacts& facts, const http::RequestHead& request) {
  // 407 and 421 are for the browser itself, which then tries again rightly; a preflight is no
  // exception.
  const bool for_browser = kind == PageKind::auth_required || kind == PageKind::misdirected;
  if (is_preflight(request) && !for_browser) return answer_preflight(request);
  http::Reply reply = explain(kind, facts, request);
  http::Headers& headers = reply.head.headers;
  const int status = status_of(kind, facts);
  headers.add("Proxy-Status",
              "sallyport; error=" + std::string(proxy_error(kind, status)) + "; details=" +
                  details_field(why(facts, page_words(english(), kind, facts, status))));
  if (!facts.event_id.empty()) headers.add("Sallyport-Event", facts.event_id);
  let_read(headers, request);
  if (headers.has("grpc-status") && headers.has("Access-Control-Expose-Headers")) {
    headers.set("Access-Control-Expose-Headers",
                std::string(*headers.find("Access-Control-Expose-Headers")) +
                    ", grpc-status, grpc-message");
  }
  return reply;
}

}  // namespace sallyport::local
