#pragma once
// Files that passed, consents that were asked for and instances of apps that are used, put together
// from the activities that were kept, under /api/v1; the README has the list. Rows of the first two
// are as `sallyport files` and `sallyport consents` have them with --format json.
//
// Thread rule: the desk's; the store is read on a thread of its own, one question at a time.

#include <string>

#include "base/io/pool.h"
#include "proxy/admin/api.h"
#include "proxy/app/desk.h"
#include "proxy/app/kept_reports.h"
#include "proxy/app/read_auditor.h"

namespace sallyport::app {

class InventoryRoutes {
 public:
  // All outlive the routes, which outlive the calls. `state`: the state directory.
  InventoryRoutes(admin::Api& api, Desk& desk, const Clock& clock, io::Worker& worker,
                  std::string state, ReadAuditor& auditor);

  // What is asked for, so that a thread of its own can find it.
  struct Asked {
    admin::Call call;
    std::shared_ptr<const session::Snapshot> snapshot;
    Time since, until;
    std::size_t limit = 0;
  };

 private:
  using Make = Result<ReportCache::Answer> (*)(const Asked& asked, const std::string& state);
  Task<http::Reply> answer(const admin::Call& call, std::string_view route, Make make);
  Task<http::Reply> files(const admin::Call& call);
  Task<http::Reply> consents(const admin::Call& call);
  Task<http::Reply> instances(const admin::Call& call);

  Desk& desk_;
  const Clock& clock_;
  io::Worker& worker_;
  const std::string state_;
  ReadAuditor& auditor_;
  KeptReports cache_{state_};
  io::WorkPool pool_{1, 8, "inventory"};
};

}  // namespace sallyport::app
