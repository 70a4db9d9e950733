#include "discovery/catalog/factor_check.h"

#include <gtest/gtest.h>

#include "discovery/catalog/risk_reader.h"

namespace sallyport::discovery {
namespace {

std::string check(const std::string& factors) {
  const auto source = std::make_shared<const Source>(
      Source{"box/risk.yaml",
             "sources: [{kind: observed, date: 2026-11-01}]\nfactors: {" + factors + "}\n"});
  const auto parsed = yaml::parse(source);
  EXPECT_TRUE(parsed);
  Diagnostics found;
  App app;
  app.facts.id = "box";
  app.factors = read_risk(*parsed, found);
  EXPECT_EQ(render(found), "");
  check_factors(app, found);
  return render(found);
}

bool is_refused(const std::string& factors, const std::string& why) {
  const std::string said = check(factors);
  EXPECT_NE(said.find(why), said.npos) << factors << ":\n" << said;
  return !said.empty();
}

TEST(FactorCheck, SaysWhereAndWhy) {
  EXPECT_EQ(
      check("sp_800_53: false, fedramp: low"),
      "box/risk.yaml:2:38: warning: 'fedramp' of 'box' cannot be, where 'sp_800_53' is false\n"
      "factors: {sp_800_53: false, fedramp: low}\n"
      "                                     ^~~\n");
}

TEST(FactorCheck, LetsAnAppHaveSignOnThatMayBeUsedWithoutAnAccount) {
  EXPECT_EQ(check("user_authentication: false, saml: true"), "");
}

TEST(FactorCheck, SaysNothingOfWhatIsNotKnown) {
  EXPECT_EQ(check("password_length: true"), "");
  EXPECT_EQ(check("password_policy: false, password_length: false"), "");
}

TEST(FactorCheck, NamesRulesForPasswordsWithoutAPolicy) {
  for (const char* name : {"password_length", "password_characters", "password_change_period",
                           "password_history", "password_personal_information"}) {
    EXPECT_TRUE(
        is_refused("password_policy: false, " + std::string(name) + ": true", "password_policy"));
    EXPECT_EQ(check("password_policy: true, " + std::string(name) + ": true"), "");
  }
}

TEST(FactorCheck, NamesCertificatesWithoutTls) {
  for (const char* name :
       {"strict_transport_security", "trusted_certificate", "valid_certificate_name"}) {
    EXPECT_TRUE(is_refused("encryption_protocol: not_supported, " + std::string(name) + ": true",
                           "where 'encryption_protocol' is not_supported"));
    EXPECT_EQ(check("encryption_protocol: tls1_3, " + std::string(name) + ": true"), "");
  }
}

TEST(FactorCheck, NamesFedrampWithoutItsControls) {
  EXPECT_TRUE(is_refused("fedramp: high, sp_800_53: false", "'fedramp' of 'box' cannot be"));
  EXPECT_EQ(check("fedramp: high, sp_800_53: true"), "");
  EXPECT_EQ(check("fedramp: not_supported, sp_800_53: false"), "");
}

TEST(FactorCheck, NamesABreachBeforeTheFounding) {
  EXPECT_TRUE(is_refused("founded: 2015, latest_breach: 2013-04", "before it was founded: 2015"));
  EXPECT_EQ(check("founded: 2015, latest_breach: 2015-01"), "");
}

}  // namespace
}  // namespace sallyport::discovery
