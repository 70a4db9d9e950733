#include <algorithm>
#include <fmt/format.h>

#include "base/yaml/node.h"
#include "base/yaml/reader.h"
#include "discovery/catalog/catalog.h"
#include "discovery/catalog/risk_reader.h"

namespace sallyport::discovery {
namespace {

std::optional<Weight> read_weight(yaml::MapReader& map, std::string_view key) {
  const auto words = weight_words();
  if (!map.has(key)) return std::nullopt;
  const auto word = map.word(key, {words.begin(), words.end()});
  if (!word) return std::nullopt;
  return static_cast<Weight>(*word);
}

void read_weights(const yaml::Node& node, RiskRules& rules, Diagnostics& found) {
  yaml::MapReader map(node, found, "weights");
  const auto groups = policy::factor_group_words();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (const auto weight = read_weight(map, groups[i])) rules.groups[i] = *weight;
  }
  if (const yaml::Node* inner = map.node("factors")) {
    yaml::MapReader factors(*inner, found, "factors");
    const auto table = policy::risk_factor_table();
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (const auto weight = read_weight(factors, table[i].name)) rules.factors[i] = *weight;
    }
    factors.finish();
  }
  map.finish();
}

// What the operator states takes the place of what the catalog has.
void put(Factors& factors, FactorValue value) {
  const auto at = std::lower_bound(
      factors.begin(), factors.end(), value,
      [](const FactorValue& a, const FactorValue& b) { return a.factor < b.factor; });
  if (at != factors.end() && at->factor == value.factor) {
    *at = std::move(value);
  } else {
    factors.insert(at, std::move(value));
  }
}

void read_app(const yaml::Node& node, App& app, Diagnostics& found) {
  yaml::MapReader map(node, found, "app");
  const auto note = map.required_text("note");
  AppSource source{"operator", {}, *note};
  for (FactorValue& value : read_factors(map, "factors", source))
    put(app.factors, std::move(value));
  if (const yaml::Node* score = map.node("score")) {
    const std::int64_t points = map.integer("score", 0, 0, 10);
    app.stated_score = StatedScore{static_cast<std::uint32_t>(points), *note, score->place};
  }
  map.finish();
}

Checked<std::shared_ptr<const Catalog>> judge(const yaml::Node* node, const Catalog& catalog,
                                              std::chrono::sys_days today) {
  Diagnostics found;
  RiskRules rules;
  std::vector<App> apps(catalog.apps().begin(), catalog.apps().end());
  if (node != nullptr) {
    yaml::MapReader map(*node, found, "app risk");
    if (const yaml::Node* weights = map.node("weights")) read_weights(*weights, rules, found);
    rules.not_applicable_counts = map.boolean("not_applicable_counts", false);
    rules.doubt = static_cast<std::uint32_t>(map.integer("doubt", rules.doubt, 0, 100));
    rules.least_known =
        static_cast<std::uint32_t>(map.integer("least_known", rules.least_known, 0, 100));
    if (const yaml::Node* own = map.node("apps")) {
      if (own->kind != yaml::Node::Kind::map && own->kind != yaml::Node::Kind::null) {
        found.error(own->place,
                    fmt::format("'apps' must be a mapping from apps to what is known of "
                                "them, not {}",
                                to_string(own->kind)));
      }
      for (const auto& [id, value] : own->entries) {
        if (const App* app = catalog.find(*id)) {
          read_app(value, apps[static_cast<std::size_t>(app - catalog.apps().data())], found);
          continue;
        }
        std::vector<std::string_view> ids;
        for (const App& app : catalog.apps()) ids.push_back(app.facts.id);
        found.error(id.place, fmt::format("no app '{}' in the catalog", *id),
                    did_you_mean(*id, ids));
      }
    }
    map.finish();
  }
  if (found.has_errors()) return std::unexpected(std::move(found));
  for (App& app : apps) {
    app.facts.risk = risk_facts(app.factors, score(app.factors, rules, today), app.stated_score);
  }
  return std::make_shared<const Catalog>(catalog.with(std::move(apps), std::move(rules)));
}

}  // namespace

Checked<std::shared_ptr<const Catalog>> load_app_risk(const std::string& path,
                                                      const Catalog& catalog,
                                                      std::chrono::sys_days today) {
  if (path.empty()) return judge(nullptr, catalog, today);
  const auto parsed = yaml::parse_file(path);
  if (!parsed) return std::unexpected(parsed.error());
  return judge(&*parsed, catalog, today);
}

Checked<std::shared_ptr<const Catalog>> parse_app_risk(SourcePtr source, const Catalog& catalog,
                                                       std::chrono::sys_days today) {
  const auto parsed = yaml::parse(std::move(source));
  if (!parsed) return std::unexpected(parsed.error());
  return judge(&*parsed, catalog, today);
}

}  // namespace sallyport::discovery
