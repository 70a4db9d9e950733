// HTTP without TLS behind CONNECT, as browsers send it for ws://.

#include <gtest/gtest.h>

#include "base/websocket/frames_for_tests.h"
#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

using discovery::Ending;

Client tunnelled(Rig& rig, const std::string& authority = "files.example:80") {
  Client client = rig.client();
  client.says("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
  EXPECT_EQ(client.hears(), "HTTP/1.1 200 Connection established\r\n\r\n");
  return client;
}

constexpr const char* kGet = "GET /a HTTP/1.1\r\nHost: files.example\r\n\r\n";
constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

TEST(PlainBehindConnect, CarriesRequestAfterRequestAsAnyPlainOne) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  origin.always_says(kOk);
  Client client = tunnelled(rig);
  for (int i = 0; i < 2; ++i) {
    client.says(kGet);
    EXPECT_EQ(body_of(client.hears()), "hi");
  }
  EXPECT_EQ(origin.heard().find("GET /a HTTP/1.1\r\nHost: files.example\r\n"), 0u);
  client.ends();
  EXPECT_EQ(rig.events(),
            "- other files.example: completed 200\n- other files.example: completed 200\n");
  EXPECT_FALSE(rig.recorded().at(0).intercepted);
  EXPECT_EQ(rig.recorded().at(0).activity.scheme, "http");
}

TEST(PlainBehindConnect, ARequestInThePacketOfConnectIsNotLost) {
  Rig rig;
  rig.origin("files.example").always_says(kOk);
  Client client = rig.client();
  client.says(std::string("CONNECT files.example:80 HTTP/1.1\r\nHost: files.example\r\n\r\n") +
              kGet);
  const std::string heard = client.hears();
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK\r\n"))
      << heard;
}

TEST(PlainBehindConnect, CarriesAWebSocket) {
  using websocket::Sender;
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = tunnelled(rig);
  client.says(
      "GET /chat HTTP/1.1\r\nHost: files.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  origin.heard();
  origin.says(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 101);
  const std::string asked = websocket::frame_of(Sender::client, 0x81, "hello");
  client.says(asked);
  EXPECT_EQ(origin.heard(), asked);
  origin.ends();
  client.ends();
  rig.finish();
  ASSERT_EQ(rig.recorded().size(), 1u);
  EXPECT_EQ(rig.recorded().at(0).websocket->client.messages, 1u);
}

TEST(PlainBehindConnect, GoesNowhereButWhereConnectSaid) {
  for (const char* request :
       {"GET / HTTP/1.1\r\nHost: other.example\r\n\r\n",
        "GET http://other.example/ HTTP/1.1\r\nHost: other.example\r\n\r\n",
        "GET https://files.example:80/ HTTP/1.1\r\nHost: files.example:80\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: files.example:8080\r\n\r\n"}) {
    Rig rig;
    rig.origin("files.example");
    rig.origin("other.example");
    Client client = tunnelled(rig);
    client.says(request);
    EXPECT_EQ(status_of(client.hears()), 421) << request;
    EXPECT_EQ(rig.connects(), 0);
    EXPECT_EQ(rig.recorded().at(0).ending, Ending::refused);
  }
}

TEST(PlainBehindConnect, IsDecidedByPoliciesBeforeAnyLookUp) {
  Rig rig({.rules = "- { name: no mega, when: { app: mega }, then: block, say: Not here. }\n",
           .apps = "mega: mega.nz"});
  rig.origin("mega.nz");
  Client client = tunnelled(rig, "mega.nz:80");
  client.says("GET / HTTP/1.1\r\nHost: mega.nz\r\nAccept: text/html\r\n\r\n");
  const std::string page = client.hears();
  EXPECT_EQ(status_of(page), 403);
  EXPECT_NE(page.find("Not here."), std::string::npos);
  EXPECT_EQ(rig.lookups(), 0);
  EXPECT_EQ(rig.events(), "- view mega.nz: blocked 403, 'no mega'\n");
}

TEST(PlainBehindConnect, OpensNoTunnelInATunnel) {
  Rig rig;
  Client client = tunnelled(rig);
  client.says("CONNECT files.example:443 HTTP/1.1\r\nHost: files.example\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 501);
  EXPECT_EQ(rig.connects(), 0);
}

TEST(PlainBehindConnect, WhatIsNoRequestIsRefused) {
  Rig rig;
  rig.origin("files.example");
  Client client = tunnelled(rig);
  client.says("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 400);
  Client other = tunnelled(rig);
  other.says(std::string("\0\1binary", 8));
  EXPECT_EQ(other.hears(), "");
  EXPECT_TRUE(other.ended());
  EXPECT_EQ(rig.connects(), 0);
  for (const auto& event : rig.recorded()) EXPECT_EQ(event.ending, Ending::refused);
  client.ends();
  EXPECT_EQ(rig.recorded().size(), 2u);
}

TEST(PlainBehindConnect, NotWhereTlsIsAtHome) {
  Rig rig;
  Client client = tunnelled(rig, "files.example:443");
  client.says(kGet);
  EXPECT_EQ(client.hears(), "");
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(rig.recorded().at(0).error.find("not TLS after CONNECT"), 0u);
}

}  // namespace
}  // namespace sallyport::testkit
