// Loading, limits, the cache. What is read from User-Agents: user_agents_test.cc.

#include "discovery/agent/agents.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "discovery/agent/agent_cache.h"

namespace sallyport::discovery {
namespace {

constexpr const char* kPatterns = "/usr/share/uap-core/regexes.yaml";
const std::string kClients = SALLYPORT_SOURCE_DIR "/conf/agents/clients.yaml";
const std::string kReleases = SALLYPORT_SOURCE_DIR "/conf/agents/releases.yaml";
const Time kNow = *parse_rfc3339("2026-11-26T10:00:00Z");

std::shared_ptr<const Agents> shipped() {
  static const auto agents = [] {
    Diagnostics warnings;
    auto made = load_agents({kPatterns, kClients, kReleases}, warnings);
    return made ? *made : nullptr;
  }();
  return agents;
}

class AgentsTest : public ::testing::Test {
 protected:
  AgentsTest() {
    char name[] = "/tmp/sallyport-agents-XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  ~AgentsTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }

  std::string folder_;
  Diagnostics warnings_;
};

TEST_F(AgentsTest, WarnOfMissingPatternsAndKnowNothing) {
  const auto agents = load_agents({folder_ + "/gone.yaml", kClients, kReleases}, warnings_);
  ASSERT_TRUE(agents) << render(agents.error());
  EXPECT_FALSE((*agents)->usable());
  EXPECT_FALSE((*agents)->classify({.user_agent = "curl/8.0"}, kNow));
  EXPECT_NE(render(warnings_).find("install Debian's package uap-core"), std::string::npos);
  EXPECT_EQ((*agents)->files().size(), 3u);
}

TEST_F(AgentsTest, KnowNothingWithoutAWordWherePatternsAreTurnedOff) {
  const auto agents = load_agents({}, warnings_);
  ASSERT_TRUE(agents);
  EXPECT_FALSE((*agents)->usable());
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(AgentsTest, RefuseAFileThatIsNoneOfUapCores) {
  const auto agents = load_agents({write("p.yaml", "a: 1\n"), "", ""}, warnings_);
  ASSERT_FALSE(agents);
  const std::string shown = render(agents.error());
  EXPECT_NE(shown.find("there is no list 'user_agent_parsers'"), std::string::npos) << shown;
  EXPECT_NE(shown.find("there is no list 'os_parsers'"), std::string::npos) << shown;
}

TEST_F(AgentsTest, ReportTheFaultsOfEveryFileAtOnce) {
  const auto agents =
      load_agents({write("p.yaml", "user_agent_parsers: [{}]\nos_parsers: []\n"),
                   write("c.yaml", "robot: {}\n"), write("r.yaml", "browser: {}\n")},
                  warnings_);
  ASSERT_FALSE(agents);
  EXPECT_EQ(agents.error().errors(), 3u) << render(agents.error());
}

TEST_F(AgentsTest, LeaveOutPatternsThatRe2DoesNotTake) {
  const auto agents = load_agents({write("p.yaml",
                                         "user_agent_parsers:\n"
                                         "  - regex: '(?=look)around'\n"
                                         "  - regex: '(a)\\1'\n"
                                         "  - regex: '(Example)/(\\d+)\\.(\\d+)'\n"
                                         "    family_replacement: 'Own $1'\n"
                                         "    v1_replacement: '$2'\n"
                                         "os_parsers: []\n"),
                                   "", ""},
                                  warnings_);
  ASSERT_TRUE(agents) << render(agents.error());
  EXPECT_NE(render(warnings_).find("p.yaml:2:12: warning: the pattern is left out"),
            std::string::npos)
      << render(warnings_);
  EXPECT_EQ(warnings_.sorted().size(), 2u);
  const auto facts = (*agents)->classify({.user_agent = "Example/3.4"}, kNow);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->browser + " " + facts->browser_version, "own_example 3.4");
}

TEST(Agents, SayNothingOfNobody) {
  ASSERT_NE(shipped(), nullptr);
  EXPECT_FALSE(shipped()->classify({}, kNow));
  EXPECT_FALSE(shipped()->classify({.platform = "\"Windows\""}, kNow));
}

TEST(Agents, LookAtNoMoreThanTheyShould) {
  const std::string padding(kMaxUserAgent, 'x');
  EXPECT_EQ(shipped()->classify({.user_agent = padding + " curl/7.88.1"}, kNow)->browser, "");
  const std::string hint = "\"Chromium\";v=\"1\", \"" + std::string(kMaxHint, 'x') + "\"";
  const auto facts = shipped()->classify({.user_agent = "Mozilla/5.0", .brands = hint}, kNow);
  EXPECT_EQ(facts->browser, "");
}

// Whatever a client sends: what is recorded is words, digits and dots.
TEST(Agents, KeepNothingThatCouldBreakARecord) {
  for (const std::string& text :
       {std::string("\"\\\x01\xff/1.0 CFNetwork/1 Darwin/2"), std::string("<b>\xe2\x80\xae/9.9"),
        std::string("Evil\x7f\x80Name/1.\x01 (Linux; Android 9\x02; x) Chrome/1")}) {
    const auto facts = shipped()->classify({.user_agent = text}, kNow);
    for (const std::string& word :
         {facts->browser, facts->browser_version, facts->os, facts->os_version}) {
      EXPECT_EQ(word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789._"),
                std::string::npos)
          << word;
    }
  }
}

TEST(AgentCache, AnswersAsAgentsDoAndRemembers) {
  AgentCache cache;
  const AgentClaims claims{.user_agent = "curl/8.5.0"};
  const auto* facts = cache.find(shipped(), claims, kNow);
  ASSERT_NE(facts, nullptr);
  EXPECT_EQ(*facts, *shipped()->classify(claims, kNow));
  EXPECT_EQ(cache.find(shipped(), claims, kNow + std::chrono::hours(1)), facts);
  EXPECT_EQ(cache.stats().hits, 1u);
  EXPECT_EQ(cache.find(shipped(), {}, kNow), nullptr);
  EXPECT_EQ(cache.find(nullptr, claims, kNow), nullptr);
  EXPECT_EQ(cache.find(std::make_shared<const Agents>(), claims, kNow), nullptr);
}

TEST(AgentCache, TellsHintsApart) {
  AgentCache cache;
  const std::string_view agent = "Mozilla/5.0 (Linux; Android 10; K) Chrome/157.0.0.0";
  const AgentClaims phone{.user_agent = agent, .mobile = "?1", .platform = "\"Android\""};
  const AgentClaims tablet{.user_agent = agent, .mobile = "?0", .platform = "\"Android\""};
  EXPECT_EQ(cache.find(shipped(), phone, kNow)->device, policy::DeviceType::mobile);
  EXPECT_EQ(cache.find(shipped(), tablet, kNow)->device, policy::DeviceType::tablet);
  EXPECT_EQ(cache.find(shipped(), phone, kNow)->device, policy::DeviceType::mobile);
  EXPECT_EQ(cache.size(), 2u);
}

TEST(AgentCache, ForgetsTheLeastRecentlyUsed) {
  AgentCache cache(2);
  const auto ask = [&cache](std::string_view agent) {
    cache.find(shipped(), {.user_agent = agent}, kNow);
    return cache.stats().hits;
  };
  ask("curl/1");
  ask("curl/2");
  EXPECT_EQ(ask("curl/1"), 1u);
  ask("curl/3");  // curl/2 goes
  EXPECT_EQ(ask("curl/1"), 2u);
  EXPECT_EQ(ask("curl/2"), 2u);
  EXPECT_EQ(cache.size(), 2u);
}

TEST(AgentCache, StartsAnewWithOtherAgentsAndAnotherDay) {
  AgentCache cache;
  Diagnostics warnings;
  const auto without_releases = load_agents({kPatterns, kClients, ""}, warnings);
  ASSERT_TRUE(without_releases);
  const AgentClaims old{.user_agent =
                            "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, "
                            "like Gecko) Chrome/143.0.0.0 Safari/537.36"};
  const auto outdated = [&](const std::shared_ptr<const Agents>& agents, Time now) {
    return cache.find(agents, old, now)->tags.has(policy::AgentTag::outdated_os);
  };
  EXPECT_TRUE(outdated(shipped(), kNow));
  EXPECT_FALSE(outdated(*without_releases, kNow));
  EXPECT_TRUE(outdated(shipped(), kNow));
  EXPECT_FALSE(outdated(shipped(), *parse_rfc3339("2020-01-13T23:59:59Z")));
  EXPECT_TRUE(outdated(shipped(), *parse_rfc3339("2020-01-14T00:00:00Z")));
  EXPECT_EQ(cache.stats().hits, 0u);
}

}  // namespace
}  // namespace sallyport::discovery
