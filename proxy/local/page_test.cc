#include "proxy/local/page.h"

#include <gtest/gtest.h>

#include "proxy/local/replies_for_tests.h"
#include "proxy/local/words.h"

namespace sallyport::local {
namespace {

constexpr std::string_view kNavigation = "GET /\nSec-Fetch-Dest: document";
constexpr std::string_view kScript = "GET /\nSec-Fetch-Dest: empty\nOrigin: https://app.example";

PageFacts full_facts() {
  PageFacts facts;
  facts.gateway_name = "proxy.corp.example";
  facts.app_name = "Mega";
  facts.host = "mega.nz";
  facts.policy = "no personal storage";
  facts.say = "Please use the company share.";
  facts.event_id = "01JDCZ3Y6V8Q2W9K7M4T5XN0RB";
  facts.contact = "it@corp.example";
  facts.time = *parse_rfc3339("2026-11-23T21:58:51.000123Z");
  return facts;
}

void check_wants_html(std::string_view request, bool wanted) {
  EXPECT_EQ(wants_html(request_of(request)), wanted) << request;
}

void expect_has(const std::string& page, std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    EXPECT_NE(page.find(text), std::string::npos) << text << "\nin\n" << page;
  }
}

void expect_has_not(const std::string& page, std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    EXPECT_EQ(page.find(text), std::string::npos) << text;
  }
}

TEST(WantsHtml, BelievesTheDestinationWhereTheBrowserNamesOne) {
  for (const std::string_view destination : {"document", "iframe", "frame", "embed", "object"}) {
    check_wants_html("GET /\nAccept: */*\nSec-Fetch-Dest: " + std::string(destination), true);
  }
  for (const std::string_view destination : {"empty", "image", "script", "style", "font", ""}) {
    check_wants_html("GET /\nAccept: text/html\nSec-Fetch-Dest: " + std::string(destination),
                     false);
  }
}

TEST(WantsHtml, ElseAsksAccept) {
  check_wants_html("GET /\nAccept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", true);
  check_wants_html("POST /\nAccept: application/json;q=0.1, TEXT/HTML;level=1;q=0.4", true);
  check_wants_html("HEAD /\nAccept: application/xhtml+xml", true);
  check_wants_html("GET /\nAccept: */*", false);
  check_wants_html("GET /\nAccept: text/html;q=0, */*", false);
  check_wants_html("GET /\nAccept: text/html; Q=0.000", false);
  check_wants_html("GET /\nAccept: text/html;q=0.001", true);
  check_wants_html("GET /\nAccept: text/html-not", false);
  check_wants_html("GET /", false);
}

TEST(WantsHtml, NotForScriptsAndNotForMethodsThatNavigateNowhere) {
  check_wants_html("GET /\nAccept: text/html\nX-Requested-With: XMLHttpRequest", false);
  for (const std::string_view method : {"PUT", "DELETE", "PATCH", "OPTIONS"}) {
    check_wants_html(std::string(method) + " /\nAccept: text/html\nSec-Fetch-Dest: document",
                     false);
  }
}

TEST(Page, TellsAPersonEverythingThatHelps) {
  const http::Reply reply = render(PageKind::blocked, full_facts(), request_of(kNavigation));
  EXPECT_EQ(
      head_of(reply),
      "403\n"
      "Content-Type: text/html; charset=utf-8\n"
      "Cache-Control: no-store\n"
      "X-Content-Type-Options: nosniff\n"
      "Referrer-Policy: no-referrer\n"
      "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\n"
      "Vary: Origin, Accept, Accept-Language, Sec-Fetch-Dest\n"
      "Content-Language: en\n"
      "Proxy-Status: sallyport; error=http_request_denied; "
      "details=\"Please use the company share.\"\n"
      "Sallyport-Event: 01JDCZ3Y6V8Q2W9K7M4T5XN0RB\n");
  expect_has(
      body_of(reply),
      {"<html lang=\"en\">", "<title>Access to Mega was blocked</title>",
       "<h1>Access to Mega was blocked</h1>", "<p class=\"say\">Please use the company share.</p>",
       "<dt>Application</dt><dd><bdi>Mega</bdi></dd>",
       "<dt>Address</dt><dd><bdi>mega.nz</bdi></dd>",
       "<dt>Rule</dt><dd><bdi>no personal storage</bdi></dd>",
       "datetime=\"2026-11-23T21:58:51.000123Z\">2026-11-23 21:58:51 UTC</time>",
       "<code>01JDCZ3Y6V8Q2W9K7M4T5XN0RB</code>",
       "href=\"mailto:it@corp.example?subject=Access%20to%20Mega%20was%20blocked&amp;body=",
       "proxy.corp.example, the web gateway of your organisation, not from mega.nz."});
}

TEST(Page, OfABlockSpeaksTheLanguageThatTheFactsHave) {
  Diagnostics warnings;
  const auto languages =
      Languages::load(std::string(SALLYPORT_SOURCE_DIR) + "/conf/pages", warnings);
  ASSERT_TRUE(languages) << render(languages.error());
  PageFacts facts = full_facts();
  facts.say.clear();
  facts.organisation = "Beispiel AG";
  facts.language = &languages->choose("de-AT");
  facts.portal = "https://sallyport.internal/ask/x";
  const http::Reply reply = render(PageKind::blocked, facts, request_of(kNavigation));
  EXPECT_EQ(field_of(reply, "Content-Language"), "de");
  expect_has(
      body_of(reply),
      {"<html lang=\"de\">", "<h1>Der Zugriff auf Mega wurde gesperrt</h1>", "<dt>Anwendung</dt>",
       "<dt>Regel</dt>", "Zugang anfragen</a>", "Dazu nachfragen</a>",
       "kommt nicht von mega.nz, sondern von proxy.corp.example", "das Beispiel AG betreibt."});
  facts.suspended = true;
  facts.say = "Your access is suspended.";
  const std::string suspended = body_of(render(PageKind::blocked, facts, request_of(kNavigation)));
  expect_has(suspended, {"Ihr Zugang ist vorübergehend gesperrt."});
  expect_has_not(suspended, {"Your access is suspended."});
  facts.needs = "step_up";
  facts.reason = Word("block.step_up");
  expect_has(body_of(render(PageKind::blocked, facts, request_of(kNavigation))),
             {"Beispiel AG verlangt dafür zuerst einen zweiten Nachweis, dass Sie es sind.",
              "Hier antworten</a>"});
  // Programs are told in English.
  expect_has(body_of(render(PageKind::blocked, facts, request_of("GET /"))),
             {"\"title\":\"Blocked by policy\"", "Your access is suspended."});
  const http::Reply fault = render(PageKind::origin_unreachable, facts, request_of(kNavigation));
  EXPECT_EQ(field_of(fault, "Content-Language"), "de");
  expect_has(body_of(fault), {"<dt>Anwendung</dt>", "mega.<wbr>nz ist nicht zu erreichen</h1>"});
}

TEST(Page, SaysEveryFaultInTheLanguageThatIsAskedFor) {
  Diagnostics warnings;
  const auto languages =
      Languages::load(std::string(SALLYPORT_SOURCE_DIR) + "/conf/pages", warnings);
  ASSERT_TRUE(languages) << render(languages.error());
  const Language& german = languages->choose("de");
  for (const PageKind kind :
       {PageKind::blocked, PageKind::origin_untrusted, PageKind::origin_unreachable,
        PageKind::bad_request, PageKind::misdirected, PageKind::not_allowed,
        PageKind::auth_required, PageKind::sign_in_held_up, PageKind::internal}) {
    PageFacts facts = full_facts();
    facts.say.clear();
    facts.organisation = "Beispiel AG";
    facts.language = &german;
    facts.faults = {"certificate.expired"};
    facts.reason = Word("reason.port");
    facts.number = 25;
    const std::string page = body_of(render(kind, facts, request_of(kNavigation)));
    expect_has(page,
               {"Ein Zertifikat der Website ist abgelaufen.", "Port 25 ist", "Was nicht stimmt"});
    expect_has_not(page, {"The ", "the ", "your ", " site"});
  }
}

TEST(Page, LeavesOutWhatIsNotKnown) {
  const http::Reply reply = render(PageKind::blocked, {}, request_of(kNavigation));
  const std::string page = body_of(reply);
  expect_has(page, {"<h1>Access to this site was blocked</h1>",
                    "A rule of your organisation does not allow this."});
  expect_has_not(page, {"<dl>", "<dt>", "class=\"ask\"", "class=\"say\"", "1970"});
  EXPECT_FALSE(reply.head.headers.has("Sallyport-Event"));
}

// Safety checklist C5: whatever is reflected is text, also in attributes.
TEST(Page, ReflectsNoMarkup) {
  const std::string evil = "</title></p>\"'><script>alert(1)</script><img src=x onerror=a>";
  PageFacts facts;
  facts.gateway_name = facts.app_name = facts.host = facts.policy = facts.say = evil;
  facts.event_id = evil;
  facts.organisation = evil;
  facts.reason = Word("block.coach");
  for (const std::string& contact : {evil, "mailto:a@b?" + std::string("\"><script>x")}) {
    facts.contact = contact;
    for (const PageKind kind : {PageKind::blocked, PageKind::origin_untrusted}) {
      const std::string page = body_of(render(kind, facts, request_of(kNavigation)));
      expect_has_not(page, {"<script", "<img", "onerror=a>", "\"'>", "mailto:a@b?\""});
    }
  }
  facts.heading = evil;
  expect_has_not(body_of(render(PageKind::blocked, facts, request_of(kNavigation))), {"<script"});
}

TEST(Page, ShowsBytesThatSteerAsReplacementCharacters) {
  PageFacts facts;
  facts.app_name =
      "a\xe2\x80\xae"
      "b\xff"
      "c\x1b";
  expect_has(body_of(render(PageKind::blocked, facts, request_of(kNavigation))),
             {"<h1>Access to a\xef\xbf\xbd"
              "b\xef\xbf\xbd"
              "c\xef\xbf\xbd was blocked</h1>"});
}

TEST(Page, HoldsNothingFromElsewhereAndNoScript) {
  const std::string page =
      body_of(render(PageKind::origin_untrusted, full_facts(), request_of(kNavigation)));
  expect_has_not(page, {"<script", "http://", "https://", "url(", "@import", "<form", " src="});
}

// Safety checklist B3 row 6: shown, not masked, and no way to click through.
TEST(Page, ExplainsEveryTlsFaultAndOffersNoWayAround) {
  PageFacts facts;
  facts.host = "expired.example";
  facts.faults = {"certificate.expired", "certificate.wrong_host"};
  const http::Reply reply = render(PageKind::origin_untrusted, facts, request_of(kNavigation));
  EXPECT_EQ(reply.head.status, 502);
  EXPECT_TRUE(field_of(reply, "Proxy-Status")
                  .starts_with("sallyport; error=tls_certificate_error; details="));
  const std::string page = body_of(reply);
  expect_has(page, {"<li>A certificate of the site has expired.</li>",
                    "<li>The site&#39;s certificate belongs to another name.</li>"});
  expect_has_not(page, {"<a ", "<button", "<input"});
}

TEST(Page, LetsALongHostBreakBehindItsDots) {
  PageFacts facts;
  facts.host = "a.b.example";
  expect_has(body_of(render(PageKind::origin_unreachable, facts, request_of(kNavigation))),
             {"<h1>a.<wbr>b.<wbr>example could not be reached</h1>",
              "<title>a.b.example could not be reached</title>"});
}

TEST(Page, ShowsInAFrameToo) {
  const http::Reply reply =
      render(PageKind::blocked, {}, request_of("GET /\nSec-Fetch-Dest: iframe"));
  EXPECT_EQ(field_of(reply, "Content-Security-Policy"),
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
            "form-action 'none'");
}

TEST(Page, HasAStatusPerKindAndTakesAnother) {
  const std::pair<PageKind, int> kinds[] = {
      {PageKind::blocked, 403},        {PageKind::origin_untrusted, 502},
      {PageKind::bad_request, 400},    {PageKind::origin_unreachable, 502},
      {PageKind::misdirected, 421},    {PageKind::not_allowed, 403},
      {PageKind::internal, 500},       {PageKind::auth_required, 407},
      {PageKind::sign_in_held_up, 429}};
  for (const auto& [kind, status] : kinds) {
    const http::Reply reply = render(kind, {}, request_of(kNavigation));
    EXPECT_EQ(reply.head.status, status);
    EXPECT_FALSE(reply.head.reason.empty());
    expect_has(body_of(reply), {"<h1>", "</html>"});
  }
  PageFacts late;
  late.status = 504;
  const http::Reply reply = render(PageKind::origin_unreachable, late, request_of(kNavigation));
  EXPECT_EQ(reply.head.status, 504);
  EXPECT_TRUE(
      field_of(reply, "Proxy-Status").starts_with("sallyport; error=connection_timeout; details="));
  expect_has(body_of(reply), {"This site took too long to answer"});
}

// The codec leaves the body out and keeps its length.
TEST(Page, AnswersHeadAsGet) {
  const http::Reply get = render(PageKind::blocked, full_facts(), request_of(kNavigation));
  const http::Reply head =
      render(PageKind::blocked, full_facts(), request_of("HEAD /\nSec-Fetch-Dest: document"));
  EXPECT_EQ(head_of(head), head_of(get));
  EXPECT_EQ(head.body->length(), get.body->length());
}

TEST(Problem, TellsAScriptTheSameFacts) {
  PageFacts facts = full_facts();
  facts.reason = Word("reason.no_server");
  facts.faults = {"certificate.expired"};
  const http::Reply reply = render(PageKind::blocked, facts, request_of(kScript));
  EXPECT_EQ(head_of(reply),
            "403\n"
            "Content-Type: application/problem+json\n"
            "Cache-Control: no-store\n"
            "X-Content-Type-Options: nosniff\n"
            "Referrer-Policy: no-referrer\n"
            "Vary: Origin, Accept, Sec-Fetch-Dest\n"
            "Proxy-Status: sallyport; error=http_request_denied; "
            "details=\"Please use the company share.\"\n"
            "Sallyport-Event: 01JDCZ3Y6V8Q2W9K7M4T5XN0RB\n"
            "Access-Control-Allow-Origin: https://app.example\n"
            "Access-Control-Allow-Credentials: true\n"
            "Access-Control-Expose-Headers: Proxy-Status, Sallyport-Event\n");
  EXPECT_EQ(body_of(reply),
            "{\"type\":\"urn:sallyport:problem:blocked\",\"title\":\"Blocked by policy\","
            "\"status\":403,\"detail\":\"Please use the company share.\","
            "\"reason\":\"There is no server of that name.\",\"app\":\"Mega\",\"host\":\"mega.nz\","
            "\"policy\":\"no personal storage\",\"event_id\":\"01JDCZ3Y6V8Q2W9K7M4T5XN0RB\","
            "\"contact\":\"it@corp.example\",\"gateway\":\"proxy.corp.example\","
            "\"time\":\"2026-11-23T21:58:51.000123Z\",\"faults\":[\"A certificate of the site has "
            "expired.\"],"
            "\"message\":\"Please use the company share.\",\"error\":{\"code\":\"blocked\","
            "\"message\":\"Please use the company share.\"}}\n");
}

TEST(Problem, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(
      body_of(render(PageKind::internal, {}, request_of("GET /"))),
      "{\"type\":\"urn:sallyport:problem:internal\",\"title\":\"Fault of the gateway\","
      "\"status\":500,\"detail\":\"The gateway failed while it worked on this request. "
      "The site is not to blame.\",\"message\":\"The gateway failed while it worked on this "
      "request. The site is not to blame.\",\"error\":{\"code\":\"internal\",\"message\":\"The "
      "gateway failed while it worked on this request. The site is not to blame.\"}}\n");
}

TEST(Problem, AnEventIdThatIsNoFieldValueStaysOutOfTheHead) {
  PageFacts facts;
  facts.event_id = "x\r\nSet-Cookie: a=b";
  const http::Reply reply = render(PageKind::blocked, facts, request_of(kScript));
  EXPECT_FALSE(reply.head.headers.has("Sallyport-Event"));
  EXPECT_FALSE(reply.head.headers.has("Set-Cookie"));
}

TEST(Problem, GitIsToldInPlainTextWhichIsAllThatItShows) {
  PageFacts facts = full_facts();
  facts.portal = "https://sallyport.internal/ask/x";
  const http::Reply reply =
      render(PageKind::blocked, facts, request_of("GET /\nUser-Agent: git/2.39.5\nAccept: */*"));
  EXPECT_EQ(reply.head.status, 403);
  EXPECT_EQ(field_of(reply, "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(body_of(reply),
            "Access to Mega was blocked.\nPlease use the company share.\n"
            "Access can be asked for at https://sallyport.internal/ask/x in a browser.\n"
            "Reference: 01JDCZ3Y6V8Q2W9K7M4T5XN0RB\n");
}

TEST(Problem, WhatAFieldCannotHoldIsMarkedInIt) {
  PageFacts facts;
  facts.say = "\"a\" \\ gr\xC3\xBCn\r\nX: y";
  EXPECT_EQ(field_of(render(PageKind::blocked, facts, request_of(kScript)), "Proxy-Status"),
            "sallyport; error=http_request_denied; details=\"\\\"a\\\" \\\\ gr??n??X: y\"");
}

TEST(Page, RedirectsWhoNavigatesAndTellsProgramsWhereTo) {
  PageFacts facts = full_facts();
  facts.redirect = "https://intranet.example:8443/why?a=b";
  const http::Reply page = render(PageKind::blocked, facts, request_of(kNavigation));
  EXPECT_EQ(head_of(page),
            "302\n"
            "Cache-Control: no-store\n"
            "X-Content-Type-Options: nosniff\n"
            "Referrer-Policy: no-referrer\n"
            "Vary: Origin, Accept, Sec-Fetch-Dest\n"
            "Location: https://intranet.example:8443/why?a=b\n"
            "Proxy-Status: sallyport; error=http_request_denied; "
            "details=\"Please use the company share.\"\n"
            "Sallyport-Event: 01JDCZ3Y6V8Q2W9K7M4T5XN0RB\n");
  EXPECT_EQ(body_of(page), "");
  const http::Reply script = render(PageKind::blocked, facts, request_of(kScript));
  EXPECT_EQ(script.head.status, 403);
  EXPECT_FALSE(script.head.headers.has("Location"));
  expect_has(body_of(script), {"\"redirect\":\"https://intranet.example:8443/why?a=b\""});
}

TEST(Page, RedirectsNothingButABlockAndNeverInACircle) {
  const auto redirects = [](PageKind kind, const std::string& to, std::string_view request) {
    PageFacts facts = full_facts();
    facts.redirect = to;
    return render(kind, facts, request_of(request)).head.headers.has("Location");
  };
  const std::string away = "https://intranet.example/";
  EXPECT_TRUE(redirects(PageKind::blocked, away, kNavigation));
  EXPECT_TRUE(redirects(PageKind::blocked, away, "POST /\nAccept: text/html"));
  EXPECT_FALSE(redirects(PageKind::blocked, away, "GET /\nSec-Fetch-Dest: iframe"));
  EXPECT_FALSE(redirects(PageKind::blocked, away, "GET /\nAccept: */*"));
  EXPECT_FALSE(redirects(PageKind::blocked, away, "CONNECT /\nAccept: text/html"));
  EXPECT_FALSE(redirects(PageKind::origin_untrusted, away, kNavigation));
  EXPECT_FALSE(redirects(PageKind::blocked, "https://mega.nz/", kNavigation));
  EXPECT_FALSE(redirects(PageKind::blocked, "http://me@MEGA.nz:8080?x", kNavigation));
  EXPECT_TRUE(redirects(PageKind::blocked, "https://mega.nz.example/", kNavigation));
  EXPECT_TRUE(redirects(PageKind::blocked, "http://[2001:db8::1]/x", kNavigation));
}

}  // namespace
}  // namespace sallyport::local
