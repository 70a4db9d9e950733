#include "proxy/app/replay_json.h"

#include <algorithm>
#include <span>

#include "base/json/writer.h"
#include "discovery/alerts/alert.h"
#include "policy/model/policy.h"

namespace sallyport::app {

namespace {

using discovery::AppFinding;
using discovery::AppReplayReport;
using discovery::format_day;
using policy::Change;
using policy::CompiledPolicy;
using policy::Effect;
using policy::PolicyTally;
using policy::ReplayExample;
using policy::ReplayReport;
using policy::ReplayTop;

constexpr std::pair<const char*, std::uint64_t PolicyTally::*> kCounts[] = {
    {"matched", &PolicyTally::matched},   {"decided", &PolicyTally::decided},
    {"reported", &PolicyTally::reported}, {"rehearsed", &PolicyTally::rehearsed},
    {"alerts", &PolicyTally::alerts},     {"newly_blocked", &PolicyTally::newly_blocked},
    {"not_kept", &PolicyTally::not_kept}, {"not_seen", &PolicyTally::not_seen},
};

std::string_view mode_of(const CompiledPolicy& policy) {
  return to_string(policy.rehearse ? policy::Mode::rehearse : policy::Mode::enforce);
}

void append_top(JsonWriter& json, std::string_view key, const std::vector<ReplayTop>& rows) {
  json.key(key);
  json.begin_array();
  for (const ReplayTop& row : rows) {
    json.begin_object();
    if (!row.name.empty()) json.member("name", row.name);
    json.member("count", row.count);
    json.end_object();
  }
  json.end_array();
}

void append_example(JsonWriter& json, const ReplayExample& one) {
  const auto text = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) json.member(name, value);
  };
  json.begin_object();
  json.member("id", one.id.to_string());
  json.member("time", format_rfc3339(one.at));
  text("user", one.user);
  json.member("client", one.client.to_string());
  text("app", one.app);
  text("host", one.host);
  text("method", one.method);
  text("path", one.path);
  json.member("then", to_string(one.then));
  text("policy_then", one.policy_then);
  json.member("now", to_string(one.now));
  text("policy_now", one.policy_now);
  json.end_object();
}

void append_apps(JsonWriter& json, const AppReplayReport& report, const policy::Program& program) {
  json.key("apps_by_day");
  json.begin_object();
  json.member("all", report.findings);
  json.member("left_out", report.left_out);
  json.key("newest");
  json.begin_array();
  for (const AppFinding& one : report.newest) {
    json.begin_object();
    json.member("day", format_day(one.day));
    json.member("app", one.app);
    json.member("name", one.name);
    json.member("policy", program.policies()[one.policy].id);
    json.member("came_to", one.why);
    if (one.tags) json.member("tag", program.policies()[one.policy].tag_app);
    json.member("alert", one.alert);
    if (one.suppressed) json.member("suppressed", true);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void append_policy(JsonWriter& json, const CompiledPolicy& policy, const PolicyTally& tally) {
  json.begin_object();
  json.member("order", policy.number + 1);
  json.member("id", policy.id);
  json.member("name", policy.name);
  json.member("kind", to_string(policy.kind));
  json.member("mode", mode_of(policy));
  for (const auto& [name, count] : kCounts) json.member(name, tally.*count);
  json.end_object();
}

}  // namespace

std::string replay_json(const discovery::History& history, const policy::Program& program) {
  const ReplayReport& report = history.report;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("since", format_rfc3339(history.since));
  json.member("until", format_rfc3339(history.until));
  json.key("events");
  json.begin_object();
  json.member("all", history.events);
  json.member("judged", report.judged);
  json.member("unsure", report.unsure);
  json.member("without_facts", history.without_facts);
  json.member("unreadable", history.unreadable);
  json.member("refused", history.refused);
  json.end_object();
  json.key("changes");
  json.begin_object();
  for (std::size_t change = 0; change < policy::kChanges; ++change) {
    json.member(to_string(static_cast<Change>(change)), report.changes[change]);
  }
  json.end_object();
  json.key("effects");
  json.begin_array();
  for (std::size_t then = 0; then < policy::kEffects; ++then) {
    for (std::size_t now = 0; now < policy::kEffects; ++now) {
      if (report.effects[then][now] == 0) continue;
      json.begin_object();
      json.member("then", to_string(static_cast<Effect>(then)));
      json.member("now", to_string(static_cast<Effect>(now)));
      json.member("count", report.effects[then][now]);
      json.end_object();
    }
  }
  json.end_array();
  json.key("policies");
  json.begin_array();
  for (const CompiledPolicy& policy : program.policies()) {
    append_policy(json, policy, report.policies[policy.number]);
  }
  json.end_array();
  append_apps(json, history.apps, program);
  std::uint64_t changed = 0;
  for (std::size_t then = 0; then < policy::kEffects; ++then) {
    for (std::size_t now = 0; now < policy::kEffects; ++now) {
      if (then != now) changed += report.effects[then][now];
    }
  }
  json.member("changed", changed);
  json.key("transitions");
  json.begin_array();
  for (const policy::ReplayTransition& one :
       std::span(report.transitions).first(std::min(kMostTransitions, report.transitions.size()))) {
    json.begin_object();
    json.member("then", to_string(one.then));
    if (!one.policy_then.empty()) json.member("policy_then", one.policy_then);
    json.member("now", to_string(one.now));
    if (!one.policy_now.empty()) json.member("policy_now", one.policy_now);
    json.member("count", one.count);
    json.end_object();
  }
  json.end_array();
  json.key("touched");
  json.begin_object();
  append_top(json, "users", report.touched_users);
  append_top(json, "apps", report.touched_apps);
  json.end_object();
  if (report.repeats_left_out > 0) json.member("repeats_left_out", report.repeats_left_out);
  json.key("newly_blocked");
  json.begin_object();
  append_top(json, "users", report.users);
  append_top(json, "apps", report.apps);
  json.end_object();
  json.key("examples");
  json.begin_object();
  for (std::size_t change = 0; change < policy::kChanges; ++change) {
    json.key(to_string(static_cast<Change>(change)));
    json.begin_array();
    for (const ReplayExample& one : report.examples[change]) append_example(json, one);
    json.end_array();
  }
  json.end_object();
  json.end_object();
  return out + "\n";
}

}  // namespace sallyport::app
