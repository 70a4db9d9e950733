#include "proxy/portal/pages.h"

#include <gtest/gtest.h>

#include "base/crypto/totp.h"
#include "proxy/local/replies_for_tests.h"
#include "proxy/portal/qr_code.h"

namespace sallyport::portal {
namespace {

using local::body_of;
using local::field_of;

Ticket ticket_of(TicketKind kind) {
  Ticket ticket;
  ticket.kind = kind;
  ticket.user = "ana";
  ticket.app = "mega";
  ticket.app_name = "MEGA";
  ticket.host = "mega.nz";
  ticket.policy = "storage";
  ticket.rule = "Storage is coached";
  ticket.event = "01JDCZ3Y6V8Q2W9K7M4T5XN0RB";
  ticket.say = "Please use the company share.";
  ticket.return_url = "https://mega.nz/folder";
  return ticket;
}

// What the page of an ask_user asks.
Question question_of(const Ticket& ticket) {
  Question question;
  question.user = ticket.user;
  question.say = ticket.say;
  question.event = ticket.event;
  question.app = ticket.app_name;
  question.what = ticket.policy;
  question.when = *parse_rfc3339("2026-11-26T19:00:00Z");
  return question;
}

Look corp() {
  Look look;
  look.organisation = "Example Corp";
  look.gateway = "proxy.corp.example";
  look.contact = "it@corp.example";
  look.provider = "Corp Login";
  return look;
}

http::Reply page_of(const Ticket& ticket, FormFault fault = FormFault::none,
                    std::string_view typed = "", const Look& look = corp()) {
  const std::string uri = otpauth_uri("Corp", ticket.user, "12345678901234567890");
  const Question question = question_of(ticket);
  return form_page({.ticket = ticket,
                    .sealed = "TICKET",
                    .action = "/answer",
                    .sign_in = "/sign-in/TICKET",
                    .otpauth = uri,
                    .question = &question,
                    .fault = fault,
                    .typed = typed},
                   look, look.languages.choose("en"));
}

void expect_has(const std::string& page, std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    EXPECT_NE(page.find(text), std::string::npos) << text << "\nin\n" << page;
  }
}

void expect_has_not(const std::string& page, std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    EXPECT_EQ(page.find(text), std::string::npos) << text << "\nin\n" << page;
  }
}

constexpr TicketKind kForms[] = {
    TicketKind::coach,  TicketKind::justify,  TicketKind::step_up,       TicketKind::enrol,
    TicketKind::notice, TicketKind::ask_user, TicketKind::request_access};
constexpr Note kNotes[] = {Note::stopped,       Note::requested, Note::answered, Note::continued,
                           Note::sign_in_again, Note::ticket,    Note::form,     Note::missing,
                           Note::method,        Note::busy,      Note::full,     Note::ours,
                           Note::provider,      Note::not_me,    Note::not_asked};

TEST(PortalPages, CarryTheirStateInTheFormAndNoCookie) {
  for (const TicketKind kind : kForms) {
    const http::Reply reply = page_of(ticket_of(kind));
    EXPECT_EQ(reply.head.status, 200);
    EXPECT_EQ(field_of(reply, "Cache-Control"), "no-store");
    EXPECT_FALSE(reply.head.headers.has("Set-Cookie"));
    expect_has(body_of(reply), {"<form method=\"post\" accept-charset=\"utf-8\" "
                                "autocomplete=\"off\" action=\"/answer\">",
                                "<input type=\"hidden\" name=\"ticket\" value=\"TICKET\">",
                                "<html lang=\"en\">", "width=device-width"});
  }
}

TEST(PortalPages, SayWhatTheyAreAbout) {
  const std::string page = body_of(page_of(ticket_of(TicketKind::coach)));
  expect_has(
      page,
      {"<h1>MEGA is not approved here</h1>", "<p class=\"say\">Please use the company share.</p>",
       "Example Corp advises against using it for work.", "name=\"answer\" value=\"back\"",
       "name=\"answer\" value=\"continue\"", "<dt>Signed in as</dt><dd><bdi>ana</bdi></dd>",
       "<dt>Rule</dt><dd><bdi>Storage is coached</bdi></dd>",
       "This page comes from proxy.corp.example, the web gateway of Example Corp.",
       "<a href=\"mailto:it@corp.example"});
  // The return key goes back, not on.
  EXPECT_LT(page.find("value=\"back\""), page.find("value=\"continue\""));
}

TEST(PortalPages, AskForAReasonAndShowAgainWhatWasTyped) {
  const http::Reply first = page_of(ticket_of(TicketKind::justify));
  expect_has(body_of(first), {"<textarea id=\"reason\" name=\"reason\" rows=\"3\" required "
                              "maxlength=\"500\" aria-describedby=\"hint\">\n</textarea>"});
  const http::Reply again =
      page_of(ticket_of(TicketKind::justify), FormFault::reason_too_long, "\nI need it & more");
  EXPECT_EQ(again.head.status, 422);
  expect_has(body_of(again), {"role=\"alert\">Please use at most 500 characters.</p>",
                              "aria-invalid=\"true\"", ">\n\nI need it &amp; more</textarea>"});
}

TEST(PortalPages, OfferTheSecondFactorsThatThereAre) {
  const Ticket ticket = ticket_of(TicketKind::step_up);
  const Look look = corp();
  const auto page = [&](bool code, std::string_view sign_in) {
    return body_of(form_page({.ticket = ticket,
                              .sealed = "TICKET",
                              .action = "/answer",
                              .takes_code = code,
                              .sign_in = sign_in},
                             look, look.languages.choose("en")));
  };
  expect_has(page(true, "/sign-in/T"),
             {"autocomplete=\"one-time-code\"", "inputmode=\"numeric\"",
              "<a href=\"/sign-in/T\" class=\"button second\">Sign in with Corp Login</a>"});
  expect_has_not(page(true, ""), {"Sign in with"});
  expect_has_not(page(false, "/sign-in/T"), {"<input class=\"code\""});
  expect_has(page(false, ""), {"No second factor is set up for you."});
}

TEST(PortalPages, TellWhyACodeWasNotTaken) {
  const Ticket ticket = ticket_of(TicketKind::step_up);
  EXPECT_EQ(page_of(ticket, FormFault::code_wrong).head.status, 422);
  EXPECT_EQ(page_of(ticket, FormFault::codes_held_up).head.status, 429);
  expect_has(body_of(page_of(ticket, FormFault::code_used)), {"This code was used already."});
}

TEST(PortalPages, EnrolWithAPictureAndAKeyToType) {
  Ticket ticket = ticket_of(TicketKind::enrol);
  ticket.extra = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  expect_has(body_of(page_of(ticket)),
             {"<svg class=\"qr\" role=\"img\" aria-label=\"QR code for the authenticator app\"",
              "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"});
}

TEST(PortalPages, AreInTheLanguageThatTheBrowserAsksFor) {
  Diagnostics warnings;
  Look look = corp();
  look.languages = *Languages::load(std::string(SALLYPORT_SOURCE_DIR) + "/conf/pages", warnings);
  const Ticket ticket = ticket_of(TicketKind::coach);
  const http::Reply reply = form_page({.ticket = ticket, .sealed = "TICKET", .action = "/answer"},
                                      look, look.languages.choose("de-CH,en;q=0.5"));
  EXPECT_EQ(field_of(reply, "Content-Language"), "de");
  EXPECT_EQ(field_of(reply, "Vary"), "Accept-Language");
  expect_has(body_of(reply), {"<html lang=\"de\">", "<h1>MEGA ist hier nicht freigegeben</h1>",
                              "Fortfahren", "MEGA"});
}

TEST(PortalPages, ShowTheLogoFromWithinThePage) {
  Look look = corp();
  look.logo = Logo::read("\x89PNG\r\n\x1a\nrest");
  ASSERT_TRUE(look.logo);
  expect_has(body_of(page_of(ticket_of(TicketKind::coach), FormFault::none, "", look)),
             {"<p class=\"logo\"><img src=\"data:image/png;base64,iVBORw0KGgpyZXN0\" "
              "alt=\"Example Corp\">"});
  look.logo = Logo::read("<?xml version=\"1.0\"?><svg></svg>");
  ASSERT_TRUE(look.logo);
  expect_has(body_of(page_of(ticket_of(TicketKind::coach), FormFault::none, "", look)),
             {"src=\"data:image/svg+xml;base64,"});
}

TEST(PortalPages, TakeNoLogoThatIsNone) {
  EXPECT_FALSE(Logo::read(""));
  EXPECT_FALSE(Logo::read("GIF89a"));
  EXPECT_FALSE(Logo::read("<html><script>"));
  EXPECT_FALSE(Logo::read("<svg>\xff</svg>"));
  EXPECT_FALSE(Logo::read("\x89PNG\r\n\x1a\n" + std::string(Logo::kLargest, 'x')));
}

TEST(PortalPages, HaveANoteForEverythingThatMayCome) {
  const Ticket ticket = ticket_of(TicketKind::coach);
  const Look look = corp();
  for (const Note note : kNotes) {
    for (const Ticket* about : {&ticket, static_cast<const Ticket*>(nullptr)}) {
      const http::Reply reply = note_page(note, about, look, look.languages.choose("en"));
      EXPECT_GE(reply.head.status, 200);
      expect_has(body_of(reply), {"<h1>", "</html>"});
    }
  }
  const std::string again =
      body_of(note_page(Note::sign_in_again, &ticket, look, look.languages.choose("en")));
  expect_has(again, {"Please sign in to MEGA again",
                     "<a href=\"https://mega.nz/folder\" class=\"button\">Sign in again</a>"});
}

// Safety checklist C5; issue 7: every field that comes back in a page.
TEST(PortalAttack, XssThroughEveryReflectedFieldStaysText) {
  const std::string evil =
      "</title></textarea></p>\"'><script>alert(1)</script><img src=x onerror=a>{app}";
  std::string Ticket::* const fields[] = {
      &Ticket::user, &Ticket::client,   &Ticket::app, &Ticket::policy,     &Ticket::event,
      &Ticket::host, &Ticket::app_name, &Ticket::say, &Ticket::return_url, &Ticket::extra};
  Look look = corp();
  look.organisation = look.gateway = look.contact = look.provider = evil;
  look.logo = Logo{Logo::Type::svg, evil};
  for (const TicketKind kind : kForms) {
    Ticket ticket = ticket_of(kind);
    for (std::string Ticket::* field : fields) ticket.*field = evil;
    const Question question = question_of(ticket);
    const http::Reply reply = form_page({.ticket = ticket,
                                         .sealed = evil,
                                         .action = evil,
                                         .sign_in = evil,
                                         .otpauth = "otpauth://totp/x?secret=A",
                                         .question = &question,
                                         .fault = FormFault::reason_missing,
                                         .typed = evil},
                                        look, look.languages.choose("en"));
    const std::string page = body_of(reply);
    expect_has_not(page, {"<script", "<img src=x", "onerror=a>", "\"'>", "</textarea></p>\""});
    // Exactly the tags of the page: one of each.
    EXPECT_EQ(page.find("</title>"), page.rfind("</title>"));
    EXPECT_EQ(field_of(reply, "Content-Security-Policy").find("script"), std::string::npos);
  }
  for (const Note note : kNotes) {
    Ticket ticket = ticket_of(TicketKind::coach);
    for (std::string Ticket::* field : fields) ticket.*field = evil;
    expect_has_not(body_of(note_page(note, &ticket, look, look.languages.choose("en"))),
                   {"<script", "<img src=x", "onerror=a>", "\"'>", "href=\"&lt;"});
  }
}

TEST(PortalAttack, XssThroughALanguageFileStaysText) {
  Diagnostics warnings;
  const auto source =
      std::make_shared<const Source>(Source{"xx.yaml",
                                            "coach.heading: \"<script>alert(1)</script>\"\n"
                                            "button.back: \"<b>\"\n"});
  const Checked<Language> language = Languages::read("xx", source, warnings);
  ASSERT_TRUE(language);
  const Ticket ticket = ticket_of(TicketKind::coach);
  expect_has_not(
      body_of(form_page({.ticket = ticket, .sealed = "T", .action = "/answer"}, corp(), *language)),
      {"<script", "<b>"});
}

TEST(PortalAttack, XssThroughAScriptAddressLeadsNowhere) {
  Ticket ticket = ticket_of(TicketKind::coach);
  ticket.return_url = "javascript:alert(1)";
  const Look look = corp();
  expect_has_not(
      body_of(note_page(Note::sign_in_again, &ticket, look, look.languages.choose("en"))),
      {"javascript:"});
}

TEST(PortalAttack, FramingIsRefusedByEveryPage) {
  const Ticket ticket = ticket_of(TicketKind::coach);
  const Look look = corp();
  std::vector<http::Reply> replies;
  for (const TicketKind kind : kForms) replies.push_back(page_of(ticket_of(kind)));
  for (const Note note : kNotes) {
    replies.push_back(note_page(note, &ticket, look, look.languages.choose("en")));
  }
  for (const http::Reply& reply : replies) {
    EXPECT_NE(field_of(reply, "Content-Security-Policy").find("frame-ancestors 'none'"),
              std::string::npos);
    EXPECT_EQ(field_of(reply, "X-Frame-Options"), "DENY");
  }
}

TEST(PortalPages, LoadNothingAndSendTheFormHomeOnly) {
  const http::Reply reply = page_of(ticket_of(TicketKind::coach));
  EXPECT_EQ(field_of(reply, "Content-Security-Policy"),
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'none'");
  expect_has_not(body_of(reply), {"<script", "@import", "url(", "<link rel=\"stylesheet\""});
}

TEST(QrCode, IsAPictureOfItsText) {
  const auto picture =
      qr_code("otpauth://totp/Corp:ana?secret=MZXW6YTBOI&issuer=Corp", "a \"label\"");
  ASSERT_TRUE(picture);
  // 53 bytes at level M: version 4, 33 modules, and the quiet zone.
  expect_has(picture->str(), {"viewBox=\"0 0 41 41\"", "aria-label=\"a &quot;label&quot;\"",
                              // The upper edge of the first finder pattern.
                              " d=\"M4 4h7v1h-7z"});
  EXPECT_NE(picture->str(), qr_code("otpauth://totp/x", "a \"label\"")->str());
}

TEST(QrCode, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(qr_code("", "x"));
  EXPECT_FALSE(qr_code(std::string(1001, 'a'), "x"));
  EXPECT_TRUE(qr_code(std::string(1000, '\xff'), "x"));
  EXPECT_FALSE(qr_code(std::string_view("a\0b", 3), "x"));
}

}  // namespace
}  // namespace sallyport::portal
