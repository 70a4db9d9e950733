// What the author of a faulty rule reads. The whole text is compared, with its place, caret and
// hint.

#include <gtest/gtest.h>

#include "policy/compile/compile.h"

namespace sallyport::policy {
namespace {

SourcePtr source(std::string text, std::string name = "rules.yaml") {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

void expect_refused(const std::vector<SourcePtr>& files, std::string_view expected) {
  Diagnostics warnings;
  const auto compiled = compile(files, warnings);
  ASSERT_FALSE(compiled) << "was accepted";
  EXPECT_EQ(render(compiled.error()), expected);
  EXPECT_TRUE(warnings.empty());
}

void expect_refused(std::string rules, std::string_view expected) {
  expect_refused(std::vector{source(std::move(rules))}, expected);
}

void expect_warned(std::string rules, std::string_view expected) {
  Diagnostics warnings;
  const auto compiled = compile({source(std::move(rules))}, warnings);
  ASSERT_TRUE(compiled) << render(compiled.error());
  EXPECT_EQ(render(warnings), expected);
}

// A rule with one line under `when`, and what is said about that line.
void expect_condition_refused(const std::string& condition, const std::string& message,
                              const std::string& caret) {
  expect_refused("- name: r\n  when:\n    " + condition + "\n  then: block\n",
                 message + "\n    " + condition + "\n" + caret + "\n");
}

void expect_silence(std::string rules) { expect_warned(std::move(rules), ""); }

// For texts too long to be compared whole.
void expect_first_line(std::string rules, std::string_view expected) {
  Diagnostics warnings;
  const auto compiled = compile({source(std::move(rules))}, warnings);
  ASSERT_FALSE(compiled) << "was accepted";
  const std::string text = render(compiled.error());
  EXPECT_EQ(text.substr(0, text.find('\n')), expected);
}

// ---- the rule

TEST(PolicyDiagnostics, RefuseAFileThatIsNoList) {
  expect_refused("name: r\nthen: block\n",
                 "rules.yaml:1:1: error: a policy file is a list of policies, not a mapping\n"
                 "name: r\n"
                 "^ begin each policy with '- name:'\n");
}

TEST(PolicyDiagnostics, RefuseARuleThatIsNoMapping) {
  expect_refused("- block\n",
                 "rules.yaml:1:3: error: policy must be a mapping, not a value\n"
                 "- block\n"
                 "  ^~~~~ begin each policy with '- name:'\n");
}

// A dash with nothing behind it once was a policy that allowed everything.
TEST(PolicyDiagnostics, RefuseAnItemWithNothingInIt) {
  expect_refused("-\n- name: r\n  then: block\n",
                 "rules.yaml:1:1: error: a policy without any key\n"
                 "-\n"
                 "^\n");
}

TEST(PolicyDiagnostics, AskForNameAndThen) {
  expect_refused(
      "- when: {user: bob}\n",
      "rules.yaml:1:3: error: policy needs 'name'\n"
      "- when: {user: bob}\n"
      "  ^ people and events see it by its name\n"
      "rules.yaml:1:3: error: policy needs 'then'\n"
      "- when: {user: bob}\n"
      "  ^ allow, monitor, block, coach, justify, step_up, sign_in_again, notice or isolate\n");
}

TEST(PolicyDiagnostics, SuggestTheKeyTheAuthorMeant) {
  expect_refused("- name: r\n  wehn: {user: bob}\n  then: block\n",
                 "rules.yaml:2:3: error: unknown key 'wehn' in policy\n"
                 "  wehn: {user: bob}\n"
                 "  ^~~~ did you mean 'when'?\n");
}

TEST(PolicyDiagnostics, SuggestTheActionTheAuthorMeant) {
  expect_refused("- name: r\n  then: blok\n",
                 "rules.yaml:2:9: error: 'then' of policy cannot be 'blok'\n"
                 "  then: blok\n"
                 "        ^~~~ did you mean 'block'?\n");
}

TEST(PolicyDiagnostics, ListTheActionsWhereNothingIsNear) {
  expect_refused("- name: r\n  then: quarantine\n",
                 "rules.yaml:2:9: error: 'then' of policy cannot be 'quarantine'\n"
                 "  then: quarantine\n"
                 "        ^~~~~~~~~~ one of: allow, monitor, block, bypass, intercept, coach, "
                 "justify, step_up, notice, isolate, sign_in_again\n");
}

TEST(PolicyDiagnostics, CheckModeAndSeverity) {
  expect_refused("- name: r\n  then: block\n  mode: rehearsed\n  severity: critical\n",
                 "rules.yaml:3:9: error: 'mode' of policy cannot be 'rehearsed'\n"
                 "  mode: rehearsed\n"
                 "        ^~~~~~~~~ did you mean 'rehearse'?\n"
                 "rules.yaml:4:13: error: 'severity' of policy cannot be 'critical'\n"
                 "  severity: critical\n"
                 "            ^~~~~~~~ one of: informational, low, medium, high\n");
}

TEST(PolicyDiagnostics, PointAtBothRulesOfOneName) {
  expect_refused({source("- name: same\n  when: {user: bob}\n  then: block\n", "10.yaml"),
                  source("- name: other\n  when: {user: bob}\n  then: block\n"
                         "- name: same\n  when: {user: carol}\n  then: block\n",
                         "20.yaml")},
                 "10.yaml:1:9: error: more than one policy is named 'same'\n"
                 "- name: same\n"
                 "        ^~~~ the other is at 20.yaml:4:9\n"
                 "20.yaml:4:9: error: more than one policy is named 'same'\n"
                 "- name: same\n"
                 "        ^~~~ the other is at 10.yaml:1:9\n");
}

TEST(PolicyDiagnostics, RefuseNamesThatCannotBeShown) {
  expect_refused("- name: \"a\\nb\"\n  then: block\n- name: ''\n  then: block\n",
                 "rules.yaml:1:9: error: a policy's name holds characters that cannot be shown\n"
                 "- name: \"a\\nb\"\n"
                 "        ^~~~~~\n"
                 "rules.yaml:3:9: error: a policy needs a name\n"
                 "- name: ''\n"
                 "        ^~\n");
}

TEST(PolicyDiagnostics, LimitNames) {
  expect_first_line("- name: " + std::string(129, 'n') + "\n  then: block\n",
                    "rules.yaml:1:9: error: a policy's name has at most 128 bytes");
  expect_silence("- name: " + std::string(128, 'n') + "\n  then: block\n");
}

TEST(PolicyDiagnostics, LimitWhatIsSaid) {
  expect_first_line("- name: r\n  then: block\n  say: " + std::string(1001, 's') + "\n",
                    "rules.yaml:3:8: error: 'say' has at most 1000 bytes");
  expect_silence("- name: r\n  then: block\n  say: " + std::string(1000, 's') + "\n");
}

TEST(PolicyDiagnostics, ReportEverythingAtOnce) {
  expect_refused(
      "- name: one\n"
      "  when: { app.categry: cloud_storage, activity: uplaod }\n"
      "  then: blok\n"
      "- name: two\n"
      "  when: { client.ip: 10.0.0.1/8 }\n",
      "rules.yaml:2:11: error: unknown attribute 'app.categry'\n"
      "  when: { app.categry: cloud_storage, activity: uplaod }\n"
      "          ^~~~~~~~~~~ did you mean 'app.category'?\n"
      "rules.yaml:2:49: error: 'uplaod' is no activity\n"
      "  when: { app.categry: cloud_storage, activity: uplaod }\n"
      "                                                ^~~~~~ did you mean 'upload'?\n"
      "rules.yaml:3:9: error: 'then' of policy cannot be 'blok'\n"
      "  then: blok\n"
      "        ^~~~ did you mean 'block'?\n"
      "rules.yaml:4:3: error: policy needs 'then'\n"
      "- name: two\n"
      "  ^ allow, monitor, block, coach, justify, step_up, sign_in_again, notice or isolate\n"
      "rules.yaml:5:22: error: '10.0.0.1/8' has bits set behind its prefix\n"
      "  when: { client.ip: 10.0.0.1/8 }\n"
      "                     ^~~~~~~~~~ did you mean '10.0.0.0/8' or the address '10.0.0.1'?\n");
}

// ---- conditions

TEST(PolicyDiagnostics, SuggestTheAttributeTheAuthorMeant) {
  expect_refused("- name: r\n  when: { app.categry: cloud_storage }\n  then: block\n",
                 "rules.yaml:2:11: error: unknown attribute 'app.categry'\n"
                 "  when: { app.categry: cloud_storage }\n"
                 "          ^~~~~~~~~~~ did you mean 'app.category'?\n");
}

TEST(PolicyDiagnostics, SayWhereAKeyOfTheRuleBelongs) {
  expect_refused(
      "- name: r\n  when:\n    user: bob\n    then: block\n",
      "rules.yaml:1:3: error: policy needs 'then'\n"
      "- name: r\n"
      "  ^ allow, monitor, block, coach, justify, step_up, sign_in_again, notice or isolate\n"
      "rules.yaml:4:5: error: unknown attribute 'then'\n"
      "    then: block\n"
      "    ^~~~ 'then' belongs to the policy, beside 'when'\n");
}

TEST(PolicyDiagnostics, SuggestTheDottedNameForANestedMapping) {
  expect_condition_refused(
      "app: {category: webmail}",
      "rules.yaml:3:10: error: 'app' takes a value or a list of values, not a mapping",
      "         ^~~~~~~~~~~~~~~~~~~ did you mean 'app.category'?");
}

TEST(PolicyDiagnostics, RefuseEmptyLists) {
  expect_condition_refused(
      "user: []", "rules.yaml:3:11: error: 'user' has an empty list, which nothing can match",
      "          ^~ leave the condition out, or name a value");
}

TEST(PolicyDiagnostics, RefuseMissingValues) {
  expect_refused("- name: r\n  when:\n    user:\n    host: ''\n    app: [a, ~]\n  then: block\n",
                 "rules.yaml:3:5: error: 'user' needs a value\n"
                 "    user:\n"
                 "    ^~~~ write a value, or leave the condition out\n"
                 "rules.yaml:4:11: error: 'host' needs a value\n"
                 "    host: ''\n"
                 "          ^~ write a value, or leave the condition out\n"
                 "rules.yaml:5:14: error: 'app' needs a value\n"
                 "    app: [a, ~]\n"
                 "             ^ write a value, or leave the condition out\n");
}

TEST(PolicyDiagnostics, RefuseListsInsideLists) {
  expect_condition_refused(
      "user: [a, [b]]",
      "rules.yaml:3:15: error: a value of 'user' is a single word or text, not a list",
      "              ^~~ one list holds all values");
}

TEST(PolicyDiagnostics, RefuseAnEmptyWhen) {
  expect_refused("- name: r\n  when:\n  then: block\n- name: s\n  when: {}\n  then: block\n",
                 "rules.yaml:2:3: error: 'when' has no conditions\n"
                 "  when:\n"
                 "  ^~~~ leave 'when' out for a policy that always holds\n"
                 "rules.yaml:5:9: error: 'when' has no conditions\n"
                 "  when: {}\n"
                 "        ^~ leave 'when' out for a policy that always holds\n");
}

TEST(PolicyDiagnostics, RefuseAWhenThatIsAListOrAWord) {
  expect_refused(
      "- name: r\n  when: [{user: bob}]\n  then: block\n- name: s\n  when: always\n  then: block\n",
      "rules.yaml:2:9: error: 'when' takes conditions, not a list\n"
      "  when: [{user: bob}]\n"
      "        ^~~~~~~~~~~~~ write 'all: [...]' or 'any: [...]' for a list of conditions\n"
      "rules.yaml:5:9: error: 'when' takes conditions, not a value\n"
      "  when: always\n"
      "        ^~~~~~ write 'attribute: value'\n");
}

TEST(PolicyDiagnostics, RefuseEmptyAndMisshapenGroups) {
  expect_refused(
      "- name: r\n"
      "  when:\n"
      "    any: []\n"
      "    all: {user: bob}\n"
      "    not: {}\n"
      "  then: block\n"
      "- name: s\n"
      "  when:\n"
      "    any: [bob]\n"
      "    not: [{user: bob}]\n"
      "  then: block\n",
      "rules.yaml:3:10: error: 'any' has no conditions\n"
      "    any: []\n"
      "         ^~\n"
      "rules.yaml:4:10: error: 'all' is a list of conditions, not a mapping\n"
      "    all: {user: bob}\n"
      "         ^~~~~~~~~~~ write 'all: [{attribute: value}, {attribute: value}]'\n"
      "rules.yaml:5:10: error: 'not' has no conditions\n"
      "    not: {}\n"
      "         ^~\n"
      "rules.yaml:9:11: error: 'any' takes conditions, not a value\n"
      "    any: [bob]\n"
      "          ^~~ write 'attribute: value'\n"
      "rules.yaml:10:10: error: 'not' takes conditions, not a list\n"
      "    not: [{user: bob}]\n"
      "         ^~~~~~~~~~~~~ write 'all: [...]' or 'any: [...]' for a list of conditions\n");
}

TEST(PolicyDiagnostics, RefuseABypassThatWouldComeTooLate) {
  expect_refused(
      "- name: r\n  kind: tls\n  when: {host: example.com, not: {activity: upload}}\n"
      "  then: bypass\n",
      "rules.yaml:3:35: error: 'activity' cannot be asked here: a tls policy decides before the "
      "connection is opened\n"
      "  when: {host: example.com, not: {activity: upload}}\n"
      "                                  ^~~~~~~~ known by then: app, app.category, "
      "app.data_center, app.days_since_breach, app.factor, app.founded, app.headquarters, "
      "app.lacks, app.risk_score, app.tag, client.ip, client.ip.asn, client.ip.category, "
      "client.ip.country, client.ip.isp, "
      "client.ip.range, client.ip.tag, client.ja4, device.tag, host, host.domain, host.kind, "
      "host.tag, port, scheme, time.date, time.of_day, time.weekday, user, "
      "user.days_since_logon, user.domain, "
      "user.group\n");
}

TEST(PolicyDiagnostics, SayWhichKindBypasses) {
  expect_refused("- name: r\n  when: {host: example.com}\n  then: bypass\n",
                 "rules.yaml:3:9: error: 'bypass' is decided before a connection is opened\n"
                 "  then: bypass\n"
                 "        ^~~~~~ write 'kind: tls'\n");
}

// ---- warnings

TEST(PolicyDiagnostics, WarnOfARuleThatIsNeverReached) {
  expect_warned(
      "- name: trial\n  then: block\n  mode: rehearse\n"
      "- name: unopened\n  kind: tls\n  then: bypass\n"
      "- name: everything\n  then: monitor\n"
      "- name: too late\n  when: {user: bob}\n  then: block\n",
      "rules.yaml:9:9: warning: this policy can never be reached\n"
      "- name: too late\n"
      "        ^~~~~~~~ 'everything' at rules.yaml:7:9 has no conditions, so it always decides "
      "first\n");
}

TEST(PolicyDiagnostics, WarnOfWordsThatNobodySees) {
  expect_warned("- name: r\n  when: {user: bob}\n  then: monitor\n  say: Hello.\n",
                "rules.yaml:4:8: warning: nobody will see this: 'monitor' stops nobody\n"
                "  say: Hello.\n"
                "       ^~~~~~\n");
}

// The desk would refuse them when the policy matches.
TEST(PolicyDiagnostics, RefuseTagsThatNoAppCanHave) {
  const std::string begin = "- name: r\n  kind: activity\n  when: { app: box }\n  tag_app: ";
  expect_refused(begin + "by-legal\n",
                 "rules.yaml:4:12: error: 'by-legal' is no tag\n"
                 "  tag_app: by-legal\n"
                 "           ^~~~~~~~ letters a to z, digits and '_'\n");
  expect_refused(begin + "unsanctionned\n",
                 "rules.yaml:4:12: error: tag 'unsanctionned' is nearly a built-in one\n"
                 "  tag_app: unsanctionned\n"
                 "           ^~~~~~~~~~~~~ did you mean 'unsanctioned'?\n");
  expect_silence(begin + "by_legal\n");
}

TEST(PolicyDiagnostics, WarnOfATagThatIsNearlyOneOfOurs) {
  expect_warned(
      "- name: r\n  when: {app.tag: [unsantioned, finance_team, Sanctioned]}\n  then: block\n",
      "rules.yaml:2:20: warning: 'unsantioned' is no app.tag that we know\n"
      "  when: {app.tag: [unsantioned, finance_team, Sanctioned]}\n"
      "                   ^~~~~~~~~~~ did you mean 'unsanctioned'?\n");
}

TEST(PolicyDiagnostics, WarnOfNumbersThatMatchEverything) {
  expect_warned(
      "- name: r\n  when: {status: ['>= 400', '< 500']}\n  then: block\n",
      "rules.yaml:2:19: warning: this matches every status\n"
      "  when: {status: ['>= 400', '< 500']}\n"
      "                  ^~~~~~~~ a list means any of its values; write a range as '400..499'\n");
  expect_silence("- name: r\n  when: {status: ['> 500', '< 400']}\n  then: block\n");
}

TEST(PolicyDiagnostics, ShowWarningsBesideErrors) {
  expect_refused("- name: r\n  when: {app.tag: unsantioned}\n  then: blok\n",
                 "rules.yaml:2:19: warning: 'unsantioned' is no app.tag that we know\n"
                 "  when: {app.tag: unsantioned}\n"
                 "                  ^~~~~~~~~~~ did you mean 'unsanctioned'?\n"
                 "rules.yaml:3:9: error: 'then' of policy cannot be 'blok'\n"
                 "  then: blok\n"
                 "        ^~~~ did you mean 'block'?\n");
}

}  // namespace
}  // namespace sallyport::policy
