// The walk over memory: what clients and origins say and hear, and the one event that each exchange
// leaves.

#include <gtest/gtest.h>

#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

constexpr const char* kGet = "GET http://files.example/a?b=1 HTTP/1.1\r\nHost: files.example\r\nAccept: */*\r\n\r\n";
constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello";

TEST(Session, CarriesAPlainExchangeAndLeavesOneEvent) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();

  client.says(kGet);
  EXPECT_EQ(origin.heard(),
            "GET /a?b=1 HTTP/1.1\r\nHost: files.example\r\nAccept: */*\r\nVia: 1.1 sallyport-test\r\n\r\n");
  origin.says(kHello);
  EXPECT_EQ(client.hears(),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nVia: 1.1 sallyport-test\r\n"
            "Content-Length: 5\r\n\r\nhello");
  EXPECT_EQ(rig.events(), "- other files.example: completed 200\n");
  EXPECT_EQ(rig.recorded().at(0).bytes_out, 5u);
}

TEST(Session, OpensTlsAndJudgesInside) {
  Rig rig;
  OriginServer& origin = rig.tls_origin("files.example");
  Client client = rig.client();

  ASSERT_TRUE(client.opens("files.example:443", {.server_name = "files.example", .alpn = {"h2", "http/1.1"}}));
  EXPECT_EQ(client.tls().alpn(), "http/1.1");
  EXPECT_EQ(client.tls().peer_certificate().names().dns, std::vector<std::string>{"files.example"});
  client.says("GET / HTTP/1.1\r\nHost: files.example\r\n\r\n");
  EXPECT_EQ(origin.heard(), "GET / HTTP/1.1\r\nHost: files.example\r\nVia: 1.1 sallyport-test\r\n\r\n");
  origin.says(kHello);
  EXPECT_EQ(body_of(client.hears()), "hello");
  EXPECT_EQ(rig.events(), "- other files.example: completed 200\n");
  const discovery::Event& event = rig.recorded().at(0);
  EXPECT_TRUE(event.intercepted);
  EXPECT_EQ(event.tls.verify, "ok");
  EXPECT_EQ(event.tls.client_version, "TLSv1.3");
  EXPECT_FALSE(event.tls.leaf_serial.empty());
}

}  // namespace
}  // namespace sallyport::testkit
