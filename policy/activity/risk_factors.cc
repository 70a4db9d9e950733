#include "policy/activity/risk_factors.h"

#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <vector>

namespace sallyport::policy {
namespace {

using enum FactorGroup;
using enum FactorType;

constexpr std::string_view kGroups[] = {"general", "security", "compliance", "legal"};

constexpr FactorWord kHolding[] = {{"private", 5}, {"public", 10}};
constexpr FactorWord kDataTypes[] = {{"coding_files", 5},
                                     {"credit_cards", 5},
                                     {"database_files", 5},
                                     {"documents", 5},
                                     {"media_files", 5}};
constexpr FactorWord kAtRest[] = {{"aes", 10}, {"bitlocker", 10},   {"blowfish", 6},
                                  {"des", 1},  {"des3", 4},         {"rc4", 1},
                                  {"rsa", 8},  {"not_supported", 0}};
constexpr FactorWord kTls[] = {
    {"tls1_0", 2}, {"tls1_1", 3}, {"tls1_2", 9}, {"tls1_3", 10}, {"not_supported", 0}};
constexpr FactorWord kStar[] = {{"self_assessment", 5},
                                {"certification", 9},
                                {"attestation", 9},
                                {"c_star_assessment", 9},
                                {"continuous_monitoring", 10}};
constexpr FactorWord kFedramp[] = {
    {"high", 10}, {"moderate", 9}, {"low", 7}, {"li_saas", 6}, {"not_supported", 0}};
constexpr FactorWord kPci[] = {{"v1", 2},   {"v2", 3},     {"v3", 5},  {"v3_1", 6},
                               {"v3_2", 7}, {"v3_2_1", 8}, {"v4", 10}, {"not_supported", 0}};
constexpr FactorWord kRetention[] = {{"data_retained", 0},
                                     {"deleted_immediately", 10},
                                     {"deleted_within_two_weeks", 9},
                                     {"deleted_within_one_month", 8},
                                     {"deleted_within_three_months", 6},
                                     {"deleted_within_more_than_three_months", 4}};

constexpr RiskFactor kTable[] = {
    {"headquarters", general, country, FactorGood::neither},
    {"data_centers", general, countries, FactorGood::neither},
    {"hosting_company", general, text, FactorGood::neither},
    {"founded", general, year, FactorGood::longer},
    {"holding", general, word, FactorGood::yes, kHolding},
    {"domain_registered", general, date, FactorGood::longer},
    {"popularity", general, number},
    {"terms_of_service", general, url},
    {"privacy_policy", general, url},
    {"logon_urls", general, urls, FactorGood::neither},
    {"data_types", general, words, FactorGood::neither, kDataTypes},
    {"disaster_recovery_plan", general},

    {"latest_breach", security, date, FactorGood::longer},
    {"encryption_at_rest", security, word, FactorGood::yes, kAtRest},
    {"encryption_protocol", security, word, FactorGood::yes, kTls},
    {"multi_factor_authentication", security},
    {"ip_address_restriction", security},
    {"user_audit_trail", security},
    {"admin_audit_trail", security},
    {"data_audit_trail", security},
    {"user_can_upload_data", security, yes_no, FactorGood::neither},
    {"data_classification", security},
    {"remember_password", security, yes_no, FactorGood::no},
    {"user_roles", security},
    {"file_sharing", security, yes_no, FactorGood::neither},
    {"saml", security},
    {"oidc", security},
    {"end_to_end_encryption", security},
    {"user_authentication", security},
    {"penetration_testing", security},
    {"drown_protected", security},
    {"heartbleed_patched", security},
    {"trusted_certificate", security},
    {"valid_certificate_name", security},
    {"content_security_policy", security},
    {"strict_transport_security", security},
    {"x_content_type_options", security},
    {"x_frame_options", security},
    {"x_xss_protection", security, yes_no, FactorGood::neither},
    {"password_policy", security},
    {"password_length", security},
    {"password_characters", security},
    {"password_change_period", security, yes_no, FactorGood::neither},
    {"password_history", security},
    {"password_personal_information", security},

    {"c5", compliance},
    {"cobit", compliance},
    {"coppa", compliance},
    {"csa_star", compliance, word, FactorGood::yes, kStar},
    {"fedramp", compliance, word, FactorGood::yes, kFedramp},
    {"ferpa", compliance},
    {"ffiec", compliance},
    {"finra", compliance},
    {"fisma", compliance},
    {"gaap", compliance},
    {"gapp", compliance},
    {"glba", compliance},
    {"hipaa", compliance},
    {"hitrust_csf", compliance},
    {"isae_3402", compliance},
    {"iso_27001", compliance},
    {"iso_27002", compliance},
    {"iso_27017", compliance},
    {"iso_27018", compliance},
    {"iso_27701", compliance},
    {"iso_42001", compliance},
    {"itar", compliance},
    {"jericho_forum", compliance},
    {"pci_dss", compliance, word, FactorGood::yes, kPci},
    {"privacy_shield", compliance, yes_no, FactorGood::neither},  // void since 2020
    {"soc_1", compliance},
    {"soc_2", compliance},
    {"soc_3", compliance},
    {"sox", compliance},
    {"sp_800_53", compliance},
    {"ssae_16", compliance},

    {"data_ownership", legal},
    {"dmca", legal},
    {"data_privacy_framework", legal},
    {"trains_on_customer_data", legal, yes_no, FactorGood::no},
    {"data_retention", legal, word, FactorGood::yes, kRetention},
    {"gdpr_statement", legal, url},
    {"gdpr_right_to_erasure", legal},
    {"gdpr_report_data_breaches", legal},
    {"gdpr_impact_assessment", legal},
    {"gdpr_cross_border_transfer", legal},
    {"gdpr_data_protection_officer", legal},
    {"gdpr_right_to_object", legal},
    {"gdpr_right_to_access", legal},
    {"gdpr_data_portability", legal},
    {"gdpr_right_to_be_informed", legal},
    {"gdpr_restriction_of_processing", legal},
    {"gdpr_automated_decisions", legal},
    {"gdpr_lawful_basis", legal},
    {"gdpr_right_to_rectification", legal},
};

struct Words {
  std::deque<std::string> made;  // what `all` points into
  std::vector<std::string_view> all;
  Words() {
    for (const RiskFactor& factor : kTable) {
      if (factor.type == yes_no) all.push_back(factor.name);
      if (factor.type != word) continue;
      all.push_back(factor.name);
      for (const FactorWord& one : factor.words) {
        if (one.points == 0) continue;
        all.push_back(made.emplace_back(std::string(factor.name) + "_" + std::string(one.word)));
      }
    }
    std::sort(all.begin(), all.end());
  }
};

}  // namespace

std::string_view to_string(FactorGroup group) { return kGroups[static_cast<std::size_t>(group)]; }
std::span<const std::string_view> factor_group_words() { return kGroups; }

std::span<const RiskFactor> risk_factor_table() { return kTable; }

const RiskFactor* find_risk_factor(std::string_view name) {
  const auto at = std::find_if(std::begin(kTable), std::end(kTable),
                               [name](const RiskFactor& factor) { return factor.name == name; });
  return at == std::end(kTable) ? nullptr : at;
}

std::span<const std::string_view> risk_factor_words() {
  static const Words words;
  return words.all;
}

}  // namespace sallyport::policy
