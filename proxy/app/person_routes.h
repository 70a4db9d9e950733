#pragma once
// What is kept about persons, for the API:
//
//   GET /api/v1/governance          the governance log, newest first, in pages
//   GET /api/v1/users/NAME          what `sallyport users show` tells
//   GET /api/v1/users-seen          what `sallyport users seen` tells
//
// The stores are read on a thread of its own, one question at a time, and the desk goes on.

#include <string>

#include "base/io/pool.h"
#include "proxy/admin/api.h"
#include "proxy/app/desk.h"

namespace sallyport::app {

class PersonRoutes {
 public:
  // All outlive the PersonRoutes; it outlives the calls. `state`: the state directory.
  PersonRoutes(admin::Api& api, Desk& desk, io::Worker& worker, const Clock& clock,
               std::string state);

 private:
  Task<http::Reply> governance(const admin::Call& call);
  Task<http::Reply> user(const admin::Call& call);
  Task<http::Reply> seen(const admin::Call& call);

  Desk& desk_;
  io::Worker& worker_;
  const Clock& clock_;
  std::string state_;
  io::WorkPool pool_{1, 8, "persons"};
};

}  // namespace sallyport::app
