#pragma once
// The file of alerts and its rows, for the two that keep something in it: alerts
// (sqlite_alert_store.h) and where their receivers stand (sqlite_delivery_store.h). In one file, so
// that after a crash of the machine no receiver stands behind an alert that is not there.
//
// For the sqlite_* files of this folder only.

#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "discovery/alerts/alert.h"
#include "discovery/store/sqlite_db.h"

namespace sallyport::discovery {

// Made (mode 0640), or brought to this version, where it is not. A file of another program, or of a
// newer Sallyport, is refused. WAL, synchronous=NORMAL.
Result<SqliteDatabase> open_alert_file(const std::string& path);
// not_found where there is none.
Result<SqliteDatabase> open_alert_file_for_reading(const std::string& path);

// "SELECT ... FROM alerts": what read_alert() reads, and behind it n, the alert's place. Places
// rise in the order of writing and none is given twice.
inline constexpr std::string_view kAlertColumns =
    "SELECT id, time, policy_id, policy, kind, severity, category, user, client, app, app_name, "
    "host, count, events, text, n FROM alerts";
inline constexpr int kAlertPlace = 15;  // the column of n
// The place that was given last, also where that alert is deleted by now; 0: none was.
inline constexpr std::string_view kNewestPlace =
    "max((SELECT coalesce(max(n), 0) FROM alerts), (SELECT n FROM last_place))";

Result<Alert> read_alert(const SqliteStatement& row);

// Of fixed-size values, one behind the other. What is no whole number of them is cut.
template <class T>
std::vector<T> values_of(std::string_view bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}
static_assert(sizeof(Ulid) == 16);

inline std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
inline Time from_micros(std::int64_t value) { return Time(std::chrono::microseconds(value)); }

}  // namespace sallyport::discovery
