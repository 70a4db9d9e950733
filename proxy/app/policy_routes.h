#pragma once
// The policies' files under /api/v1: what there is, what decided how often, and changing a file as
// its owner would with an editor, but never so that the gateway could not use it. The README has
// the list.
//
// A file is written only where everything compiles with it and the tests beside the policies pass,
// and where it is still as its editor saw it (If-Match). What is written is in force on every
// worker when it is answered, and stands in the governance log.

#include <map>
#include <string>

#include "base/io/pool.h"
#include "discovery/store/state_store.h"
#include "proxy/admin/api.h"
#include "proxy/app/desk.h"

namespace sallyport::app {

class PolicyRoutes {
 public:
  // All outlive the routes, which outlive the calls. `state`: the state directory.
  PolicyRoutes(admin::Api& api, Desk& desk, discovery::StateStore& log, const Clock& clock,
               io::Worker& worker, std::string state);

 private:
  Task<http::Reply> list(const admin::Call& call);
  Task<http::Reply> matches(const admin::Call& call);
  Task<http::Reply> read(const admin::Call& call);
  Task<http::Reply> write(const admin::Call& call);

  Desk& desk_;
  discovery::StateStore& log_;
  const Clock& clock_;
  io::Worker& worker_;
  const std::string state_;
  bool writing_ = false;
  std::string counted_;  // the last answer of matches()
  std::string counted_for_;
  Time counted_at_{};
  io::WorkPool pool_{1, 8, "policies"};
};

}  // namespace sallyport::app
