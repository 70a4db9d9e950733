#include "discovery/alerts/alert.h"

#include <fmt/format.h>

#include "base/json/writer.h"

namespace sallyport::discovery {
namespace {

constexpr std::string_view kKinds[] = {"activity", "repeated_activity", "decision",
                                       "app_discovery", "detection"};

}  // namespace

std::string_view to_string(AlertKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

std::optional<AlertKind> parse_alert_kind(std::string_view word) {
  for (std::size_t i = 0; i < std::size(kKinds); ++i) {
    if (kKinds[i] == word) return static_cast<AlertKind>(i);
  }
  return std::nullopt;
}

std::string format_day(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

void write_members(JsonWriter& json, const Alert& alert) {
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) json.member(name, value);
  };
  json.member("id", alert.id.to_string());
  json.member("time", format_rfc3339(alert.time));
  json.member("policy_id", alert.policy_id);
  json.member("policy", alert.policy);
  json.member("kind", to_string(alert.kind));
  json.member("severity", to_string(alert.severity));
  json.member("category", to_string(alert.category));
  text("user", alert.user);
  if (alert.client) json.member("client", alert.client->to_string());
  text("app", alert.app_id);
  text("app_name", alert.app_name);
  text("host", alert.host);
  json.member("count", alert.count);
  json.key("events");
  json.begin_array();
  for (const Ulid& event : alert.events) json.string(event.to_string());
  json.end_array();
  json.member("text", alert.text);
}

void append_json(std::string& out, const Alert& alert) {
  JsonWriter json(out);
  json.begin_object();
  write_members(json, alert);
  json.end_object();
}

void append_json(std::string& out, const AlertDay& day) {
  JsonWriter json(out);
  json.begin_object();
  json.member("policy_id", day.policy_id);
  json.member("day", format_day(day.day));
  json.member("raised", day.raised);
  json.member("suppressed", day.suppressed);
  json.end_object();
}

std::string describe(const Alert& alert) {
  return fmt::format("{}: {}: {} ({})", to_string(alert.severity), alert.policy, alert.text,
                     alert.id.to_string());
}

}  // namespace sallyport::discovery
