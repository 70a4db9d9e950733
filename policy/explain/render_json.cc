#include "policy/explain/render_json.h"

#include "policy/explain/words.h"

namespace sallyport::policy {
namespace {

void text(JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) json.member(name, value);
}

void place(JsonWriter& json, std::string_view name, const Place& at) {
  if (at.source == nullptr) return;
  json.key(name);
  json.begin_object();
  json.member("file", at.source->name);
  json.member("line", at.line);
  json.member("column", at.column);
  json.end_object();
}

// Words of the policies' language nest at most as deep as base/yaml does, which is deeper than
// JsonWriter::kMaxDepth: what stands deeper is told as one text.
constexpr int kMostNested = 8;

void conditions(JsonWriter& json, std::string_view name,
                const std::vector<ConditionExplained>& list, int depth) {
  json.key(name);
  json.begin_array();
  for (const ConditionExplained& one : list) {
    json.begin_object();
    json.member("condition", one.name);
    json.member("came_to", to_string(one.truth));
    if (one.kind == Condition::Kind::test) {
      text(json, "values", one.written);
      text(json, "fact", one.fact);
      if (one.truth == Truth::not_yet && one.attribute != nullptr) {
        json.member("known_from", to_string(one.attribute->from));
      }
      if (one.matched) {
        json.member("matched", one.matched->value);
        place(json, "matched_at", one.matched->place);
      }
    } else if (depth < kMostNested) {
      conditions(json, "parts", one.parts, depth + 1);
    } else {
      json.member("text", condition_text(one));
    }
    place(json, "at", one.place);
    json.end_object();
  }
  json.end_array();
}

void look(JsonWriter& json, const Look& one) {
  json.begin_object();
  json.member("from", to_string(one.from));
  json.member("to", to_string(one.to));
  json.member("role", to_string(one.role));
  json.member("came_to", to_string(one.truth));
  if (one.in_force != InForce::yes) {
    json.member("in_force", one.in_force == InForce::expired ? "expired" : "not_begun");
  }
  conditions(json, "when", one.when, 0);
  if (!one.except.empty()) {
    json.key("except");
    json.begin_array();
    for (const ExceptionExplained& exception : one.except) {
      json.begin_object();
      json.member("came_to", to_string(exception.truth));
      text(json, "reason", exception.reason);
      text(json, "expires", exception.expires);
      if (exception.expired) json.member("expired", true);
      conditions(json, "when", exception.when, 0);
      place(json, "at", exception.place);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

void time(JsonWriter& json, std::string_view name, Time at) {
  if (at != Time::max() && at != Time{}) json.member(name, format_rfc3339(at));
}

void grant(JsonWriter& json, const Grant& one) {
  json.key("grant");
  json.begin_object();
  json.member("id", one.id.to_string());
  text(json, "user", one.user);
  if (one.address) json.member("address", one.address->to_string());
  text(json, "app", one.app);
  text(json, "site", one.site);
  time(json, "from", one.from);
  time(json, "until", one.until);
  json.end_object();
}

void suspension(JsonWriter& json, const Suspension& one) {
  json.key("suspension");
  json.begin_object();
  json.member("id", one.id.to_string());
  json.member("user", one.user);
  json.member("reach", to_string(one.reach));
  if (one.action != Action::block) json.member("asks", to_string(one.action));
  text(json, "app", one.app);
  time(json, "from", one.from);
  time(json, "until", one.until);
  json.end_object();
}

void policy(JsonWriter& json, const PolicyExplained& one) {
  const CompiledPolicy& policy = *one.policy;
  json.begin_object();
  json.member("order", policy.number + 1);
  json.member("id", policy.id);
  json.member("name", policy.name);
  json.member("kind", to_string(policy.kind));
  json.member("mode", to_string(policy.rehearse ? Mode::rehearse : Mode::enforce));
  const bool decides = policy.kind == Kind::access || policy.kind == Kind::tls ||
                       (policy.kind == Kind::session && !policy.edits_only);
  if (decides) json.member("then", to_string(policy.action));
  json.member("role", to_string(one.looks.back().role));
  const Reason reason = reason_of(one);
  text(json, "reason", reason.text);
  if (one.looks.back().role == Role::granted) grant(json, *one.grant);
  if (policy.written != nullptr) place(json, "at", policy.written->place);
  json.key("looks");
  json.begin_array();
  for (const Look& each : one.looks) look(json, each);
  json.end_array();
  json.end_object();
}

void answer(JsonWriter& json, const Answer& one) {
  json.begin_object();
  json.member("point", to_string(one.point));
  json.member("action", to_string(one.action));
  json.member("final", one.final);
  if (!one.undone.empty()) json.member("undone", one.undone);
  if (one.policy != nullptr) json.member("policy", one.policy->id);
  json.key("waits_for");
  json.begin_array();
  for (const CompiledPolicy* waiting : one.waits) json.string(waiting->id);
  json.end_array();
  json.end_object();
}

void fact(JsonWriter& json, const FactExplained& one, const JsonOptions& options) {
  json.begin_object();
  json.member("attribute", one.attribute->name);
  json.key("value");
  if (const auto* number = std::get_if<std::int64_t>(&one.value)) {
    json.number(*number);
  } else if (const auto* string = std::get_if<std::string>(&one.value)) {
    json.string(*string);
  } else {
    json.begin_array();
    for (const std::string& each : std::get<std::vector<std::string>>(one.value)) json.string(each);
    json.end_array();
  }
  const auto source = options.sources.find(one.attribute->name);
  if (source != options.sources.end()) json.member("source", source->second);
  json.member("asked", one.asked);
  json.end_object();
}

}  // namespace

void write_explanation(JsonWriter& json, const Explanation& explanation,
                       const JsonOptions& options) {
  const Decision& decision = explanation.decision;
  json.key("answer");
  json.begin_object();
  json.member("action", to_string(decision.action));
  json.member("point", to_string(decision.point));
  json.member("final", decision.final);
  if (decision.policy != nullptr) {
    json.member("policy", decision.policy->name);
    json.member("policy_id", decision.policy->id);
    text(json, "say", decision.policy->say);
    text(json, "redirect", decision.policy->redirect);
    text(json, "replacement", decision.policy->replacement);
    if (decision.policy->quarantine) json.member("quarantine", true);
    if (asks(decision.action)) {
      json.member("for", format_duration(decision.policy->grant_for));
      json.member("per", to_string(decision.policy->grant_width));
    }
  }
  if (explanation.suspension) suspension(json, *explanation.suspension);
  json.key("granted");
  json.begin_array();
  for (const Decision::Granted& one : decision.granted()) {
    json.begin_object();
    json.member("policy", one.policy->name);
    json.member("policy_id", one.policy->id);
    json.member("grant", one.grant.to_string());
    json.end_object();
  }
  json.end_array();
  json.key("rehearsed");
  json.begin_array();
  for (const CompiledPolicy* one : decision.rehearsed()) {
    json.begin_object();
    json.member("policy", one->name);
    json.member("policy_id", one->id);
    json.member("action", to_string(one->action));
    json.end_object();
  }
  json.end_array();
  json.member("text", answer_text(explanation));
  json.end_object();
  json.key("facts");
  json.begin_array();
  for (const FactExplained& one : explanation.facts) fact(json, one, options);
  json.end_array();
  json.key("not_known");
  json.begin_array();
  for (const Attribute* one : explanation.missing) json.string(one->name);
  json.end_array();
  json.key("questions");
  json.begin_array();
  for (const QuestionExplained& question : explanation.questions) {
    json.begin_object();
    json.member("question", to_string(question.question));
    text(json, "not_asked", question.not_asked);
    json.key("answers");
    json.begin_array();
    for (const Answer& each : question.answers) answer(json, each);
    json.end_array();
    json.key("policies");
    json.begin_array();
    for (const PolicyExplained& each : question.policies) {
      if (options.only.empty() || each.policy->id == options.only) policy(json, each);
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.member("app_discovery_policies", explanation.app_policies);
}

}  // namespace sallyport::policy
