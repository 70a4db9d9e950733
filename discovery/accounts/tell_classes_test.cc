#include "discovery/accounts/tell_classes.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

SourcePtr source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

std::shared_ptr<const MailDomains> domains() {
  auto read = parse_mail_domains(
      source("mail_domains.yaml",
             "internal: [corp.example]\npersonal: [gmail.com]\ndisposable: [mailinator.com]\n"));
  EXPECT_TRUE(read) << render(read.error());
  return *read;
}

std::shared_ptr<const OwnTenants> tenants(const std::string& text) {
  Diagnostics warnings;
  const auto catalog = parse_catalog(
      {source("box/app.yaml",
              "id: box\nname: Box\nvendor: Box\ncategory: cloud_storage\ndomains: [box.com]\n"
              "sources: [{kind: common_knowledge, date: 2026-11-26}]\n")},
      warnings);
  EXPECT_TRUE(catalog) << render(catalog.error());
  auto read = parse_own_tenants(source("own_tenants.yaml", text), **catalog);
  EXPECT_TRUE(read) << render(read.error());
  return *read;
}

// instance.kind of an activity in Box.
std::string kind(const OwnTenants& own, std::string instance, std::string account,
                 std::string told = "", std::string host = "app.box.com") {
  policy::Activity activity;
  activity.app = policy::AppFacts{"box", "Box", "cloud_storage", {}};
  activity.host = std::move(host);
  policy::Details& details = activity.details.emplace();
  details.instance = std::move(instance);
  details.account = std::move(account);
  details.instance_kind = std::move(told);
  tell_instance(*domains(), own, activity);
  return activity.details->instance_kind;
}

TEST(TellClasses, NamesEachClassOfTheTargetsOnce) {
  policy::Details details;
  details.target_emails = {"a@corp.example", "b@gmail.com", "c@gmail.com", "d@partner.example"};
  details.target_domains = {"sub.corp.example", "mailinator.com"};
  tell_classes(*domains(), details);
  EXPECT_EQ(details.target_classes,
            (std::vector<std::string>{"disposable", "external", "internal", "personal"}));
}

TEST(TellInstance, GoesByTheAccountWhereNothingElseIsKnown) {
  const OwnTenants none;
  EXPECT_EQ(kind(none, "", "ana@corp.example"), "corporate");
  EXPECT_EQ(kind(none, "", "ana@gmail.com"), "personal");
  EXPECT_EQ(kind(none, "", "ana@partner.example"), "other");
  EXPECT_EQ(kind(none, "", "ana"), "");
  EXPECT_EQ(kind(none, "acme", ""), "");
  EXPECT_EQ(kind(none, "", "ana@corp.example", "personal"), "personal");
}

TEST(TellInstance, KnowsADomainOfOnesOwnAsAnInstance) {
  const OwnTenants none;
  EXPECT_EQ(kind(none, "corp.example", ""), "corporate");
  EXPECT_EQ(kind(none, "partner.example", ""), "");
}

TEST(TellInstance, AGuestInSomebodyElsesTenantIsNotAtHome) {
  const auto own = tenants("- {app: box, tenants: [corp]}\n");
  EXPECT_EQ(kind(*own, "corp", "ben@partner.example"), "corporate");
  EXPECT_EQ(kind(*own, "CORP", "ana@gmail.com", "personal"), "corporate");
  EXPECT_EQ(kind(*own, "rival", "ana@corp.example"), "other");
  EXPECT_EQ(kind(*own, "rival", "ana@gmail.com", "personal"), "personal");
  EXPECT_EQ(kind(*own, "", "ana@corp.example"), "corporate");  // The tenant is not known.
}

TEST(TellInstance, TakesTheDomainsThatOwnTenantsList) {
  const auto own = tenants("- {app: box, domains: [subsidiary.example]}\n");
  EXPECT_EQ(kind(*own, "", "ana@subsidiary.example"), "corporate");
  EXPECT_EQ(kind(*own, "", "ana@mail.subsidiary.example"), "corporate");
  EXPECT_EQ(kind(*own, "", "ana@partner.example"), "other");
}

TEST(TellInstance, AHostThatIsOnesOwnTellsAlsoWhatNoSignatureDescribes) {
  const auto own = tenants("- {app: any, hosts: [corp.box.com]}\n");
  EXPECT_EQ(kind(*own, "", "", "", "corp.box.com"), "corporate");
  policy::Activity plain;
  plain.host = "corp.box.com";
  tell_instance(*domains(), *own, plain);
  ASSERT_TRUE(plain.details);
  EXPECT_EQ(plain.details->instance_kind, "corporate");
  policy::Activity other;
  other.host = "rival.box.com";
  tell_instance(*domains(), *own, other);
  EXPECT_FALSE(other.details);
}

}  // namespace
}  // namespace sallyport::discovery
