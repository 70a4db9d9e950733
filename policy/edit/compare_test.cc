#include "policy/edit/compare.h"

#include <gtest/gtest.h>

#include "policy/edit/new_policy.h"
#include "policy/edit/policy_text.h"

namespace sallyport::policy {
namespace {

SourcePtr source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

struct Set {
  PolicySources sources;
  std::shared_ptr<const Program> program;

  Set(std::string policies, std::string templates = {}, std::string list = {}) {
    sources.policies = {source("p.yaml", std::move(policies))};
    sources.templates = {source("t.yaml", std::move(templates))};
    if (!list.empty()) sources.lists.emplace("l", source("lists/l.txt", std::move(list)));
    Diagnostics warnings;
    auto made = compile(sources, {}, warnings);
    EXPECT_TRUE(made) << render(made.error());
    program = made ? *made : std::make_shared<const Program>();
  }
};

std::string text_of(const Set& before, const Set& after) {
  return to_text(compare({*before.program, before.sources}, {*after.program, after.sources}));
}

TEST(PolicyComparison, TellsWhatCameWentAndChangedKeyByKey) {
  EXPECT_EQ(text_of(Set("- name: gone\n  then: block\n  when: { app: box }\n"
                        "- name: kept\n  then: block\n  when: { app: box, user: [ana, bo] }\n"),
                    Set("- name: Kept\n  then: monitor\n  severity: high\n"
                        "  when: { app: box, user: ana }  # less\n"
                        "- name: fresh\n  then: allow\n")),
            "- gone: gone  (p.yaml:1)\n"
            "+ fresh: fresh  (p.yaml:5)\n"
            "~ kept: Kept  (p.yaml:1)\n"
            "    - name: kept\n"
            "    + name: Kept\n"
            "    - when: { app: box, user: [ana, bo] }\n"
            "    + when: { app: box, user: ana }\n"
            "    - then: block\n"
            "    + then: monitor\n"
            "    + severity: high\n");
}

TEST(PolicyComparison, SeesWhatATemplateChanged) {
  const std::string policy = "- name: x\n  extends: template/t\n  when: { client.ip.tag: tor }\n";
  EXPECT_EQ(text_of(Set(policy, "- id: t\n  when: { activity: login }\n  then: block\n"),
                    Set(policy, "- id: t\n  when: { activity: [login, admin] }\n  then: block\n")),
            "~ x: x  (p.yaml:1)\n"
            "    - when: { activity: login, client.ip.tag: tor }\n"
            "    + when: { activity: [login, admin], client.ip.tag: tor }\n");
}

TEST(PolicyComparison, SaysWhatAMoveMeans) {
  const std::string a = "- name: A\n  when: { app: box }\n  then: allow\n";
  const std::string b = "- name: B\n  when: { user: ana }\n  then: block\n";
  const std::string c = "- name: C\n  kind: activity\n  when: { app: box }\n  alerts_per_day: 1\n";
  EXPECT_EQ(text_of(Set(a + b + c), Set(c + b + a)),
            "> c: C  (from place 3 to 1)\n"
            "    the order does not count between those it passed\n"
            "> b: B  (from place 2 to 2)\n"
            "    where both match, 'B' now comes first: block instead of allow by 'A'\n");
}

TEST(PolicyComparison, CountsEntriesOfLists) {
  const std::string policy = "- name: x\n  when: { host: list/l }\n  then: block\n";
  EXPECT_EQ(text_of(Set(policy, "", "a.example\nb.example # b\n"),
                    Set(policy, "", "# new\nb.example\r\nc.example\nd.example\n")),
            "~ list/l: 2 entries added, 1 removed\n");
  EXPECT_EQ(text_of(Set(policy, "", "a.example\n"), Set("# comment\n" + policy, "", "a.example\n")),
            "no policy differs\n");
}

// A gateway that rehearses everything is another one, though no policy differs.
TEST(PolicyComparison, TellsWhatTheConfigurationSaysForAll) {
  const Set set("- { name: a, then: block }\n");
  const PolicySet before{*set.program, set.sources, {.mode = Mode::rehearse, .zone = "UTC"}};
  const PolicySet after{*set.program, set.sources, {.mode = Mode::enforce, .zone = "Asia/Tokyo"}};
  EXPECT_EQ(to_text(compare(before, after)),
            "~ all policies\n"
            "    - policy_mode: rehearse\n"
            "    + policy_mode: enforce\n"
            "    - policy_zone: UTC\n"
            "    + policy_zone: Asia/Tokyo\n");
  EXPECT_TRUE(compare(before, before).empty());
}

TEST(PolicyComparison, IsJsonForPrograms) {
  const Set before("- name: A\n  then: block\n  when: { app: box }\n");
  const Set after("- name: A\n  then: allow\n  when: { app: box }\n- name: B\n  then: block\n");
  EXPECT_EQ(
      to_json(compare({*before.program, before.sources}, {*after.program, after.sources})),
      "{\"gateway\":[],\"added\":[{\"id\":\"b\",\"name\":\"B\",\"kind\":\"session\",\"order\":2,"
      "\"place\":\"p.yaml:4\"}],"
      "\"removed\":[],\"changed\":[{\"id\":\"a\",\"name\":\"A\",\"place\":\"p.yaml:1\",\"keys\":["
      "{\"key\":\"then\",\"before\":\"block\",\"after\":\"allow\"}]}],\"moved\":[],\"lists\":[]}"
      "\n");
}

TEST(PolicyText, ShowsWhereEachLineOfAPolicyComesFrom) {
  const Set set(
      "- name: Logon from Tor\n"
      "  extends: template/logon\n"
      "  when: { client.ip.tag: tor, not: { user: ana } }\n"
      "  except: [{ user: bo, reason: old }]\n",
      "- id: logon\n"
      "  kind: activity\n"
      "  when:\n"
      "    activity: login\n"
      "    not: { app: box }\n"
      "  alerts_per_day: 5\n");
  EXPECT_EQ(to_yaml(*set.program->find("logon-from-tor")->written, Places::shown),
            "- id: logon-from-tor             # p.yaml:1\n"
            "  name: Logon from Tor           # p.yaml:1\n"
            "  kind: activity                 # t.yaml:2\n"
            "  when:\n"
            "    activity: login              # t.yaml:4\n"
            "    not: { app: box }            # t.yaml:5\n"
            "    client.ip.tag: tor           # p.yaml:3\n"
            "    all:\n"
            "      - not: { user: ana }\n"
            "  except:\n"
            "    - { user: bo, reason: old }  # p.yaml:4\n"
            "  alerts_per_day: 5              # t.yaml:6\n");
}

TEST(NewPolicy, ExtendsItsTemplateAndSaysWhatDiffers) {
  const auto text = to_yaml(NewPolicy{.extends = "logon",
                                      .name = "Logon: from Tor",
                                      .id = "tor",
                                      .set = {{"when.client.ip.tag", "tor, vpn"},
                                              {"severity", "low"},
                                              {"per_day.users", "> 50"},
                                              {"when.path", "*"}}});
  ASSERT_TRUE(text) << text.error();
  EXPECT_EQ(*text,
            "- id: tor\n"
            "  name: \"Logon: from Tor\"\n"
            "  extends: template/logon\n"
            "  severity: low\n"
            "  when:\n"
            "    client.ip.tag: [tor, vpn]\n"
            "    path: \"*\"\n"
            "  per_day: { users: \"> 50\" }\n");
  EXPECT_EQ(
      to_yaml(NewPolicy{.extends = "x", .name = {}, .id = {}, .set = {{"sevrity", "low"}}}).error(),
      "a policy has no key 'sevrity': did you mean 'severity'?");
  EXPECT_EQ(
      to_yaml(NewPolicy{.extends = "x", .name = {}, .id = {}, .set = {{"when", "low"}}}).error(),
      "write what of 'when' to set: 'when.NAME=VALUE'");
}

TEST(NewPolicy, StandsBehindTheLastOfTheFile) {
  const std::string policy = "- name: n\n  extends: template/t\n";
  const auto appended = [&](const std::string& text) {
    const auto out = append_policy(source("x.yaml", text), policy);
    EXPECT_TRUE(out) << render(out.error());
    return out ? *out : std::string();
  };
  EXPECT_EQ(appended(""), policy);
  EXPECT_EQ(appended("# only\n"), "# only\n\n" + policy);
  EXPECT_EQ(appended("- name: a\n  then: block\n"), "- name: a\n  then: block\n\n" + policy);
  EXPECT_EQ(appended("- name: a\n  then: block"), "- name: a\n  then: block\n\n" + policy);
  EXPECT_EQ(appended("- name: a\r\n  then: block\r\n"),
            "- name: a\r\n  then: block\r\n\r\n- name: n\r\n  extends: template/t\r\n");
  EXPECT_EQ(appended("# h\n  - name: a\n    then: block  # b\n    # tail\n\n# end\n"),
            "# h\n  - name: a\n    then: block  # b\n    # tail\n\n  - name: n\n    extends: "
            "template/t\n\n# end\n");
  EXPECT_FALSE(append_policy(source("x.yaml", "[{name: a, then: block}]"), policy));
}

}  // namespace
}  // namespace sallyport::policy
