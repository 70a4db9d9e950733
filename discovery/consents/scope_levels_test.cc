#include "discovery/consents/scope_levels.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

SourcePtr source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

const Catalog& catalog() {
  static const std::shared_ptr<const Catalog> made = [] {
    Diagnostics warnings;
    auto read = parse_catalog(
        {source("slack/app.yaml",
                "id: slack\nname: Slack\nvendor: Slack\ncategory: collaboration\n"
                "domains: [slack.com]\nsources: [{kind: common_knowledge, date: 2026-11-26}]\n")},
        warnings);
    EXPECT_TRUE(read) << render(read.error());
    return *read;
  }();
  return *made;
}

constexpr const char* kSource = "source: {kind: sdk, name: x, date: 2026-11-26}";

std::string list(const std::string& apps, const std::string& rest) {
  return "  - {name: x, apps: " + apps + ", " + kSource + ", " + rest + "}\n";
}

std::shared_ptr<const ScopeLevels> make(const std::string& text) {
  const auto made = parse_scope_levels(source("consent_scopes.yaml", text), catalog());
  EXPECT_TRUE(made) << render(made.error());
  return made ? *made : std::make_shared<const ScopeLevels>();
}

std::string refusal(const std::string& text) {
  const auto made = parse_scope_levels(source("consent_scopes.yaml", text), catalog());
  return made ? "" : render(made.error());
}

// "high", "high?" where it is not checked, "none".
std::string of(const ScopeLevels& levels, std::string_view app, std::string_view scope) {
  const auto known = levels.find(app, scope);
  if (!known) return "none";
  return std::string(word_for(known->level)) + (known->checked ? "" : "?");
}

TEST(ScopeLevels, KnowScopesByAppThenOfAnyThenByShape) {
  const auto levels = make("lists:\n" + list("any", "low: [openid], medium: [offline_access]") +
                           list("slack",
                                "prefixes: [\"https://slack.example/\"], "
                                "low: [\"users:read\"], high: [admin, offline_access]") +
                           "shapes:\n  - {like: \"*admin*\", level: high}\n"
                           "  - {like: \"*write*\", level: medium}\n");
  EXPECT_EQ(of(*levels, "slack", "users:read"), "low");
  EXPECT_EQ(of(*levels, "slack", "Users:Read"), "low");
  EXPECT_EQ(of(*levels, "slack", "https://slack.example/users:read"), "low");
  EXPECT_EQ(of(*levels, "slack", "https://other.example/users:read"), "none");
  EXPECT_EQ(of(*levels, "box", "users:read"), "none");
  EXPECT_EQ(of(*levels, "slack", "openid"), "low");
  EXPECT_EQ(of(*levels, "", "openid"), "low");
  EXPECT_EQ(of(*levels, "slack", "offline_access"), "high");
  EXPECT_EQ(of(*levels, "box", "offline_access"), "medium");
  EXPECT_EQ(of(*levels, "box", "x.Admin.y"), "high?");
  EXPECT_EQ(of(*levels, "slack", "files:write"), "medium?");
  EXPECT_EQ(of(*levels, "slack", "files"), "none");
  EXPECT_EQ(of(*levels, "slack", ""), "none");
  EXPECT_EQ(of(*levels, "slack", "admin" + std::string(300, 'x')), "none");
  EXPECT_EQ(levels->size(), 5u);
}

TEST(ScopeLevels, OfSeveralTheHighestCounts) {
  const auto levels = make("lists:\n" + list("any", "low: [a], medium: [b], high: [c]"));
  using Scopes = std::vector<std::string>;
  EXPECT_EQ(levels->highest("", Scopes{"a"}), PermissionLevel::low);
  EXPECT_EQ(levels->highest("", Scopes{"a", "b", "x"}), PermissionLevel::medium);
  EXPECT_EQ(levels->highest("", Scopes{"c", "a"}), PermissionLevel::high);
  EXPECT_EQ(levels->highest("", Scopes{"x"}), std::nullopt);
  EXPECT_EQ(levels->highest("", Scopes{}), std::nullopt);
}

TEST(ScopeLevels, AreAFactOfAConsent) {
  const auto levels = make("lists:\n" + list("slack", "high: [admin]"));
  policy::Activity activity;
  tell_level(*levels, activity);
  EXPECT_FALSE(activity.details);
  activity.app = policy::AppFacts{"slack", "Slack", "collaboration", {}};
  activity.details.emplace().consent_scopes = {"admin", "x"};
  tell_level(*levels, activity);
  EXPECT_EQ(activity.details->consent_level, "high");
}

TEST(ScopeLevels, AreRefusedWithTheirPlaceAndWhatWasMeant) {
  EXPECT_EQ(refusal("lists:\n  - name: x\n    apps: slak\n    " + std::string(kSource) + "\n"),
            "consent_scopes.yaml:3:11: error: no app 'slak' in the catalog\n"
            "    apps: slak\n"
            "          ^~~~ did you mean 'slack'?\n");
  const auto refuses = [](const std::string& text, const std::string& words) {
    EXPECT_NE(refusal(text).find(words), std::string::npos) << text << refusal(text);
  };
  refuses("lists:\n  - {name: x, apps: any}\n", "needs 'source'");
  refuses("lists:\n" + list("any", "low: [\"a b\"]"), "'a b' is no scope");
  refuses("lists:\n" + list("any", "low: [\"a*\"]"), "patterns are 'shapes'");
  refuses("lists:\n" + list("any", "low: [a], high: [A]"), "is listed already");
  refuses("lists:\n" + list("any", "hihg: [a]"), "did you mean 'high'");
  refuses("lists:\n  - {name: x, apps: any, source: {kind: sdk, name: x, date: today}}\n",
          "'today' is no date");
  refuses("shapes: [{like: \"a*b*c*d*\", level: low}]\n", "3 stars at most");
  refuses("shapes: [{like: \"a*\", level: hgh}]\n", "did you mean 'high'");
  refuses("shapes: [{like: \"a*\"}]\n", "needs 'level'");
}

TEST(ShippedScopeLevels, AreReadAndKnowTheUsualOnes) {
  Diagnostics warnings;
  const auto apps = load_catalog(SALLYPORT_SOURCE_DIR "/conf/catalog", warnings);
  ASSERT_TRUE(apps) << render(apps.error());
  const auto made =
      load_scope_levels(SALLYPORT_SOURCE_DIR "/conf/tags/consent_scopes.yaml", **apps);
  ASSERT_TRUE(made) << render(made.error());
  const ScopeLevels& levels = **made;
  EXPECT_EQ(of(levels, "microsoft_365", "User.Read"), "low");
  EXPECT_EQ(of(levels, "microsoft_365", "https://graph.microsoft.com/Mail.ReadWrite"), "high");
  EXPECT_EQ(of(levels, "microsoft_entra", "Directory.ReadWrite.All"), "high");
  EXPECT_EQ(of(levels, "google_workspace", "https://www.googleapis.com/auth/drive"), "high");
  EXPECT_EQ(of(levels, "google_workspace", "https://www.googleapis.com/auth/drive.file"), "medium");
  EXPECT_EQ(of(levels, "google_workspace", "https://mail.google.com/"), "high");
  EXPECT_EQ(of(levels, "google_workspace", "openid"), "low");
  EXPECT_EQ(of(levels, "slack", "channels:history"), "high");
  EXPECT_EQ(of(levels, "slack", "users:read"), "low");
  EXPECT_EQ(of(levels, "github", "repo"), "high");
  EXPECT_EQ(of(levels, "github", "read:user"), "low");
  EXPECT_EQ(of(levels, "dropbox", "files.content.write"), "high");
  EXPECT_EQ(of(levels, "box", "root_readwrite"), "high");
  EXPECT_EQ(of(levels, "salesforce", "full"), "high");
  EXPECT_EQ(of(levels, "zoom", "recording:read"), "high");
  EXPECT_EQ(of(levels, "atlassian", "manage:jira-configuration"), "high");
  // What nobody lists goes by its shape.
  EXPECT_EQ(of(levels, "", "things.readwrite.all"), "high?");
  EXPECT_EQ(of(levels, "", "things.write"), "medium?");
  EXPECT_EQ(of(levels, "", "things.read"), "low?");
  EXPECT_EQ(of(levels, "", "whatever"), "medium?");
  EXPECT_GE(levels.size(), 500u);
}

}  // namespace
}  // namespace sallyport::discovery
