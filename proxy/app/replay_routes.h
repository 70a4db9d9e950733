#pragma once
// What the past would have been with another text of a policies' file, before it is published:
//
//   POST   /api/v1/policies/FILE/replay      {"text", "since", "until", "against"}: 202 and an id
//   GET    /api/v1/policies/FILE/replay/ID   how far it is; at the end, what it came to
//   DELETE /api/v1/policies/FILE/replay/ID   gives it up
//
// The other files are as they are in force. Nothing is written, and the tests beside the policies
// are not run: that is for the dry run of PUT.

#include <string>

#include "proxy/admin/api.h"
#include "proxy/app/desk.h"
#include "proxy/app/read_auditor.h"
#include "proxy/app/replay_jobs.h"

namespace sallyport::app {

class ReplayRoutes {
 public:
  // All outlive the routes, which outlive the calls. `state`: the state directory.
  ReplayRoutes(admin::Api& api, Desk& desk, const Clock& clock, io::Worker& worker,
               std::string state, ReadAuditor& auditor);

 private:
  Task<http::Reply> start(const admin::Call& call);
  Task<http::Reply> look(const admin::Call& call);
  Task<http::Reply> give_up(const admin::Call& call);

  Desk& desk_;
  const Clock& clock_;
  io::Worker& worker_;
  const std::string state_;
  ReadAuditor& auditor_;
  ReplayJobs jobs_;
  io::WorkPool pool_{1, 8, "compile"};
};

// `sources` with `text` in the place of the file of that name, or beside them where there is none,
// at its place in the order of names. `folder`: of policies.
policy::PolicySources with_text(policy::PolicySources sources, const std::string& folder,
                                const std::string& name, std::string text);

}  // namespace sallyport::app
