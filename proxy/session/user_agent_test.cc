// What a client says of itself, from the wire to the verdict and the record.

#include <gtest/gtest.h>

#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
constexpr const char* kChrome =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/157.0.0.0 Safari/537.36";

std::string get(const std::string& fields) {
  return "GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\n" + fields + "\r\n";
}

std::string agent_of(const discovery::Event& event) {
  const auto& agent = event.activity.agent;
  if (!agent) return "unknown";
  std::string text = agent->browser + " " + agent->browser_version + ", " + agent->os + " " +
                     agent->os_version + ", " + std::string(to_string(agent->device)) + ", " +
                     std::string(to_string(agent->app));
  for (const std::string& tag : agent->tags.texts()) text += ", " + tag;
  return text;
}

TEST(UserAgent, IsReadFromTheFirstFieldAndHints) {
  Rig rig({.agents = true});
  rig.origin("files.example").always_says(kHello);
  Client client = rig.client();
  client.says(get("USER-AGENT: curl/7.88.1\r\nUser-Agent: " + std::string(kChrome) + "\r\n"));
  client.says(get("User-Agent: " + std::string(kChrome) +
                  "\r\nsec-ch-ua: \"Microsoft Edge\";v=\"157\", \"Chromium\";v=\"157\"\r\n"
                  "Sec-CH-UA-Mobile: ?0\r\nSec-CH-UA-Platform: \"Windows\"\r\n"
                  "Sec-CH-UA-Platform-Version: \"10.0.0\"\r\n"));
  client.says(get(""));
  ASSERT_EQ(rig.recorded().size(), 3u);
  EXPECT_EQ(agent_of(rig.recorded()[0]),
            "curl 7.88.1,  , other, mobile_and_desktop, native_client");
  EXPECT_EQ(agent_of(rig.recorded()[1]), "edge 157, windows 10, desktop, browser, outdated_os");
  EXPECT_EQ(agent_of(rig.recorded()[2]), "unknown");
}

TEST(UserAgent, DecidesByTagAndByTheLackOfOne) {
  Rig rig({.rules = "- name: people only\n"
                    "  when:\n"
                    "    any:\n"
                    "      - user_agent: unknown\n"
                    "      - user_agent.tag: [native_client, robot]\n"
                    "      - { browser: chrome, browser.version: '< 150' }\n"
                    "  then: block\n",
           .agents = true});
  rig.origin("files.example").always_says(kHello);
  Client client = rig.client();
  client.says(get("User-Agent: " + std::string(kChrome) + "\r\n"));
  EXPECT_EQ(status_of(client.hears()), 200);
  client.says(get("User-Agent: Chrome/149.0 but old\r\n"));
  EXPECT_EQ(status_of(client.hears()), 403);
  client.says(get("User-Agent: python-requests/2.31.0\r\n"));
  EXPECT_EQ(status_of(client.hears()), 403);
  client.says(get("User-Agent: ExampleBot/1.0 (+https://example.org/bot)\r\n"));
  EXPECT_EQ(status_of(client.hears()), 403);
  client.says(get("User-Agent:\r\n"));
  EXPECT_EQ(status_of(client.hears()), 403);
}

// Without patterns nothing is known: a rule on these facts matches nobody, and its opposite
// neither.
TEST(UserAgent, IsUnknownWithoutPatterns) {
  Rig rig({.rules = "- name: no robots\n"
                    "  when: { user_agent.tag: robot }\n"
                    "  then: block\n"
                    "- name: only browsers\n"
                    "  when: { not: { client.app: browser } }\n"
                    "  then: block\n"});
  rig.origin("files.example").always_says(kHello);
  Client client = rig.client();
  client.says(get("User-Agent: ExampleBot/1.0\r\n"));
  EXPECT_EQ(status_of(client.hears()), 200);
  EXPECT_EQ(agent_of(rig.recorded().at(0)), "unknown");
}

TEST(UserAgent, ComesWithTheFingerprintAndVersionOfTheClientsTls) {
  Rig rig({.rules = "- name: no old TLS\n"
                    "  when: { client.tls.version: TLSv1.2 }\n"
                    "  then: block\n"
                    "- name: not this stack\n"
                    "  when: { client.ja4: 't13*', path: /secret }\n"
                    "  then: block\n",
           .agents = true});
  rig.tls_origin("files.example").always_says(kHello);
  Client client = rig.client();
  ASSERT_TRUE(client.opens("files.example:443", {.server_name = "files.example"}));
  client.says("GET / HTTP/1.1\r\nHost: files.example\r\nUser-Agent: curl/8.5.0\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 200);
  client.says("GET /secret HTTP/1.1\r\nHost: files.example\r\nUser-Agent: curl/8.5.0\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 403);
  ASSERT_EQ(rig.recorded().size(), 2u);
  const policy::Activity& activity = rig.recorded()[1].activity;
  EXPECT_TRUE(activity.ja4.starts_with("t13d")) << activity.ja4;
  EXPECT_EQ(activity.ja4, rig.recorded()[1].tls.ja4);
  EXPECT_EQ(activity.client_tls_version, "TLSv1.3");
}

}  // namespace
}  // namespace sallyport::testkit
