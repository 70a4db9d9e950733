// Where a client's message ends, and what an origin then receives: nothing, or exactly one safe
// form of it. (safety.md C0, C1)

#include <gtest/gtest.h>

#include "tests/conformance/request_rules.h"

namespace sallyport::testkit {
namespace {

using namespace std::string_literals;

// --- Where a message ends: Content-Length and Transfer-Encoding

TEST(RequestFraming, RefusesLengthAndChunkedTogether) {
  const std::string chunks = "\r\n5\r\nhello\r\n0\r\n\r\n";
  refused(kPost + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX");
  refused(kPost + "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nX");
  refused(kPost + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n" + chunks);
  refused(kPost + "Transfer-Encoding: chunked\r\nX: y\r\nContent-Length: 15\r\n" + chunks);
  refused(kPost + "Transfer-Encoding: chunked\r\nContent-Length:\r\n" + chunks);
  refused(kPost + "Content-Length: 5\r\nTransfer-Encoding: identity\r\n\r\nhello");
  refused(kPost + "Content-Length: 5\r\nTransfer-Encoding:\r\n\r\nhello");
  refused(kPost + "Content-Length: 5\r\nTransfer-Encoding: gzip\r\n\r\nhello");
  refused(kPost + "content-length: 5\r\ntransfer-encoding: x\r\n\r\nhello");
}

TEST(RequestFraming, RefusesEveryCodingButOneChunked) {
  for (const char* coding : {"gzip",
                             "identity",
                             "gzip, chunked",
                             "chunked, gzip",
                             "chunked, identity",
                             "chunked, chunked",
                             "chunked,",
                             ",chunked",
                             ", chunked",
                             "chunked ,",
                             "xchunked",
                             "chunkedx",
                             "chunked;q=1",
                             "chunked; a=b",
                             "\"chunked\"",
                             "'chunked'",
                             "chunk",
                             "chunked\tx",
                             "x chunked",
                             "cow",
                             "",
                             " ",
                             "deflate",
                             "trailers",
                             "chunked\x01",
                             "CHUNKED, identity",
                             "identity\tchunked",
                             "chu\xc5\x8bked",
                             "c\xc4\xb1hunked",
                             "chun\xe2\x84\xaa"
                             "ed"}) {
    refused(kPost + "Transfer-Encoding: " + coding + "\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  }
  refused(kPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  refused(kPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n");
  refused(kPost + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  refused(kPost + "Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  refused(kGet + "Transfer-Encoding: gzip\r\n\r\n");
}

TEST(RequestFraming, RefusesChunksBelowHttp11) {
  refused(
      "POST {t}a HTTP/1.0\r\nHost: files.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  refused(
      "POST {t}a HTTP/1.0\r\nHost: files.example\r\nConnection: keep-alive\r\n"
      "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
}

TEST(RequestFraming, TakesChunkedInAnyCaseAndWritesItsOwn) {
  const std::string body = "\r\n5\r\nhello\r\n0\r\n\r\n";
  for (const char* field : {"Transfer-Encoding: chunked", "transfer-encoding: Chunked",
                            "TRANSFER-ENCODING:CHUNKED", "Transfer-Encoding:\t chunked \t"}) {
    carried(kPost + field + "\r\n" + body, "POST files.example/a; chunks \"hello\"");
  }
}

// One byte, everywhere around a Transfer-Encoding that stands beside a Content-Length: whoever
// reads a coding there and whoever does not must not disagree behind us.
TEST(RequestFraming, NoObfuscatedCodingReachesAnOriginBesideALength) {
  std::vector<std::string> bytes;
  for (const int byte :
       {0x00, 0x01, 0x04, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1f, 0x20, 0x7f, 0x85,
        0xa0, 0xff, 0x22, 0x27, 0x2c, 0x3b, 0x2d, 0x5f, 0x2e, 0x2f, 0x3a, 0x5c}) {
    bytes.emplace_back(1, static_cast<char>(byte));
  }
  const std::string te = "Transfer-Encoding";
  const auto templates = [&](const std::string& b) {
    return std::vector<std::string>{
        b + te + ": chunked",
        te + b + ": chunked",
        te + ":" + b + "chunked",
        te + ": chunked" + b,
        te + ": " + b + "chunked",
        "Transfer" + b + "Encoding: chunked",
        te + ": chun" + b + "ked",
        te + ": x" + b + "chunked",
        te + ": chunked" + b + "x",
        "X: y" + b + te + ": chunked",
        "X: y\r" + b + te + ": chunked",
        "X: y" + b + "\n" + te + ": chunked",
        te + ": chunked\r" + b + "X: y",
        te + ": chunked" + b + "\nX: y",
        "X: y\r\n" + b + "\r\n" + te + ": chunked",
        te + b + "\r\n : chunked",
        te + ":\r\n" + b + "chunked",
    };
  };
  std::size_t payloads = 0;
  std::size_t passed = 0;
  for (const std::string& byte : bytes) {
    for (const std::string& field : templates(byte)) {
      const std::string payload = kPost + "Content-Length: 5\r\n" + field + "\r\n\r\nhello" + kNext;
      ++payloads;
      Conversation conversation(Leg::plain);
      conversation.says(payload);
      const std::string log = conversation.finish();
      const std::string how = printable(field);
      if (log == "< 400\n< end\n") {
        EXPECT_EQ(conversation.origin().bytes_received(), 0u) << how;
        EXPECT_EQ(endings(conversation.rig()), "connection refused\n") << how;
        continue;
      }
      // Then no reader finds a coding in it: the name is another token, or it is text of another
      // field.
      ++passed;
      EXPECT_TRUE(log.starts_with("> POST files.example/a; ")) << how << "\n" << log;
      EXPECT_TRUE(log.ends_with("; length 5 \"hello\"\n" + kNextArrived)) << how << "\n" << log;
      EXPECT_EQ(lower(log).find("; transfer-encoding:"), std::string::npos) << how << "\n" << log;
    }
  }
  EXPECT_GT(payloads, 400u);
  EXPECT_LT(passed, 60u);
}

TEST(RequestFraming, RefusesLengthsThatAreNoPlainNumber) {
  for (const std::string length : {"+5",
                                   "-5",
                                   "-0",
                                   "0x5",
                                   "5_0",
                                   "5 5",
                                   "5,5",
                                   "5, 5",
                                   "5,",
                                   ",5",
                                   "",
                                   "5.0",
                                   "5e0",
                                   "5;",
                                   "\"5\"",
                                   "5a",
                                   "a5",
                                   "0b101",
                                   "NaN",
                                   "1 000",
                                   "18446744073709551615",
                                   "18446744073709551616",
                                   "18446744073709551621",
                                   "9223372036854775808",
                                   "4611686018427387905",
                                   "999999999999999999999999",
                                   "\xd9\xa5",
                                   "\xb2",
                                   "5\x0b",
                                   "(5)",
                                   "5\t5"}) {
    refused(kPost + "Content-Length: " + length + "\r\n\r\nhello");
  }
  refused(kPost + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
  refused(kPost + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello");
  refused(kPost + "Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello");
  refused(kPost + "Content-Length: 5\r\ncontent-length:\r\n\r\nhello");
  refused(kPost + "Content-Length:\r\nContent-Length: 5\r\n\r\nhello");
  refused(kGet + "Content-Length: 5\r\nX: y\r\nContent-Length: 05\r\n\r\nhello");
  refused("POST {t}a HTTP/1.0\r\nHost: files.example\r\nContent-Length: 5, 5\r\n\r\nhello");
}

TEST(RequestFraming, WritesALengthInItsShortestForm) {
  carried(kPost + "Content-Length: 5\r\n\r\nhello", "POST files.example/a; length 5 \"hello\"");
  carried(kPost + "Content-Length:\t5 \r\n\r\nhello", "POST files.example/a; length 5 \"hello\"");
  carried(kPost + "content-LENGTH:0005\r\n\r\nhello", "POST files.example/a; length 5 \"hello\"");
  carried(kPost + "Content-Length: 0\r\n\r\n", "POST files.example/a; length 0");
  carried(kPost + "\r\n", "POST files.example/a; length 0");
}

TEST(RequestFraming, KeepsTheBodyOfEveryMethodWithItsFraming) {
  for (const std::string method : {"GET", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "get", "FOO"}) {
    const std::string head = method + " {t}a HTTP/1.1\r\nHost: files.example\r\n";
    carried(head + "Content-Length: 5\r\n\r\nhello",
            method + " files.example/a; length 5 \"hello\"");
    carried(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
            method + " files.example/a; chunks \"hello\"");
  }
  // A body that looks like a request stays a body.
  const std::string inner = "GET /evil HTTP/1.1\r\nHost: files.example\r\n\r\n";
  carried(kGet + "Content-Length: " + std::to_string(inner.size()) + "\r\n\r\n" + inner,
          "GET files.example/a; length " + std::to_string(inner.size()) + " \"" + printable(inner) +
              "\"");
}

TEST(RequestFraming, KeepsTheBodyOfHead) {
  Conversation conversation(Leg::plain);
  conversation.client().says(conversation.target_filled(
      "HEAD {t}a HTTP/1.1\r\nHost: files.example\r\nContent-Length: 5\r\n\r\nhello" + kNext));
  EXPECT_EQ(StrictReader(conversation.origin().heard()).request().line,
            "HEAD files.example/a; length 5 \"hello\"");
  conversation.origin().says("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
  EXPECT_EQ(head_of(conversation.client().hears()), "HTTP/1.1 200 OK\nContent-Length: 7\n");
  EXPECT_EQ(StrictReader(conversation.origin().heard()).request().line, "GET files.example/next");
}

// --- Chunks

std::string chunked(const std::string& body) {
  return kPost + "Transfer-Encoding: chunked\r\n\r\n" + body;
}

TEST(RequestFraming, RefusesChunkSizesThatAreNotPlainHexadecimal) {
  for (const std::string line : {"0x5",
                                 "0X5",
                                 "+5",
                                 "-5",
                                 " 5",
                                 "5 ",
                                 "5\t",
                                 "\t5",
                                 "5_",
                                 "g",
                                 "",
                                 "5,5",
                                 "5h",
                                 "00000000000000005",
                                 "fffffffffffffffff",
                                 "ffffffffffffffff",
                                 "8000000000000000",
                                 "4000000000000001",
                                 "5\x0b",
                                 "\x0c"
                                 "5",
                                 "\xef\xbc\x95",
                                 "5.",
                                 "5\"",
                                 "\"5\"",
                                 "five",
                                 "5 0"}) {
    refused_within(chunked(line + "\r\nhello\r\n0\r\n\r\n"));
  }
  refused_within(chunked("5\0\r\nhello\r\n0\r\n\r\n"s));
  refused_within(
      chunked("\0"
              "5\r\nhello\r\n0\r\n\r\n"s));
}

TEST(RequestFraming, RefusesChunkExtensions) {
  for (const std::string line : {"5;", "5;a", "5;a=b", "5 ;a=b", "5;a=\"b\"", "5;a=\"\r\n\"",
                                 "5; a\r", "5;\n", "5;a\nb", "5:a"}) {
    refused_within(chunked(line + "\r\nhello\r\n0\r\n\r\n"));
  }
  refused_within(chunked("5\r\nhello\r\n0;a=b\r\n\r\n"));
  refused_within(chunked("5;" + std::string(20'000, 'a') + "\r\nhello\r\n0\r\n\r\n"));
}

TEST(RequestFraming, RefusesLinesInChunksThatEndInAnythingButCrlf) {
  for (const std::string body :
       {"5\nhello\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "5\r\rhello\r\n0\r\n\r\n",
        "5\n\rhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r0\r\n\r\n",
        "5\r\nhello0\r\n\r\n", "5\r\nhello\r\r\n0\r\n\r\n", "5\r\nhelloworld\r\n0\r\n\r\n",
        "3\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n\r\n0\r\n\r\n", "5\r\nhello\r\n0\n\r\n",
        "5\r\nhello\r\n0\r\r\n"}) {
    refused_within(chunked(body));
  }
}

TEST(RequestFraming, RefusesTrailersThatAreNoFields) {
  for (const std::string trailer :
       {"\n", "X: y\n\r\n", "X : y\r\n", ": y\r\n", "X\r\n", " X: y\r\n", "X: y\r\n z\r\n",
        "X: y\rZ: z\r\n", "X y: z\r\n", "X: \x01\r\n", "(: y\r\n"}) {
    refused_within(chunked("5\r\nhello\r\n0\r\n" + trailer + "\r\n"));
  }
  refused_within(chunked("0\r\nX: a\0b\r\n\r\n"s));
}

TEST(RequestFraming, BoundsTrailers) {
  std::string many;
  for (int i = 0; i < 33; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  refused_within(chunked("0\r\n" + many + "\r\n"), 431);
  refused_within(chunked("0\r\nX: " + std::string(17'000, 'y') + "\r\n\r\n"), 431);
  // One that never ends.
  Conversation conversation(Leg::plain);
  conversation.says(chunked("0\r\n"));
  for (int i = 0; i < 20 && !conversation.client_ended(); ++i) {
    conversation.client().says("X-" + std::to_string(i) + ": " + std::string(1000, 'y') + "\r\n");
  }
  EXPECT_TRUE(conversation.client_ended());
}

TEST(RequestFraming, WritesChunksOfItsOwn) {
  carried(chunked("5\r\nhello\r\n0\r\n\r\n"), "POST files.example/a; chunks \"hello\"");
  carried(chunked("0005\r\nhello\r\n000\r\n\r\n"), "POST files.example/a; chunks \"hello\"");
  carried(chunked("A\r\nhelloworld\r\na\r\nhelloworld\r\n0\r\n\r\n"),
          "POST files.example/a; chunks \"helloworldhelloworld\"");
  carried(chunked("0\r\n\r\n"), "POST files.example/a; chunks \"\"");
  const std::string inner = "0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n";
  carried(chunked("1b\r\n" + inner + "\r\n0\r\n\r\n"),
          "POST files.example/a; chunks \"" + printable(inner) + "\"");
}

// Whoever merges trailers into a head would see fields that no policy has seen.
TEST(RequestFraming, PassesOnNoTrailers) {
  for (const std::string name : {"X-Sum",
                                 "Host",
                                 "Content-Length",
                                 "Transfer-Encoding",
                                 "Connection",
                                 "Trailer",
                                 "TE",
                                 "Upgrade",
                                 "Expect",
                                 "Authorization",
                                 "Proxy-Authorization",
                                 "Cookie",
                                 "Set-Cookie",
                                 "Content-Type",
                                 "Range",
                                 "If-Match",
                                 "Via",
                                 "Forwarded",
                                 "X-Forwarded-For",
                                 "X-Authenticated-User",
                                 "HTTP2-Settings"}) {
    carried(chunked("5\r\nhello\r\n0\r\n" + name + ": 5\r\n\r\n"),
            "POST files.example/a; chunks \"hello\"");
  }
}

// --- Expect

TEST(RequestFraming, RefusesOtherExpectations) {
  for (const std::string expect :
       {"100-continue, x", "200-ok", "", "100 continue", "100-continue;q=1", "x",
        "100-continue, 100-continue", "\"100-continue\""}) {
    refused(kPost + "Expect: " + expect + "\r\nContent-Length: 5\r\n\r\nhello", 417);
  }
  refused(kPost + "Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
          417);
}

TEST(RequestFraming, DropsAnExpectationThatNothingHangsOn) {
  carried(kGet + "Expect: 100-continue\r\n\r\n", "GET files.example/a");
}

TEST(RequestFraming, AsksTheOriginBeforeItInvitesABody) {
  for (const Leg leg : {Leg::plain, Leg::opened}) {
    Conversation conversation(leg);
    Client& client = conversation.client();
    OriginServer& origin = conversation.origin();
    client.says(
        conversation.target_filled(kPost + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"));
    EXPECT_EQ(origin.heard(),
              "POST /a HTTP/1.1\r\nHost: files.example\r\nVia: 1.1 "
              "sallyport-test\r\nContent-Length: 5\r\n"
              "Expect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.hears(), "");
    origin.says("HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(client.hears(), "HTTP/1.1 100 Continue\r\n\r\n");
    client.says("hello");
    EXPECT_EQ(origin.heard(), "hello");
    origin.says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_EQ(body_of(client.hears()), "hi");
    conversation.says(kNext);
    EXPECT_EQ(conversation.finish(), "> GET files.example/next\n< 200\n");
  }
}

// The client may send its body or not: nobody can tell what its next bytes are.
TEST(RequestFraming, EndsTheConnectionAfterAReplyThatDidNotWaitForTheBody) {
  for (const Leg leg : {Leg::plain, Leg::opened}) {
    Conversation conversation(leg);
    conversation.client().says(conversation.target_filled(
        kPost + "Expect: 100-continue\r\nContent-Length: " + std::to_string(kNext.size()) +
        "\r\n\r\n"));
    EXPECT_NE(conversation.origin().heard(), "");
    conversation.origin().says("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
    const std::string reply = conversation.client().hears();
    EXPECT_EQ(status_of(reply), 401);
    EXPECT_NE(reply.find("Connection: close\r\n"), std::string::npos) << reply;
    conversation.says(kNext + kNext);
    EXPECT_EQ(conversation.finish(), "< end\n");
  }
}

TEST(RequestFraming, InvitesTheBodyItselfWhereTheOriginSaysNothing) {
  Conversation conversation(Leg::plain);
  conversation.client().says(
      conversation.target_filled(kPost + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"));
  conversation.rig().pass(std::chrono::milliseconds(1100));
  EXPECT_EQ(conversation.client().hears(), "HTTP/1.1 100 Continue\r\n\r\n");
}

// --- Upgrades

TEST(RequestFraming, NeverPassesOnAnUpgradeToHttp2) {
  const std::string settings = "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n";
  carried(kGet + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n" + settings + "\r\n",
          "GET files.example/a");
  carried(kGet + "Connection: Upgrade\r\nUpgrade: h2c\r\n" + settings + "\r\n",
          "GET files.example/a");
  carried(kGet + "Upgrade: h2c\r\n" + settings + "\r\n", "GET files.example/a");
  carried(kGet + "Connection: HTTP2-Settings\r\nUpgrade: h2c, websocket\r\n\r\n",
          "GET files.example/a");
  carried(kPost + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n" + settings +
              "Content-Length: 5\r\n\r\nhello",
          "POST files.example/a; length 5 \"hello\"");
  carried(kGet + "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n\r\n", "GET files.example/a");
}

TEST(RequestFraming, PassesOnAWebSocketOnlyWhereItIsAskedForProperly) {
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const std::string version = "Sec-WebSocket-Version: 13\r\n";
  const std::string upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  for (const std::string& fields :
       {upgrade + key, upgrade + version, "Upgrade: websocket\r\n" + key + version,
        "Connection: Upgrade\r\n" + key + version, upgrade + key + key + version,
        upgrade + key + "Sec-WebSocket-Version: 1337\r\n",
        upgrade + key + "Sec-WebSocket-Version: 13, 8\r\n", upgrade + key + version + version,
        "Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n" + key + version,
        "Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n" + key + version}) {
    carried(kGet + fields + "\r\n", "GET files.example/a");
  }
  carried("POST {t}a HTTP/1.1\r\nHost: files.example\r\n" + upgrade + key + version + "\r\n",
          "POST files.example/a; length 0");
  carried(kGet + upgrade + key + version + "Content-Length: 5\r\n\r\nhello",
          "GET files.example/a; length 5 \"hello\"");
}

// --- Order, time, and what follows a refusal

TEST(RequestFraming, ReadsPipelinedRequestsOneByOne) {
  for (const Leg leg : {Leg::plain, Leg::opened}) {
    EXPECT_EQ(transcript(kGet + "\r\n" + kPost + "Content-Length: 5\r\n\r\nhello" +
                             chunked("2\r\nhi\r\n0\r\n\r\n") + kNext,
                         leg),
              "> GET files.example/a\n< 200\n> POST files.example/a; length 5 \"hello\"\n< 200\n"
              "> POST files.example/a; chunks \"hi\"\n" +
                  kNextArrived);
    EXPECT_EQ(transcript(kGet + "\r\nX" + kNext, leg),
              "> GET files.example/a\n< 200\n> XGET files.example/next\n< 200\n");
    EXPECT_EQ(transcript(kGet + "\r\n" + kGet + "X : y\r\n\r\n" + kNext, leg),
              "> GET files.example/a\n< 200\n< 400\n< end\n");
    EXPECT_EQ(transcript(kGet + "Connection: close\r\n\r\n" + kNext, leg),
              "> GET files.example/a\n< 200\n< end\n");
    EXPECT_EQ(transcript("GET {t}a HTTP/1.0\r\nHost: files.example\r\n\r\n" + kNext, leg),
              "> GET files.example/a\n< 200\n< end\n");
  }
}

// A body that nobody wanted is read away, or the connection ends; it never becomes a request.
TEST(RequestFraming, ReadsAwayTheBodyOfABlockedRequest) {
  const RigOptions rules{.rules = "- {name: no posts, when: {method: POST}, then: block}\n"};
  const std::string inner = "GET http://files.example/evil HTTP/1.1\r\nHost: files.example\r\n\r\n";
  for (const Leg leg : {Leg::plain, Leg::opened}) {
    EXPECT_EQ(transcript(kPost + "Content-Length: " + std::to_string(inner.size()) + "\r\n\r\n" +
                             inner + kNext,
                         leg, {.at_once = 0, .rig = rules}),
              "< 403\n> GET files.example/next\n< 200\n");
    EXPECT_EQ(transcript(chunked("5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n") + kNext, leg,
                         {.at_once = 0, .rig = rules}),
              "< 403\n> GET files.example/next\n< 200\n");
    EXPECT_EQ(
        transcript(chunked("5;x\r\nhello\r\n0\r\n\r\n") + kNext, leg, {.at_once = 0, .rig = rules}),
        "< 403\n< end\n");
    const std::string large(300 * 1024, 'z');
    EXPECT_EQ(transcript(kPost + "Content-Length: " + std::to_string(large.size()) + "\r\n\r\n" +
                             large + kNext,
                         leg, {.at_once = 0, .rig = rules}),
              "< 403\n< end\n");
  }
}

TEST(RequestFraming, EndsAHeadThatDripsForTooLong) {
  Conversation conversation(Leg::plain);
  const std::string head = conversation.target_filled(kGet + "X: " + std::string(200, 'y'));
  for (const char byte : head) {
    if (conversation.client_ended()) break;
    conversation.client().says(std::string(1, byte));
    conversation.rig().pass(std::chrono::seconds(1));
  }
  EXPECT_TRUE(conversation.client_ended());
  EXPECT_EQ(conversation.origin().bytes_received(), 0u);
  EXPECT_EQ(endings(conversation.rig()), "connection timed_out\n");
}

TEST(RequestFraming, EndsABodyThatStalls) {
  Conversation conversation(Leg::plain);
  conversation.says(kPost + "Content-Length: 5\r\n\r\nhel");
  conversation.rig().pass(std::chrono::seconds(301));
  EXPECT_EQ(conversation.finish(), "> incomplete\n< end\n");
  EXPECT_EQ(endings(conversation.rig()), "exchange timed_out\n");
}

// Pause-based desynchronisation: the reply comes while the body is still due.
TEST(RequestFraming, DoesNotTakeALateBodyForARequest) {
  for (const Leg leg : {Leg::plain, Leg::opened}) {
    Conversation conversation(leg);
    const std::string inner =
        conversation.target_filled("GET {t}evil HTTP/1.1\r\nHost: files.example\r\n\r\n");
    conversation.client().says(conversation.target_filled(
        kPost + "Content-Length: " + std::to_string(inner.size()) + "\r\n\r\n"));
    EXPECT_NE(conversation.origin().heard(), "");
    conversation.origin().says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_EQ(body_of(conversation.client().hears()), "hi");
    conversation.rig().pass(std::chrono::seconds(2));
    conversation.says(inner + kNext);
    // The origin had been promised a body that it did not get: its connection carries nothing more.
    EXPECT_EQ(conversation.origin().connections(), conversation.client_ended() ? 1u : 2u);
    EXPECT_EQ(conversation.finish().find("evil"), std::string::npos);
  }
}

TEST(RequestFraming, TellsNobodyOfARequestThatBreaksOff) {
  for (const std::string part : {"G", "GET {t}a", "GET {t}a HTTP/1.1\r\nHost: files.example\r\n"}) {
    for (const Leg leg : {Leg::plain, Leg::opened}) {
      Conversation conversation(leg);
      conversation.says(part);
      conversation.client().ends();
      EXPECT_EQ(conversation.finish(), "< end\n") << part;
      EXPECT_EQ(endings(conversation.rig()), "connection client_closed\n") << part;
    }
  }
}

}  // namespace
}  // namespace sallyport::testkit
