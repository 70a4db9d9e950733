#include "discovery/catalog/risk.h"

#include <gtest/gtest.h>

#include "discovery/catalog/catalog.h"
#include "discovery/catalog/risk_reader.h"

namespace sallyport::discovery {
namespace {

constexpr std::chrono::sys_days kToday =
    std::chrono::year(2026) / std::chrono::November / std::chrono::day(27);

SourcePtr source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

Factors factors(const std::string& lines) {
  const auto parsed = yaml::parse(source(
      "risk.yaml", "sources: [{kind: common_knowledge, date: 2026-11-27}]\nfactors:\n" + lines));
  EXPECT_TRUE(parsed.has_value());
  Diagnostics found;
  Factors read = read_risk(*parsed, found);
  EXPECT_FALSE(found.has_errors()) << render(found);
  return read;
}

std::string faults(const std::string& text) {
  const auto parsed = yaml::parse(source("risk.yaml", text));
  EXPECT_TRUE(parsed.has_value());
  Diagnostics found;
  read_risk(*parsed, found);
  return render(found);
}

RiskRules all_known() {
  RiskRules rules;
  rules.least_known = 0;
  rules.doubt = 0;
  return rules;
}

double points(const std::string& lines, const RiskRules& rules = all_known()) {
  const Factors read = factors(lines);
  return score(read, rules, kToday).points.value_or(-1);
}

TEST(Risk, OfOneGroupIsTheMeanOfWhatIsKnown) {
  EXPECT_DOUBLE_EQ(points("  saml: true\n"), 10);
  EXPECT_DOUBLE_EQ(points("  saml: false\n"), 0);
  EXPECT_DOUBLE_EQ(points("  saml: true\n  user_roles: false\n  penetration_testing: true\n"),
                   20.0 / 3);
}

TEST(Risk, GroupsCountAlikeHoweverManyOfTheirFactorsAreKnown) {
  EXPECT_DOUBLE_EQ(points("  saml: true\n  user_roles: true\n  user_audit_trail: true\n"
                          "  soc_2: false\n"),
                   5);
}

TEST(Risk, WhatIsGoodToLackCountsTheOtherWay) {
  EXPECT_DOUBLE_EQ(points("  remember_password: true\n"), 0);
  EXPECT_DOUBLE_EQ(points("  remember_password: false\n"), 10);
}

TEST(Risk, WordsHavePointsOfTheirOwn) {
  EXPECT_DOUBLE_EQ(points("  encryption_protocol: tls1_3\n"), 10);
  EXPECT_DOUBLE_EQ(points("  encryption_protocol: tls1_0\n"), 2);
  EXPECT_DOUBLE_EQ(points("  fedramp: not_supported\n"), 0);
}

TEST(Risk, OfAgeGrowsForTenYears) {
  EXPECT_DOUBLE_EQ(points("  founded: 1998\n"), 10);
  EXPECT_NEAR(points("  latest_breach: 2021-11-27\n"), 5, 0.01);
  EXPECT_DOUBLE_EQ(points("  latest_breach: 2026-11-27\n"), 0);
  EXPECT_DOUBLE_EQ(points("  latest_breach: 2027\n"), 0);
}

TEST(Risk, WhatIsOnlyToldHasNoPoints) {
  const Factors read =
      factors("  headquarters: US\n  data_centers: [DE, US]\n  file_sharing: true\n");
  EXPECT_FALSE(score(read, all_known(), kToday).points);
}

TEST(Risk, WeightsCountOfFactorsAndGroups) {
  RiskRules rules = all_known();
  const auto weigh = [&](std::string_view name, Weight weight) {
    const auto table = policy::risk_factor_table();
    rules.factors[static_cast<std::size_t>(policy::find_risk_factor(name) - table.data())] = weight;
  };
  weigh("saml", Weight::very_high);
  weigh("user_roles", Weight::low);
  EXPECT_DOUBLE_EQ(points("  saml: true\n  user_roles: false\n", rules), 8);
  weigh("saml", Weight::ignored);
  EXPECT_DOUBLE_EQ(points("  saml: true\n  user_roles: false\n", rules), 0);
  rules.groups[static_cast<std::size_t>(policy::FactorGroup::security)] = Weight::ignored;
  EXPECT_DOUBLE_EQ(points("  saml: true\n  user_roles: false\n  soc_2: true\n", rules), 10);
}

TEST(Risk, WhatDoesNotApplyCountsOnlyWhereItIsSaid) {
  RiskRules rules = all_known();
  EXPECT_DOUBLE_EQ(points("  saml: true\n  soc_2: true\n  hipaa: not_applicable\n", rules), 10);
  rules.not_applicable_counts = true;
  EXPECT_DOUBLE_EQ(points("  saml: true\n  soc_2: true\n  hipaa: not_applicable\n", rules), 7.5);
}

TEST(Risk, WithTooLittleKnownThereIsNoScore) {
  RiskRules rules;
  EXPECT_LT(points("  saml: true\n", rules), 0);
  const Factors read = factors("  saml: true\n");
  const RiskScore few = score(read, rules, kToday);
  EXPECT_FALSE(few.points);
  EXPECT_GT(few.known, 0);
  EXPECT_LT(few.known, 0.05);
}

TEST(Risk, DoubtDrawsWhatIsLittleKnownToTheMiddle) {
  RiskRules rules = all_known();
  rules.doubt = 4;
  for (const policy::FactorGroup other :
       {policy::FactorGroup::general, policy::FactorGroup::compliance,
        policy::FactorGroup::legal}) {
    rules.groups[static_cast<std::size_t>(other)] = Weight::ignored;
  }
  EXPECT_DOUBLE_EQ(points("  saml: true\n", rules), 6);  // (10 + 4 * 5) / 5
  EXPECT_DOUBLE_EQ(points("  saml: false\n", rules), 4);
  EXPECT_DOUBLE_EQ(points("  saml: true\n  user_roles: true\n  user_audit_trail: true\n"
                          "  data_audit_trail: true\n",
                          rules),
                   7.5);
  EXPECT_LT(points("  headquarters: US\n", rules), 0);  // nothing that counts is known: no score
}

TEST(Risk, FactsAreWhatPoliciesMayAskFor) {
  const Factors read = factors(
      "  soc_2: true\n  saml: false\n  fedramp: high\n  pci_dss: not_supported\n  founded: 2007\n"
      "  headquarters: US\n  data_centers: [US, DE]\n  latest_breach: 2020-02-03\n"
      "  hipaa: not_applicable\n");
  const auto facts = risk_facts(read, score(read, all_known(), kToday), std::nullopt);
  ASSERT_NE(facts, nullptr);
  EXPECT_EQ(facts->has, (std::vector<std::string>{"fedramp", "fedramp_high", "soc_2"}));
  EXPECT_EQ(facts->lacks, (std::vector<std::string>{"pci_dss", "saml"}));
  EXPECT_EQ(facts->headquarters, "US");
  EXPECT_EQ(facts->data_centers, (std::vector<std::string>{"DE", "US"}));
  EXPECT_EQ(facts->founded, 2007u);
  EXPECT_EQ(facts->breached,
            std::chrono::sys_days(std::chrono::year(2020) / std::chrono::February / 3));
  EXPECT_TRUE(facts->score);
}

TEST(Risk, TheOperatorsScoreStandsWhateverTheFactorsComeTo) {
  const Factors read = factors("  soc_2: true\n");
  const RiskScore made = score(read, all_known(), kToday);
  EXPECT_EQ(*risk_facts(read, made, StatedScore{3, "ours", {}})->score, 3u);
  EXPECT_EQ(*risk_facts({}, score({}, {}, kToday), StatedScore{3, "ours", {}})->score, 3u);
  EXPECT_EQ(risk_facts({}, score({}, {}, kToday), std::nullopt), nullptr);
}

TEST(RiskFile, KeepsTheSourceOfEachFactor) {
  const Factors read = factors(
      "  saml: true\n"
      "  soc_2: {value: true, kind: vendor_documentation, date: 2026-11-20, note: trust page}\n");
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].source.kind, "common_knowledge");
  EXPECT_EQ(read[1].source.kind, "vendor_documentation");
  EXPECT_EQ(read[1].source.date, "2026-11-20");
  EXPECT_EQ(read[1].source.note, "trust page");
}

TEST(RiskFile, TellsEachFaultWithItsPlaceAndTheCure) {
  EXPECT_EQ(faults("sources: [{kind: common_knowledge, date: 2026-11-27}]\n"
                   "factors:\n"
                   "  samll: true\n"
                   "  saml: yes\n"
                   "  soc_2: unknown\n"
                   "  founded: 2007-01\n"
                   "  headquarters: us\n"
                   "  fedramp: higher\n"
                   "  popularity: 11\n"
                   "  privacy_policy: www.example.com\n"
                   "  latest_breach: yesterday\n"
                   "  hipaa: [true]\n"),
            "risk.yaml:3:3: error: 'samll' is no factor of risk\n"
            "  samll: true\n"
            "  ^~~~~ did you mean 'saml'?\n"
            "risk.yaml:4:9: error: 'yes' is no saml\n"
            "  saml: yes\n"
            "        ^~~ write true\n"
            "risk.yaml:5:10: error: 'unknown' is no soc_2\n"
            "  soc_2: unknown\n"
            "         ^~~~~~~ leave it out: what is not written is unknown\n"
            "risk.yaml:6:12: error: '2007-01' is no founded\n"
            "  founded: 2007-01\n"
            "           ^~~~~~~ a year, such as 2007\n"
            "risk.yaml:7:17: error: 'us' is no headquarters\n"
            "  headquarters: us\n"
            "                ^~ a country is its ISO 3166-1 code of two letters: DE, FR, GB\n"
            "risk.yaml:8:12: error: 'higher' is no fedramp\n"
            "  fedramp: higher\n"
            "           ^~~~~~ did you mean 'high'?\n"
            "risk.yaml:9:15: error: '11' is no popularity\n"
            "  popularity: 11\n"
            "              ^~ a number from 0 to 10\n"
            "risk.yaml:10:19: error: 'www.example.com' is no privacy_policy\n"
            "  privacy_policy: www.example.com\n"
            "                  ^~~~~~~~~~~~~~~ such as 'https://www.example.com/'\n"
            "risk.yaml:11:18: error: 'yesterday' is no latest_breach\n"
            "  latest_breach: yesterday\n"
            "                 ^~~~~~~~~ 2026-11-27, 2026-11 or 2026\n"
            "risk.yaml:12:10: error: hipaa is one value, not a list\n"
            "  hipaa: [true]\n"
            "         ^~~~~~\n");
}

TEST(RiskFile, NeedsASource) {
  EXPECT_NE(faults("factors: {saml: true}\n").find("risk needs 'sources'"), std::string::npos)
      << faults("factors: {saml: true}\n");
}

// The catalog of two apps of which one has factors.
std::shared_ptr<const Catalog> catalog() {
  Diagnostics warnings;
  const auto app = [](std::string id) {
    return source("catalog/" + id + "/app.yaml",
                  "id: " + id + "\nname: " + id + "\nvendor: V\ncategory: webmail\ndomains: [" +
                      id + ".example]\nsources: [{kind: observed, date: 2026-11-27}]\n");
  };
  auto made = parse_catalog({app("box"), app("mega")}, warnings);
  EXPECT_TRUE(made.has_value());
  return *made;
}

TEST(AppRisk, TakesWeightsScoresAndFactorsOfTheOperator) {
  const auto with =
      parse_app_risk(source("app_risk.yaml",
                            "least_known: 0\ndoubt: 0\nweights: {legal: ignored}\n"
                            "apps:\n"
                            "  box: {note: ours, factors: {saml: true, headquarters: DE}}\n"
                            "  mega: {note: not for us, score: 1}\n"),
                     *catalog(), kToday);
  ASSERT_TRUE(with.has_value()) << render(with.error());
  const App* box = (*with)->find("box");
  ASSERT_NE(box->facts.risk, nullptr);
  EXPECT_EQ(box->facts.risk->score, 10u);
  EXPECT_EQ(box->facts.risk->headquarters, "DE");
  EXPECT_EQ(box->factors[1].source.kind, "operator");
  EXPECT_EQ((*with)->find("mega")->facts.risk->score, 1u);
  EXPECT_EQ((*with)->find_by_host("www.box.example"), box);
}

TEST(AppRisk, TellsFaultsWithTheirPlaces) {
  const auto with =
      parse_app_risk(source("app_risk.yaml",
                            "weights: {securty: high, legal: much, factors: {samll: low}}\n"
                            "apps:\n"
                            "  boxx: {note: n}\n"
                            "  box: {score: 11}\n"),
                     *catalog(), kToday);
  ASSERT_FALSE(with.has_value());
  EXPECT_EQ(
      render(with.error()),
      "app_risk.yaml:1:11: error: unknown key 'securty' in weights\n"
      "weights: {securty: high, legal: much, factors: {samll: low}}\n"
      "          ^~~~~~~ did you mean 'security'?\n"
      "app_risk.yaml:1:33: error: 'legal' of weights cannot be 'much'\n"
      "weights: {securty: high, legal: much, factors: {samll: low}}\n"
      "                                ^~~~ one of: ignored, low, medium, high, very_high\n"
      "app_risk.yaml:1:49: error: unknown key 'samll' in factors\n"
      "weights: {securty: high, legal: much, factors: {samll: low}}\n"
      "                                                ^~~~~ did you mean 'saml'?\n"
      "app_risk.yaml:3:3: error: no app 'boxx' in the catalog\n"
      "  boxx: {note: n}\n"
      "  ^~~~ did you mean 'box'?\n"
      "app_risk.yaml:4:8: error: app needs 'note'\n"
      "  box: {score: 11}\n"
      "       ^~~~~~~~~~~\n"
      "app_risk.yaml:4:16: error: 'score' of app must be a whole number from 0 to 10, not '11'\n"
      "  box: {score: 11}\n"
      "               ^~\n");
}

}  // namespace
}  // namespace sallyport::discovery
