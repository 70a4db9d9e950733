#include <chrono>
#include <thread>

#include "base/core/text.h"
#include "discovery/alerts/sqlite_alert_store.h"
#include "discovery/events/decode.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/kept_state.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {

bool KeptAlerts::read(const std::string& state) {
  if (!open_for_reading(state, store)) return false;
  book = std::make_unique<app::AlertBook>(store.get());
  const Result<void> loaded = book->load(system_clock().now());
  if (!loaded) complain(describe(loaded.error()));
  return loaded.has_value();
}

namespace {

using discovery::Alert;
using discovery::AlertQuery;
using discovery::SqliteAlertStore;

constexpr auto kPoll = std::chrono::milliseconds(300);  // --follow asks the store so often

int failed(const Error& error) {
  complain(describe(error));
  return kMachine;
}

std::optional<AlertQuery> read_query(const AlertsOptions& options) {
  AlertQuery query;
  if (!options.policy.empty()) query.policy = options.policy;
  if (!options.user.empty()) {
    const auto user = asked_user(options.common, options.user);
    if (!user) return std::nullopt;
    query.user = *user == "''" ? "" : *user;
  }
  if (!options.app.empty()) query.app = options.app;
  if (!options.severity.empty()) query.severity = policy::parse_alert_severity(options.severity);
  if (!read_time(options.since, "--since", query.since) ||
      !read_time(options.until, "--until", query.until)) {
    return std::nullopt;
  }
  query.limit = options.limit;
  query.order =
      options.oldest_first ? discovery::Order::oldest_first : discovery::Order::newest_first;
  return query;
}

std::string short_time(Time time) { return format_rfc3339(time).substr(0, 19) + "Z"; }

std::string json_of(const std::vector<Alert>& alerts, const app::AlertBook& book) {
  std::string out = "[";
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    out += i == 0 ? "\n" : ",\n";
    app::append_json(out, alerts[i], book.of(alerts[i].id), false);
  }
  return out + (alerts.empty() ? "]\n" : "\n]\n");
}

// What a terminal has room for.
std::string table_of(const std::vector<Alert>& alerts, const app::AlertBook& book) {
  Listing listing({"id", "time", "severity", "state", "policy", "user", "app", "count", "text"});
  for (const Alert& one : alerts) {
    const discovery::AlertHandling& handling = book.of(one.id);
    const bool untouched =
        !handling.read && handling.resolution == discovery::AlertResolution::open;
    listing.add({Listing::text(one.id.to_string()), Listing::text(short_time(one.time)),
                 Listing::text(to_string(one.severity)),
                 Listing::text(untouched ? "new" : to_string(handling.resolution)),
                 Listing::text(one.policy), Listing::text(one.user),
                 Listing::text(one.app_name.empty() ? one.host : one.app_name),
                 Listing::number(one.count), Listing::text(one.text)});
  }
  return listing.render("table");
}

std::string csv_of(const std::vector<Alert>& alerts, const app::AlertBook& book) {
  Listing listing({"id", "time", "severity", "category", "kind", "policy_id", "policy", "user",
                   "client", "app", "app_name", "host", "count", "text", "events", "read",
                   "resolution", "reason", "assignee"});
  for (const Alert& one : alerts) {
    const discovery::AlertHandling& handling = book.of(one.id);
    std::vector<std::string> events;
    for (const Ulid& id : one.events) events.push_back(id.to_string());
    listing.add({Listing::text(one.id.to_string()), Listing::text(format_rfc3339(one.time)),
                 Listing::text(to_string(one.severity)), Listing::text(to_string(one.category)),
                 Listing::text(to_string(one.kind)), Listing::text(one.policy_id),
                 Listing::text(one.policy), Listing::text(one.user),
                 Listing::text(one.client ? one.client->to_string() : ""),
                 Listing::text(one.app_id), Listing::text(one.app_name), Listing::text(one.host),
                 Listing::number(one.count), Listing::text(printable(one.text)),
                 Listing::texts(std::move(events)), Listing::text(handling.read ? "true" : "false"),
                 Listing::text(to_string(handling.resolution)), Listing::text(handling.reason),
                 Listing::text(handling.assignee)});
  }
  return listing.render("csv");
}

std::string shown(const std::vector<Alert>& alerts, const app::AlertBook& book,
                  const std::string& format) {
  if (format == "json") return json_of(alerts, book);
  return format == "csv" ? csv_of(alerts, book) : table_of(alerts, book);
}

int show_one(const AlertsOptions& options, const std::string& state, SqliteAlertStore& store,
             const app::AlertBook& book) {
  const std::string& text = options.id;
  const std::optional<Ulid> id = discovery::parse_ulid(text);
  if (!id) {
    complain("--id '" + printable(text) + "' is no id of an alert");
    return kWrongInput;
  }
  const auto alert = store.find(*id);
  if (!alert) return failed(alert.error());
  if (!*alert) {
    complain("there is no alert " + text + "; it may be older than what is kept");
    return kNo;
  }
  if (!note_read(options.common, state, "alerts", (*alert)->user, 1)) return kMachine;
  std::string json;
  app::append_json(json, **alert, book.of(*id), true);
  say(json + "\n");
  return kOk;
}

int show_days(SqliteAlertStore& store, const AlertsOptions& options) {
  const auto days = store.days(options.limit, false);
  if (!days) return failed(days.error());
  Listing listing({"day", "policy_id", "raised", "suppressed"});
  for (const discovery::AlertDay& day : *days) {
    listing.add({Listing::text(discovery::format_day(day.day)), Listing::text(day.policy_id),
                 Listing::number(day.raised), Listing::number(day.suppressed)});
  }
  say(listing.render(options.format));
  return kOk;
}

int follow(SqliteAlertStore& store, const app::AlertBook& book, AlertQuery query,
           const std::string& format) {
  // From the newest there is, on.
  AlertQuery last = query;
  last.limit = 1;
  last.order = discovery::Order::newest_first;
  const auto newest = store.query(last);
  if (!newest) return failed(newest.error());
  if (!newest->empty()) query.after = newest->front().id;
  query.order = discovery::Order::oldest_first;
  query.limit = discovery::kMaxRows;
  bool first = true;
  while (true) {
    const auto alerts = store.query(query);
    if (!alerts) return failed(alerts.error());
    if (!alerts->empty()) {
      query.after = alerts->back().id;
      std::string text = shown(*alerts, book, format);
      // The head line is shown once.
      if (!first && format != "json") text.erase(0, text.find('\n') + 1);
      say(text);
      first = false;
    }
    std::this_thread::sleep_for(kPoll);  // Another process writes; SQLite tells nobody.
  }
}

}  // namespace

int alerts(const AlertsOptions& options) {
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  const auto query = read_query(options);
  if (!query) return kWrongInput;
  auto store = SqliteAlertStore::open_for_reading(app::alerts_file(*state));
  if (!store) return failed(store.error());
  if (options.days) return show_days(**store, options);
  KeptAlerts kept;
  if (!kept.read(*state)) return kMachine;
  if (!options.id.empty()) return show_one(options, *state, **store, *kept.book);
  const std::string about = query->user.value_or("");
  if (options.follow) {
    // How many will come nobody knows.
    if (!note_read(options.common, *state, "alerts", about, 0)) return kMachine;
    return follow(**store, *kept.book, *query, options.format);
  }
  const auto found =
      app::find_alerts(**store, *query, {options.state, options.assignee}, *kept.book);
  if (!found) return failed(found.error());
  if (!note_read(options.common, *state, "alerts", about, found->size())) return kMachine;
  say(shown(*found, *kept.book, options.format));
  return kOk;
}

}  // namespace sallyport::cli
