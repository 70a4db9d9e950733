// What an evil origin may write, and what the client then hears: a reply with one meaning, our own page, or
// a message that plainly breaks off. And the connection to such an origin never carries another exchange.
// (safety.md C1)

#include <gtest/gtest.h>

#include <functional>

#include "tests/conformance/strict_reader.h"
#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

using namespace std::string_literals;

enum class Leg { plain, opened };

constexpr std::string_view kWebSocket =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";  // RFC 6455 section 1.3

struct Setting {
  Leg leg = Leg::plain;
  std::string method = "GET";
  std::string fields;   // of the request
  std::string version = "1.1";
  std::size_t at_once = 0;  // bytes in each of the origin's says(); 0: all
  bool ends = false;        // the origin closes behind its words
  bool resets = false;      // ... or resets
};

struct Outcome {
  std::string heard;  // the client's reply as a line: "200; length 5 \"hello\"", "502", "incomplete"
  std::string event;  // "completed"
  bool reused = false;  // whether a next request went to the origin on the same connection
  bool client_open = false;  // whether a next request of the same client was answered
  std::string next;  // what that one heard
};

// One request, the origin's words, then another request on the same client connection (or a new one),
// which the origin answers honestly: whatever the first reply left behind must not be taken for its answer.
Outcome after(std::string_view words, const Setting& setting = {}) {
  Outcome outcome;
  Rig rig;
  const bool opened = setting.leg == Leg::opened;
  OriginServer& origin = opened ? rig.tls_origin("files.example") : rig.origin("files.example");
  Client client = rig.client();
  const std::string base = opened ? "/" : "http://files.example/";
  const auto open = [&](Client& one) {
    if (opened) {
      EXPECT_TRUE(one.opens("files.example:443", {.server_name = "files.example"}));
    }
  };
  open(client);
  client.says(setting.method + " " + base + "a HTTP/" + setting.version + "\r\nHost: files.example\r\n" +
              setting.fields + "\r\n");
  const std::string first = origin.heard();
  EXPECT_NE(first, "");
  const std::size_t first_connection = origin.connections();
  const std::size_t step = setting.at_once == 0 ? std::max<std::size_t>(words.size(), 1) : setting.at_once;
  for (std::size_t at = 0; at < words.size(); at += step) origin.says(words.substr(at, step));
  if (setting.ends) origin.ends();
  if (setting.resets) origin.resets();

  std::string heard = client.hears();
  // Interim replies are told apart from the final one.
  while (true) {
    const StrictRead read = StrictReader(heard).reply(setting.method, client.ended());
    if (!read.fault.empty()) {
      outcome.heard += "NOT STRICT: " + read.fault;
      break;
    }
    if (read.consumed == 0) {
      outcome.heard += heard.empty() ? "nothing" : "incomplete";
      break;
    }
    heard.erase(0, read.consumed);
    outcome.heard += read.status == 502 ? "502" : read.line;
    if (read.status >= 200 || read.status == 101) {
      if (!heard.empty()) outcome.heard += "; and behind it \"" + printable(heard) + "\"";
      break;
    }
    outcome.heard += "\n";
  }

  // The next exchange, of this client where it still may, else of another.
  const std::string next = "GET " + base + "next HTTP/1.1\r\nHost: files.example\r\n\r\n";
  outcome.client_open = !client.ended();
  Client another = outcome.client_open ? client : rig.client();
  if (!outcome.client_open) open(another);
  another.says(next);
  std::string reached;
  for (std::size_t i = 0; i < origin.connections(); ++i) {
    origin.turn_to(i);
    reached = origin.heard();
    if (reached.empty()) continue;
    outcome.reused = i < first_connection;
    origin.says("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhonest");
    break;
  }
  const StrictRead read = StrictReader(another.hears()).reply("GET", another.ended());
  outcome.next = read.fault.empty() ? read.line : "NOT STRICT: " + read.fault;
  rig.finish();
  if (rig.recorded().empty()) return outcome;
  outcome.event = to_string(rig.recorded().front().ending);
  return outcome;
}

void for_each_way(const Setting& given, std::string_view words,
                  const std::function<void(const Outcome&, const std::string& how)>& check) {
  for (const Leg leg : {Leg::plain, Leg::opened}) {
    for (const std::size_t at_once : {std::size_t{0}, std::size_t{1}}) {
      if (at_once == 1 && words.size() > 1024) continue;
      Setting setting = given;
      setting.leg = leg;
      setting.at_once = at_once;
      check(after(words, setting), std::string(leg == Leg::plain ? "plain" : "opened") +
                                       (at_once == 1 ? ", byte by byte: " : ", at once: ") +
                                       printable(words.substr(0, 300)));
    }
  }
}

// The client gets our page, and the connection to the origin is gone.
void refused(const std::string& words, Setting setting = {}) {
  for_each_way(setting, words, [&](const Outcome& outcome, const std::string& how) {
    EXPECT_EQ(outcome.heard, "502") << how;
    EXPECT_EQ(outcome.event, "origin_failed") << how;
    EXPECT_FALSE(outcome.reused) << how;
    EXPECT_TRUE(outcome.client_open) << how;
    EXPECT_EQ(outcome.next, "200; length 6 \"honest\"") << how;
  });
}

// The reply's head was good and its body is not: the client sees an abrupt end.
void cut(const std::string& words, Setting setting = {}) {
  for_each_way(setting, words, [&](const Outcome& outcome, const std::string& how) {
    EXPECT_TRUE(outcome.heard == "incomplete" || outcome.heard == "nothing") << outcome.heard << "\n" << how;
    EXPECT_EQ(outcome.event, "origin_failed") << how;
    EXPECT_FALSE(outcome.client_open) << how;
    EXPECT_FALSE(outcome.reused) << how;
    EXPECT_EQ(outcome.next, "200; length 6 \"honest\"") << how;
  });
}

enum class Then { reused, fresh };

// Heard in one form; `then` says what becomes of the connection to the origin.
void carried(const std::string& words, const std::string& heard, Then then, Setting setting = {}) {
  for_each_way(setting, words, [&](const Outcome& outcome, const std::string& how) {
    EXPECT_EQ(outcome.heard, heard) << how;
    EXPECT_EQ(outcome.event, "completed") << how;
    EXPECT_EQ(outcome.reused, then == Then::reused) << how;
    EXPECT_EQ(outcome.next, "200; length 6 \"honest\"") << how;
  });
}

const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kForged = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";

// --- Where a reply ends

TEST(ReplyFraming, RefusesLengthAndChunkedTogether) {
  const std::string chunks = "\r\n5\r\nhello\r\n0\r\n\r\n";
  refused(kOk + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" + chunks);
  refused(kOk + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" + chunks);
  refused(kOk + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n" + chunks + kForged);
  refused(kOk + "Content-Length: 5\r\nTransfer-Encoding: identity\r\n\r\nhello");
}

TEST(ReplyFraming, RefusesCodingsAndLengthsThatAreAmbiguous) {
  for (const std::string coding : {"gzip", "gzip, chunked", "chunked, chunked", "identity", "", "xchunked",
                                   "chunked;a=b", "\"chunked\"", "chunked,", "chunked identity"}) {
    refused(kOk + "Transfer-Encoding: " + coding + "\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  }
  refused(kOk + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  refused("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  for (const std::string length : {"+5", "-5", "0x5", "5,5", "5, 5", "", "5 5", "5a", "18446744073709551616",
                                   "18446744073709551621", "9223372036854775808", "5;", "\xd9\xa5"}) {
    refused(kOk + "Content-Length: " + length + "\r\n\r\nhello");
  }
  refused(kOk + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
  refused(kOk + "Content-Length: 5\r\nContent-Length: 50\r\n\r\nhello");
  refused(kOk + "Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello");
  // Also where there will be no body: the number would go on to a client that may believe it.
  refused(kOk + "Content-Length: 5, 6\r\n\r\n", {.method = "HEAD"});
  refused("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n");
}

TEST(ReplyFraming, CutsOffChunksThatAreNotPlain) {
  for (const std::string body :
       {"0x5\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n", "5;a=b\r\nhello\r\n0\r\n\r\n", "5;\r\nhello\r\n0\r\n\r\n",
        "5;a\n\r\nhello\r\n0\r\n\r\n", "5\nhello\n0\n\n", "5\rhello\r0\r\r", "\r\nhello\r\n0\r\n\r\n",
        "g\r\nhello\r\n0\r\n\r\n", "fffffffffffffffff\r\nhello", "ffffffffffffffff\r\nhello",
        "00000000000000005\r\nhello\r\n0\r\n\r\n", "5\r\nhelloworld\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n", "3\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0;a\r\n\r\n",
        "5\r\nhello\r\n0\r\nX : y\r\n\r\n", "5\r\nhello\r\n0\r\n X: y\r\n\r\n", "5\r\nhello\r\n0\r\nX\r\n\r\n",
        "5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n", "5\r\nhello\r\n0\n\r\n\r\n"}) {
    cut(kOk + "Transfer-Encoding: chunked\r\n\r\n" + body);
  }
  cut(kOk + "Transfer-Encoding: chunked\r\n\r\n5\0\r\nhello\r\n0\r\n\r\n"s);
  cut(kOk + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(20'000, 'y') + "\r\n\r\n");
}

TEST(ReplyFraming, CutsOffABodyThatTheOriginBreaksOff) {
  for (const bool resets : {false, true}) {
    const Setting setting{.ends = !resets, .resets = resets};
    cut(kOk + "Content-Length: 10\r\n\r\nhello", setting);
    cut(kOk + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", setting);
    cut(kOk + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", setting);
    cut(kOk + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", setting);
    cut(kOk + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n", setting);
  }
  cut(kOk + "\r\nhello", {.resets = true});
}

TEST(ReplyFraming, CarriesEveryFramingAsOneOfItsOwn) {
  carried(kOk + "Content-Length: 5\r\n\r\nhello", "200; length 5 \"hello\"", Then::reused);
  carried(kOk + "content-length:\t005 \r\n\r\nhello", "200; length 5 \"hello\"", Then::reused);
  carried(kOk + "Content-Length: 0\r\n\r\n", "200; length 0", Then::reused);
  carried(kOk + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "200; chunks \"hello\"", Then::reused);
  carried(kOk + "transfer-encoding: Chunked\r\n\r\n03\r\nhel\r\n002\r\nlo\r\n00\r\n\r\n", "200; chunks \"hello\"",
          Then::reused);
  carried(kOk + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
          "200; chunks \"hello\"; trailer X-Sum: 1", Then::reused);
  carried(kOk + "\r\nhello", "200; chunks \"hello\"", Then::fresh, {.ends = true});
  carried("HTTP/1.0 200 OK\r\n\r\nhello", "200; chunks \"hello\"", Then::fresh, {.ends = true});
  carried("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200; length 5 \"hello\"", Then::fresh);
  carried(kOk + "Connection: close\r\nContent-Length: 5\r\n\r\nhello", "200; length 5 \"hello\"", Then::fresh);
}

TEST(ReplyFraming, KeepsTrailersThatWouldBeHeadFieldsAway) {
  for (const std::string name : {"Set-Cookie", "Content-Length", "Transfer-Encoding", "Content-Type", "Location",
                                 "Proxy-Authenticate", "Alt-Svc", "Connection", "Access-Control-Allow-Origin"}) {
    carried(kOk + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + name + ": 5\r\n\r\n", "200; chunks \"\"", Then::reused);
  }
}

// --- More than one reply

TEST(ReplyFraming, NeverHandsSurplusBytesToTheNextRequest) {
  carried(kOk + "Content-Length: 5\r\n\r\nhello" + kForged, "200; length 5 \"hello\"", Then::fresh);
  carried(kOk + "Content-Length: 0\r\n\r\n" + kForged, "200; length 0", Then::fresh);
  carried(kOk + "Content-Length: 5\r\n\r\nhello\r\n", "200; length 5 \"hello\"", Then::fresh);
  carried(kOk + "Content-Length: 5\r\n\r\nhello!", "200; length 5 \"hello\"", Then::fresh);
  carried(kOk + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + kForged, "200; chunks \"hello\"",
          Then::fresh);
  carried("HTTP/1.1 204 No Content\r\n\r\n" + kForged, "204", Then::fresh);
  carried("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello", "304; announces 5", Then::fresh);
  carried("HTTP/1.1 304 Not Modified\r\n\r\n" + kForged, "304", Then::fresh);
  carried(kOk + "Content-Length: 5\r\n\r\nhello", "200; announces 5", Then::fresh, {.method = "HEAD"});
  carried(kOk + "Content-Length: 0\r\n\r\n" + kForged, "200; announces 0", Then::fresh, {.method = "HEAD"});
}

// A forged reply that waits on an idle connection for somebody's request.
TEST(ReplyFraming, NeverTakesAReplyThatCameBeforeItsRequest) {
  for (const Leg leg : {Leg::plain, Leg::opened}) {
    Rig rig;
    const bool opened = leg == Leg::opened;
    OriginServer& origin = opened ? rig.tls_origin("files.example") : rig.origin("files.example");
    Client client = rig.client();
    const std::string base = opened ? "/" : "http://files.example/";
    if (opened) {
      ASSERT_TRUE(client.opens("files.example:443", {.server_name = "files.example"}));
    }
    client.says("GET " + base + "a HTTP/1.1\r\nHost: files.example\r\n\r\n");
    origin.says(kOk + "Content-Length: 5\r\n\r\nhello");
    EXPECT_EQ(body_of(client.hears()), "hello");
    origin.says(kForged);
    client.says("GET " + base + "b HTTP/1.1\r\nHost: files.example\r\n\r\n");
    EXPECT_EQ(client.hears(), "");
    ASSERT_EQ(origin.connections(), 2u);
    origin.says(kOk + "Content-Length: 6\r\n\r\nhonest");
    EXPECT_EQ(body_of(client.hears()), "honest");
  }
}

// --- Replies without a body

TEST(ReplyFraming, RefusesABodyAnnouncedWhereThereIsNone) {
  refused("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello");
  refused("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  refused("HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\nhello" + kForged);
  refused("HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + kForged);
  refused("HTTP/1.1 100 Continue\r\nContent-Length: 40\r\n\r\n" + kForged);
}

TEST(ReplyFraming, CarriesRepliesWithoutABody) {
  carried("HTTP/1.1 204 No Content\r\n\r\n", "204", Then::reused);
  carried("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n", "304; ETag: \"x\"", Then::reused);
  carried("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "304; announces 5", Then::reused);
  carried(kOk + "Content-Length: 5\r\n\r\n", "200; announces 5", Then::reused, {.method = "HEAD"});
  // RFC 9110 section 8.6: a length that nobody announced is not made up.
  carried(kOk + "\r\n", "200", Then::reused, {.method = "HEAD"});
  carried(kOk + "Transfer-Encoding: chunked\r\n\r\n", "200", Then::reused, {.method = "HEAD"});
}

// --- Interim replies

TEST(ReplyFraming, PassesOnInterimRepliesInMeasure) {
  const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";
  carried(hints + kOk + "Content-Length: 5\r\n\r\nhello",
          "103; Link: </a.css>; rel=preload\n200; length 5 \"hello\"", Then::reused);
  carried("HTTP/1.1 100 Continue\r\n\r\n" + kOk + "Content-Length: 5\r\n\r\nhello", "200; length 5 \"hello\"",
          Then::reused);
  carried("HTTP/1.1 102 Processing\r\nSet-Cookie: a=b\r\nAlt-Svc: h3=\":443\"\r\nProxy-Authenticate: Basic\r\n\r\n" +
              kOk + "Content-Length: 5\r\n\r\nhello",
          "102; Set-Cookie: a=b\n200; length 5 \"hello\"", Then::reused);
}

TEST(ReplyFraming, DoesNotTellAnHttp10ClientOfInterimReplies) {
  const Outcome outcome = after("HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" + kOk + "Content-Length: 5\r\n\r\nhello",
                                {.version = "1.0"});
  EXPECT_EQ(outcome.heard, "200; length 5 \"hello\"");
}

TEST(ReplyFraming, EndsAFloodOfInterimReplies) {
  for (const std::string one : {"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n",
                                "HTTP/1.1 102 Processing\r\n\r\n", "HTTP/1.1 199 X\r\n\r\n"}) {
    std::string flood;
    for (int i = 0; i < 40; ++i) flood += one;
    const Outcome outcome = after(flood + kOk + "Content-Length: 5\r\n\r\nhello");
    EXPECT_TRUE(outcome.heard.ends_with("502")) << outcome.heard;
    EXPECT_EQ(outcome.event, "origin_failed");
    EXPECT_FALSE(outcome.reused);
    EXPECT_EQ(outcome.next, "200; length 6 \"honest\"");
  }
}

TEST(ReplyFraming, GivesUpOnAnOriginThatOnlySaysInterim) {
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

TEST(ReplyFraming, OpensATunnelOnlyAfterAValidatedSwitch) {
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

TEST(ReplyFraming, TakesAnyOtherAnswerToAnUpgradeAsAnOrdinaryReply) {
  const Setting asked{.fields = std::string(kWebSocket)};
  carried("HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          "Content-Length: 5\r\n\r\nhello",
          "426; Sec-WebSocket-Version: 13; length 5 \"hello\"", Then::fresh, asked);
  carried(kOk + "Content-Length: 5\r\n\r\nhello", "200; length 5 \"hello\"", Then::fresh, asked);
}

// --- Heads

TEST(ReplyFraming, RefusesStatusLinesInAnyOtherShape) {
  const std::string rest = "\r\nContent-Length: 5\r\n\r\nhello";
  for (const std::string& line :
       {"HTTP/2.0 200 OK"s, "HTTP/2 200"s, "HTTP/1.2 200 OK"s, "HTTP/0.9 200 OK"s, "HTTP/3.0 200 OK"s,
        "http/1.1 200 OK"s, "HTTP/1.1  200 OK"s, "HTTP/1.1\t200 OK"s, "HTTP/1.1 20 OK"s, "HTTP/1.1 2000 OK"s,
        "HTTP/1.1 200OK"s, "HTTP/1.1 099 OK"s, "HTTP/1.1 +20 OK"s, "HTTP/1.1 0x2 OK"s, "HTTP/1.1 OK"s, "HTTP/1.1"s,
        " HTTP/1.1 200 OK"s, "ICY 200 OK"s, "200 OK"s, "HTTP/1.1 2\0" "0 OK"s, "HTTP/1.1 200 O\0K"s,
        "HTTP/1.1 200 OK\rX: y"s, "HTTP/1.1 200 OK\nX: y"s, "\r\nHTTP/1.1 200 OK"s, "HTTP/1.1 -20 OK"s,
        "\x16\x03\x01 200 OK"s, "<html>"s, "HTTP/1.1:200 OK"s, "HTTP/11 200 OK"s, "HTTPS/1.1 200 OK"s}) {
    refused(line + rest);
  }
}

TEST(ReplyFraming, RefusesFieldsThatTwoReadersReadDifferently) {
  for (const std::string& field :
       {"X : y"s, "X\t: y"s, " X: y"s, ": y"s, "X"s, "X y: z"s, "X\0: y"s, "X: a\0b"s, "X: a\rb"s, "X: a\nb"s,
        "X: \x01"s, "X: \x7f"s, "X\xff: y"s, "X: y\r\n z"s, "X: y\r\n\tz"s, "X: y\n"s, "X: y\r\r\nZ: z"s,
        "Content-Length: 5\r\n 0"s, "Content-Length : 0"s, "Content-Length\0: 0"s, "X(: y"s,
        "Set-Cookie: a=b\n\nHTTP/1.1 200 OK"s, "Location: /\rSet-Cookie: a=b"s}) {
    refused(kOk + field + "\r\nContent-Length: 5\r\n\r\nhello");
  }
  refused("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello\r\n\r\n");
}

TEST(ReplyFraming, KeepsFieldsThatTheOriginWouldHaveDropped) {
  carried(kOk + "Connection: Set-Cookie\r\nSet-Cookie: a=b\r\nContent-Length: 5\r\n\r\nhello",
          "200; Set-Cookie: a=b; length 5 \"hello\"", Then::reused);
  carried(kOk + "Connection: close, Content-Length\r\nContent-Length: 5\r\n\r\nhello", "200; length 5 \"hello\"",
          Then::fresh);
}

TEST(ReplyFraming, BoundsHeads) {
  refused(kOk + "X: " + std::string(70'000, 'y') + "\r\n\r\n");
  std::string fields;
  for (int i = 0; i < 200; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
  refused(kOk + fields + "\r\n");
  refused("HTTP/1.1 200 " + std::string(70'000, 'K') + "\r\n\r\n");
  refused(std::string(70'000, 'H'));
  carried(kOk + "X: " + std::string(32 * 1024, 'y') + "\r\nContent-Length: 0\r\n\r\n",
          "200; X: " + std::string(32 * 1024, 'y') + "; length 0", Then::reused);
}

TEST(ReplyFraming, KeepsHopByHopFieldsAndTheReasonToItself) {
  carried("HTTP/1.1 200 <script>\r\nConnection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
          "Upgrade: h2c\r\nTrailer: X-Sum\r\nProxy-Authenticate: Basic\r\nProxy-Connection: keep-alive\r\nTE: x\r\n"
          "Alt-Svc: h3=\":443\"\r\nX-End: 2\r\nContent-Length: 5\r\n\r\nhello",
          "200; X-End: 2; length 5 \"hello\"", Then::reused);
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says("GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\n\r\n");
  origin.says("HTTP/1.1 404 <script>\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(client.hears().starts_with("HTTP/1.1 404 Not Found\r\n"));
}

// --- Connections that end

TEST(ReplyFraming, AnswersForAnOriginThatSaysNothingWhole) {
  for (const bool resets : {false, true}) {
    const Setting setting{.ends = !resets, .resets = resets};
    refused("", setting);
    refused("H", setting);
    refused("HTTP/1.1 200 OK\r\n", setting);
    refused("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", setting);
    refused("HTTP/1.1 100 Continue\r\n\r\n", setting);
  }
}

TEST(ReplyFraming, GivesUpOnAnOriginThatNeverAnswers) {
  for (const std::string words : {"", "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nX: y\r\n"}) {
    Rig rig;
    OriginServer& origin = rig.origin("files.example");
    Client client = rig.client();
    client.says("GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\n\r\n");
    origin.says(words);
    rig.pass(std::chrono::seconds(301));
    EXPECT_EQ(status_of(client.hears()), 504);
    EXPECT_EQ(rig.recorded().size(), 1u);
  }
}

// --- Replies that do not wait for the request

TEST(ReplyFraming, PassesOnAnEarlyReplyAndSharesNothingAfterIt) {
  for (const Leg leg : {Leg::plain, Leg::opened}) {
    for (const std::string framing : {"Content-Length: 100\r\n\r\nhel", "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n"}) {
      Rig rig;
      const bool opened = leg == Leg::opened;
      OriginServer& origin = opened ? rig.tls_origin("files.example") : rig.origin("files.example");
      Client client = rig.client();
      const std::string base = opened ? "/" : "http://files.example/";
      if (opened) {
        ASSERT_TRUE(client.opens("files.example:443", {.server_name = "files.example"}));
      }
      client.says("POST " + base + "a HTTP/1.1\r\nHost: files.example\r\n" + framing);
      EXPECT_NE(origin.heard(), "");
      origin.says("HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\n\r\nlarge");
      const std::string reply = client.hears();
      EXPECT_EQ(status_of(reply), 413);
      EXPECT_EQ(body_of(reply), "large");
      // The rest of the upload goes nowhere, and is no request.
      client.says(framing.starts_with("C") ? std::string(97, 'x') : "2\r\nlo\r\n0\r\n\r\n");
      EXPECT_EQ(origin.heard(), "");
      Client another = rig.client();
      if (opened) {
        ASSERT_TRUE(another.opens("files.example:443", {.server_name = "files.example"}));
      }
      another.says("GET " + base + "b HTTP/1.1\r\nHost: files.example\r\n\r\n");
      EXPECT_EQ(origin.connections(), 2u);
      EXPECT_NE(origin.heard(), "");
      origin.says(kOk + "Content-Length: 6\r\n\r\nhonest");
      EXPECT_EQ(body_of(another.hears()), "honest");
      ASSERT_EQ(rig.recorded().size(), 2u);
      EXPECT_EQ(rig.recorded()[0].activity.status, 413);
    }
  }
}

TEST(ReplyFraming, HearsAReplyOfAnOriginThatStoppedReading) {
  Rig rig({.pipe_room = 32 * 1024});
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says("POST http://files.example/a HTTP/1.1\r\nHost: files.example\r\nContent-Length: 1000000\r\n\r\n" +
              std::string(100'000, 'x'));
  EXPECT_NE(origin.heard(), "");
  origin.says("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 5\r\n\r\nlarge");
  origin.ends();
  EXPECT_EQ(body_of(client.hears()), "large");
}

}  // namespace
}  // namespace sallyport::testkit
