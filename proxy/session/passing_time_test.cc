// Policies that hold at some times only, and connections that outlive such a time. The rig's clock
// says 2026-06-01 (a Monday), 12:00 UTC.

#include <gtest/gtest.h>

#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

using std::chrono::seconds;

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
constexpr const char* kGet = "GET / HTTP/1.1\r\nHost: mega.nz\r\n\r\n";
constexpr const char* kUntilOnePast =
    "- { name: not at lunch, when: { host: mega.nz, time.of_day: 11:30..12:01 }, then: block }\n";

TlsPeer::Options browser() { return {.server_name = "mega.nz", .alpn = {"http/1.1"}}; }

TEST(PassingTime, ARefusedConnectionIsLetThroughOnceThePolicyHoldsNoMore) {
  Rig rig({.rules = kUntilOnePast});
  rig.tls_origin("mega.nz").always_says(kHello);
  Client client = rig.client();
  ASSERT_TRUE(client.opens("mega.nz:443", browser()));
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 403);
  rig.pass(seconds(50));
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(rig.lookups(), 0);
  rig.pass(seconds(11));
  client.says(kGet);
  EXPECT_EQ(body_of(client.hears()), "hello");
  EXPECT_EQ(rig.events(),
            "- other mega.nz: blocked 403, 'not at lunch'\n"
            "- other mega.nz: blocked 403, 'not at lunch'\n"
            "- other mega.nz: completed 200\n");
}

TEST(PassingTime, AlsoWhereNothingWasAskedBefore) {
  Rig rig({.rules = kUntilOnePast});
  rig.tls_origin("mega.nz").always_says(kHello);
  Client client = rig.client();
  ASSERT_TRUE(client.opens("mega.nz:443", browser()));
  rig.pass(seconds(61));
  client.says(kGet);
  EXPECT_EQ(body_of(client.hears()), "hello");
}

TEST(PassingTime, AnOpenedConnectionIsRefusedOnceAPolicyHolds) {
  Rig rig({.rules = "- { name: from now on, when: { host: mega.nz, time.of_day: 12:01..13:00 }, "
                    "then: block }\n"});
  rig.tls_origin("mega.nz").always_says(kHello);
  Client client = rig.client();
  ASSERT_TRUE(client.opens("mega.nz:443", browser()));
  client.says(kGet);
  EXPECT_EQ(body_of(client.hears()), "hello");
  rig.pass(seconds(61));
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(rig.events(),
            "- other mega.nz: completed 200\n- other mega.nz: blocked 403, 'from now on'\n");
}

// What is decided of an opened connection is remembered, but not beyond what it depends on.
TEST(PassingTime, AnOpenedConnectionIsRefusedOnceItHasCarriedEnough) {
  Rig rig({.rules = "- { name: enough, when: { host: mega.nz, connection.downloaded: \"> 9 B\" }, "
                    "then: block }\n"});
  rig.tls_origin("mega.nz").always_says(kHello);
  Client client = rig.client();
  ASSERT_TRUE(client.opens("mega.nz:443", browser()));
  for (const int status : {200, 200, 403}) {
    client.says(kGet);
    EXPECT_EQ(status_of(client.hears()), status);
  }
  EXPECT_EQ(rig.events(),
            "- other mega.nz: completed 200\n- other mega.nz: completed 200\n"
            "- other mega.nz: blocked 403, 'enough'\n");
}

TEST(PassingTime, DaysBeginInTheZoneOfThePolicy) {
  Rig rig({.rules = "- { name: until Tuesday, zone: Pacific/Fiji, expires: 2026-06-02, when: { "
                    "host: mega.nz }, then: block }\n"
                    "- { name: from Tuesday, zone: Pacific/Fiji, starts: 2026-06-02, when: { host: "
                    "mega.nz }, then: block, say: It is Tuesday. }\n"});
  rig.tls_origin("mega.nz");
  // UTC's noon is Fiji's midnight: Tuesday has begun.
  Client client = rig.client();
  ASSERT_TRUE(client.opens("mega.nz:443", browser()));
  client.says(kGet);
  EXPECT_NE(client.hears().find("It is Tuesday."), std::string::npos);
  EXPECT_EQ(rig.events(), "- other mega.nz: blocked 403, 'from Tuesday'\n");
}

// Which policy refuses may change as well.
TEST(PassingTime, ARefusalNamesThePolicyOfTheMoment) {
  Rig rig({.rules = std::string(kUntilOnePast) +
                    "- { name: nor later, when: { host: mega.nz }, then: block }\n"});
  Client client = rig.client();
  ASSERT_TRUE(client.opens("mega.nz:443", browser()));
  client.says(kGet);
  client.hears();
  rig.pass(seconds(61));
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(rig.lookups(), 0);
  EXPECT_EQ(rig.events(),
            "- other mega.nz: blocked 403, 'not at lunch'\n"
            "- other mega.nz: blocked 403, 'nor later'\n");
}

// Refused for an address: the pinned addresses are asked again too.
TEST(PassingTime, ARefusalForAnAddressLastsAsLongAsItsPolicy) {
  Rig rig({.rules = "- { name: not there, when: { destination.ip: 203.0.113.7, time.of_day: "
                    "11:30..12:01 }, then: block }\n"});
  rig.resolve("mega.nz", "203.0.113.7");
  rig.tls_origin("mega.nz").always_says(kHello);
  Client client = rig.client();
  ASSERT_TRUE(client.opens("mega.nz:443", browser()));
  for (int i = 0; i < 2; ++i) {
    client.says(kGet);
    EXPECT_EQ(status_of(client.hears()), 403);
  }
  EXPECT_EQ(rig.connects(), 0);
  rig.pass(seconds(61));
  client.says(kGet);
  EXPECT_EQ(body_of(client.hears()), "hello");
}

// The walk inside asks about one name alone.
TEST(PassingTime, AConnectionOfTwoNamesEndsWithItsRefusal) {
  Rig rig({.rules = kUntilOnePast});
  rig.tls_origin("front.example");
  Client client = rig.client();
  ASSERT_TRUE(client.opens("front.example:443", browser()));
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_FALSE(client.ended());
  rig.pass(seconds(61));
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(rig.connects(), 0);
}

}  // namespace
}  // namespace sallyport::testkit
