#pragma once
// What the risk score of an app can rest on: the closed list of factors, which the catalog's
// risk.yaml writes down (discovery/catalog/risk.h) and policies ask for as `app.factor` and
// `app.lacks`.

#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport::policy {

enum class FactorGroup : std::uint8_t { general, security, compliance, legal };
inline constexpr std::size_t kFactorGroups = 4;
std::string_view to_string(FactorGroup group);
std::span<const std::string_view> factor_group_words();

enum class FactorType : std::uint8_t {
  yes_no,     // true, false, not_applicable
  word,       // one of a closed list
  words,      // several of one
  country,    // "DE"
  countries,  // [DE, US]
  year,       // 2007
  date,       // 2026-11-27, 2026-11, 2026
  number,     // 0..10
  text,
  url,
  urls,
};

// What an app with a factor may count as: 0 is the worst, 10 the best.
enum class FactorGood : std::uint8_t {
  yes,      // having it is good: 10, and 0 without
  no,       // having it is a risk: 0, and 10 without
  longer,   // a date or year: 0 for now, 10 for ten years ago and longer
  neither,  // told, and counted only where weights say so: then as `yes`
};

struct FactorWord {
  std::string_view word;
  std::uint8_t points;  // 0..10; 0 also says that the app has not got it
};

struct RiskFactor {
  std::string_view name;
  FactorGroup group;
  FactorType type = FactorType::yes_no;
  FactorGood good = FactorGood::yes;
  std::span<const FactorWord> words = {};
};

// In the order of documents: by group, and in each as people look for it.
std::span<const RiskFactor> risk_factor_table();
const RiskFactor* find_risk_factor(std::string_view name);

// What `app.factor` and `app.lacks` can say, sorted: the name of each yes_no factor, and for each
// word factor its name alone and with its word, "fedramp" and "fedramp_high".
std::span<const std::string_view> risk_factor_words();

}  // namespace sallyport::policy
