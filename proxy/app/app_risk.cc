#include "proxy/app/app_risk.h"

namespace sallyport::app {

using discovery::RiskScore;

namespace {

std::string_view word_of(discovery::Weight weight) {
  return discovery::weight_words()[static_cast<std::size_t>(weight)];
}

void optional_points(JsonWriter& json, std::string_view key, const std::optional<double>& value) {
  if (value) json.member(key, *value);
}

}  // namespace

void write_risk(JsonWriter& json, const discovery::App& app, const RiskScore& risk) {
  if (app.facts.risk && app.facts.risk->score) json.member("risk_score", *app.facts.risk->score);
  optional_points(json, "points", risk.points);
  json.member("known", risk.known);
  if (app.stated_score) {
    json.member("stated_score", app.stated_score->points);
    json.member("note", app.stated_score->note);
  }
  json.key("groups");
  json.begin_array();
  for (const RiskScore::Group& group : risk.groups) {
    json.begin_object();
    json.member("group", to_string(group.group));
    json.member("weight", word_of(group.weight));
    optional_points(json, "points", group.points);
    json.member("known", group.known);
    json.end_object();
  }
  json.end_array();
  json.key("factors");
  json.begin_array();
  for (const RiskScore::Factor& factor : risk.factors) {
    json.begin_object();
    json.member("factor", factor.value->factor->name);
    json.member("group", to_string(factor.value->factor->group));
    json.member("weight", word_of(factor.weight));
    optional_points(json, "points", factor.points);
    json.key("values");
    json.begin_array();
    for (const std::string& text : factor.value->texts) json.string(text);
    json.end_array();
    json.member("source", factor.value->source.kind);
    json.member("date", factor.value->source.date);
    json.member("note", factor.value->source.note);
    json.end_object();
  }
  json.end_array();
}

RiskScore risk_of(const discovery::App& app, const discovery::RiskRules& rules, Time now) {
  return discovery::score(app.factors, rules, std::chrono::floor<std::chrono::days>(now));
}

}  // namespace sallyport::app
