// What rules mean, from their text to the verdict. Faults in them: diagnostics_test.cc.

#include "policy/compile/compile.h"

#include <functional>
#include <gtest/gtest.h>

namespace sallyport::policy {
namespace {

SourcePtr source(std::string text, std::string name = "rules.yaml") {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

// A whole exchange of alice with a known app, at its last point; the tests change what they speak
// of.
Activity sample() {
  Activity activity;
  activity.point = Point::download;
  activity.user = "alice";
  activity.groups = {"Engineering", "staff"};
  activity.client.address = *IpAddress::parse("10.1.2.3");
  activity.client.category = IpCategory::corporate;
  activity.client.range = "Main office";
  activity.host = "www.files.example.com";
  activity.port = 443;
  activity.scheme = "https";
  activity.app = AppFacts{"example_files", "Example Files", "cloud_storage", {"monitored"}};
  activity.client.country = "NO";
  activity.client.asn = 64496;
  activity.client.isp = "Example Net";
  activity.destination = AddressFacts{*IpAddress::parse("2001:db8::5"), IpCategory::none, {}, ""};
  activity.method = "POST";
  activity.path = "/admin/users";
  activity.type = ActivityType::upload;
  activity.status = 404;
  return activity;
}

// Whether a rule with this `when` (in flow style) holds.
bool holds(const std::string& when, const Activity& activity = sample()) {
  Diagnostics warnings;
  const auto program =
      compile({source("- name: r\n  when: {" + when + "}\n  then: block\n")}, warnings);
  EXPECT_TRUE(program) << render(program.error());
  if (!program) return false;
  EXPECT_TRUE(warnings.empty()) << render(warnings);
  return (*program)->decide(activity.point, activity).stops();
}

Activity with(const std::function<void(Activity&)>& change) {
  Activity activity = sample();
  change(activity);
  return activity;
}

TEST(PolicyLanguage, ComparesClosedWords) {
  EXPECT_TRUE(holds("activity: upload"));
  EXPECT_TRUE(holds("activity: [share, upload]"));
  EXPECT_FALSE(holds("activity: [share, download]"));
  EXPECT_TRUE(holds("app.category: cloud_storage"));
  EXPECT_FALSE(holds("app.category: webmail"));
  EXPECT_TRUE(holds("client.ip.category: corporate"));
  EXPECT_TRUE(holds("destination.ip.category: none"));
  EXPECT_TRUE(holds("scheme: https"));
  EXPECT_TRUE(holds("activity: delete", with([](Activity& a) { a.type = ActivityType::delete_; })));
}

TEST(PolicyLanguage, ComparesUsersWithoutCaseAndByPattern) {
  EXPECT_TRUE(holds("user: Alice"));
  EXPECT_TRUE(holds("user: [bob, ALICE]"));
  EXPECT_TRUE(holds("user: 'al*'"));
  EXPECT_TRUE(holds("user: '?*'"));
  EXPECT_FALSE(holds("user: ali"));
  EXPECT_FALSE(holds("user: unknown"));
}

TEST(PolicyLanguage, MeansThePersonByAnyOfTheirNames) {
  const Activity known = with([](Activity& a) {
    a.user_names = {"alice", "alice@corp.example", "corp\\alice"};
    a.user_domain = "corp.example";
  });
  EXPECT_TRUE(holds("user: alice", known));
  EXPECT_TRUE(holds("user: 'CORP\\Alice'", known));
  EXPECT_TRUE(holds("user: alice@corp.example", known));
  EXPECT_TRUE(holds("user: '*@corp.example'", known));
  EXPECT_FALSE(holds("user: alice@other.example", known));
  EXPECT_FALSE(holds("not: {user: alice@corp.example}", known));
  EXPECT_TRUE(holds("not: {user: bob}", known));
  EXPECT_TRUE(holds("user.domain: Corp.Example", known));
  EXPECT_FALSE(holds("user.domain: other.example", known));
  EXPECT_FALSE(holds("user: unknown", known));
}

TEST(PolicyLanguage, HoldsNothingOfADomainOrADeviceThatIsUnknown) {
  for (const char* condition : {"user.domain: corp.example", "not: {user.domain: corp.example}",
                                "device.tag: managed", "not: {device.tag: managed}"}) {
    EXPECT_FALSE(holds(condition)) << condition;
  }
  const Activity managed = with([](Activity& a) { a.device_tags = {"managed"}; });
  EXPECT_TRUE(holds("device.tag: [compliant, managed]", managed));
  EXPECT_TRUE(holds("not: {device.tag: compliant}", managed));
}

TEST(PolicyLanguage, StatesThatThereIsNoUserAndNoApp) {
  const Activity stranger = with([](Activity& a) {
    a.user.reset();
    a.app.reset();
  });
  EXPECT_TRUE(holds("user: unknown", stranger));
  EXPECT_TRUE(holds("user: Unknown", stranger));
  EXPECT_TRUE(holds("user: [unknown, bob]", stranger));
  EXPECT_TRUE(holds("user: [unknown, alice]"));
  EXPECT_TRUE(holds("app: unknown", stranger));
  EXPECT_FALSE(holds("app: unknown"));
  EXPECT_TRUE(holds("not: {app: unknown}"));
  EXPECT_FALSE(holds("user: '?*'", stranger));
  EXPECT_FALSE(holds("not: {user: bob}", stranger));
  EXPECT_FALSE(holds("not: {user.group: staff}", stranger));
  EXPECT_FALSE(holds("not: {app.tag: sanctioned}", stranger));
  // Somebody who logged in under that very name is somebody.
  EXPECT_FALSE(holds("user: unknown", with([](Activity& a) { a.user = "unknown"; })));
}

TEST(PolicyLanguage, LooksForAnyOfTheTextsInAList) {
  EXPECT_TRUE(holds("user.group: engineering"));
  EXPECT_TRUE(holds("user.group: [sales, staff]"));
  EXPECT_FALSE(holds("user.group: sales"));
  EXPECT_TRUE(holds("app.tag: monitored"));
  EXPECT_TRUE(holds("not: {app.tag: sanctioned}"));
  EXPECT_FALSE(holds("client.ip.tag: tor"));
  EXPECT_TRUE(holds("not: {client.ip.tag: tor}"));
}

TEST(PolicyLanguage, ComparesHostsByLabel) {
  EXPECT_TRUE(holds("host: files.example.com"));
  EXPECT_TRUE(holds("host: EXAMPLE.com."));
  EXPECT_TRUE(holds("host: '*.files.example.com'"));
  EXPECT_TRUE(holds("host: =www.files.example.com"));
  EXPECT_FALSE(holds("host: =files.example.com"));
  EXPECT_FALSE(holds("host: les.example.com"));
  EXPECT_FALSE(holds("host: '*.www.files.example.com'"));
  const Activity by_address = with([](Activity& a) { a.host = "192.0.2.1"; });
  EXPECT_TRUE(holds("host: 192.0.2.1", by_address));
  EXPECT_FALSE(holds("host: 192.0.2.11", by_address));
  EXPECT_TRUE(holds("host: '2001:db8::1'", with([](Activity& a) { a.host = "2001:db8::1"; })));
}

TEST(PolicyLanguage, ComparesPathsBySegment) {
  EXPECT_TRUE(holds("path: /admin"));
  EXPECT_TRUE(holds("path: /admin/"));
  EXPECT_TRUE(holds("path: '/admin/us*'"));
  EXPECT_FALSE(holds("path: /adm"));
  EXPECT_FALSE(holds("path: /Admin"));
  EXPECT_FALSE(holds("path: /users"));
}

TEST(PolicyLanguage, ComparesNumbers) {
  EXPECT_TRUE(holds("port: 443"));
  EXPECT_FALSE(holds("port: 8443"));
  EXPECT_TRUE(holds("port: [80, 443]"));
  EXPECT_TRUE(holds("status: '> 403'"));
  EXPECT_FALSE(holds("status: '> 404'"));
  EXPECT_TRUE(holds("status: '>= 404'"));
  EXPECT_TRUE(holds("status: '<=404'"));
  EXPECT_FALSE(holds("status: '< 404'"));
  EXPECT_TRUE(holds("status: '= 404'"));
  EXPECT_TRUE(holds("status: 400..499"));
  EXPECT_FALSE(holds("status: 500 .. 599"));
  EXPECT_TRUE(holds("not: {status: 200..299}"));
}

TEST(PolicyLanguage, ComparesAddresses) {
  EXPECT_TRUE(holds("client.ip: 10.0.0.0/8"));
  EXPECT_TRUE(holds("client.ip: [192.0.2.1, 10.1.2.3]"));
  EXPECT_FALSE(holds("client.ip: 10.1.2.4"));
  EXPECT_TRUE(holds("destination.ip: '2001:db8::/32'"));
  EXPECT_FALSE(holds("destination.ip: 0.0.0.0/0"));
}

TEST(PolicyLanguage, ComparesRangesAndMethodsWithoutCase) {
  EXPECT_TRUE(holds("client.ip.range: main office"));
  EXPECT_FALSE(holds("client.ip.range: main"));
  EXPECT_TRUE(holds("not: {destination.ip.range: main office}"));
  EXPECT_TRUE(holds("method: [put, post]"));
}

TEST(PolicyLanguage, ComparesCountriesAndAutonomousSystems) {
  EXPECT_TRUE(holds("client.ip.country: NO"));  // Not YAML's word for false.
  EXPECT_TRUE(holds("client.ip.country: [se, no]"));
  EXPECT_FALSE(holds("client.ip.country: SE"));
  EXPECT_TRUE(holds("not: {client.ip.country: SE}"));
  EXPECT_TRUE(holds("client.ip.asn: 64496..64511"));
  EXPECT_FALSE(holds("client.ip.asn: 64497"));
  EXPECT_TRUE(holds("client.ip.isp: 'example*'"));
}

TEST(PolicyLanguage, HoldsNothingOfACountryThatNobodyKnowsUnlessItSaysSo) {
  EXPECT_FALSE(holds("destination.ip.country: DE"));
  EXPECT_FALSE(holds("not: {destination.ip.country: DE}"));
  EXPECT_TRUE(holds("destination.ip.country: unknown"));
  EXPECT_TRUE(holds("destination.ip.country: [DE, unknown]"));
  EXPECT_TRUE(holds("destination.ip.asn: unknown"));
  EXPECT_FALSE(holds("not: {destination.ip.asn: 64496}"));
  EXPECT_FALSE(holds("client.ip.country: unknown"));
  EXPECT_FALSE(holds("client.ip.asn: unknown"));
}

TEST(PolicyLanguage, NestsGroups) {
  EXPECT_TRUE(holds("any: [{user: bob}, {activity: upload, port: 443}]"));
  EXPECT_FALSE(holds("any: [{user: bob}, {activity: upload, port: 80}]"));
  EXPECT_TRUE(holds("all: [{status: '>= 400'}, {status: '< 500'}]"));
  EXPECT_TRUE(holds("not: {user: alice, port: 80}"));
  EXPECT_FALSE(holds("not: {user: alice, port: 443}"));
  EXPECT_TRUE(holds("not: {any: [{user: bob}, {not: {user: alice}}]}"));
  EXPECT_TRUE(holds("all: [{not: {user: bob}}, {not: {user: carol}}]"));
}

TEST(PolicyLanguage, IncludesTheAppsThatNobodyKnowsWhereItSaysSo) {
  const std::string when = "any: [{app: unknown}, {not: {app.tag: sanctioned}}]";
  EXPECT_TRUE(holds(when, with([](Activity& a) { a.app.reset(); })));
  EXPECT_TRUE(holds(when, with([](Activity& a) { a.app->tags.clear(); })));
  EXPECT_FALSE(holds(when, with([](Activity& a) { a.app->tags = {"sanctioned"}; })));
}

TEST(PolicyLanguage, ReadsTheWholeRule) {
  Diagnostics warnings;
  const auto program = compile({source("- name: trial\n"
                                       "  then: block\n"
                                       "  mode: rehearse\n"
                                       "  severity: high\n"
                                       "- name: real\n"
                                       "  then: block\n"
                                       "  mode: enforce\n"
                                       "  say: |\n"
                                       "    Two\n"
                                       "    lines.\n")},
                               warnings);
  ASSERT_TRUE(program) << render(program.error());
  EXPECT_TRUE(warnings.empty()) << render(warnings);
  const Verdict verdict((*program)->decide(Point::request, sample()));
  EXPECT_EQ(verdict.policy, "real");
  EXPECT_EQ(verdict.say, "Two\nlines.");
  ASSERT_EQ(verdict.rehearsed.size(), 1u);
  EXPECT_EQ(verdict.rehearsed[0].policy, "trial");
  EXPECT_EQ((*program)->describe(), "2 policies, 1 of them in rehearsal");
}

TEST(PolicyLanguage, ReadsFilesAsOneListInTheOrderGiven) {
  Diagnostics warnings;
  const SourcePtr first = source("- {name: a, when: {user: alice}, then: monitor}\n", "10.yaml");
  const SourcePtr empty = source("# nothing yet\n", "20.yaml");
  const SourcePtr second = source("- {name: b, then: block}\n", "30.yaml");
  const auto program = compile({first, empty, second}, warnings);
  ASSERT_TRUE(program) << render(program.error());
  EXPECT_EQ(Verdict((*program)->decide(Point::request, sample())).policy, "a");
  EXPECT_EQ(Verdict((*program)->decide(Point::request, Activity())).policy, "b");

  const auto turned = compile({second, first}, warnings);
  ASSERT_TRUE(turned);
  EXPECT_EQ(Verdict((*turned)->decide(Point::request, sample())).policy, "b");
}

TEST(PolicyLanguage, AllowsEverythingWithoutFiles) {
  Diagnostics warnings;
  const auto program = compile({}, warnings);
  ASSERT_TRUE(program);
  EXPECT_EQ((*program)->size(), 0u);
}

}  // namespace
}  // namespace sallyport::policy
