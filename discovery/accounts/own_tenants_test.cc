#include "discovery/accounts/own_tenants.h"

#include <gtest/gtest.h>

#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

SourcePtr source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

const Catalog& catalog() {
  static const std::shared_ptr<const Catalog> made = [] {
    std::vector<SourcePtr> files;
    for (const std::string id : {"box", "slack"}) {
      files.push_back(source(id + "/app.yaml",
                             "id: " + id + "\nname: " + id +
                                 "\nvendor: x\ncategory: cloud_storage\n" + "domains: [" + id +
                                 ".com]\nsources: [{kind: common_knowledge, date: 2026-11-26}]\n"));
    }
    Diagnostics warnings;
    auto read = parse_catalog(files, warnings);
    EXPECT_TRUE(read) << render(read.error());
    return *read;
  }();
  return *made;
}

std::shared_ptr<const OwnTenants> make(const std::string& text) {
  const auto made = parse_own_tenants(source("own_tenants.yaml", text), catalog());
  EXPECT_TRUE(made) << render(made.error());
  return made ? *made : std::make_shared<const OwnTenants>();
}

std::string refusal(const std::string& text) {
  const auto made = parse_own_tenants(source("own_tenants.yaml", text), catalog());
  return made ? "" : render(made.error());
}

std::string of(const OwnTenants& own, std::string_view app, std::string_view instance,
               std::string_view host = "x.example") {
  const auto kind = own.of_tenant(app, instance, host);
  return kind ? std::string(word_for(*kind)) : "none";
}

TEST(OwnTenants, AreKnownByNamePatternAndHostOfTheirApp) {
  const auto own = make(
      "- {app: box, tenants: [Corp, \"corp-*\", 12345], note: ours}\n"
      "- {app: slack, hosts: [corp.slack.com, \"*.enterprise.slack.com\"]}\n");
  EXPECT_EQ(of(*own, "box", "corp"), "corporate");
  EXPECT_EQ(of(*own, "box", "CORP-eu"), "corporate");
  EXPECT_EQ(of(*own, "box", "12345"), "corporate");
  EXPECT_EQ(of(*own, "box", "corporate"), "none");
  EXPECT_EQ(of(*own, "slack", "corp"), "none");
  EXPECT_EQ(of(*own, "", "corp"), "none");
  EXPECT_EQ(of(*own, "slack", "", "corp.slack.com"), "corporate");
  EXPECT_EQ(of(*own, "slack", "", "x.enterprise.slack.com"), "corporate");
  EXPECT_EQ(of(*own, "slack", "", "enterprise.slack.com"), "none");
  EXPECT_EQ(of(*own, "box", "", "corp.slack.com"), "none");
  EXPECT_EQ(own->names(), 5u);
}

TEST(OwnTenants, OfAnyAppStandBehindThoseOfTheApp) {
  const auto own = make(
      "- {app: any, tenants: [corp, shared], domains: [corp.example]}\n"
      "- {app: [box, slack], tenants: [shared], kind: other, domains: [lab.corp.example]}\n");
  EXPECT_EQ(of(*own, "box", "corp"), "corporate");
  EXPECT_EQ(of(*own, "box", "shared"), "other");
  EXPECT_EQ(of(*own, "", "shared"), "corporate");
  EXPECT_EQ(own->of_account("", "mail.corp.example"), InstanceKind::corporate);
  EXPECT_EQ(own->of_account("box", "lab.corp.example"), InstanceKind::other);
  EXPECT_EQ(own->of_account("box", "else.example"), std::nullopt);
  EXPECT_EQ(own->of_account("box", "no domain"), std::nullopt);
}

TEST(OwnTenants, AWholeNameGoesBeforePatternsAndTheFirstOfThoseSays) {
  const auto own = make(
      "- {app: box, tenants: [\"corp-*\"]}\n"
      "- {app: box, tenants: [corp-partner, \"corp-x*\"], kind: other}\n");
  EXPECT_EQ(of(*own, "box", "corp-partner"), "other");
  EXPECT_EQ(of(*own, "box", "corp-x1"), "corporate");
}

TEST(OwnTenants, WhatIsNoneOfTheAppsOwnIsElsewhere) {
  const auto own = make(
      "- {app: box, tenants: [corp]}\n"
      "- {app: slack, tenants: [partner], kind: other}\n"
      "- {app: any, tenants: [whole-group]}\n");
  EXPECT_TRUE(own->is_elsewhere("box", "rival"));
  EXPECT_FALSE(own->is_elsewhere("box", "Corp"));
  EXPECT_FALSE(own->is_elsewhere("box", "whole-group"));
  EXPECT_FALSE(own->is_elsewhere("box", ""));
  EXPECT_FALSE(own->is_elsewhere("slack", "rival"));  // No tenant of one's own is named.
  EXPECT_FALSE(own->is_elsewhere("", "rival"));
  EXPECT_TRUE(own->is_elsewhere("box", std::string(100'000, 'x')));
}

TEST(OwnTenants, AreRefusedWithTheirPlaceAndWhatWasMeant) {
  EXPECT_EQ(refusal("- app: boxx\n  tenants: [corp]\n"),
            "own_tenants.yaml:1:8: error: no app 'boxx' in the catalog\n"
            "- app: boxx\n"
            "       ^~~~ did you mean 'box'?\n");
  const auto refuses = [](const std::string& text, const std::string& words) {
    EXPECT_NE(refusal(text).find(words), std::string::npos) << text << refusal(text);
  };
  refuses("- {app: box}\n", "names no 'tenants', no 'hosts' and no 'domains'");
  refuses("- {tenants: [corp]}\n", "needs 'app'");
  refuses("- {app: box, tenants: [\"*\"]}\n", "would be every tenant");
  refuses("- {app: box, tenants: [\"a*b*c*d*e*f\"]}\n", "4 stars at most");
  refuses("- {app: box, tenants: [\" \"]}\n", "1 to 256 bytes");
  refuses("- {app: box, tenants: [" + std::string(300, 'x') + "]}\n", "1 to 256 bytes");
  refuses("- {app: box, tenants: [corp, Corp]}\n", "listed already");
  refuses("- {app: box, hosts: [10.0.0.1]}\n", "is no host");
  refuses("- {app: box, hosts: [a.box.com]}\n- {app: box, hosts: [a.box.com], kind: other}\n",
          "listed already, as another kind");
  refuses("- {app: box, tenant: [corp]}\n", "did you mean 'tenants'");
  refuses("- {app: box, tenants: [corp], kind: corporat}\n", "did you mean 'corporate'");
  refuses("app: box\n", "must be a list");
  std::string many;
  for (int i = 0; i < 101; ++i) many += ", \"a" + std::to_string(i) + "*\"";
  refuses("- {app: box, tenants: [x" + many + "]}\n", "more than 100 patterns");
}

TEST(OwnTenants, AreNoneInAnEmptyFile) {
  const auto own = make("");
  EXPECT_TRUE(own->empty());
  EXPECT_EQ(of(*own, "box", "corp"), "none");
  EXPECT_FALSE(own->is_elsewhere("box", "corp"));
}

TEST(OwnTenants, HaveKindsThatPoliciesKnow) {
  const auto words = policy::instance_kind_words();
  ASSERT_EQ(words.size(), 3u);
  EXPECT_EQ(word_for(InstanceKind::corporate), "corporate");
  EXPECT_EQ(word_for(InstanceKind::personal), "personal");
  EXPECT_EQ(word_for(InstanceKind::other), "other");
}

TEST(ShippedOwnTenants, AreReadAndEmpty) {
  const auto made = load_own_tenants(SALLYPORT_SOURCE_DIR "/conf/tags/own_tenants.yaml", catalog());
  ASSERT_TRUE(made) << render(made.error());
  EXPECT_TRUE((*made)->empty());
}

}  // namespace
}  // namespace sallyport::discovery
