#include "proxy/app/alert_routes.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/alerts/sqlite_alert_store.h"
#include "discovery/events/decode.h"

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
  const auto moment = [&](std::string_view name, std::optional<Time>& into) {
    const std::string& asked = call.asked(name);
    if (asked.empty()) return true;
    if (const auto span = parse_duration(asked)) {
      into = now - *span;
    } else {
      into = parse_rfc3339(asked);
    }
    return into.has_value();
  };
  if (!moment("since", query.since) || !moment("until", query.until)) {
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

Task<http::Reply> list(const std::string& file, Time now, const Call& call) {
  const auto query = query_of(call, now);
  if (!query) co_return admin::problem(400, "Bad query", query.error());
  auto store = SqliteAlertStore::open_for_reading(file);
  if (!store) co_return failed(store.error());
  const auto alerts = (*store)->query(*query);
  if (!alerts) co_return failed(alerts.error());
  co_return array_of(*alerts);
}

Task<http::Reply> one(const std::string& file, const Call& call) {
  const auto id = discovery::parse_ulid(call.names.at(0));
  if (!id) co_return admin::problem(404, "No such alert", "that is no id of an alert");
  auto store = SqliteAlertStore::open_for_reading(file);
  if (!store) co_return failed(store.error());
  const auto alert = (*store)->find(*id);
  if (!alert) co_return failed(alert.error());
  if (!*alert) co_return admin::problem(404, "No such alert", "it may be older than what is kept");
  std::string text;
  append_json(text, **alert);
  co_return admin::json_answer(std::move(text));
}

Task<http::Reply> days(const std::string& file) {
  auto store = SqliteAlertStore::open_for_reading(file);
  if (!store) co_return failed(store.error());
  const auto found = (*store)->days(discovery::kMaxRows, false);
  if (!found) co_return failed(found.error());
  co_return array_of(*found);
}

}  // namespace

void add_alert_routes(admin::Api& api, const std::string& file, const Clock& clock) {
  api.on("GET", "/api/v1/alerts?policy&user&app&severity&since&until&after&limit",
         [file, &clock](const Call& call) { return list(file, clock.now(), call); });
  api.on("GET", "/api/v1/alerts/{}", [file](const Call& call) { return one(file, call); });
  api.on("GET", "/api/v1/alert-days", [file](const Call&) { return days(file); });
}

}  // namespace sallyport::app
