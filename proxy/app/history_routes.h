#pragma once
// The past of a file of policies, where their folder is a git repository (policy_history.h):
//
//   GET /api/v1/policies/FILE/history          commits, newest first; null and why there are none
//   GET /api/v1/policies/FILE/history/COMMIT   the text as it was then, and what the commit changed
//
// To roll back is to PUT that text.

#include <string>

#include "base/io/pool.h"
#include "proxy/admin/api.h"
#include "proxy/app/desk.h"

namespace sallyport::app {

class HistoryRoutes {
 public:
  // All outlive the routes, which outlive the calls.
  HistoryRoutes(admin::Api& api, Desk& desk, io::Worker& worker);

 private:
  Task<http::Reply> list(const admin::Call& call);
  Task<http::Reply> show(const admin::Call& call);

  Desk& desk_;
  io::Worker& worker_;
  io::WorkPool pool_{1, 8, "history"};
};

}  // namespace sallyport::app
