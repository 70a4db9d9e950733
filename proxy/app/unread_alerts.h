#pragma once
// How many alerts nobody has read, as a number that a console shows all the time:
//
//   GET /api/v1/alerts/unread     {"unread": 3, "newest": "2026-11-28T00:30:00.000000Z"}
//
// It names no person, so it is not recorded as a read, and whoever polls it keeps no session alive
// (route_facts.h). Counted at most every kHolds, and at once after somebody handled an alert.
//
// Thread rule: the desk's; the store is read on a thread of its own.

#include <string>

#include "base/io/pool.h"
#include "base/io/worker.h"
#include "proxy/admin/api.h"
#include "proxy/app/alert_book.h"

namespace sallyport::app {

class UnreadAlerts {
 public:
  static constexpr std::chrono::seconds kHolds{5};

  // `file` is that of the alert store. All outlive the route, which outlives the calls.
  UnreadAlerts(admin::Api& api, std::string file, const AlertBook& book, const Clock& clock,
               io::Worker& worker);

 private:
  Task<http::Reply> count(const admin::Call& call);

  const std::string file_;
  const AlertBook& book_;
  const Clock& clock_;
  io::Worker& worker_;
  std::string counted_;  // the last answer
  std::uint64_t counted_changes_ = 0;
  std::chrono::steady_clock::time_point counted_at_{};
  io::WorkPool pool_{1, 8, "unread"};
};

}  // namespace sallyport::app
