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

bool is_stated_by_import(const discovery::App& app) {
  // The operator's own has its place in another file.
  return app.imported && app.stated_score && app.stated_score->place.source == app.place.source;
}

void write_places(JsonWriter& json, const discovery::App& app) {
  if (!app.ranges.empty()) {
    json.key("ranges");
    json.begin_array();
    for (const IpPrefix& range : app.ranges) json.string(range.to_string());
    json.end_array();
  }
  if (!app.imported) return;
  json.key("imported");
  json.begin_object();
  json.member("name", app.imported->name);
  json.member("license", app.imported->license);
  json.member("origin", app.imported->origin);
  json.member("who", app.imported->who);
  json.member("date", app.imported->date);
  json.end_object();
}

void write_risk(JsonWriter& json, const discovery::App& app, const RiskScore& risk) {
  if (app.facts.risk && app.facts.risk->score) json.member("risk_score", *app.facts.risk->score);
  optional_points(json, "points", risk.points);
  json.member("known", risk.known);
  if (app.stated_score) {
    json.member("stated_score", app.stated_score->points);
    json.member("stated_by", is_stated_by_import(app) ? "import" : "operator");
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
