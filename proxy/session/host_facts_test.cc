// What a name alone tells, in rules and in the record: the registrable domain, and what kind of
// host it is.

#include <gtest/gtest.h>

#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

std::string get(const std::string& host) {
  return "GET http://" + host + "/ HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
}

// "host domain kind app" of every record.
std::string facts(const Rig& rig) {
  std::string text;
  for (const auto& event : rig.recorded()) {
    const policy::Activity& activity = event.activity;
    text += activity.host + " " + (activity.domain.empty() ? "-" : activity.domain) + " " +
            std::string(to_string(activity.host_kind)) + " " +
            (activity.app ? activity.app->id : "-") + "\n";
  }
  return text;
}

TEST(HostFacts, StandInTheRecordOfEveryExchange) {
  Rig rig(
      {.apps = "drop: drop.example\n", .noise = "analytics: [stats.example, s.drop.example]\n"});
  const std::vector<std::string> hosts = {"a.b.stats.example", "www.drop.example", "s.drop.example",
                                          "www.ana.co.uk",     "www.bob.co.uk",    "192.0.2.80"};
  Client client = rig.client();
  for (const auto& host : hosts) {
    if (host.back() != '0') rig.origin(host).always_says(kHello);
    client.says(get(host));
    client.hears();
  }
  EXPECT_EQ(facts(rig),
            "a.b.stats.example stats.example analytics -\n"
            "www.drop.example drop.example app drop\n"
            "s.drop.example drop.example analytics drop\n"
            "www.ana.co.uk ana.co.uk unknown -\n"
            "www.bob.co.uk bob.co.uk unknown -\n"
            "192.0.2.80 - unknown -\n");
}

TEST(HostFacts, MayBeAskedForByRules) {
  Rig rig({.rules = "- { name: no ads, when: { host.kind: [tracker, advertising] }, then: block }\n"
                    "- { name: no bob, when: { host.domain: bob.co.uk }, then: block }\n"
                    "- { name: names only, when: { host.domain: unknown }, then: block }\n",
           .noise = "advertising: [ads.example]\n"});
  rig.origin("www.ana.co.uk").always_says(kHello);
  Client client = rig.client();
  for (const char* host : {"x.ads.example", "www.bob.co.uk", "192.0.2.80", "www.ana.co.uk"}) {
    client.says(get(host));
    client.hears();
  }
  EXPECT_EQ(rig.events(),
            "- other x.ads.example: blocked 403, 'no ads'\n"
            "- other www.bob.co.uk: blocked 403, 'no bob'\n"
            "- other 192.0.2.80: blocked 403, 'names only'\n"
            "- other www.ana.co.uk: completed 200\n");
}

TEST(HostFacts, AreThereWhenAConnectionIsOpened) {
  Rig rig(
      {.rules =
           "- { name: unopened, when: { host.kind: infrastructure }, kind: tls, then: bypass }\n",
       .noise = "infrastructure: [updates.example]\n"});
  OriginServer& origin = rig.tls_origin("updates.example");
  Client client = rig.client();
  ASSERT_TRUE(client.opens("updates.example:443", {.server_name = "updates.example"}));
  client.says("GET / HTTP/1.1\r\nHost: updates.example\r\n\r\n");
  EXPECT_EQ(origin.heard(), "GET / HTTP/1.1\r\nHost: updates.example\r\n\r\n");
  client.ends();
  rig.finish();
  EXPECT_EQ(facts(rig), "updates.example updates.example infrastructure -\n");
}

}  // namespace
}  // namespace sallyport::testkit
