#include "proxy/cli/app_risk.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "base/json/writer.h"
#include "proxy/app/app_risk.h"

namespace sallyport::cli {

using discovery::App;
using discovery::FactorValue;
using discovery::RiskScore;

namespace {

std::string_view word(discovery::Weight weight) {
  return discovery::weight_words()[static_cast<std::size_t>(weight)];
}

std::string percent(double share) { return fmt::format("{:.0f} %", share * 100); }
std::string points(const std::optional<double>& value) {
  return value ? fmt::format("{:.1f}", *value) : "-";
}

std::string source_of(const FactorValue& value) {
  std::string text = value.source.kind;
  if (!value.source.date.empty()) text += " " + value.source.date;
  if (!value.source.note.empty()) text += ": " + value.source.note;
  return printable(text);
}

std::string as_text(const App& app, const RiskScore& risk, const discovery::RiskRules& rules) {
  const policy::SharedRisk& facts = app.facts.risk;
  const std::string name = printable(app.facts.name);
  std::string out;
  if (app.stated_score) {
    out += fmt::format("{}: {} of 10, as you say ({})\n", name, app.stated_score->points,
                       printable(app.stated_score->note));
  } else if (risk.points) {
    out += fmt::format("{}: {} of 10, 10 is the safest\n", name, *facts->score);
  } else {
    out += fmt::format("{}: no score, because too little is known\n", name);
  }
  out += fmt::format("The factors come to {}. Known: {} of the weight; a score needs {} %.\n",
                     risk.points ? fmt::format("{:.2f}", *risk.points) : "none",
                     percent(risk.known), rules.least_known);
  if (risk.factors.empty()) {
    out += fmt::format("Nothing is written of it: catalog/{}/risk.yaml, or tags.app_risk.\n",
                       app.facts.id);
  }
  for (const RiskScore::Group& group : risk.groups) {
    const std::string_view title = to_string(group.group);
    out += fmt::format("\n{:<34} {:>5}  {:<9}  {} known\n", title, points(group.points),
                       word(group.weight), percent(group.known));
    if (rules.doubt > 0) {
      out += fmt::format("  {:<32} {:>5.1f}  medium     {:<14}  as if so many more were known\n",
                         "(doubt)", 5.0, rules.doubt);
    }
    for (const RiskScore::Factor& factor : risk.factors) {
      if (factor.value->factor->group != group.group) continue;
      out += fmt::format("  {:<32} {:>5}  {:<9}  {:<14}  {}\n", factor.value->factor->name,
                         points(factor.points), word(factor.weight),
                         printable(fmt::format("{}", fmt::join(factor.value->texts, ", "))),
                         source_of(*factor.value));
    }
  }
  return out;
}

std::string as_json(const App& app, const RiskScore& risk) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("id", app.facts.id);
  json.member("name", app.facts.name);
  sallyport::app::write_risk(json, app, risk);
  json.end_object();
  return out + '\n';
}

}  // namespace

std::string explain_app_risk(const App& app, const discovery::RiskRules& rules, Time now,
                             std::string_view format) {
  const RiskScore risk = sallyport::app::risk_of(app, rules, now);
  return format == "json" ? as_json(app, risk) : as_text(app, risk, rules);
}

}  // namespace sallyport::cli
