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

// Its ranges, and whose data it is known by.
std::string places_of(const App& app) {
  std::string out;
  if (!app.ranges.empty()) {
    std::vector<std::string> ranges;
    for (const IpPrefix& range : app.ranges) ranges.push_back(range.to_string());
    out += fmt::format("Ranges: {}\n", fmt::join(ranges, ", "));
  }
  if (app.imported) {
    const discovery::ImportOrigin& origin = *app.imported;
    out += printable(fmt::format("Imported: {}, license {}, from {}, {} by {}", origin.name,
                                 origin.license, origin.origin, origin.date, origin.who)) +
           "\n";
  }
  return out;
}

std::string as_text(const App& app, const RiskScore& risk, const discovery::RiskRules& rules) {
  const policy::SharedRisk& facts = app.facts.risk;
  const std::string name = printable(app.facts.name);
  std::string out;
  if (app.stated_score) {
    const bool imported = sallyport::app::is_stated_by_import(app);
    out += fmt::format("{}: {} of 10, {}{}{}\n", name, app.stated_score->points,
                       imported ? "" : "as you say (", printable(app.stated_score->note),
                       imported ? "" : ")");
  } else if (risk.points) {
    out += fmt::format("{}: {} of 10, 10 is the safest\n", name, *facts->score);
  } else {
    out += fmt::format("{}: no score, because too little is known\n", name);
  }
  out += fmt::format("The factors come to {}. Known: {} of the weight; a score needs {} %.\n",
                     risk.points ? fmt::format("{:.2f}", *risk.points) : "none",
                     percent(risk.known), rules.least_known);
  out += places_of(app);
  if (risk.factors.empty() && !app.imported) {
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

std::string as_json(const App& app, const RiskScore& risk, const AskedAddress* asked) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("id", app.facts.id);
  json.member("name", app.facts.name);
  if (asked != nullptr) {
    json.member("address", asked->address);
    json.member("range", asked->range);
  }
  sallyport::app::write_places(json, app);
  sallyport::app::write_risk(json, app, risk);
  json.end_object();
  return out + '\n';
}

}  // namespace

std::string explain_app_risk(const App& app, const discovery::RiskRules& rules, Time now,
                             std::string_view format, const AskedAddress* asked) {
  const RiskScore risk = sallyport::app::risk_of(app, rules, now);
  if (format == "json") return as_json(app, risk, asked);
  std::string said;
  if (asked != nullptr) {
    said =
        fmt::format("{} lies in {} of the app '{}'\n", asked->address, asked->range, app.facts.id);
  }
  return said + as_text(app, risk, rules);
}

}  // namespace sallyport::cli
