// Where an origin's reply ends, and what the client then hears: a reply with one meaning, our own
// page, or a message that plainly breaks off. (safety.md C1)

#include <gtest/gtest.h>

#include "tests/conformance/reply_rules.h"

namespace sallyport::testkit {
namespace {

using namespace std::string_literals;

// --- Where a reply ends

TEST(ReplyFraming, RefusesLengthAndChunkedTogether) {
  const std::string chunks = "\r\n5\r\nhello\r\n0\r\n\r\n";
  refused(kOk200 + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" + chunks);
  refused(kOk200 + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" + chunks);
  refused(kOk200 + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n" + chunks + kForged);
  refused(kOk200 + "Content-Length: 5\r\nTransfer-Encoding: identity\r\n\r\nhello");
}

TEST(ReplyFraming, RefusesCodingsAndLengthsThatAreAmbiguous) {
  for (const std::string coding :
       {"gzip", "gzip, chunked", "chunked, chunked", "identity", "", "xchunked", "chunked;a=b",
        "\"chunked\"", "chunked,", "chunked identity"}) {
    refused(kOk200 + "Transfer-Encoding: " + coding + "\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  }
  refused(kOk200 + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  refused("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  for (const std::string length :
       {"+5", "-5", "0x5", "5,5", "5, 5", "", "5 5", "5a", "18446744073709551616",
        "18446744073709551621", "9223372036854775808", "5;", "\xd9\xa5"}) {
    refused(kOk200 + "Content-Length: " + length + "\r\n\r\nhello");
  }
  refused(kOk200 + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
  refused(kOk200 + "Content-Length: 5\r\nContent-Length: 50\r\n\r\nhello");
  refused(kOk200 + "Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello");
  // Also where there will be no body: the number would go on to a client that may believe it.
  refused(kOk200 + "Content-Length: 5, 6\r\n\r\n", {.method = "HEAD"});
  refused("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n");
}

TEST(ReplyFraming, CutsOffChunksThatAreNotPlain) {
  for (const std::string body : {"0x5\r\nhello\r\n0\r\n\r\n",
                                 "+5\r\nhello\r\n0\r\n\r\n",
                                 " 5\r\nhello\r\n0\r\n\r\n",
                                 "5 \r\nhello\r\n0\r\n\r\n",
                                 "5;a=b\r\nhello\r\n0\r\n\r\n",
                                 "5;\r\nhello\r\n0\r\n\r\n",
                                 "5;a\n\r\nhello\r\n0\r\n\r\n",
                                 "5\nhello\n0\n\n",
                                 "5\rhello\r0\r\r",
                                 "\r\nhello\r\n0\r\n\r\n",
                                 "g\r\nhello\r\n0\r\n\r\n",
                                 "fffffffffffffffff\r\nhello",
                                 "ffffffffffffffff\r\nhello",
                                 "00000000000000005\r\nhello\r\n0\r\n\r\n",
                                 "5\r\nhelloworld\r\n0\r\n\r\n",
                                 "5\r\nhello0\r\n\r\n",
                                 "5\r\nhello\n0\r\n\r\n",
                                 "3\r\nhello\r\n0\r\n\r\n",
                                 "5\r\nhello\r\n0;a\r\n\r\n",
                                 "5\r\nhello\r\n0\r\nX : y\r\n\r\n",
                                 "5\r\nhello\r\n0\r\n X: y\r\n\r\n",
                                 "5\r\nhello\r\n0\r\nX\r\n\r\n",
                                 "5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n",
                                 "5\r\nhello\r\n0\n\r\n\r\n"}) {
    cut(kOk200 + "Transfer-Encoding: chunked\r\n\r\n" + body);
  }
  cut(kOk200 + "Transfer-Encoding: chunked\r\n\r\n5\0\r\nhello\r\n0\r\n\r\n"s);
  cut(kOk200 + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(20'000, 'y') +
      "\r\n\r\n");
}

TEST(ReplyFraming, CutsOffABodyThatTheOriginBreaksOff) {
  for (const bool resets : {false, true}) {
    const Setting setting{.ends = !resets, .resets = resets};
    cut(kOk200 + "Content-Length: 10\r\n\r\nhello", setting);
    cut(kOk200 + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", setting);
    cut(kOk200 + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", setting);
    cut(kOk200 + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", setting);
    cut(kOk200 + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n", setting);
  }
  cut(kOk200 + "\r\nhello", {.resets = true});
}

TEST(ReplyFraming, CarriesEveryFramingAsOneOfItsOwn) {
  carried(kOk200 + "Content-Length: 5\r\n\r\nhello", "200; length 5 \"hello\"", Then::reused);
  carried(kOk200 + "content-length:\t005 \r\n\r\nhello", "200; length 5 \"hello\"", Then::reused);
  carried(kOk200 + "Content-Length: 0\r\n\r\n", "200; length 0", Then::reused);
  carried(kOk200 + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
          "200; chunks \"hello\"", Then::reused);
  carried(kOk200 + "transfer-encoding: Chunked\r\n\r\n03\r\nhel\r\n002\r\nlo\r\n00\r\n\r\n",
          "200; chunks \"hello\"", Then::reused);
  carried(kOk200 + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
          "200; chunks \"hello\"; trailer X-Sum: 1", Then::reused);
  carried(kOk200 + "\r\nhello", "200; chunks \"hello\"", Then::fresh, {.ends = true});
  carried("HTTP/1.0 200 OK\r\n\r\nhello", "200; chunks \"hello\"", Then::fresh, {.ends = true});
  carried("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200; length 5 \"hello\"",
          Then::fresh);
  carried(kOk200 + "Connection: close\r\nContent-Length: 5\r\n\r\nhello", "200; length 5 \"hello\"",
          Then::fresh);
}

TEST(ReplyFraming, KeepsTrailersThatWouldBeHeadFieldsAway) {
  for (const std::string name :
       {"Set-Cookie", "Content-Length", "Transfer-Encoding", "Content-Type", "Location",
        "Proxy-Authenticate", "Alt-Svc", "Connection", "Access-Control-Allow-Origin"}) {
    carried(kOk200 + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + name + ": 5\r\n\r\n",
            "200; chunks \"\"", Then::reused);
  }
}

// --- More than one reply

TEST(ReplyFraming, NeverHandsSurplusBytesToTheNextRequest) {
  carried(kOk200 + "Content-Length: 5\r\n\r\nhello" + kForged, "200; length 5 \"hello\"",
          Then::fresh);
  carried(kOk200 + "Content-Length: 0\r\n\r\n" + kForged, "200; length 0", Then::fresh);
  carried(kOk200 + "Content-Length: 5\r\n\r\nhello\r\n", "200; length 5 \"hello\"", Then::fresh);
  carried(kOk200 + "Content-Length: 5\r\n\r\nhello!", "200; length 5 \"hello\"", Then::fresh);
  carried(kOk200 + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + kForged,
          "200; chunks \"hello\"", Then::fresh);
  carried("HTTP/1.1 204 No Content\r\n\r\n" + kForged, "204", Then::fresh);
  carried("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello", "304; announces 5",
          Then::fresh);
  carried("HTTP/1.1 304 Not Modified\r\n\r\n" + kForged, "304", Then::fresh);
  carried(kOk200 + "Content-Length: 5\r\n\r\nhello", "200; announces 5", Then::fresh,
          {.method = "HEAD"});
  carried(kOk200 + "Content-Length: 0\r\n\r\n" + kForged, "200; announces 0", Then::fresh,
          {.method = "HEAD"});
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
    origin.says(kOk200 + "Content-Length: 5\r\n\r\nhello");
    EXPECT_EQ(body_of(client.hears()), "hello");
    origin.says(kForged);
    client.says("GET " + base + "b HTTP/1.1\r\nHost: files.example\r\n\r\n");
    EXPECT_EQ(client.hears(), "");
    ASSERT_EQ(origin.connections(), 2u);
    origin.says(kOk200 + "Content-Length: 6\r\n\r\nhonest");
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
  carried("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "304; announces 5",
          Then::reused);
  carried(kOk200 + "Content-Length: 5\r\n\r\n", "200; announces 5", Then::reused,
          {.method = "HEAD"});
  // RFC 9110 section 8.6: a length that nobody announced is not made up.
  carried(kOk200 + "\r\n", "200", Then::reused, {.method = "HEAD"});
  carried(kOk200 + "Transfer-Encoding: chunked\r\n\r\n", "200", Then::reused, {.method = "HEAD"});
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
    for (const std::string framing :
         {"Content-Length: 100\r\n\r\nhel", "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n"}) {
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
      origin.says(kOk200 + "Content-Length: 6\r\n\r\nhonest");
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
  client.says(
      "POST http://files.example/a HTTP/1.1\r\nHost: files.example\r\nContent-Length: "
      "1000000\r\n\r\n" +
      std::string(100'000, 'x'));
  EXPECT_NE(origin.heard(), "");
  origin.says(
      "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 5\r\n\r\nlarge");
  origin.ends();
  EXPECT_EQ(body_of(client.hears()), "large");
}

}  // namespace
}  // namespace sallyport::testkit
