#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/events/decode.h"
#include "discovery/store/sqlite_store.h"
#include "policy/activity/pack.h"
#include "policy/edit/propose.h"
#include "policy/edit/text_diff.h"
#include "policy/model/policy.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/policy_edit_options.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {
namespace {

// The event with its facts as complete as they are kept; nothing after a message.
std::optional<discovery::Event> find_event(const std::string& state, const std::string& text,
                                           int& code) {
  const auto id = discovery::parse_ulid(text);
  if (!id) {
    complain("--event '" + printable(text) + "' is no event id");
    code = kWrongInput;
    return std::nullopt;
  }
  code = kMachine;
  auto store = discovery::SqliteStore::open_for_reading(app::store_file(state));
  if (!store) {
    complain(describe(store.error()));
    return std::nullopt;
  }
  auto record = (*store)->find_record(*id);
  auto facts = record ? (*store)->find_facts(*id) : Result<std::optional<std::string>>();
  if (!record || !facts) {
    complain(describe(record ? facts.error() : record.error()));
    return std::nullopt;
  }
  if (!*record) {
    complain("there is no event " + text + "; it may be older than what is kept");
    code = kNo;
    return std::nullopt;
  }
  auto event = discovery::parse_event(**record);
  if (!event) {
    complain(describe(event.error()));
    return std::nullopt;
  }
  if (*facts) {
    policy::Activity complete;
    if (policy::unpack(**facts, complete)) event->activity = std::move(complete);
  }
  return std::move(*event);
}

// The policy that the exception is for: as asked, else the one that stopped the event, else the one
// activity policy that it matched. "" after a message.
std::string choose(const PolicyExceptOptions& options, const discovery::Event& event) {
  if (!options.policy.empty()) return options.policy;
  if (!event.verdict.policy_id.empty() && stops(event.verdict.action)) {
    return event.verdict.policy_id;
  }
  if (event.matched.size() == 1) return event.matched.front().id;
  if (event.matched.empty() && !event.verdict.policy_id.empty()) return event.verdict.policy_id;
  std::string ids;
  for (const discovery::Match& one : event.matched) ids += (ids.empty() ? "" : ", ") + one.id;
  complain(event.matched.empty()
               ? "no policy decided this event and none matched it"
               : "several policies matched this event; say which: --policy, one of " + ids);
  return {};
}

// What policies do with the event, in words.
std::string outcome(const policy::Program& program, const discovery::Event& event) {
  const bool tunnel = event.kind == discovery::EventKind::tunnel;
  const policy::Decision decision = program.decide_whole(
      event.activity, {.until = tunnel ? policy::Point::connect : policy::Point::response,
                       .fault_at_request = event.activity.point > policy::Point::connect});
  std::string text(to_string(decision.action));
  if (decision.policy != nullptr) text += fmt::format(" by '{}'", decision.policy->id);
  std::string reports;
  program.report(event.activity, [&](const policy::CompiledPolicy& one) {
    reports += (reports.empty() ? "; reported by '" : ", '") + one.id + "'";
  });
  return text + reports;
}

}  // namespace

int policy_except(const PolicyExceptOptions& options) {
  const auto loaded = load_policies_or_complain(options.common);
  if (!loaded) return kWrongInput;
  int code = kOk;
  const auto event = find_event(
      options.common.state.empty() ? loaded->config.state_directory : options.common.state,
      options.event, code);
  if (!event) return code;
  const std::string id = choose(options, *event);
  if (id.empty()) return kNo;
  const policy::CompiledPolicy* policy = loaded->program->find(id);
  if (policy == nullptr) {
    complain(fmt::format("there is no policy '{}' any more", printable(id)));
    return kNo;
  }

  auto proposed = policy::propose_exception(*policy, event->activity, options.by);
  if (!proposed) {
    complain(proposed.error());
    return kNo;
  }
  proposed->reason = options.reason.empty() ? "see event " + options.event : options.reason;
  if (!options.expires.empty()) proposed->expires = options.expires;

  // The policy's own file: a template's exceptions would be everybody's.
  const Place& place = policy->written->place;
  const auto edited = policy::add_exception(place.source, place, *proposed);
  if (!edited) {
    complain("nothing was written:\n" + render(edited.error()));
    return kNo;
  }
  Diagnostics found;
  const auto program = policy::compile(
      with_text(loaded->sources, place.source, *edited),
      policy::CompileOptions{loaded->config.policy_mode, loaded->config.policy_zone}, found);
  if (!program) {
    complain("with this exception the policies could not be used; nothing was written:\n" +
             render(program.error()));
    return kWrongInput;
  }
  if (const auto why =
          policy::disprove_exception(*policy, *(*program)->find(id), event->activity, *proposed)) {
    complain("nothing was written: " + *why);
    return kNo;
  }
  say(policy::unified_diff(place.source->name, place.source->text, *edited));
  complain(fmt::format("event {}: {}, before: {}", options.event, outcome(**program, *event),
                       outcome(*loaded->program, *event)));
  if (!options.write) {
    complain("nothing was written; --write does it");
    return kOk;
  }
  return replace_file(place.source->name, *edited) ? kOk : kMachine;
}

}  // namespace sallyport::cli
