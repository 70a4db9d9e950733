#include "proxy/portal/refusal.h"

#include <gtest/gtest.h>

#include "proxy/local/replies_for_tests.h"

namespace sallyport::portal {
namespace {

using local::body_of;
using local::field_of;
using local::request_of;

constexpr std::string_view kBase = "https://sallyport.internal";

Ticket asked(TicketKind kind) {
  Ticket ticket;
  ticket.kind = kind;
  ticket.host = "mega.nz";
  ticket.expires = *parse_rfc3339("2026-11-26T20:10:00Z");
  return ticket;
}

local::PageFacts facts() {
  local::PageFacts facts;
  facts.app_name = "MEGA";
  facts.host = "mega.nz";
  facts.policy = "Why this app?";
  facts.say = "Please tell us why.";
  facts.event_id = "01JDCZ3Y6V8Q2W9K7M4T5XN0RB";
  return facts;
}

http::Reply reply_to(std::string_view request, TicketKind kind = TicketKind::justify) {
  return interrupt(asked(kind), "TICKET", kBase, facts(), request_of(request));
}

TEST(Interrupt, LeadsWhoNavigatesToThePage) {
  for (const std::string_view request :
       {"GET /\nAccept: text/html", "POST /x\nSec-Fetch-Dest: document\nSec-Fetch-Mode: navigate",
        "GET /\nSec-Fetch-Dest: document"}) {
    const http::Reply reply = reply_to(request);
    EXPECT_EQ(reply.head.status, 303) << request;
    EXPECT_EQ(field_of(reply, "Location"), "https://sallyport.internal/ask/TICKET");
    EXPECT_EQ(field_of(reply, "Cache-Control"), "no-store");
    EXPECT_EQ(field_of(reply, "Sallyport-Event"), "01JDCZ3Y6V8Q2W9K7M4T5XN0RB");
  }
}

TEST(Interrupt, InterruptsNothingButTopLevelNavigations) {
  for (const std::string_view request :
       {"GET /\nAccept: text/html\nSec-Fetch-Dest: empty\nSec-Fetch-Mode: cors",
        "GET /\nSec-Fetch-Dest: iframe\nSec-Fetch-Mode: navigate",
        "GET /\nAccept: text/html\nSec-Fetch-Dest: document\nSec-Fetch-Mode: no-cors",
        "GET /\nAccept: */*", "GET /a.js\nSec-Fetch-Dest: script", "PUT /x\nAccept: text/html",
        "POST /x\nAccept: text/html\nX-Requested-With: XMLHttpRequest"}) {
    EXPECT_EQ(reply_to(request).head.status, 403) << request;
  }
}

TEST(Interrupt, TellsAProgramWhatIsNeededAndWhere) {
  const http::Reply reply = reply_to("PUT /upload\nAccept: application/json");
  EXPECT_EQ(reply.head.status, 403);
  EXPECT_EQ(field_of(reply, "Content-Type"), "application/problem+json");
  EXPECT_EQ(
      body_of(reply),
      "{\"type\":\"urn:sallyport:problem:justify\",\"title\":\"Blocked by policy\",\"status\":403,"
      "\"detail\":\"Please tell us why.\",\"app\":\"MEGA\",\"host\":\"mega.nz\","
      "\"policy\":\"Why this app?\",\"event_id\":\"01JDCZ3Y6V8Q2W9K7M4T5XN0RB\","
      "\"needs\":\"justify\",\"instruction\":\"Open the address under 'portal' in a browser that "
      "uses the same gateway, as the same user, answer there, and send the request again.\","
      "\"portal\":\"https://sallyport.internal/ask/TICKET\","
      "\"portal_until\":\"2026-11-26T20:10:00.000000Z\",\"message\":\"Please tell us why. Answer "
      "at "
      "https://sallyport.internal/ask/TICKET in a browser.\",\"error\":{\"code\":\"justify\","
      "\"message\":\"Please tell us why. Answer at https://sallyport.internal/ask/TICKET in a "
      "browser.\"}}\n");
}

TEST(Interrupt, TellsAGrpcCallByItsStatus) {
  const http::Reply justify = reply_to("POST /x.Y/Z\nContent-Type: application/grpc");
  EXPECT_EQ(field_of(justify, "grpc-status"), "7");
  EXPECT_EQ(field_of(justify, "grpc-message"),
            "Please tell us why. Open https://sallyport.internal/ask/TICKET in a browser and send "
            "the request again.");
  const http::Reply step_up =
      reply_to("POST /x.Y/Z\nContent-Type: application/grpc", TicketKind::step_up);
  EXPECT_EQ(field_of(step_up, "grpc-status"), "16");
}

TEST(Interrupt, RefusesTheHandshakeOfAWebSocketReadably) {
  http::RequestHead request = request_of("GET /socket\nOrigin: https://mega.nz");
  request.upgrade = "websocket";
  const http::Reply reply = interrupt(asked(TicketKind::coach), "TICKET", kBase, facts(), request);
  EXPECT_EQ(reply.head.status, 403);
  EXPECT_NE(body_of(reply).find("\"needs\":\"coach\""), std::string::npos);
}

TEST(Interrupt, ShowsAFrameALinkThatOpensThePageOnItsOwn) {
  const std::string page = body_of(reply_to("GET /\nSec-Fetch-Dest: iframe"));
  EXPECT_NE(page.find("<a class=\"button\" href=\"https://sallyport.internal/ask/TICKET\" "
                      "target=\"_blank\" rel=\"noopener\">"),
            std::string::npos);
  EXPECT_EQ(page.find("<form"), std::string::npos);
}

TEST(Interrupt, NamesEveryKindInItsProblem) {
  for (std::uint8_t kind = 1; kind <= kTicketKinds; ++kind) {
    const auto what = static_cast<TicketKind>(kind);
    EXPECT_FALSE(to_string(what).empty());
    EXPECT_NE(body_of(reply_to("PUT /x", what))
                  .find("urn:sallyport:problem:" + std::string(to_string(what))),
              std::string::npos);
  }
}

}  // namespace
}  // namespace sallyport::portal
