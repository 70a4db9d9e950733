// Status lines, fields and interim replies of an evil origin. (safety.md C1)

#include <gtest/gtest.h>

#include "tests/conformance/reply_rules.h"

namespace sallyport::testkit {
namespace {

using namespace std::string_literals;

constexpr std::string_view kWebSocket =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";  // RFC 6455 section 1.3

// --- Interim replies

TEST(ReplySyntax, PassesOnInterimRepliesInMeasure) {
  const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";
  carried(hints + kOk200 + "Content-Length: 5\r\n\r\nhello",
          "103; Link: </a.css>; rel=preload\n200; length 5 \"hello\"", Then::reused);
  carried("HTTP/1.1 100 Continue\r\n\r\n" + kOk200 + "Content-Length: 5\r\n\r\nhello",
          "200; length 5 \"hello\"", Then::reused);
  carried(
      "HTTP/1.1 102 Processing\r\nSet-Cookie: a=b\r\nAlt-Svc: h3=\":443\"\r\nProxy-Authenticate: "
      "Basic\r\n\r\n" +
          kOk200 + "Content-Length: 5\r\n\r\nhello",
      "102; Set-Cookie: a=b\n200; length 5 \"hello\"", Then::reused);
}

TEST(ReplySyntax, DoesNotTellAnHttp10ClientOfInterimReplies) {
  const Outcome outcome =
      after("HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" + kOk200 + "Content-Length: 5\r\n\r\nhello",
            {.version = "1.0"});
  EXPECT_EQ(outcome.heard, "200; length 5 \"hello\"");
}

TEST(ReplySyntax, EndsAFloodOfInterimReplies) {
  for (const std::string one :
       {"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n",
        "HTTP/1.1 102 Processing\r\n\r\n", "HTTP/1.1 199 X\r\n\r\n"}) {
    std::string flood;
    for (int i = 0; i < 40; ++i) flood += one;
    const Outcome outcome = after(flood + kOk200 + "Content-Length: 5\r\n\r\nhello");
    EXPECT_TRUE(outcome.heard.ends_with("502")) << outcome.heard;
    EXPECT_EQ(outcome.event, "origin_failed");
    EXPECT_FALSE(outcome.reused);
    EXPECT_EQ(outcome.next, "200; length 6 \"honest\"");
  }
}

TEST(ReplySyntax, GivesUpOnAnOriginThatOnlySaysInterim) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says("GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\n\r\n");
  for (int i = 0; i < 16; ++i) {
    origin.says("HTTP/1.1 100 Continue\r\n\r\n");
    rig.pass(std::chrono::seconds(20));
  }
  EXPECT_EQ(status_of(client.hears()), 504);
  EXPECT_EQ(to_string(rig.recorded().at(0).ending), "timed_out");
}

// --- 101

TEST(ReplySyntax, OpensATunnelOnlyAfterAValidatedSwitch) {
  const Setting asked{.fields = std::string(kWebSocket)};
  const std::string good = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  const std::string accept = "Sec-WebSocket-Accept: " + std::string(kAccept) + "\r\n";
  const std::string line = "HTTP/1.1 101 Switching Protocols\r\n";
  refused(line + "\r\n");  // Nobody asked.
  refused(line + good + accept + "\r\n");
  refused(line + "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
  refused(line + good + "\r\n", asked);
  refused(line + accept + "\r\n", asked);
  refused(line + "Upgrade: websocket\r\n" + accept + "\r\n", asked);
  refused(line + "Connection: Upgrade\r\n" + accept + "\r\n", asked);
  refused(line + "Connection: Upgrade\r\nUpgrade: h2c\r\n" + accept + "\r\n", asked);
  refused(line + "Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n" + accept + "\r\n", asked);
  refused(line + "Connection: close\r\nUpgrade: websocket\r\n" + accept + "\r\n", asked);
  refused(line + good + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOO=\r\n\r\n", asked);
  refused(line + good + "Sec-WebSocket-Accept: S3PPLMBITXAQ9KYGZZHZRBK+XOO=\r\n\r\n", asked);
  refused(line + good + "Sec-WebSocket-Accept:\r\n\r\n", asked);
  refused(line + good + accept + accept + "\r\n", asked);
  refused(line + good + "Upgrade: websocket\r\n" + accept + "\r\n", asked);
  refused(line + good + accept + "Content-Length: 5\r\n\r\nhello", asked);
  refused(line + good + accept + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", asked);
  refused("HTTP/1.0 101 Switching Protocols\r\n" + good + accept + "\r\n", asked);
}

TEST(ReplySyntax, TakesAnyOtherAnswerToAnUpgradeAsAnOrdinaryReply) {
  const Setting asked{.fields = std::string(kWebSocket)};
  carried(
      "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: "
      "Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Content-Length: 5\r\n\r\nhello",
      "426; Sec-WebSocket-Version: 13; length 5 \"hello\"", Then::fresh, asked);
  carried(kOk200 + "Content-Length: 5\r\n\r\nhello", "200; length 5 \"hello\"", Then::fresh, asked);
}

// --- Heads

TEST(ReplySyntax, RefusesStatusLinesInAnyOtherShape) {
  const std::string rest = "\r\nContent-Length: 5\r\n\r\nhello";
  for (const std::string& line : {"HTTP/2.0 200 OK"s,
                                  "HTTP/2 200"s,
                                  "HTTP/1.2 200 OK"s,
                                  "HTTP/0.9 200 OK"s,
                                  "HTTP/3.0 200 OK"s,
                                  "http/1.1 200 OK"s,
                                  "HTTP/1.1  200 OK"s,
                                  "HTTP/1.1\t200 OK"s,
                                  "HTTP/1.1 20 OK"s,
                                  "HTTP/1.1 2000 OK"s,
                                  "HTTP/1.1 200OK"s,
                                  "HTTP/1.1 099 OK"s,
                                  "HTTP/1.1 +20 OK"s,
                                  "HTTP/1.1 0x2 OK"s,
                                  "HTTP/1.1 OK"s,
                                  "HTTP/1.1"s,
                                  " HTTP/1.1 200 OK"s,
                                  "ICY 200 OK"s,
                                  "200 OK"s,
                                  "HTTP/1.1 2\0"
                                  "0 OK"s,
                                  "HTTP/1.1 200 O\0K"s,
                                  "HTTP/1.1 200 OK\rX: y"s,
                                  "HTTP/1.1 200 OK\nX: y"s,
                                  "\r\nHTTP/1.1 200 OK"s,
                                  "HTTP/1.1 -20 OK"s,
                                  "\x16\x03\x01 200 OK"s,
                                  "<html>"s,
                                  "HTTP/1.1:200 OK"s,
                                  "HTTP/11 200 OK"s,
                                  "HTTPS/1.1 200 OK"s}) {
    refused(line + rest);
  }
}

TEST(ReplySyntax, RefusesFieldsThatTwoReadersReadDifferently) {
  for (const std::string& field : {"X : y"s,
                                   "X\t: y"s,
                                   " X: y"s,
                                   ": y"s,
                                   "X"s,
                                   "X y: z"s,
                                   "X\0: y"s,
                                   "X: a\0b"s,
                                   "X: a\rb"s,
                                   "X: a\nb"s,
                                   "X: \x01"s,
                                   "X: \x7f"s,
                                   "X\xff: y"s,
                                   "X: y\r\n z"s,
                                   "X: y\r\n\tz"s,
                                   "X: y\n"s,
                                   "X: y\r\r\nZ: z"s,
                                   "Content-Length: 5\r\n 0"s,
                                   "Content-Length : 0"s,
                                   "Content-Length\0: 0"s,
                                   "X(: y"s,
                                   "Set-Cookie: a=b\n\nHTTP/1.1 200 OK"s,
                                   "Location: /\rSet-Cookie: a=b"s}) {
    refused(kOk200 + field + "\r\nContent-Length: 5\r\n\r\nhello");
  }
  refused("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello\r\n\r\n");
}

TEST(ReplySyntax, KeepsFieldsThatTheOriginWouldHaveDropped) {
  carried(kOk200 + "Connection: Set-Cookie\r\nSet-Cookie: a=b\r\nContent-Length: 5\r\n\r\nhello",
          "200; Set-Cookie: a=b; length 5 \"hello\"", Then::reused);
  carried(kOk200 + "Connection: close, Content-Length\r\nContent-Length: 5\r\n\r\nhello",
          "200; length 5 \"hello\"", Then::fresh);
}

TEST(ReplySyntax, BoundsHeads) {
  refused(kOk200 + "X: " + std::string(70'000, 'y') + "\r\n\r\n");
  std::string fields;
  for (int i = 0; i < 200; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
  refused(kOk200 + fields + "\r\n");
  refused("HTTP/1.1 200 " + std::string(70'000, 'K') + "\r\n\r\n");
  refused(std::string(70'000, 'H'));
  carried(kOk200 + "X: " + std::string(32 * 1024, 'y') + "\r\nContent-Length: 0\r\n\r\n",
          "200; X: " + std::string(32 * 1024, 'y') + "; length 0", Then::reused);
}

TEST(ReplySyntax, KeepsHopByHopFieldsAndTheReasonToItself) {
  carried(
      "HTTP/1.1 200 <script>\r\nConnection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: "
      "timeout=5\r\n"
      "Upgrade: h2c\r\nTrailer: X-Sum\r\nProxy-Authenticate: Basic\r\nProxy-Connection: "
      "keep-alive\r\nTE: x\r\n"
      "Alt-Svc: h3=\":443\"\r\nX-End: 2\r\nContent-Length: 5\r\n\r\nhello",
      "200; X-End: 2; length 5 \"hello\"", Then::reused);
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says("GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\n\r\n");
  origin.says("HTTP/1.1 404 <script>\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(client.hears().starts_with("HTTP/1.1 404 Not Found\r\n"));
}

}  // namespace
}  // namespace sallyport::testkit
