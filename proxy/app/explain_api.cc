#include "proxy/app/explain_api.h"

#include "discovery/events/decode.h"
#include "proxy/app/explain_event.h"

namespace sallyport::app {

using admin::Call;
using admin::json_answer;
using admin::problem;

ExplainApi::ExplainApi(admin::Api& api, Desk& desk, io::Worker& worker, std::string state,
                       ReadAuditor& auditor)
    : desk_(desk), worker_(worker), state_(std::move(state)), auditor_(auditor) {
  api.on("GET", "/api/v1/explain/{}?policy&by&reason",
         [this](const Call& call) { return explain(call); });
}

Task<http::Reply> ExplainApi::explain(const Call& call) {
  const std::optional<Ulid> id = discovery::parse_ulid(call.names.at(0));
  if (!id) co_return problem(400, "Bad event id", "an event id has 26 letters and digits");
  const PresentPolicies present{desk_.material().policies, desk_.material().snapshot->policy};
  const std::string only = call.asked("policy");
  std::string text, user;
  std::optional<Error> error;
  auto work = [&] {
    const auto explained =
        explain_event(state_, *id, [&]() -> Result<PresentPolicies> { return present; });
    if (!explained) {
      error = explained.error();
    } else if (!only.empty() && explained->program->find(only) == nullptr) {
      error =
          Error{ErrorKind::not_found, Side::client, false, "no policy has the id '" + only + "'"};
    } else {
      text = render_json(*explained, only);
      user = explained->event.activity.user.value_or("");
    }
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return problem(503, "Busy", "too many explanations are asked for; try again");
  if (error && error->kind == ErrorKind::not_found) {
    co_return problem(404, "Not found", error->detail);
  }
  if (error) co_return problem(503, "Not explained", describe(*error));
  const discovery::ReadNote note = note_of(call, "GET /api/v1/explain/{}", user, 1);
  const bool recorded = co_await auditor_.note(note);
  if (!recorded) co_return not_recorded();
  co_return json_answer(std::move(text));
}

}  // namespace sallyport::app
