// Apps that are a path on somebody else's host: the connection is judged by the host's app, the
// request by the path's.

#include <gtest/gtest.h>

#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

constexpr const char* kApps = "docs: docs.example\nforms: docs.example/forms\n";
constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: docs.example\r\n\r\n";
}

std::string app_of(const discovery::Event& event) {
  return event.activity.app ? event.activity.app->id : "-";
}

TEST(PathApp, IsJudgedOncePathsAreSeen) {
  Rig rig({.rules = "- { name: no forms, when: { app: forms }, then: block }\n", .apps = kApps});
  OriginServer& origin = rig.tls_origin("docs.example");
  origin.always_says(kHello);
  Client client = rig.client();
  ASSERT_TRUE(client.opens("docs.example:443", {.server_name = "docs.example"}));
  client.says(get("/sheets/1"));
  EXPECT_EQ(status_of(client.hears()), 200);
  client.says(get("/forms/d/1"));
  EXPECT_EQ(status_of(client.hears()), 403);
  ASSERT_EQ(rig.recorded().size(), 2u);
  EXPECT_EQ(app_of(rig.recorded()[0]), "docs");
  EXPECT_EQ(app_of(rig.recorded()[1]), "forms");
}

TEST(PathApp, HasNoSpellingThatEscapes) {
  Rig rig({.rules = "- { name: no forms, when: { app: forms }, then: block }\n", .apps = kApps});
  rig.origin("docs.example").always_says(kHello);
  for (const char* path : {"/forms", "/forms/", "/Forms/d", "/%66orms", "/x/../forms", "//forms",
                           "/./forms?a", "/%2e/forms", "/x/%2E%2e/forms/d", "/forms;v=1/d"}) {
    Client client = rig.client();
    client.says(get("http://docs.example" + std::string(path)));
    EXPECT_EQ(status_of(client.hears()), 403) << path;
  }
  Client client = rig.client();
  client.says(get("http://docs.example/formsets"));
  EXPECT_EQ(status_of(client.hears()), 200);
}

TEST(PathApp, IsStoppedWithItsHostAtConnect) {
  const RigOptions options{.rules = "- { name: no docs, when: { app: docs }, then: block }\n",
                           .apps = kApps};
  {
    Rig rig(options);
    Client client = rig.client();
    ASSERT_TRUE(client.opens("docs.example:443", {.server_name = "docs.example"}));
    client.says(get("/forms"));
    EXPECT_EQ(status_of(client.hears()), 403);
    EXPECT_EQ(rig.connects(), 0);
  }
  {
    Rig rig(options);  // And the same without TLS.
    Client client = rig.client();
    client.says(get("http://docs.example/forms"));
    EXPECT_EQ(status_of(client.hears()), 403);
    EXPECT_EQ(rig.lookups(), 0);
  }
}

TEST(PathApp, NeedsNoAppOnTheHostItself) {
  Rig rig({.rules = "- { name: no maps, when: { app: maps }, then: block }\n",
           .apps = "maps: docs.example/maps\n"});
  rig.tls_origin("docs.example").always_says(kHello);
  Client client = rig.client();
  ASSERT_TRUE(client.opens("docs.example:443", {.server_name = "docs.example"}));
  client.says(get("/search"));
  EXPECT_EQ(status_of(client.hears()), 200);
  client.says(get("/maps/place"));
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(app_of(rig.recorded().at(0)), "-");
  EXPECT_EQ(app_of(rig.recorded().at(1)), "maps");
}

}  // namespace
}  // namespace sallyport::testkit
