// What entries of the governance log say.

#include "proxy/app/governance_words.h"

#include <gtest/gtest.h>

namespace sallyport::app {
namespace {

discovery::GovernanceEntry entry(std::string kind, std::string key, std::string value,
                                 bool taken_back = false) {
  discovery::GovernanceEntry made;
  made.kind = std::move(kind);
  made.key = std::move(key);
  made.value = std::move(value);
  made.taken_back = taken_back;
  made.who = "Ben";
  made.at = *parse_rfc3339("2026-11-27T12:00:00Z");
  return made;
}

std::string said(const discovery::GovernanceEntry& one) {
  const GovernanceWords words = words_of(one);
  return words.action + "|" + words.user + "|" + words.app + "|" + words.what + "|" + words.policy +
         "|" + words.why;
}

TEST(GovernanceWords, SayWhatWasDoneToWhom) {
  const std::string suspended =
      R"({"user":"ana","reach":"app","app":"mega","reason":"lost laptop"})";
  EXPECT_EQ(said(entry("suspension", "01", suspended)), "suspend|ana|mega|app||lost laptop");
  EXPECT_EQ(said(entry("suspension", "01", suspended, true)),
            "unsuspend|ana|mega|app||lost laptop");
  for (const auto& [asks, said_then, said_back] :
       {std::tuple("step_up", "require step-up|", "lift step-up|"),
        std::tuple("sign_in_again", "end sessions|", "lift sign-in|"),
        std::tuple("fly", "suspend|", "unsuspend|")}) {
    const std::string value =
        R"({"user":"ana","reach":"everything","asks":")" + std::string(asks) + R"("})";
    EXPECT_TRUE(said(entry("suspension", "01", value)).starts_with(said_then)) << asks;
    EXPECT_TRUE(said(entry("suspension", "01", value, true)).starts_with(said_back)) << asks;
  }
  EXPECT_EQ(
      said(entry("grant", "01",
                 R"({"policy":"p","action":"coach","address":"192.0.2.1","site":"a.example"})")),
      "grant|192.0.2.1|a.example|coach|p|");
  EXPECT_EQ(said(entry("grant", "01", R"({"policy":"p","action":"step_up","user":"ana"})", true)),
            "revoke grant|ana||step_up|p|");
  EXPECT_EQ(said(entry("app_tag", "mega/unsanctioned", "add")), "tag app||mega|unsanctioned||");
  EXPECT_EQ(said(entry("app_tag", "mega/unsanctioned", "remove")),
            "untag app||mega|unsanctioned||");
  EXPECT_EQ(said(entry("app_tag", "mega/unsanctioned", "add", true)),
            "reset tag||mega|unsanctioned||");
  EXPECT_EQ(said(entry("question", "01", R"({"user":"ana","say":"Was it you?","app":"box"})")),
            "ask|ana|box|||Was it you?");
  EXPECT_EQ(said(entry("question", "01", R"({"user":"ana","said":"yes"})")),
            "answer question|ana||yes||");
  EXPECT_EQ(said(entry("second_factor", "ana", "", true)), "forget factor|ana||||");
  EXPECT_EQ(said(entry("alert", "01KB", R"({"resolution":"benign","read":true,"history":[{}]})")),
            "handle alert|||01KB benign||");
  EXPECT_EQ(said(entry("account", "ana", R"({"change":"added","role":"analyst"})")),
            "add account|||ana (analyst)||");
  EXPECT_EQ(said(entry("account", "ana", R"({"change":"password","role":"analyst"})")),
            "change account|||ana password (analyst)||");
  EXPECT_EQ(said(entry("account", "ana", R"({"change":"removed"})")), "remove account|||ana||");
  EXPECT_EQ(said(entry("api_token", "siem", R"({"change":"added","role":"viewer"})")),
            "add token|||siem (viewer)||");
  EXPECT_EQ(said(entry("log_import", "3",
                       R"({"change":"imported","file":"access.log","records":"120","bad":"2"})")),
            "import log|||3, file access.log, records 120, bad 2||");
  EXPECT_EQ(said(entry("log_import", "3", R"({"change":"removed","file":"access.log"})")),
            "remove log|||3, file access.log||");
  EXPECT_EQ(said(entry("catalog_import", "saas",
                       R"({"change":"imported","file":"saas.csv","license":"MIT","apps":"9"})")),
            "import catalog|||saas, file saas.csv, license MIT, apps 9||");
  EXPECT_EQ(said(entry("catalog_import", "saas", R"({"change":"removed"})")),
            "remove catalog|||saas||");
  EXPECT_EQ(said(entry("policy_file", "starter.yaml", R"({"change":"replaced"})")),
            "change policies|||starter.yaml||");
}

TEST(GovernanceWords, TellWhatIsUnderstoodOfAnythingElse) {
  for (const char* value : {"", "{", "[]", "{\"user\":7}", "\xff", "{\"user\":\"a\"} x"}) {
    EXPECT_TRUE(said(entry("suspension", "01", value)).starts_with("suspend|")) << value;
    EXPECT_TRUE(said(entry("app_tag", value, value)).starts_with("untag app|")) << value;
  }
  EXPECT_EQ(said(entry("newer", "key", "{}")), "newer|||key||");
}

TEST(GovernanceWords, AreFiltered) {
  const auto one = entry("suspension", "01", R"({"user":"ana"})");
  const auto keeps = [&](const GovernanceFilter& filter) {
    return filter.keeps(one, words_of(one));
  };
  EXPECT_TRUE(keeps({}));
  EXPECT_TRUE(keeps({.action = "Suspend", .user = "ANA", .app = {}, .who = "ben"}));
  EXPECT_FALSE(keeps({.action = "unsuspend"}));
  EXPECT_FALSE(keeps({.who = "ana"}));
  EXPECT_FALSE(keeps({.app = "mega"}));
  GovernanceFilter times;
  times.since = one.at;
  EXPECT_TRUE(keeps(times));
  times.until = one.at;
  EXPECT_FALSE(keeps(times));
}

}  // namespace
}  // namespace sallyport::app
