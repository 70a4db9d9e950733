#pragma once
// Keeping alerts, and what the raiser must still know after a restart. An interface: every engine
// passes alert_store_conformance_test.cc.
//
// INVARIANT: write() is all or none, and idempotent: alerts by their id, the rest by what it is
// about.
// Thread rule: one thread per object. A second object on the same place (another thread or process)
// is fine: readers do not hold up the writer.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "discovery/alerts/alert.h"
#include "discovery/store/query.h"

namespace sallyport::discovery {

// Every condition that is set must hold. Texts are matched without ASCII case and as a whole.
struct AlertQuery {
  std::optional<std::string> policy = {};              // id or name
  std::optional<std::string> user = {};                // "" asks for alerts without one
  std::optional<std::string> app = {};                 // id, name, or the host of what is none
  std::optional<policy::AlertSeverity> severity = {};  // this one or a higher
  std::optional<Time> since = {};                      // time >= since
  std::optional<Time> until = {};                      // time < until
  // Only alerts behind this one in `order`: the last id of a page gives the next page.
  std::optional<Ulid> after = {};
  Order order = Order::newest_first;  // by id, which is the order of raising
  std::size_t limit = kDefaultRows;   // 1 to kMaxRows; more is cut to that
};

// That an app_discovery policy fired for an app, or for a domain that is none (it has a dot).
struct AppFired {
  std::string policy_id;
  std::string app;
  Time at;

  bool operator==(const AppFired&) const = default;
};

// What an app came to on one day so far (app_days.h); marks are those of DistinctCount.
struct AppDayRecord {
  std::chrono::sys_days day;
  std::string app;
  std::uint64_t uploaded = 0;    // bytes
  std::uint64_t downloaded = 0;  // bytes
  std::uint64_t transactions = 0;
  std::vector<std::uint64_t> users;
  std::vector<std::uint64_t> addresses;
  std::vector<Ulid> events;
  std::vector<std::string> done;  // ids of policies that had their say on that day

  bool operator==(const AppDayRecord&) const = default;
};

// Counts are whole, not differences: writing again changes nothing.
struct AlertBatch {
  std::vector<Alert> alerts;
  std::vector<AlertDay> days;
  std::vector<AppFired> fired;
  std::vector<AppDayRecord> app_days;

  bool empty() const { return alerts.empty() && days.empty() && fired.empty() && app_days.empty(); }
};

// Alerts that were counted, and the one of them that was raised last.
struct AlertCount {
  std::uint64_t alerts = 0;
  std::optional<Ulid> newest;
};

class AlertStore {
 public:
  virtual ~AlertStore() = default;

  virtual Result<void> write(const AlertBatch& batch) = 0;
  // What is kept but alerts: days and app_days from `day` on, fired from `since` on.
  virtual Result<AlertBatch> memory(std::chrono::sys_days day, Time since) = 0;

  virtual Result<std::vector<Alert>> query(const AlertQuery& query) = 0;
  virtual Result<std::optional<Alert>> find(const Ulid& id) = 0;
  // How many alerts `counts` says yes to; asked by their ids, newest first.
  virtual Result<AlertCount> count(const std::function<bool(const Ulid&)>& counts) = 0;
  // Newest first; days with something suppressed only, where that is asked.
  virtual Result<std::vector<AlertDay>> days(std::size_t most, bool suppressed_only) = 0;

  // One bounded step of forgetting what is too old or too much. True: there is more now.
  virtual Result<bool> retain(Time now) = 0;

  static constexpr std::chrono::days kAlertAge{400};
  static constexpr std::size_t kMostAlerts = 1'000'000;
  static constexpr std::chrono::days kDayAge{90};    // of counts of days
  static constexpr std::chrono::days kFiredAge{90};  // an app alerts again after that
};

}  // namespace sallyport::discovery
