// What a client may not say: that it has not been here before, that it speaks another protocol now,
// who it is, and which fields we are to drop on the way. (safety.md C3)

#include <gtest/gtest.h>

#include "tests/conformance/conversation.h"

namespace sallyport::testkit {
namespace {

using namespace std::string_literals;

// --- Circles

TEST(ClientClaims, EndsARequestThatCameBack) {
  for (const std::string via :
       {"1.1 sallyport-test", "1.1 other, 1.1 sallyport-test", "1.1 SALLYPORT-TEST (x)",
        "HTTP/1.1 sallyport-test", "2 sallyport-test", "1.1  sallyport-test", "1.1\tsallyport-test",
        "1.0 a,1.1 sallyport-test , 1.1 b"}) {
    Conversation conversation(Leg::plain);
    conversation.says("GET {t} HTTP/1.1\r\nHost: files.example\r\nVia: " + via + "\r\n\r\n");
    EXPECT_EQ(conversation.finish(), "< 508\n") << via;
    EXPECT_EQ(endings(conversation.rig()), "exchange refused\n");
  }
  EXPECT_EQ(transcript("GET {t} HTTP/1.1\r\nHost: files.example\r\nVia: 1.1 a\r\nVia: 1.1 "
                       "sallyport-test\r\n\r\n",
                       Leg::opened),
            "< 508\n");
}

TEST(ClientClaims, KeepsTheViaOfOthers) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(get("http://files.example/", "files.example",
                  "Via: 1.1 a\r\nVia: 1.0 b (sallyport-test)\r\nVia: 1.1 sallyport-test2\r\n"));
  EXPECT_EQ(origin.heard(),
            "GET / HTTP/1.1\r\nHost: files.example\r\n"
            "Via: 1.1 a, 1.0 b (sallyport-test), 1.1 sallyport-test2, 1.1 sallyport-test\r\n\r\n");
}

// --- WebSockets

constexpr const char* kWebSocket =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

TEST(ClientClaims, TunnelsAWebSocketOnlyAfterItsSwitch) {
  for (const Leg leg : {Leg::plain, Leg::opened}) {
    Conversation conversation(leg);
    Client& client = conversation.client();
    OriginServer& origin = conversation.origin();
    client.says(conversation.target_filled("GET {t}chat HTTP/1.1\r\nHost: files.example\r\n"s +
                                           kWebSocket + "\r\n"));
    EXPECT_EQ(StrictReader(origin.heard()).request().line,
              "GET files.example/chat; Sec-WebSocket-Version: 13; "
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==; Upgrade: websocket; upgrade");
    // Nothing flows before.
    client.says("\x81\x82****BC");
    EXPECT_EQ(origin.heard(), "");
    origin.says(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\x81\x02yo");
    EXPECT_EQ(origin.heard(), "\x81\x82****BC");
    const std::string reply = client.hears();
    EXPECT_EQ(status_of(reply), 101);
    EXPECT_EQ(body_of(reply), "\x81\x02yo");
    client.says("\x82\x84****more");
    EXPECT_EQ(origin.heard(), "\x82\x84****more");
    origin.ends();
    client.ends();
    conversation.rig().finish();
    ASSERT_EQ(conversation.rig().recorded().size(), 1u);
    const discovery::Event& event = conversation.rig().recorded()[0];
    EXPECT_EQ(to_string(event.ending), "completed");
    EXPECT_EQ(event.activity.status, 101);
    EXPECT_EQ(event.bytes_in, 18u);
    EXPECT_EQ(event.bytes_out, 4u);
  }
}

// 0ang3el's challenge: the server turns the version down, and a proxy that does not look opens the
// tunnel.
TEST(ClientClaims, ReadsOnRequestByRequestAfterASwitchThatWasTurnedDown) {
  for (const Leg leg : {Leg::plain, Leg::opened}) {
    Conversation conversation(
        leg,
        {.at_once = 0, .rig = {.rules = "- {name: no flag, when: {path: /flag}, then: block}\n"}});
    Client& client = conversation.client();
    OriginServer& origin = conversation.origin();
    client.says(conversation.target_filled("GET {t}chat HTTP/1.1\r\nHost: files.example\r\n"s +
                                           kWebSocket + "\r\n"));
    EXPECT_NE(origin.heard(), "");
    origin.says("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(status_of(client.hears()), 426);
    client.says(conversation.target_filled("GET {t}flag HTTP/1.1\r\nHost: files.example\r\n\r\n"));
    EXPECT_EQ(origin.heard(), "");
    const std::string reply = client.hears();
    EXPECT_TRUE(reply.empty() ? conversation.client_ended() : status_of(reply) == 403) << reply;
  }
}

// --- Fields that a client may not use

TEST(ClientClaims, RefusesToDropFieldsThatMatterBehindUs) {
  for (const std::string name :
       {"Host", "Content-Length", "Transfer-Encoding", "Authorization", "Cookie", "X-Forwarded-For",
        "Forwarded", "X-Forwarded-Host", "Via", "Content-Type", "Range", "Cache-Control", "Origin",
        "Referer", "Expect"}) {
    for (const std::string& list : {name, "close, " + name, lower(name) + ", keep-alive"}) {
      for (const Leg leg : {Leg::plain, Leg::opened}) {
        EXPECT_EQ(transcript("GET {t}a HTTP/1.1\r\nHost: files.example\r\nConnection: " + list +
                                 "\r\n\r\n",
                             leg),
                  "< 400\n< end\n")
            << list;
      }
    }
  }
}

TEST(ClientClaims, RemovesWhatBelongsToOneConnection) {
  EXPECT_EQ(
      transcript("GET {t}a HTTP/1.1\r\nHost: files.example\r\nConnection: keep-alive, "
                 "X-Hop\r\nX-Hop: 1\r\n"
                 "Keep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nTE: "
                 "trailers\r\nTrailer: X-Sum\r\n"
                 "Proxy-Authenticate: x\r\nProxy-Authorization: Basic eDp5\r\nX-End: 2\r\n\r\n",
                 Leg::plain),
      "> GET files.example/a; X-End: 2\n< 200\n");
}

TEST(ClientClaims, LetsNoClientSayWhoItIs) {
  for (const std::string name : {"X-Forwarded-For",
                                 "X-Forwarded-Host",
                                 "X-Forwarded-Proto",
                                 "X-Forwarded-Port",
                                 "X-Forwarded-Server",
                                 "X-Forwarded-By",
                                 "X-Forwarded-User",
                                 "X-Forwarded-Email",
                                 "X-Forwarded-Groups",
                                 "X-Forwarded-Client-Cert",
                                 "x-forwarded-for",
                                 "Forwarded",
                                 "X-Real-IP",
                                 "X-Client-IP",
                                 "True-Client-IP",
                                 "X-Remote-User",
                                 "X-Authenticated-User",
                                 "X-Authenticated-Groups",
                                 "X-Client-Username",
                                 "X-Server-IP",
                                 "X-Subscriber-ID",
                                 "Proxy-Authorization",
                                 "Proxy-Connection",
                                 "Proxy-User",
                                 "Proxy" /* httpoxy */}) {
    for (const Leg leg : {Leg::plain, Leg::opened}) {
      EXPECT_EQ(
          transcript("GET {t}a HTTP/1.1\r\nHost: files.example\r\n" + name + ": canary\r\n\r\n",
                     leg),
          "> GET files.example/a\n< 200\n")
          << name;
    }
  }
}

TEST(ClientClaims, KeepsProxyCredentialsToItself) {
  const std::string canary = "YW5hOmNvcnJlY3QgaG9yc2U=";     // ana:correct horse
  const std::string wrong = "YW5hOmNhbmFyeS1wYXNzd29yZA==";  // ana:canary-password
  const RigOptions asks{
      .rules = "- {name: no evil, when: {host: evil.example}, then: block}\n",
      .passwords = "ana:$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n"};
  Rig rig(asks);
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  std::string pages;
  const auto ask = [&](const std::string& target, const std::string& credentials) {
    client.says(get(target, "files.example",
                    "Accept: text/html\r\nProxy-Authorization: Basic " + credentials + "\r\n"));
    const std::string reply = client.hears();
    pages += reply;
    return status_of(reply);
  };
  EXPECT_EQ(ask("http://files.example/", wrong), 407);
  EXPECT_EQ(ask("http://evil.example/", canary), 403);
  EXPECT_EQ(ask("http://missing.example/", canary), 502);
  EXPECT_EQ(ask("http://files.example/a", canary), 0);
  std::string leaked = origin.heard();
  origin.says(kOk);
  pages += client.hears();
  for (const discovery::Event& event : rig.recorded()) {
    leaked += event.error + event.query + event.activity.user_agent.value_or("") +
              event.verdict.say + event.activity.path.value_or("");
  }
  for (const std::string& secret : {canary, wrong, "correct horse"s, "canary-password"s}) {
    EXPECT_EQ((leaked + pages).find(secret), std::string::npos) << secret;
  }
  ASSERT_EQ(rig.recorded().size(), 4u);
  EXPECT_EQ(rig.recorded()[3].activity.user, "ana");
}

// One client's NTLM or Negotiate handshake authenticates a connection: nobody else gets that one.
TEST(ClientClaims, SharesNoConnectionThatAUserHasAuthenticated) {
  for (const std::string scheme : {"NTLM", "Negotiate", "negotiate YIIabc", "NTLM TlRMTVNTUAAB"}) {
    Rig rig;
    OriginServer& origin = rig.origin("files.example");
    Client ana = rig.client();
    Client eve = rig.client();
    ana.says(get("http://files.example/", "files.example", "Authorization: " + scheme + "\r\n"));
    EXPECT_NE(origin.heard(), "");
    origin.says(kOk);
    EXPECT_EQ(status_of(ana.hears()), 200);
    eve.says(get("http://files.example/", "files.example"));
    ASSERT_EQ(origin.connections(), 2u) << scheme;
    origin.says(kOk);
    EXPECT_EQ(status_of(eve.hears()), 200);
    ana.says(get("http://files.example/", "files.example"));
    EXPECT_EQ(origin.connections(), 2u) << scheme;
    origin.turn_to(0);
    EXPECT_NE(origin.heard(), "") << scheme;
  }
  // The origin begins.
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client ana = rig.client();
  ana.says(get("http://files.example/", "files.example"));
  origin.says(
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(status_of(ana.hears()), 401);
  ana.says(get("http://files.example/", "files.example", "Authorization: Negotiate YIIabc\r\n"));
  EXPECT_NE(origin.heard(), "");
  origin.says(kOk);
  EXPECT_EQ(status_of(ana.hears()), 200);
  // The handshake went over a connection of ana's own; the one before it was nobody's yet.
  ASSERT_EQ(origin.connections(), 2u);
  Client eve = rig.client();
  eve.says(get("http://files.example/", "files.example"));
  ASSERT_EQ(origin.connections(), 2u);
  EXPECT_EQ(origin.heard(), "");
  origin.turn_to(0);
  EXPECT_NE(origin.heard(), "");
}

}  // namespace
}  // namespace sallyport::testkit
