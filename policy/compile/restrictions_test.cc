// What is told to apps of their tenants: a line for each entry of the table, and what is refused.

#include "policy/compile/restrictions.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <set>

#include "policy/compile/compile.h"

namespace sallyport::policy {
namespace {

std::string compiled(const std::string& restriction, const CompiledPolicy** policy = nullptr) {
  static std::shared_ptr<const Program> program;
  const std::string text = "- name: r\n  restrict_tenants:\n    " + restriction + "\n";
  Diagnostics warnings;
  const auto made = compile({std::make_shared<const Source>(Source{"p.yaml", text})}, warnings);
  if (!made) return render(made.error());
  program = *made;
  if (policy != nullptr) *policy = &program->policies().front();
  std::string out = render(warnings);
  for (const HeaderOnHosts& one : program->policies().front().restrictions) {
    out += fmt::format("{}: {}\n", one.name, one.value);
  }
  return out;
}

struct Line {
  std::string_view app;
  std::string_view written;
  std::string_view sent;
  std::string_view on;      // a host that gets it
  std::string_view not_on;  // a neighbour that does not
};

constexpr std::string_view kGuid = "01234567-89ab-cdef-0123-456789abcdef";

const Line kLines[] = {
    {"asana", "asana: { requester: '123', domains: ['123', '456'] }",
     "Asana-Allowed-Domains-Requester-Id: 123\nAsana-Allowed-Domain-Ids: 123,456\n",
     "app.asana.com", "asana.com.example"},
    {"chatgpt", "chatgpt: 01234567-89ab-cdef-0123-456789abcdef",
     "ChatGPT-Allowed-Workspace-Id: 01234567-89ab-cdef-0123-456789abcdef\n", "chatgpt.com",
     "notchatgpt.com"},
    {"dropbox", "dropbox: ['dbtid:AAA', 'dbtid:BBB']",
     "X-Dropbox-allowed-Team-Ids: dbtid:AAA,dbtid:BBB\n", "www.dropbox.com",
     "dropboxusercontent.com"},
    {"github", "github: [corp, '4711']", "sec-GitHub-allowed-enterprise: corp,4711\n",
     "api.github.com", "gist.github.com"},
    {"google_cloud", "google_cloud: ['1', '22']",
     "X-Goog-Allowed-Resources: "
     "eyJyZXNvdXJjZXMiOlsib3JnYW5pemF0aW9ucy8xIiwib3JnYW5pemF0aW9ucy8yMiJdLCJvcHRpb25zIjoic3RyaWN0"
     "In0=\n",
     "storage.googleapis.com", "googleusercontent.com"},
    {"google_drive_anonymous", "google_drive_anonymous: block",
     "X-GoogApps-Drive-Deny-Anonymous: true\n", "drive.google.com", "www.google.com"},
    {"google_workspace", "google_workspace: [corp.example, corp.test]",
     "X-GoogApps-Allowed-Domains: corp.example,corp.test\n", "accounts.google.com",
     "accounts.google.com.example"},
    {"microsoft_365",
     "microsoft_365: { tenants: [corp.onmicrosoft.com, 01234567-89ab-cdef-0123-456789abcdef], "
     "directory: 01234567-89ab-cdef-0123-456789abcdef }",
     "Restrict-Access-To-Tenants: "
     "corp.onmicrosoft.com,01234567-89ab-cdef-0123-456789abcdef\n"
     "Restrict-Access-Context: 01234567-89ab-cdef-0123-456789abcdef\n",
     "login.microsoftonline.com", "login.live.com"},
    {"microsoft_365_v2",
     "microsoft_365_v2: "
     "01234567-89ab-cdef-0123-456789abcdef:01234567-89ab-cdef-0123-456789abcdef",
     "sec-Restrict-Tenant-Access-Policy: "
     "01234567-89ab-cdef-0123-456789abcdef:01234567-89ab-cdef-0123-456789abcdef\n",
     "login.live.com", "www.live.com"},
    {"microsoft_personal", "microsoft_personal: block",
     "sec-Restrict-Tenant-Access-Policy: restrict-msa\n", "login.live.com",
     "login.microsoftonline.com"},
    {"slack", "slack: { requester: T01, workspaces: [T01, E02] }",
     "X-Slack-Allowed-Workspaces-Requester: T01\nX-Slack-Allowed-Workspaces: T01,E02\n",
     "corp.slack.com", "slack-edge.com"},
    {"webex", "webex: corp.example", "CiscoSpark-Allowed-Domains: corp.example\n",
     "idbroker.webex.com", "www.webex.com"},
    {"zoom", "zoom: abc_123", "X-ZoomApps-Policy: abc_123\n", "us02web.zoom.us", "zoom.us.example"},
};

TEST(Restrictions, SendWhatEachAppExpectsOnItsHostsAndNoOthers) {
  std::set<std::string_view> tested;
  for (const Line& line : kLines) {
    SCOPED_TRACE(line.app);
    tested.insert(line.app);
    const CompiledPolicy* policy = nullptr;
    EXPECT_EQ(compiled(std::string(line.written), &policy), line.sent);
    ASSERT_NE(policy, nullptr);
    for (const HeaderOnHosts& one : policy->restrictions) {
      EXPECT_TRUE(is_on(one.hosts, line.on));
      EXPECT_FALSE(is_on(one.hosts, line.not_on));
    }
    // And the policy is asked for those hosts only.
    Activity activity;
    activity.host = line.on;
    EXPECT_TRUE(policy->judge(Point::request, activity).holds());
    activity.host = line.not_on;
    EXPECT_FALSE(policy->judge(Point::request, activity).may_hold());
  }
  for (const Restriction& one : tenant_restrictions()) {
    EXPECT_TRUE(tested.contains(one.name)) << one.name << " has no line above";
  }
}

TEST(Restrictions, HaveASourceADateAndFamiliesThatHoldTheirFields) {
  std::string_view before;
  for (const Restriction& one : tenant_restrictions()) {
    EXPECT_LT(before, one.name);
    before = one.name;
    EXPECT_FALSE(one.source.empty()) << one.name;
    EXPECT_TRUE(one.date.starts_with("2026-")) << one.name;
    EXPECT_FALSE(one.hosts.empty()) << one.name;
    for (const RestrictionField& field : one.fields) {
      std::string small(field.header);
      for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      EXPECT_NE(std::ranges::find(one.family, small), one.family.end()) << field.header;
    }
  }
}

TEST(Restrictions, RestrictYoutube) {
  Diagnostics warnings;
  const auto made = compile({std::make_shared<const Source>(
                                Source{"p.yaml", "- { name: y, restrict_youtube: strict }\n"})},
                            warnings);
  ASSERT_TRUE(made) << render(made.error());
  const CompiledPolicy& policy = (*made)->policies().front();
  ASSERT_EQ(policy.restrictions.size(), 1u);
  EXPECT_EQ(policy.restrictions.front().name, "YouTube-Restrict");
  EXPECT_EQ(policy.restrictions.front().value, "Strict");
  EXPECT_TRUE(is_on(policy.restrictions.front().hosts, "www.youtube.com"));
  EXPECT_FALSE(is_on(policy.restrictions.front().hosts, "music.youtube.com"));
}

TEST(Restrictions, AreRefusedWhereTheAppWouldNotUnderstandThem) {
  const auto told = [](const std::string& restriction) {
    const std::string text = compiled(restriction);
    const auto at = text.find("error: ");
    return at == text.npos ? text : text.substr(at + 7, text.find('\n', at) - at - 7);
  };
  EXPECT_EQ(told("googl_workspace: [corp.example]"),
            "tenants of 'googl_workspace' cannot be restricted");
  EXPECT_EQ(told("google_workspace: [corp]"), "'corp' cannot be told to google_workspace");
  EXPECT_EQ(told("google_workspace: ['corp.example, evil.example']"),
            "'corp.example, evil.example' cannot be told to google_workspace");
  EXPECT_EQ(told("google_workspace: { domains: [corp.example] }"),
            "'google_workspace' takes values, not a mapping");
  EXPECT_EQ(told("slack: [T01]"), "'slack' wants to know several things");
  EXPECT_EQ(told("slack: { workspaces: [T01] }"), "'slack' needs 'requester'");
  EXPECT_EQ(told("slack: { requester: T01, workspaces: [T01], team: T01 }"),
            "'slack' has no 'team'");
  EXPECT_EQ(told("slack: { requester: [T01, T02], workspaces: [T01] }"),
            "'slack' takes one value here");
  EXPECT_EQ(told("microsoft_365: { tenants: [corp.example], directory: corp.example }"),
            "'corp.example' cannot be told to microsoft_365");
  EXPECT_EQ(told("microsoft_365_v2: " + std::string(kGuid)),
            "'01234567-89ab-cdef-0123-456789abcdef' cannot be told to microsoft_365_v2");
  EXPECT_EQ(told("microsoft_personal: allow"), "'allow' cannot be told to microsoft_personal");
  EXPECT_EQ(told("google_cloud: [corp]"), "'corp' cannot be told to google_cloud");
  EXPECT_EQ(told("dropbox: []"), "'dropbox' has an empty list, which nothing can match");
}

}  // namespace
}  // namespace sallyport::policy
