#pragma once
// Alerts for the tests of this folder. Included by _test.cc files only.

#include "discovery/alerts/alert_store.h"
#include "discovery/events/samples_for_tests.h"

namespace sallyport::discovery::samples {

inline constexpr std::chrono::sys_days kMonday{std::chrono::year(2026) / 11 / 23};

// ana downloads too much from Dropbox, at second n.
inline Alert alert(int n) {
  Alert one;
  one.id = id_of(n);
  one.time = second(n);
  one.policy_id = "mass-download";
  one.policy = "Mass download";
  one.kind = AlertKind::repeated_activity;
  one.severity = policy::AlertSeverity::high;
  one.category = policy::RiskCategory::dlp;
  one.user = "ana";
  one.client = *IpAddress::parse("192.0.2.7");
  one.app_id = "dropbox";
  one.app_name = "Dropbox";
  one.host = "www.dropbox.com";
  one.events = {id_of(n), id_of(n + 1)};
  one.count = 2;
  one.text = "2 activities of ana";
  return one;
}

// A domain that is no known app came to much; nobody in particular.
inline Alert app_alert(int n) {
  Alert one;
  one.id = id_of(n);
  one.time = second(n);
  one.policy_id = "new-apps";
  one.policy = "New apps";
  one.kind = AlertKind::app_discovery;
  one.severity = policy::AlertSeverity::low;
  one.category = policy::RiskCategory::discovery;
  one.host = "fresh.example";
  one.count = 2001;
  one.text = "fresh.example on 2026-11-23: transactions 2001 (> 2000)";
  return one;
}

}  // namespace sallyport::discovery::samples
