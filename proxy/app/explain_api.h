#pragma once
// GET /api/v1/explain/EVENT: why an event was judged as it was (explain_event.h), as JSON;
// ?policy=ID shows one policy. On a thread of its own, one at a time: it reads the store and
// compiles policies, and the desk goes on.

#include <string>

#include "base/io/pool.h"
#include "proxy/admin/api.h"
#include "proxy/app/desk.h"
#include "proxy/app/read_auditor.h"

namespace sallyport::app {

class ExplainApi {
 public:
  // All outlive the ExplainApi; it outlives the calls. `state`: the state directory.
  ExplainApi(admin::Api& api, Desk& desk, io::Worker& worker, std::string state,
             ReadAuditor& auditor);

 private:
  Task<http::Reply> explain(const admin::Call& call);

  Desk& desk_;
  io::Worker& worker_;
  std::string state_;
  ReadAuditor& auditor_;
  io::WorkPool pool_{1, 8, "explain"};
};

}  // namespace sallyport::app
