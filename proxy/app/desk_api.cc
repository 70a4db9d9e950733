#include "proxy/app/desk_api.h"

#include <algorithm>

#include "base/core/text.h"
#include "policy/schema/schema.h"
#include "proxy/app/app_risk.h"
#include "proxy/app/route_words.h"
#include "proxy/local/answer.h"

namespace sallyport::app {

using admin::Call;
using admin::json_answer;
using admin::problem;
using discovery::TagEdit;

namespace {

constexpr std::size_t kUsualRanges = 1'000;
constexpr std::size_t kMostRanges = 10'000;

// What an editor completes policies by, and checks them.
Task<http::Reply> policy_schema(const Call&) {
  http::Headers headers;
  headers.add("Cache-Control", "private, max-age=3600");  // It changes with the program.
  static const std::string kSchema = policy::policy_schema();
  co_return local::make_answer(200, "application/schema+json", kSchema, headers);
}

void texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& values) {
  json.key(name);
  json.begin_array();
  for (const std::string& value : values) json.string(value);
  json.end_array();
}

void write_report(JsonWriter& json, const Desk::Report& report) {
  json.member("at", format_rfc3339(report.at));
  json.member("snapshot", report.snapshot);
  texts(json, "rebuilt", report.rebuilt);
  texts(json, "faulty", report.faulty);
  texts(json, "unsettled", report.unsettled);
  texts(json, "need_restart", report.need_restart);
  json.member("said", report.said);
}

bool has(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

http::Reply refused(const HandTags::Refusal& refusal) {
  return problem(refusal.status, "Not changed", refusal.detail);
}

}  // namespace

void write_app(JsonWriter& json, const discovery::App& app, const HandTags& hand) {
  json.begin_object();
  json.member("id", app.facts.id);
  json.member("name", app.facts.name);
  json.member("vendor", app.vendor);
  json.member("category", app.facts.category);
  texts(json, "tags", discovery::facts_of(app, *hand.overlay()).tags);
  texts(json, "domains", app.domains);
  write_places(json, app);
  json.key("by_hand");
  json.begin_array();
  for (const HandTags::Kept& kept : hand.kept()) {
    if (kept.change.app != app.facts.id) continue;
    json.begin_object();
    json.member("tag", kept.change.tag);
    json.member("edit", kept.change.edit == TagEdit::add ? "add" : "remove");
    json.member("who", kept.who);
    json.member("at", format_rfc3339(kept.at));
    json.member("in_force", kept.holds);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_range(JsonWriter& json, const discovery::TaggedRange& range) {
  json.begin_object();
  json.member("name", range.name);
  texts(json, "cidrs", range.cidrs);
  if (range.category) json.member("category", to_string(*range.category));
  texts(json, "tags", range.tags);
  if (range.isp) json.member("isp", *range.isp);
  if (range.country) json.member("country", *range.country);
  if (range.location) {
    json.member("latitude", range.location->latitude);
    json.member("longitude", range.location->longitude);
  }
  json.member("line", range.line);
  json.end_object();
}

void write_feeds(JsonWriter& json, const std::vector<discovery::FeedStatus>& feeds, Time now) {
  json.begin_array();
  for (const discovery::FeedStatus& feed : feeds) {
    json.begin_object();
    json.member("name", feed.name);
    json.member("path", feed.path);
    json.member("format", to_string(feed.format));
    json.member("usable", feed.usable);
    json.member("trouble", feed.trouble);
    json.member("bytes", feed.bytes);
    json.member("addresses", feed.entries);
    json.member("hosts", feed.hosts);
    json.member("bad_lines", feed.bad_lines);
    json.member("ignored", feed.ignored);
    json.member("expired", feed.expired);
    json.key("as_of");
    if (feed.as_of) {
      json.string(format_rfc3339(*feed.as_of));
    } else {
      json.null();
    }
    json.key("age_seconds");
    if (const auto age = feed.age(now)) {
      json.number(std::chrono::duration_cast<std::chrono::seconds>(*age).count());
    } else {
      json.null();
    }
    json.member("max_age_seconds",
                std::chrono::duration_cast<std::chrono::seconds>(feed.max_age).count());
    json.member("stale", feed.is_stale(now));
    json.end_object();
  }
  json.end_array();
}

DeskApi::DeskApi(admin::Api& api, Desk& desk, const Clock& clock, Status status)
    : desk_(desk), clock_(clock), status_(std::move(status)) {
  api.on("GET", "/api/v1/status", [this](const Call& call) { return this->status(call); });
  api.on("POST", "/api/v1/reload", [this](const Call& call) { return reload(call); });
  api.on("GET", "/api/v1/feeds", [this](const Call& call) { return feeds(call); });
  api.on("GET", "/api/v1/ranges?q&limit", [this](const Call& call) { return ranges(call); });
  api.on("GET", "/api/v1/policies/schema", [](const Call& call) { return policy_schema(call); });
  api.on("GET", "/api/v1/apps?tag&category&q", [this](const Call& call) { return apps(call); });
  api.on("GET", "/api/v1/apps/{}", [this](const Call& call) { return one_app(call); });
  api.on("PUT", "/api/v1/apps/{}/tags/{}?by",
         [this](const Call& call) { return tag(call, TagEdit::add); });
  api.on("DELETE", "/api/v1/apps/{}/tags/{}?by",
         [this](const Call& call) { return tag(call, TagEdit::remove); });
  api.on("DELETE", "/api/v1/apps/{}/by-hand?by", [this](const Call& call) { return forget(call); });
}

Task<http::Reply> DeskApi::status(const Call&) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  status_(json);
  json.member("snapshot", desk_.material().snapshot->id);
  json.member("loaded", describe(desk_.material()));
  json.key("last_reload");
  json.begin_object();
  write_report(json, desk_.last());
  json.end_object();
  json.key("feeds");
  write_feeds(json, desk_.material().snapshot->tags->feeds(), clock_.now());
  json.end_object();
  co_return json_answer(std::move(text));
}

Task<http::Reply> DeskApi::reload(const Call&) {
  const Desk::Report report = co_await desk_.reload();
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  write_report(json, report);
  json.end_object();
  co_return json_answer(std::move(text));
}

Task<http::Reply> DeskApi::feeds(const Call&) {
  std::string text;
  JsonWriter json(text);
  write_feeds(json, desk_.material().snapshot->tags->feeds(), clock_.now());
  co_return json_answer(std::move(text));
}

Task<http::Reply> DeskApi::ranges(const Call& call) {
  const auto limit = limit_of(call, kUsualRanges, kMostRanges);
  if (!limit) co_return problem(400, "Bad query", limit.error());
  const std::string words = lower(call.asked("q"));
  const discovery::IpTags& tags = *desk_.material().snapshot->tags;
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("file", desk_.config().address_tags);
  json.key("ranges");
  json.begin_array();
  std::size_t total = 0;
  for (const discovery::TaggedRange& range : tags.ranges()) {
    if (!range.holds(words)) continue;
    if (++total <= *limit) write_range(json, range);
  }
  json.end_array();
  json.member("total", total);
  json.key("feeds");
  json.begin_array();
  for (const discovery::TaggedFeed& feed : tags.tagged_feeds()) {
    json.begin_object();
    json.member("name", feed.name);
    json.member("category", to_string(feed.category));
    texts(json, "tags", feed.tags);
    json.member("line", feed.line);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  co_return json_answer(std::move(text));
}

Task<http::Reply> DeskApi::apps(const Call& call) {
  const std::string& tag = call.asked("tag");
  const std::string& category = call.asked("category");
  const std::string words = lower(call.asked("q"));
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (const discovery::App& app : desk_.material().snapshot->catalog->apps()) {
    if (!category.empty() && app.facts.category != category) continue;
    if (!tag.empty() && !has(discovery::facts_of(app, *desk_.hand().overlay()).tags, tag)) continue;
    if (!words.empty() && app.facts.id.find(words) == std::string::npos &&
        lower(app.facts.name).find(words) == std::string::npos) {
      continue;
    }
    write_app(json, app, desk_.hand());
  }
  json.end_array();
  co_return json_answer(std::move(text));
}

Task<http::Reply> DeskApi::one_app(const Call& call) {
  const discovery::Catalog& catalog = *desk_.material().snapshot->catalog;
  const discovery::App* app = catalog.find(call.names.at(0));
  if (app == nullptr) {
    co_return problem(404, "No such app", "no app '" + call.names[0] + "' in the catalog");
  }
  std::string text;
  JsonWriter json(text);
  write_app(json, *app, desk_.hand());
  // What of it is given to a list is not: that would be a hundred factors of each of thousands.
  std::string made;
  JsonWriter risk(made);
  risk.begin_object();
  write_risk(risk, *app, risk_of(*app, catalog.risk_rules(), clock_.now()));
  risk.end_object();
  text.pop_back();
  text += ",\"risk\":" + made + "}";
  co_return json_answer(std::move(text));
}

Task<http::Reply> DeskApi::tag(const Call& call, TagEdit edit) {
  if (call.asked("by").size() > kMostWho) co_return problem(400, "Bad query", "'by' is too long");
  discovery::AppTagChange change{call.names.at(0), call.names.at(1), edit};
  const std::optional<HandTags::Refusal> refusal =
      co_await desk_.tag_app(std::move(change), call.asked("by"));
  if (refusal) co_return refused(*refusal);
  http::Reply reply = co_await one_app(call);
  co_return reply;
}

Task<http::Reply> DeskApi::forget(const Call& call) {
  if (call.asked("by").size() > kMostWho) co_return problem(400, "Bad query", "'by' is too long");
  const std::optional<HandTags::Refusal> refusal =
      co_await desk_.forget_app_tags(call.names.at(0), call.asked("by"));
  if (refusal) co_return refused(*refusal);
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.end_object();
  co_return json_answer(std::move(text));
}

}  // namespace sallyport::app
