#pragma once
// Activities that were kept, and as they come, under /api/v1; the README has the list.
//
// A search goes back through the store for two seconds at most; then it answers with what it has
// and where it stands (`next`, `searched_to`), so that the console can show progress and go on.

#include <string>

#include "base/io/pool.h"
#include "proxy/admin/api.h"
#include "proxy/app/desk.h"
#include "proxy/app/live_feed.h"
#include "proxy/app/read_auditor.h"

namespace sallyport::app {

class ActivityRoutes {
 public:
  // All outlive the routes, which outlive the calls. `state`: the state directory.
  ActivityRoutes(admin::Api& api, Desk& desk, LiveFeed& feed, const Clock& clock,
                 io::Worker& worker, std::string state, ReadAuditor& auditor);

 private:
  Task<http::Reply> list(const admin::Call& call);
  Task<http::Reply> one(const admin::Call& call);
  Task<http::Reply> live(const admin::Call& call);

  Desk& desk_;
  LiveFeed& feed_;
  const Clock& clock_;
  io::Worker& worker_;
  const std::string state_;
  ReadAuditor& auditor_;
  io::WorkPool pool_{2, 16, "activities"};
};

}  // namespace sallyport::app
