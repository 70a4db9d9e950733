// What a change of the rules does to connections that are open: the next request is judged by the
// rules that are in force, and every event is judged by one snapshot whole.

#include <gtest/gtest.h>

#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
constexpr const char* kGet = "GET / HTTP/1.1\r\nHost: mega.nz\r\n\r\n";
constexpr const char* kRefuse = "- { name: no mega, when: { app: mega }, then: block }\n";
constexpr const char* kAllow = "- { name: yes, then: monitor }\n";

TlsPeer::Options browser() { return {.server_name = "mega.nz", .alpn = {"http/1.1"}}; }

TEST(Reload, AnOpenedConnectionIsJudgedByTheNewRules) {
  Rig rig({.rules = kAllow, .apps = "mega: mega.nz"});
  OriginServer& origin = rig.tls_origin("mega.nz");
  origin.always_says(kHello);
  Client client = rig.client();
  ASSERT_TRUE(client.opens("mega.nz:443", browser()));
  client.says(kGet);
  EXPECT_EQ(body_of(client.hears()), "hello");
  rig.change_rules(kRefuse);
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 403);
  rig.change_rules(kAllow);
  client.says(kGet);
  EXPECT_EQ(body_of(client.hears()), "hello");
  EXPECT_EQ(rig.events(),
            "- other mega.nz: completed 200, 'yes'\n"
            "- other mega.nz: blocked 403, 'no mega'\n"
            "- other mega.nz: completed 200, 'yes'\n");
  EXPECT_EQ(rig.recorded().at(0).snapshot, "rig");
  EXPECT_EQ(rig.recorded().at(1).snapshot, "rig-2");
  EXPECT_EQ(rig.recorded().at(2).snapshot, "rig-3");
}

// Seen under load: a connection that had been refused was answered with the old rule for as long as
// its client kept it alive, and the events named the new snapshot.
TEST(Reload, ARefusedConnectionIsJudgedByTheNewRules) {
  Rig rig({.rules = kRefuse, .apps = "mega: mega.nz"});
  OriginServer& origin = rig.tls_origin("mega.nz");
  origin.always_says(kHello);
  Client client = rig.client();
  ASSERT_TRUE(client.opens("mega.nz:443", browser()));
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 403);
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(rig.connects(), 0);
  rig.change_rules("- { name: still no, when: { app: mega }, then: block }\n");
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(rig.connects(), 0);
  EXPECT_EQ(rig.lookups(), 0);
  rig.change_rules(kAllow);
  client.says(kGet);
  EXPECT_EQ(body_of(client.hears()), "hello");
  EXPECT_EQ(rig.events(),
            "- other mega.nz: blocked 403, 'no mega'\n"
            "- other mega.nz: blocked 403, 'no mega'\n"
            "- other mega.nz: blocked 403, 'still no'\n"
            "- other mega.nz: completed 200, 'yes'\n");
  EXPECT_EQ(rig.recorded().at(2).snapshot, "rig-2");
  EXPECT_EQ(rig.recorded().at(3).snapshot, "rig-3");
  EXPECT_EQ(rig.recorded().at(3).tls.verify, "ok");
}

TEST(Reload, RulesThatComeBetweenTheHandshakeAndTheRequestJudgeIt) {
  Rig rig({.rules = kRefuse, .apps = "mega: mega.nz"});
  OriginServer& origin = rig.tls_origin("mega.nz");
  origin.always_says(kHello);
  Client client = rig.client();
  ASSERT_TRUE(client.opens("mega.nz:443", browser()));
  rig.change_rules(kAllow);
  client.says(kGet);
  EXPECT_EQ(body_of(client.hears()), "hello");
  EXPECT_EQ(rig.events(), "- other mega.nz: completed 200, 'yes'\n");
}

// The walk inside asks about SNI alone; where CONNECT said another name, both must be asked.
TEST(Reload, ARefusedConnectionOfTwoNamesEndsWithTheRulesThatRefusedIt) {
  Rig rig({.rules = kRefuse, .apps = "mega: mega.nz"});
  rig.tls_origin("front.example");
  Client client = rig.client();
  ASSERT_TRUE(client.opens("front.example:443", browser()));
  rig.change_rules(kAllow);
  client.says(kGet);
  const std::string reply = client.hears();
  EXPECT_EQ(status_of(reply), 403);
  EXPECT_NE(reply.find("Connection: close"), std::string::npos) << reply;
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(rig.events(), "- other mega.nz: blocked 403, 'no mega'\n");
  EXPECT_EQ(rig.recorded().at(0).snapshot, "rig");
  EXPECT_EQ(rig.connects(), 0);
}

TEST(Reload, AnOriginThatFailedIsTriedAgainByTheNextRequest) {
  Rig rig;
  rig.resolve("late.example", "203.0.113.77");
  Client client = rig.client();
  ASSERT_TRUE(client.opens("late.example:443", {.server_name = "late.example"}));
  client.says("GET / HTTP/1.1\r\nHost: late.example\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 502);
  OriginServer& origin = rig.tls_origin("late.example");
  origin.always_says(kHello);
  client.says("GET / HTTP/1.1\r\nHost: late.example\r\n\r\n");
  EXPECT_EQ(body_of(client.hears()), "hello");
  EXPECT_EQ(rig.events(),
            "- other late.example: origin_failed 502\n- other late.example: completed 200\n");
}

}  // namespace
}  // namespace sallyport::testkit
