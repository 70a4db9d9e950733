#include "proxy/app/alert_routes.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/alerts/sqlite_alert_store.h"
#include "discovery/events/decode.h"
#include "proxy/app/route_words.h"

namespace sallyport::app {

namespace {

using admin::Call;
using discovery::SqliteAlertStore;

// What cannot be asked for, as a sentence; or the query.
std::expected<discovery::AlertQuery, std::string> query_of(const Call& call, Time now) {
  discovery::AlertQuery query;
  const auto text = [&](std::string_view name, std::optional<std::string>& into) {
    if (const std::string& asked = call.asked(name); !asked.empty()) into = asked;
  };
  text("policy", query.policy);
  text("user", query.user);
  text("app", query.app);
  if (query.user == "''") query.user = "";
  if (const std::string& asked = call.asked("severity"); !asked.empty()) {
    query.severity = policy::parse_alert_severity(asked);
    if (!query.severity) {
      return std::unexpected("severity is informational, low, medium or high");
    }
  }
  if (!time_of(call, "since", now, query.since) || !time_of(call, "until", now, query.until)) {
    return std::unexpected("since and until are times (RFC 3339) or spans before now (24h)");
  }
  if (const std::string& asked = call.asked("after"); !asked.empty()) {
    query.after = discovery::parse_ulid(asked);
    if (!query.after) return std::unexpected("after is the id of an alert");
  }
  if (const std::string& asked = call.asked("limit"); !asked.empty()) {
    const auto number = parse_decimal(asked);
    if (!number || *number == 0 || *number > discovery::kMaxRows) {
      return std::unexpected(fmt::format("limit is from 1 to {}", discovery::kMaxRows));
    }
    query.limit = static_cast<std::size_t>(*number);
  }
  return query;
}

http::Reply failed(const Error& error) {
  return admin::problem(503, "The alerts cannot be read", error.detail);
}

template <class T>
http::Reply array_of(const std::vector<T>& values) {
  std::string text = "[";
  for (std::size_t i = 0; i < values.size(); ++i) {
    text += i == 0 ? "\n" : ",\n";
    append_json(text, values[i]);
  }
  return admin::json_answer(text + "]");
}

std::string json_of(const discovery::Alert& alert, const AlertBook& book, bool with_history) {
  std::string text;
  append_json(text, alert, book.of(alert.id), with_history);
  return text;
}

Task<http::Reply> list(const std::string& file, const AlertBook& book, Time now,
                       ReadAuditor& auditor, const Call& call) {
  const auto query = query_of(call, now);
  if (!query) co_return admin::problem(400, "Bad query", query.error());
  discovery::AlertStateFilter filter{call.asked("state")};
  if (!discovery::is_alert_state(filter.state)) {
    co_return admin::problem(400, "Bad query",
                             "state is open, closed, read, unread, true_positive, benign or "
                             "false_positive");
  }
  if (const std::string& asked = call.asked("assignee"); !asked.empty()) {
    filter.assignee = asked == "''" ? "" : asked;
  }
  auto store = SqliteAlertStore::open_for_reading(file);
  if (!store) co_return failed(store.error());
  const auto alerts = find_alerts(**store, *query, filter, book);
  if (!alerts) co_return failed(alerts.error());
  const discovery::ReadNote note =
      note_of(call, "GET /api/v1/alerts", query->user.value_or(""), alerts->size());
  const bool recorded = co_await auditor.note(note);
  if (!recorded) co_return not_recorded();
  std::string text = "[";
  for (std::size_t i = 0; i < alerts->size(); ++i) {
    text += (i == 0 ? "\n" : ",\n") + json_of((*alerts)[i], book, false);
  }
  co_return admin::json_answer(text + "]");
}

// The alert that a call names, or the answer where there is none.
std::expected<discovery::Alert, http::Reply> named(const std::string& file, const Call& call) {
  const auto id = discovery::parse_ulid(call.names.at(0));
  if (!id) {
    return std::unexpected(admin::problem(404, "No such alert", "that is no id of an alert"));
  }
  auto store = SqliteAlertStore::open_for_reading(file);
  if (!store) return std::unexpected(failed(store.error()));
  auto alert = (*store)->find(*id);
  if (!alert) return std::unexpected(failed(alert.error()));
  if (!*alert) {
    return std::unexpected(
        admin::problem(404, "No such alert", "it may be older than what is kept"));
  }
  return std::move(**alert);
}

Task<http::Reply> one(const std::string& file, const AlertBook& book, ReadAuditor& auditor,
                      const Call& call) {
  auto alert = named(file, call);
  if (!alert) co_return std::move(alert.error());
  const discovery::ReadNote note = note_of(call, "GET /api/v1/alerts/{}", alert->user, 1);
  const bool recorded = co_await auditor.note(note);
  if (!recorded) co_return not_recorded();
  co_return admin::json_answer(json_of(*alert, book, true));
}

Task<http::Reply> handle(const std::string& file, AlertBook& book, Time now, const Call& call) {
  const auto step = alert_step(call.names.at(1), call.asked("as"), call.asked("reason"),
                               call.asked("text"), call.asked("to"), call.asked("by"), now);
  if (!step) co_return admin::problem(400, "Not done", step.error());
  auto alert = named(file, call);
  if (!alert) co_return std::move(alert.error());
  const auto handled = book.apply(*alert, *step);
  if (!handled) co_return refused(handled.error());
  co_return admin::json_answer(json_of(*alert, book, true));
}

Task<http::Reply> days(const std::string& file) {
  auto store = SqliteAlertStore::open_for_reading(file);
  if (!store) co_return failed(store.error());
  const auto found = (*store)->days(discovery::kMaxRows, false);
  if (!found) co_return failed(found.error());
  co_return array_of(*found);
}

}  // namespace

std::expected<discovery::AlertStep, std::string> alert_step(std::string_view action,
                                                            std::string_view as, std::string reason,
                                                            std::string text, std::string assignee,
                                                            std::string who, Time at) {
  const auto kind = discovery::parse_alert_step(action);
  if (!kind) {
    return std::unexpected("what is done is read, unread, close, reopen, assign or comment");
  }
  const auto resolution =
      as.empty() ? discovery::AlertResolution::open : discovery::parse_alert_resolution(as);
  const bool closes = *kind == discovery::AlertStep::Kind::close;
  const bool assigns = *kind == discovery::AlertStep::Kind::assign;
  if (!resolution || (!closes && (!as.empty() || !reason.empty())) ||
      (!assigns && !assignee.empty())) {
    return std::unexpected(
        "'as' (true_positive, benign, false_positive) and 'reason' go with "
        "close, 'to' with assign");
  }
  return discovery::AlertStep{
      *kind,          *resolution, std::move(reason), std::move(text), std::move(assignee),
      std::move(who), at};
}

void add_alert_routes(admin::Api& api, const std::string& file, AlertBook& book, const Clock& clock,
                      ReadAuditor& auditor) {
  api.on("GET",
         "/api/v1/alerts?policy&user&app&severity&state&assignee&since&until&after&limit&by&reason",
         [file, &book, &clock, &auditor](const Call& call) {
           return list(file, book, clock.now(), auditor, call);
         });
  api.on("GET", "/api/v1/alerts/{}?by&reason",
         [file, &book, &auditor](const Call& call) { return one(file, book, auditor, call); });
  api.on("POST", "/api/v1/alerts/{}/{}?as&reason&text&to&by",
         [file, &book, &clock](const Call& call) { return handle(file, book, clock.now(), call); });
  api.on("GET", "/api/v1/alert-days", [file](const Call&) { return days(file); });
}

}  // namespace sallyport::app
