#pragma once
// The risk score of an app: from what is written down of it (factors), by weights.
//
// Each factor has points from 0 to 10, the safest (policy/activity/risk_factors.h). A group's score
// is the mean of its factors that are known, by their weights, and of some doubt: as if `doubt`
// factors more were known that come to 5, so that an app of which three good things are told is not
// as safe as one of which thirty are. The app's score is the mean of its groups, by theirs. Beyond
// that, what is not known counts neither way: `known` says how much of the weight is, and an app of
// which less than `least_known` is has no score.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "discovery/catalog/app_source.h"
#include "policy/activity/risk_factors.h"
#include "policy/activity/risk_facts.h"

namespace sallyport::discovery {

// What is written of one factor of one app.
struct FactorValue {
  const policy::RiskFactor* factor = nullptr;  // never null
  std::vector<std::string> texts;              // as written: one, but of countries, words and urls
  // Of dates: the day, of a month or a year alone the first one. Of years likewise.
  std::optional<std::chrono::sys_days> day;
  std::int64_t number = 0;  // of numbers and years
  AppSource source;
  Place place;

  bool is(std::string_view text) const { return texts.size() == 1 && texts.front() == text; }
};
// In the order of risk_factor_table(), each factor once.
using Factors = std::vector<FactorValue>;

enum class Weight : std::uint8_t { ignored, low, medium, high, very_high };  // 0 to 4
std::span<const std::string_view> weight_words();

struct RiskRules {
  RiskRules();  // All medium, but what is told only: that is ignored.

  std::array<Weight, policy::kFactorGroups> groups;
  std::vector<Weight> factors;         // of risk_factor_table()
  bool not_applicable_counts = false;  // as `false` does
  std::uint32_t doubt = 4;             // factors of medium weight in each group that come to 5
  std::uint32_t least_known = 5;       // percent of the weight

  Weight of(const policy::RiskFactor& factor) const;
};

// A score that the operator gives, whatever the factors come to.
struct StatedScore {
  std::uint32_t points = 0;  // 0..10
  std::string note;
  Place place;
};

struct RiskScore {
  struct Factor {
    const FactorValue* value = nullptr;  // of the factors that were counted
    Weight weight = Weight::medium;
    std::optional<double> points;  // none: told, or not applicable
  };
  struct Group {
    policy::FactorGroup group{};
    Weight weight = Weight::medium;
    std::optional<double> points;  // none: nothing known, and no doubt
    double known = 0;              // 0..1, of its weight
  };
  std::optional<double> points;  // 0..10; none: too little is known
  double known = 0;              // 0..1, of all weight
  std::vector<Group> groups;
  std::vector<Factor> factors;
};

// `today` for what counts by its age. The result points into `factors`.
RiskScore score(const Factors& factors, const RiskRules& rules, std::chrono::sys_days today);

// What policies may ask for; null where nothing is known.
policy::SharedRisk risk_facts(const Factors& factors, const RiskScore& score,
                              const std::optional<StatedScore>& stated);

}  // namespace sallyport::discovery
