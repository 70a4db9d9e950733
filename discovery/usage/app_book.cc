#include "discovery/usage/app_book.h"

#include <algorithm>

#include "base/core/text.h"
#include "policy/activity/risk_factors.h"

namespace sallyport::discovery {
namespace {

bool has(const std::vector<std::string>& sorted, std::string_view word) {
  return std::ranges::find(sorted, word) != sorted.end();
}

// Of a list that asks for one of its words; an empty one asks for nothing.
template <class Holds>
bool any_or_none(const std::vector<std::string>& words, const Holds& holds) {
  return words.empty() || std::ranges::any_of(words, holds);
}

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// Of two lists that each ask for one of their words. Nothing left is asked for as "".
void meet(std::vector<std::string>& with, const std::vector<std::string>& other) {
  if (other.empty()) return;
  if (with.empty()) {
    with = other;
    return;
  }
  std::erase_if(with, [&](const std::string& word) { return !has(other, word); });
  if (with.empty()) with.emplace_back();
}

// Of such a factor it says something that it is there at all.
bool is_told(const policy::RiskFactor& factor) {
  using policy::FactorType;
  return factor.type == FactorType::url || factor.type == FactorType::urls ||
         factor.type == FactorType::text;
}

}  // namespace

bool is_factor(std::string_view word) {
  if (std::ranges::find(policy::risk_factor_words(), word) != policy::risk_factor_words().end()) {
    return true;
  }
  const policy::RiskFactor* factor = policy::find_risk_factor(word);
  return factor != nullptr && is_told(*factor);
}

bool BookedApp::has_tag(std::string_view tag) const { return discovery::has(facts.tags, tag); }

std::string_view BookedApp::standing() const {
  return sanctioned() ? "sanctioned" : unsanctioned() ? "unsanctioned" : "other";
}

std::optional<std::uint32_t> BookedApp::score() const {
  return facts.risk ? facts.risk->score : std::nullopt;
}

bool BookedApp::has(std::string_view factor) const {
  if (facts.risk && discovery::has(facts.risk->has, factor)) return true;
  return std::ranges::any_of(app->factors, [&](const FactorValue& value) {
    return value.factor->name == factor && is_told(*value.factor);
  });
}

bool BookedApp::lacks(std::string_view factor) const {
  return facts.risk && discovery::has(facts.risk->lacks, factor);
}

std::string_view risk_level(std::optional<std::uint32_t> score) {
  if (!score) return "unknown";
  return *score <= 3 ? "high" : *score <= 6 ? "medium" : "low";
}

AppBook::AppBook(std::shared_ptr<const Catalog> catalog, const AppTagOverlay& overlay)
    : catalog_(std::move(catalog)) {
  apps_.reserve(catalog_->apps().size());
  for (const App& app : catalog_->apps()) apps_.push_back({&app, facts_of(app, overlay)});
}

const BookedApp* AppBook::find(std::string_view id) const {
  const auto at = std::ranges::lower_bound(
      apps_, id, {}, [](const BookedApp& one) -> std::string_view { return one.facts.id; });
  return at != apps_.end() && at->facts.id == id ? &*at : nullptr;
}

const BookedApp* AppBook::find_any(std::string_view text) const {
  const std::string word = lower(text);
  if (const BookedApp* app = find(word)) return app;
  for (const BookedApp& app : apps_) {
    if (iequals(app.facts.name, text)) return &app;
  }
  if (word.find('.') == std::string::npos) return nullptr;
  const App* app = catalog_->find_by_host(word);
  return app != nullptr ? find(app->facts.id) : nullptr;
}

std::string AppBook::hint(std::string_view text) const {
  std::vector<std::string_view> ids;
  for (const BookedApp& app : apps_) ids.push_back(app.facts.id);
  return did_you_mean(text, ids);
}

bool AppChoice::all() const {
  return apps.empty() && categories.empty() && tags.empty() && !least_score && !most_score &&
         has.empty() && lacks.empty();
}

bool AppChoice::passes(const BookedApp& app) const {
  const auto tagged = [&](const std::string& tag) {
    if (tag != "none") return app.has_tag(tag);
    return app.standing() == "other" && !app.has_tag("monitored");
  };
  if (!any_or_none(apps, [&](const std::string& id) { return app.facts.id == id; })) return false;
  if (!any_or_none(categories, [&](const std::string& one) { return app.facts.category == one; })) {
    return false;
  }
  if (!any_or_none(tags, tagged)) return false;
  const auto score = app.score();
  if ((least_score || most_score) && !score) return false;
  if (least_score && *score < *least_score) return false;
  if (most_score && *score > *most_score) return false;
  return std::ranges::all_of(has, [&](const std::string& one) { return app.has(one); }) &&
         std::ranges::all_of(lacks, [&](const std::string& one) { return app.lacks(one); });
}

void AppChoice::also(const AppChoice& other) {
  meet(apps, other.apps);
  meet(categories, other.categories);
  meet(tags, other.tags);
  if (other.least_score) least_score = std::max(least_score.value_or(0), *other.least_score);
  if (other.most_score) most_score = std::min(most_score.value_or(10), *other.most_score);
  append(has, other.has);
  append(lacks, other.lacks);
}

std::span<const SuggestedQuery> suggested_queries() {
  static const std::vector<SuggestedQuery> all = {
      {"anonymous_use",
       "apps that take uploads without a sign-in",
       {.has = {"user_can_upload_data"}, .lacks = {"user_authentication"}}},
      {"csa_star", "apps that are CSA STAR certified", {.has = {"csa_star"}}},
      {"fedramp", "apps that are FedRAMP authorised", {.has = {"fedramp"}}},
      {"own_user_data",
       "storage and collaboration apps that own what users put there",
       {.categories = {"cloud_storage", "collaboration"}, .lacks = {"data_ownership"}}},
      {"risky_storage",
       "storage apps with a score of 5 or less and without SOC 2, HIPAA and PCI DSS",
       {.categories = {"cloud_storage"}, .most_score = 5, .lacks = {"soc_2", "hipaa", "pci_dss"}}},
      {"weak_authentication",
       "apps without SAML, a password policy and a second factor",
       {.lacks = {"saml", "password_policy", "multi_factor_authentication"}}},
      {"weak_encryption",
       "apps that encrypt neither what they keep nor what they carry",
       {.lacks = {"encryption_at_rest", "encryption_protocol"}}},
      {"gdpr_ready", "apps that state to be ready for the GDPR", {.has = {"gdpr_statement"}}},
  };
  return all;
}

const SuggestedQuery* find_suggested_query(std::string_view name) {
  for (const SuggestedQuery& one : suggested_queries()) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

}  // namespace sallyport::discovery
