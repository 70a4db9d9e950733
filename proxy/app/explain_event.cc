#include "proxy/app/explain_event.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

#include "base/core/text.h"
#include "discovery/events/decode.h"
#include "discovery/events/seen_text.h"
#include "discovery/store/sqlite_store.h"
#include "policy/activity/pack.h"
#include "policy/explain/explain.h"
#include "policy/explain/render_json.h"
#include "policy/explain/words.h"
#include "proxy/app/names.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {

using discovery::Ending;
using discovery::Event;
using discovery::EventKind;
using policy::Point;

namespace {

std::unexpected<Error> wrong(ErrorKind kind, std::string detail) {
  return fail(kind, Side::ours, std::move(detail));
}

// The policies of then, or null and why there are none.
PolicySetPtr find_policies(const std::string& state, const std::string& snapshot,
                           std::shared_ptr<const policy::Program>& program, std::string& why) {
  auto kept = PolicyArchive(policy_archive(state)).find(snapshot);
  if (!kept) {
    why = describe(kept.error());
    return nullptr;
  }
  if (!*kept) {
    why = snapshot.empty() ? "the event names no snapshot"
                           : "the policies of snapshot " + snapshot + " are not kept";
    return nullptr;
  }
  const auto names = open_names(state);
  if (!names) {
    why = describe(names.error());
    return nullptr;
  }
  policy::KeptPolicies policies = std::move(**kept);
  policies.sources.also_named = also_named(*names);
  auto set = std::make_shared<const policy::KeptPolicies>(std::move(policies));
  Diagnostics warnings;
  auto compiled = policy::compile(set->sources, set->options, warnings);
  if (!compiled) {
    why = "the policies of then are no policies for this version: " +
          compiled.error().sorted().front().message;
    return nullptr;
  }
  program = std::move(*compiled);
  return set;
}

policy::ExplainOptions options_for(const Event& event, const policy::KeptPolicies& set) {
  policy::ExplainOptions options;
  options.lists = &set.sources.lists;
  options.also_named = set.sources.also_named;
  options.zone = set.options.zone;
  options.way = event.kind == EventKind::exchange ? policy::Way::opened : policy::Way::tunnel;
  options.until = event.verdict.point;
  options.fault_at_request = event.activity.point > policy::Point::connect;
  return options;
}

// What the record says of answers and suspensions: those of then, which may have ended since.
policy::Standing standing_of(const Event& event, const policy::Program& program) {
  const policy::Verdict& verdict = event.verdict;
  std::vector<std::shared_ptr<const policy::Grant>> grants;
  for (const policy::Verdict::Granted& one : verdict.granted) {
    const policy::CompiledPolicy* asked = program.find(one.policy_id);
    auto grant = asked != nullptr ? policy::grant_wanted(*asked, event.activity) : std::nullopt;
    if (!grant) continue;
    if (const auto id = discovery::parse_ulid(one.grant)) grant->id = *id;
    grants.push_back(std::make_shared<const policy::Grant>(std::move(*grant)));
  }
  std::vector<policy::Suspension> suspensions;
  if (!verdict.suspension.empty() && event.activity.user) {
    policy::Suspension suspension;
    if (const auto id = discovery::parse_ulid(verdict.suspension)) suspension.id = *id;
    suspension.user = *event.activity.user;
    if (policy::can_suspend(verdict.action)) suspension.action = verdict.action;
    suspensions.push_back(std::move(suspension));
  }
  return {std::move(grants), std::move(suspensions)};
}

std::string name_of(const policy::Verdict& verdict) {
  std::string text(to_string(verdict.action));
  if (!verdict.policy.empty()) {
    text += fmt::format(" by '{}', at {}", printable(verdict.policy), to_string(verdict.point));
  } else {
    text += ": no policy matched";
  }
  return text;
}

// Those that an event names, and those that come out now.
using Names = std::vector<std::string>;

std::string list_of(const Names& names) {
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

// A detection or an app discovery policy whose conditions hold has not found anything yet: that
// takes what was before, and events name none.
Names matches(const policy::Explanation& explanation, policy::Question wanted) {
  Names names;
  for (const policy::QuestionExplained& question : explanation.questions) {
    if (question.question != wanted) continue;
    for (const policy::PolicyExplained& one : question.policies) {
      if (one.policy->kind == policy::Kind::detection ||
          one.policy->kind == policy::Kind::app_discovery) {
        continue;
      }
      if (one.looks.back().role == policy::Role::applies) names.push_back(one.policy->id);
    }
  }
  return names;
}

// Whether policies were asked at all: what we refused for its own sake was not judged to its end.
bool was_judged(const Event& event) {
  return event.ending == Ending::completed || event.ending == Ending::blocked ||
         !event.verdict.policy.empty();
}

std::string difference_of(const ExplainedEvent& explained) {
  const Event& event = explained.event;
  const policy::Decision& now = explained.explanation.decision;
  const policy::Verdict& then = event.verdict;
  const bool same_policy = now.suspension ? !then.suspension.empty()
                           : now.policy == nullptr
                               ? then.policy.empty()
                               : then.policy_id == now.policy->id ||
                                     (then.policy_id.empty() && then.policy == now.policy->name);
  // A fault that no policy speaks of stops the exchange, and the verdict of before stays (session's
  // origin_fault.h).
  const bool only_fault =
      now.by_fault && now.policy == nullptr && event.ending == Ending::origin_failed;
  std::string text;
  if (!only_fault && (!same_policy || then.action != now.action)) {
    text = fmt::format("recorded: {}; judged again: {}", name_of(then),
                       policy::answer_text(explained.explanation));
  }
  Names reported;
  for (const discovery::Match& match : event.matched) reported.push_back(match.id);
  const Names again = matches(explained.explanation, policy::Question::reports);
  if (reported != again) {
    text += fmt::format("{}recorded reports: {}; judged again: {}", text.empty() ? "" : "; ",
                        list_of(reported), list_of(again));
  }
  if (text.empty()) return text;
  Names reasons;
  if (!explained.not_of_then.empty()) reasons.push_back("these are not the policies of then");
  Names unkept;
  for (const policy::Attribute* one : explained.explanation.missing) {
    if (one->passing) unkept.emplace_back(one->name);
  }
  if (!unkept.empty()) {
    reasons.push_back(
        fmt::format("{} {} not kept", fmt::join(unkept, ", "), unkept.size() == 1 ? "is" : "are"));
  }
  if (!was_judged(event)) {
    reasons.push_back(fmt::format("it ended before it was judged ({}{}{})", to_string(event.ending),
                                  event.error.empty() ? "" : ": ", printable(event.error)));
  }
  return reasons.empty() ? text : fmt::format("{} (because {})", text, fmt::join(reasons, "; "));
}

std::string what_of(const Event& event) {
  const policy::Activity& facts = event.activity;
  std::string text;
  if (facts.method) text += printable(*facts.method) + " ";
  if (!facts.scheme.empty()) text += facts.scheme + "://";
  text += facts.host;
  if (facts.port != 0 && facts.port != 443 && facts.port != 80) {
    text += ":" + std::to_string(facts.port);
  }
  if (facts.path) text += printable(*facts.path);
  text += fmt::format(", {} from {}", printable(facts.user.value_or("nobody known")),
                      facts.client.address.to_string());
  return text;
}

}  // namespace

Result<Event> read_event(const std::string& state, const Ulid& id) {
  auto store = discovery::SqliteStore::open_for_reading(store_file(state));
  if (!store) return pass_on(std::move(store));
  auto record = (*store)->find_record(id);
  if (!record) return pass_on(std::move(record));
  if (!*record) {
    return wrong(ErrorKind::not_found,
                 "there is no event " + id.to_string() + "; it may be older than what is kept");
  }
  Result<Event> event = discovery::parse_event(**record);
  if (!event) return pass_on(std::move(event));
  auto facts = (*store)->find_facts(id);
  if (!facts) return pass_on(std::move(facts));
  if (*facts) {
    policy::Activity whole;
    if (policy::unpack(**facts, whole)) event->activity = std::move(whole);
  }
  if (!event->query.empty()) event->activity.query = event->query;
  return event;
}

Result<ExplainedEvent> explain_event(const std::string& state, const Ulid& id,
                                     const std::function<Result<PresentPolicies>()>& present) {
  Result<Event> event = read_event(state, id);
  if (!event) return pass_on(std::move(event));
  ExplainedEvent out;
  out.event = std::move(*event);
  out.set = find_policies(state, out.event.snapshot, out.program, out.not_of_then);
  if (out.set == nullptr) {
    Result<PresentPolicies> now = present();
    if (!now) return pass_on(std::move(now));
    out.set = std::move(now->set);
    out.program = std::move(now->program);
  }
  const policy::Standing standing = standing_of(out.event, *out.program);
  policy::ExplainOptions options = options_for(out.event, *out.set);
  options.standing = &standing;
  out.explanation = policy::explain(*out.program, out.event.activity, options);
  out.difference = difference_of(out);
  return out;
}

std::string render_text(const ExplainedEvent& explained, const policy::TextOptions& options) {
  const Event& event = explained.event;
  std::string text =
      fmt::format("event {}, {} at {}, {}\n  {}\n", event.id.to_string(), to_string(event.kind),
                  format_rfc3339(event.start), to_string(event.ending), what_of(event));
  if (explained.not_of_then.empty()) {
    text += fmt::format("  judged by the policies of then: snapshot {}, {}\n", event.snapshot,
                        explained.program->describe());
  } else {
    text += fmt::format(
        "  WARNING: {}.\n  Judged by the policies as they are now, which may be others: {}\n",
        explained.not_of_then, explained.program->describe());
  }
  text += explained.difference.empty()
              ? fmt::format("  recorded: {}; judged again: the same\n", name_of(event.verdict))
              : fmt::format("  DIFFERENT: {}\n", explained.difference);
  if (event.activity.seen) {
    const std::string seen = discovery::seen_text(*event.activity.seen);
    text += fmt::format("  of its user: {}\n", seen.empty() ? "nothing is new or uncommon" : seen);
  }
  return text + "\n" + policy::render_text(explained.explanation, options);
}

std::string render_json(const ExplainedEvent& explained, const std::string& only) {
  const Event& event = explained.event;
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("event");
  json.begin_object();
  json.member("id", event.id.to_string());
  json.member("kind", to_string(event.kind));
  json.member("time", format_rfc3339(event.start));
  json.member("ending", to_string(event.ending));
  json.member("snapshot", event.snapshot);
  if (event.activity.seen) {
    json.member("first_seen", discovery::seen_traits_text(event.activity.seen->first()));
    json.member("uncommon", discovery::seen_traits_text(event.activity.seen->uncommon));
  }
  json.end_object();
  json.member("policies", explained.not_of_then.empty() ? "then" : "now");
  if (!explained.not_of_then.empty()) json.member("warning", explained.not_of_then);
  json.key("recorded");
  json.begin_object();
  json.member("action", to_string(event.verdict.action));
  json.member("policy", event.verdict.policy);
  json.member("policy_id", event.verdict.policy_id);
  json.member("point", to_string(event.verdict.point));
  json.key("reported");
  json.begin_array();
  for (const discovery::Match& match : event.matched) json.string(match.id);
  json.end_array();
  json.end_object();
  json.member("same", explained.difference.empty());
  if (!explained.difference.empty()) json.member("difference", explained.difference);
  policy::write_explanation(json, explained.explanation, {.only = only, .sources = {}});
  json.end_object();
  return text;
}

}  // namespace sallyport::app
