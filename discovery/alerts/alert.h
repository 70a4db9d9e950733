#pragma once
// What a person must see: that activities matched a policy which asks for alerts.
//
// Policies raise them, detections among them (alert_raiser.h). An alert is what was raised and
// never changes; what people make of it is kept apart (handling.h).

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/address.h"
#include "base/core/clock.h"
#include "base/core/id.h"
#include "policy/activity/words.h"

namespace sallyport {
class JsonWriter;
}

namespace sallyport::discovery {

enum class AlertKind : std::uint8_t {
  activity,           // one activity matched an activity policy
  repeated_activity,  // so many of one user within its window did
  decision,           // an access, session or tls policy decided
  app_discovery,      // an app came to so much on one day
  detection,          // what a detection found unusual
};

std::string_view to_string(AlertKind kind);
std::optional<AlertKind> parse_alert_kind(std::string_view word);

constexpr std::size_t kMostEvidence = 100;   // events that an alert names
constexpr std::size_t kMostAlertText = 500;  // bytes

struct Alert {
  Ulid id;
  Time time;  // the start of the activity that made it full
  std::string policy_id;
  std::string policy;  // its name
  AlertKind kind = AlertKind::activity;
  policy::AlertSeverity severity = policy::AlertSeverity::medium;
  policy::RiskCategory category = policy::RiskCategory::threat_detection;
  std::string user;                 // "": nobody, or (app_discovery) many
  std::optional<IpAddress> client;  // absent: many
  std::string app_id;               // "": none of the catalog
  std::string app_name;
  std::string host;          // the activity's; of app_discovery the domain that is no known app
  std::vector<Ulid> events;  // the evidence: the newest kMostEvidence, oldest first
  std::uint64_t count = 1;   // activities that it is about
  std::string text;          // one sentence; as the wire had it, so printable() before a terminal

  bool operator==(const Alert&) const = default;
};

// How often a policy raised an alert on a day (UTC), and how often its daily limit kept it from
// that.
struct AlertDay {
  std::string policy_id;
  std::chrono::sys_days day;
  std::uint64_t raised = 0;
  std::uint64_t suppressed = 0;

  bool operator==(const AlertDay&) const = default;
};

// One line of JSON without a newline. Fields as above in snake_case; what is not known is absent.
//   id, time, policy_id, policy, kind, severity, category, user, client, app, app_name, host,
//   count, events (array of ids), text
void append_json(std::string& out, const Alert& alert);
// The same as members of an object that is begun.
void write_members(JsonWriter& json, const Alert& alert);
// {policy_id, day, raised, suppressed}
void append_json(std::string& out, const AlertDay& day);

// "high: Mass download: 10 activities of ana in Dropbox within 5m (01J...)"; not printable() yet.
std::string describe(const Alert& alert);

// "2026-11-26"
std::string format_day(std::chrono::sys_days day);

}  // namespace sallyport::discovery
