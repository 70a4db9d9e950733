#pragma once
// GET /api/v1/discovery/REPORT and /REPORT/APP: the reports of `sallyport discover` as JSON; the
// README has the list. On a thread of its own, one at a time: it reads counted use, which takes
// seconds of a year of many people, and the desk goes on. What took long is kept a while
// (report_cache.h); then `Age` says how long ago it was made.

#include <string>

#include "base/io/pool.h"
#include "proxy/admin/api.h"
#include "proxy/app/desk.h"
#include "proxy/app/kept_reports.h"
#include "proxy/app/read_auditor.h"

namespace sallyport::app {

class DiscoveryApi {
 public:
  // All outlive the DiscoveryApi; it outlives the calls. `state`: the state directory.
  DiscoveryApi(admin::Api& api, Desk& desk, const Clock& clock, io::Worker& worker,
               std::string state, ReadAuditor& auditor);

 private:
  Task<http::Reply> report(const admin::Call& call);

  Desk& desk_;
  const Clock& clock_;
  io::Worker& worker_;
  std::string state_;
  ReadAuditor& auditor_;
  KeptReports cache_{state_};
  io::WorkPool pool_{1, 8, "discovery"};
};

}  // namespace sallyport::app
