#include "proxy/app/factor_routes.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "base/json/writer.h"
#include "proxy/app/route_words.h"

namespace sallyport::app {

namespace {

using admin::Call;
using admin::json_answer;
using admin::problem;

Task<http::Reply> list(const FactorKeeper& factors, const Clock& clock, const Call&) {
  const std::vector<FactorKeeper::Told> all = factors.all();
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("total", all.size());
  json.key("factors");
  json.begin_array();
  for (const FactorKeeper::Told& one : all) {
    json.begin_object();
    json.member("user", one.user);
    if (one.enrolled != Time{}) json.member("enrolled", format_rfc3339(one.enrolled));
    json.member("used", format_rfc3339(one.used));
    json.member("wrong", std::uint64_t{one.wrong});
    if (one.held_until > clock.now()) json.member("held_until", format_rfc3339(one.held_until));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  co_return json_answer(std::move(out));
}

Task<http::Reply> forget(FactorKeeper& factors, const Desk& desk, const Clock& clock,
                         const Call& call) {
  const std::string& by = call.asked("by");
  if (by.size() > kMostWho) co_return problem(400, "Bad query", "'by' is too long");
  const std::string user = canonical_user(*desk.material().snapshot, call.names.at(0));
  const Result<bool> forgotten = factors.forget(user, by, clock.now());
  if (!forgotten) co_return problem(503, "Not forgotten", describe(forgotten.error()));
  if (!*forgotten) {
    co_return problem(
        404, "Not done",
        fmt::format("'{}' has set up no authenticator app", printable(call.names.at(0))));
  }
  co_return json_answer(fmt::format("{{\"total\": {}}}", factors.all().size()));
}

}  // namespace

void add_factor_routes(admin::Api& api, FactorKeeper& factors, const Desk& desk,
                       const Clock& clock) {
  api.on("GET", "/api/v1/factors", [&](const Call& call) { return list(factors, clock, call); });
  api.on("DELETE", "/api/v1/factors/{}",
         [&](const Call& call) { return forget(factors, desk, clock, call); });
}

}  // namespace sallyport::app
