#include "discovery/catalog/risk.h"

#include <algorithm>
#include <cmath>

namespace sallyport::discovery {

using policy::FactorGood;
using policy::FactorType;
using policy::RiskFactor;

namespace {

constexpr std::string_view kWeights[] = {"ignored", "low", "medium", "high", "very_high"};
constexpr double kMost = 10;
constexpr double kDoubtful = 5;    // what doubt comes to
constexpr double kOldDays = 3652;  // ten years

double value_of(Weight weight) { return static_cast<double>(weight); }

// True of what says nothing of how safe the app is, whatever weight it were given.
bool only_told(const RiskFactor& factor) {
  return factor.type == FactorType::country || factor.type == FactorType::countries ||
         factor.type == FactorType::text || factor.type == FactorType::words ||
         factor.type == FactorType::urls;
}

double by_age(std::chrono::sys_days day, std::chrono::sys_days today) {
  const double days = static_cast<double>((today - day).count());
  return std::clamp(days / kOldDays, 0.0, 1.0) * kMost;
}

std::optional<double> points_of(const FactorValue& value, const RiskRules& rules,
                                std::chrono::sys_days today) {
  const RiskFactor& factor = *value.factor;
  switch (factor.type) {
    case FactorType::yes_no: {
      bool yes = value.is("true");
      if (value.is("not_applicable")) {
        if (!rules.not_applicable_counts) return std::nullopt;
        yes = factor.good == FactorGood::no;  // the worse of the two
      }
      return yes == (factor.good != FactorGood::no) ? kMost : 0;
    }
    case FactorType::word: {
      const auto word = std::find_if(factor.words.begin(), factor.words.end(),
                                     [&](const auto& one) { return value.is(one.word); });
      if (word == factor.words.end()) return std::nullopt;
      return static_cast<double>(word->points);
    }
    case FactorType::year:
    case FactorType::date:
      return by_age(*value.day, today);
    case FactorType::number:
      return static_cast<double>(value.number);
    case FactorType::url:
      return kMost;
    case FactorType::country:
    case FactorType::countries:
    case FactorType::text:
    case FactorType::words:
    case FactorType::urls:
      break;
  }
  return std::nullopt;
}

// A mean by weights.
struct Mean {
  double sum = 0;
  double weight = 0;
  void add(double points, double by) {
    sum += points * by;
    weight += by;
  }
  std::optional<double> value() const {
    if (weight == 0) return std::nullopt;
    return sum / weight;
  }
};

void tell(const FactorValue& value, policy::RiskFacts& facts) {
  const std::string name(value.factor->name);
  if (value.factor->type == FactorType::yes_no) {
    if (value.is("true")) facts.has.push_back(name);
    if (value.is("false")) facts.lacks.push_back(name);
  } else if (value.factor->type == FactorType::word) {
    for (const policy::FactorWord& one : value.factor->words) {
      if (!value.is(one.word)) continue;
      if (one.points == 0) {
        facts.lacks.push_back(name);
      } else {
        facts.has.push_back(name);
        facts.has.push_back(name + "_" + std::string(one.word));
      }
    }
  } else if (name == "headquarters") {
    facts.headquarters = value.texts.front();
  } else if (name == "data_centers") {
    facts.data_centers = value.texts;
    std::sort(facts.data_centers.begin(), facts.data_centers.end());
  } else if (name == "founded") {
    facts.founded = static_cast<std::uint32_t>(value.number);
  } else if (name == "latest_breach") {
    facts.breached = value.day;
  }
}

}  // namespace

std::span<const std::string_view> weight_words() { return kWeights; }

RiskRules::RiskRules() {
  groups.fill(Weight::medium);
  for (const RiskFactor& factor : policy::risk_factor_table()) {
    factors.push_back(factor.good == FactorGood::neither || only_told(factor) ? Weight::ignored
                                                                              : Weight::medium);
  }
}

Weight RiskRules::of(const RiskFactor& factor) const {
  if (only_told(factor)) return Weight::ignored;
  return factors[static_cast<std::size_t>(&factor - policy::risk_factor_table().data())];
}

RiskScore score(const Factors& factors, const RiskRules& rules, std::chrono::sys_days today) {
  RiskScore made;
  std::array<Mean, policy::kFactorGroups> means;
  std::array<double, policy::kFactorGroups> in_all{};
  for (const RiskFactor& factor : policy::risk_factor_table()) {
    in_all[static_cast<std::size_t>(factor.group)] += value_of(rules.of(factor));
  }
  for (const FactorValue& value : factors) {
    const Weight weight = rules.of(*value.factor);
    const auto points = points_of(value, rules, today);
    const auto group = static_cast<std::size_t>(value.factor->group);
    if (points) means[group].add(*points, value_of(weight));
    // What does not apply is known, and weighs nothing.
    if (!points && value.is("not_applicable")) in_all[group] -= value_of(weight);
    made.factors.push_back({&value, weight, points});
  }
  Mean all;
  double known = 0;
  double whole = 0;
  for (std::size_t i = 0; i < policy::kFactorGroups; ++i) {
    const Weight weight = rules.groups[i];
    RiskScore::Group group{static_cast<policy::FactorGroup>(i), weight, {}, 0};
    if (in_all[i] > 0) group.known = means[i].weight / in_all[i];
    Mean doubted = means[i];
    doubted.add(kDoubtful, rules.doubt * value_of(Weight::medium));
    group.points = doubted.value();
    if (group.points) all.add(*group.points, value_of(weight));
    known += means[i].weight * value_of(weight);
    whole += in_all[i] * value_of(weight);
    made.groups.push_back(group);
  }
  if (whole > 0) made.known = known / whole;
  if (known > 0 && made.known * 100 >= rules.least_known) made.points = all.value();
  return made;
}

policy::SharedRisk risk_facts(const Factors& factors, const RiskScore& score,
                              const std::optional<StatedScore>& stated) {
  policy::RiskFacts facts;
  if (stated) {
    facts.score = stated->points;
  } else if (score.points) {
    facts.score = static_cast<std::uint32_t>(std::lround(*score.points));
  }
  for (const FactorValue& value : factors) tell(value, facts);
  std::sort(facts.has.begin(), facts.has.end());
  std::sort(facts.lacks.begin(), facts.lacks.end());
  return policy::share(std::move(facts));
}

}  // namespace sallyport::discovery
