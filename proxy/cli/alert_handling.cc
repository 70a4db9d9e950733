// alerts show, read, unread, close, reopen, assign, comment: what people make of alerts.

#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/alerts/sqlite_alert_store.h"
#include "discovery/events/decode.h"
#include "discovery/events/encode.h"
#include "discovery/store/sqlite_store.h"
#include "proxy/app/alert_routes.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/kept_state.h"

namespace sallyport::cli {

namespace {

using discovery::Alert;
using discovery::AlertHandling;
using discovery::AlertStep;

constexpr std::size_t kMostShown = 20;  // activities of the evidence

std::string short_time(Time time) { return format_rfc3339(time).substr(0, 19) + "Z"; }

// The alert; nothing after a message, and `code` is then the command's.
std::optional<Alert> find_alert(const std::string& state, const std::string& text, int& code) {
  const auto id = discovery::parse_ulid(text);
  if (!id) {
    complain("'" + printable(text) + "' is no id of an alert");
    code = kWrongInput;
    return std::nullopt;
  }
  code = kMachine;
  auto store = discovery::SqliteAlertStore::open_for_reading(app::alerts_file(state));
  if (!store) {
    complain(describe(store.error()));
    return std::nullopt;
  }
  auto found = (*store)->find(*id);
  if (!found) {
    complain(describe(found.error()));
    return std::nullopt;
  }
  if (*found) return std::move(**found);
  complain("there is no alert " + id->to_string() + "; it may be older than what is kept");
  code = kNo;
  return std::nullopt;
}

std::string path_of(const AlertStepOptions& options, const std::string& id) {
  std::string path = fmt::format("/api/v1/alerts/{}/{}?by={}", url_encoded(id), options.step,
                                 url_encoded(who_does(options.by)));
  const auto word = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) path += fmt::format("&{}={}", name, url_encoded(value));
  };
  word("as", options.as);
  word("reason", options.reason);
  word("text", options.text);
  word("to", options.to);
  return path;
}

// Where no gateway runs.
int handle_here(const AlertStepOptions& options, const std::string& state, const std::string& id) {
  const Time now = system_clock().now();
  const auto step = app::alert_step(options.step, options.as, options.reason, options.text,
                                    options.to, who_does(options.by), now);
  if (!step) {
    complain(step.error());
    return kWrongInput;
  }
  int code = kOk;
  const auto alert = find_alert(state, id, code);
  if (!alert) return code;
  StateToChange here;
  if (!take_state(state, here)) return kMachine;
  app::AlertBook book(here.store.get());
  if (const Result<void> loaded = book.load(now); !loaded) {
    complain(describe(loaded.error()));
    return kMachine;
  }
  const auto handled = book.apply(*alert, *step);
  if (!handled) return say_refused(handled.error());
  say("kept\n");
  return kOk;
}

void add_row(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out += fmt::format("  {:<10} {}\n", name, printable(value));
}

std::string state_of(const AlertHandling& handling) {
  std::string text(to_string(handling.resolution));
  if (!handling.reason.empty()) text += " (" + handling.reason + ")";
  if (!handling.read) text += ", unread";
  return handling.assignee.empty() ? text : text + ", with " + handling.assignee;
}

// The newest activities that led to it, as the log shows them.
std::string evidence_of(const std::string& state, const Alert& alert) {
  std::string out = fmt::format("\nEvidence ({} of {} activities)\n",
                                std::min(alert.events.size(), kMostShown), alert.count);
  auto store = discovery::SqliteStore::open_for_reading(app::store_file(state));
  if (!store) return out + "  " + printable(describe(store.error())) + "\n";
  const std::size_t first = alert.events.size() - std::min(alert.events.size(), kMostShown);
  for (std::size_t i = first; i < alert.events.size(); ++i) {
    const std::string id = alert.events[i].to_string();
    auto record = (*store)->find_record(alert.events[i]);
    auto event = record && *record
                     ? discovery::parse_event(**record)
                     : Result<discovery::Event>(fail(ErrorKind::not_found, Side::ours, ""));
    out += "  " + id + "  ";
    if (event) {
      append_text(out, *event, discovery::Colour::none);
    } else {
      out += "is not kept any more\n";
    }
  }
  return out;
}

std::string next_steps_of(const Alert& alert, const AlertHandling& handling) {
  std::vector<std::pair<std::string, std::string>> steps;
  const std::string event = alert.events.empty() ? "" : alert.events.back().to_string();
  if (!event.empty()) {
    steps.emplace_back("why it was raised", "sallyport policy explain --event " + event);
  }
  if (!alert.user.empty()) {
    const std::string user = printable(alert.user);
    steps.emplace_back("what else they did", "sallyport activities --user " + user);
    if (!event.empty()) {
      steps.emplace_back("ask the person",
                         fmt::format("sallyport ask {} --alert {}", user, alert.id.to_string()));
    }
    steps.emplace_back("stop them",
                       fmt::format("sallyport suspend {} --for 1h --reason \"...\"", user));
  }
  if (!alert.app_id.empty()) {
    steps.emplace_back("ban the app", "sallyport apps tag " + alert.app_id + " unsanctioned");
  }
  if (!event.empty()) {
    steps.emplace_back("not again", fmt::format("sallyport policy except --event {} --policy {}",
                                                event, alert.policy_id));
  }
  if (handling.resolution == discovery::AlertResolution::open) {
    steps.emplace_back("close it", fmt::format("sallyport alerts close {} --as benign --reason "
                                               "confirmed_with_user",
                                               alert.id.to_string()));
  }
  std::string out = "\nNext\n";
  for (const auto& [what, command] : steps) out += fmt::format("  {:<20} {}\n", what, command);
  return out;
}

std::string text_of(const std::string& state, const Alert& alert, const AlertHandling& handling) {
  std::string out = fmt::format("{}: {}\n{}\n\n", to_string(alert.severity),
                                printable(alert.policy), printable(alert.text));
  add_row(out, "id", alert.id.to_string());
  add_row(out, "time", short_time(alert.time));
  add_row(out, "state", state_of(handling));
  add_row(out, "kind", to_string(alert.kind));
  add_row(out, "category", to_string(alert.category));
  add_row(out, "policy", alert.policy_id);
  add_row(out, "user", alert.user);
  add_row(out, "address", alert.client ? alert.client->to_string() : "");
  add_row(out, "app", alert.app_name);
  add_row(out, "host", alert.host);
  out += evidence_of(state, alert);
  if (!handling.history.empty()) {
    out += "\nHistory\n";
    for (const AlertStep& step : handling.history) {
      out += fmt::format("  {}  {:<12} {}\n", short_time(step.at),
                         step.who.empty() ? "somebody" : printable(step.who),
                         printable(describe(step)));
    }
  }
  return out + next_steps_of(alert, handling);
}

}  // namespace

int handle_alerts(const AlertStepOptions& options) {
  std::string state;
  if (!config_of(options.common, state)) return kWrongInput;
  int worst = kOk;
  for (const std::string& id : options.ids) {
    const auto told = told_by_gateway(ask_gateway(state, "POST", path_of(options, id)), "kept");
    worst = std::max(worst, told ? *told : handle_here(options, state, id));
  }
  return worst;
}

int show_alert(const AlertShowOptions& options) {
  std::string state;
  if (!config_of(options.common, state)) return kWrongInput;
  int code = kOk;
  const auto alert = find_alert(state, options.id, code);
  if (!alert) return code;
  KeptAlerts kept;
  if (!kept.read(state)) return kMachine;
  const AlertHandling& handling = kept.book->of(alert->id);
  if (!note_read(options.common, state, "alerts show", alert->user, 1)) return kMachine;
  if (options.format == "json") {
    std::string json;
    app::append_json(json, *alert, handling, true);
    say(json + "\n");
  } else {
    say(text_of(state, *alert, handling));
  }
  return kOk;
}

}  // namespace sallyport::cli
