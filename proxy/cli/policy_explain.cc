#include <fmt/format.h>
#include <unistd.h>

#include "base/core/text.h"
#include "discovery/events/decode.h"
#include "discovery/store/sqlite_state_store.h"
#include "policy/explain/explain.h"
#include "policy/explain/render_json.h"
#include "proxy/app/desk.h"
#include "proxy/app/explain_event.h"
#include "proxy/app/standing_book.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {

namespace {

// False after a message where no policy has that id.
bool knows(const policy::Program& program, const std::string& id) {
  if (id.empty() || program.find(id) != nullptr) return true;
  std::vector<std::string_view> known;
  for (const policy::CompiledPolicy& one : program.policies()) known.push_back(one.id);
  const std::string hint = did_you_mean(id, known);
  complain("no policy has the id '" + printable(id) + "'; " +
           (hint.empty() ? "sallyport policy list shows all" : hint));
  return false;
}

int explain_stored(const PolicyExplainOptions& options) {
  const std::optional<Ulid> id = discovery::parse_ulid(options.event);
  if (!id) {
    complain("--event '" + printable(options.event) + "' is no event id");
    return kWrongInput;
  }
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  bool said = false;
  const auto present = [&]() -> Result<app::PresentPolicies> {
    auto loaded = load_policies_or_complain(options.common);
    said = !loaded;
    if (!loaded) return fail(ErrorKind::invalid, Side::ours);
    const policy::CompileOptions made_with{loaded->config.policy_mode, loaded->config.policy_zone};
    auto set = std::make_shared<const policy::KeptPolicies>(
        policy::KeptPolicies{std::move(loaded->sources), made_with});
    return app::PresentPolicies{std::move(set), std::move(loaded->program)};
  };
  const Result<app::ExplainedEvent> explained = app::explain_event(*state, *id, present);
  if (said) return kWrongInput;
  if (!explained) {
    const bool missing = explained.error().kind == ErrorKind::not_found;
    complain(missing ? explained.error().detail : describe(explained.error()));
    return missing ? kNo : kMachine;
  }
  if (!knows(*explained->program, options.policy)) return kWrongInput;
  if (!note_read(options.common, *state, "policy explain",
                 explained->event.activity.user.value_or(""), 1)) {
    return kMachine;
  }
  say(options.format == "json"
          ? app::render_json(*explained, options.policy) + "\n"
          : app::render_text(*explained,
                             {.all = options.all, .only = options.policy, .sources = {}}));
  return kOk;
}

// What a gateway of this configuration would judge by, with the tags that were set by hand.
// `standing`: what was answered, and who is suspended.
std::optional<app::Material> load(const CommonOptions& options, Time now,
                                  std::shared_ptr<const policy::Standing>& standing, int& code) {
  Diagnostics warnings;
  code = kWrongInput;
  auto config = app::load_config(options.config, warnings);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return std::nullopt;
  }
  auto material = app::load_material(*config, now, warnings);
  if (!material) {
    complain("the files have faults (sallyport check):\n" + render(material.error()));
    return std::nullopt;
  }
  const std::string file =
      app::hand_file(options.state.empty() ? config->state_directory : options.state);
  if (::access(file.c_str(), F_OK) != 0) return std::move(*material);  // nobody set anything
  code = kMachine;
  auto store = discovery::SqliteStateStore::open_for_reading(file);
  if (!store) {
    complain(describe(store.error()));
    return std::nullopt;
  }
  app::HandTags hand(**store);
  app::StandingBook book(**store);
  Result<void> loaded = hand.load(*material->snapshot->catalog, now);
  if (loaded) loaded = book.load(now);
  if (!loaded) {
    complain(describe(loaded.error()));
    return std::nullopt;
  }
  standing = book.standing();
  return app::dressed(std::move(*material), hand);
}

// What more could be stated, where it would count.
std::string hints(const policy::Explanation& explanation, policy::Point until) {
  std::string text;
  if (!explanation.decision.final && until == policy::Point::request) {
    text += "With --status the case goes on to the reply. ";
  }
  for (const policy::Attribute* one : explanation.missing) {
    if (!one->name.starts_with("destination.")) continue;
    text += "With --to the destination is known.";
    break;
  }
  return text.empty() ? text : "\n" + text + "\n";
}

int explain_stated(const PolicyExplainOptions& options) {
  const Time now = system_clock().now();
  int code = kOk;
  auto standing = std::make_shared<const policy::Standing>();
  const auto material = load(options.common, now, standing, code);
  if (!material) return code;
  const policy::Program& program = *material->snapshot->policy;
  if (!knows(program, options.policy)) return kWrongInput;
  const Result<app::CaseFacts> facts = app::facts_of(options.stated, *material->snapshot, now);
  if (!facts) {
    complain(facts.error().detail);
    return kWrongInput;
  }
  policy::ExplainOptions how;
  how.until = facts->until;
  how.zone = material->policies->options.zone;
  how.lists = &material->policies->sources.lists;
  how.at_connect = &facts->at_connect;
  how.standing = standing.get();
  const policy::Explanation explanation = policy::explain(program, facts->whole, how);
  if (options.format == "json") {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.member("case", facts->title);
    json.member("time", format_rfc3339(facts->whole.at));
    json.member("policies", "now");
    policy::write_explanation(json, explanation,
                              {.only = options.policy, .sources = facts->sources});
    json.end_object();
    say(text + "\n");
    return kOk;
  }
  std::string text = fmt::format("{}, at {}\n  judged by the policies as they are now: {}\n\n",
                                 facts->title, format_rfc3339(facts->whole.at), program.describe());
  text += policy::render_text(
      explanation, {.all = options.all, .only = options.policy, .sources = facts->sources});
  text += hints(explanation, facts->until);
  say(text);
  return kOk;
}

}  // namespace

int policy_explain(const PolicyExplainOptions& options) {
  if (!options.event.empty()) return explain_stored(options);
  if (!options.stated.url.empty()) return explain_stated(options);
  complain("say what to explain: a URL, or --event ID");
  return kWrongInput;
}

}  // namespace sallyport::cli
