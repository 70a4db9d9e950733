#include "proxy/app/action_routes.h"

#include "base/json/writer.h"
#include "proxy/app/route_words.h"

namespace sallyport::app {
namespace {

using admin::Call;
using admin::json_answer;
using admin::problem;

constexpr std::size_t kUsualShown = 100;

Task<http::Reply> list_actions(const ActionCaller& caller) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const ActionConfig& one : caller.actions()) {
    json.begin_object();
    json.member("name", one.receiver.options.name);
    if (!one.description.empty()) json.member("description", one.description);
    json.member("to", delivery::place_of(one.receiver.options));
    json.key("needs");
    json.begin_array();
    for (const std::string& need : one.needs) json.string(need);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  co_return json_answer(std::move(out));
}

Task<http::Reply> call_action(ActionCaller& caller, const Desk& desk, const Call& call) {
  delivery::ActionCall wanted;
  wanted.action = call.names.at(0);
  wanted.app = call.asked("app");
  wanted.alert = call.asked("alert");
  wanted.reason = call.asked("reason");
  wanted.by = call.asked("by");
  if (!call.asked("user").empty()) {
    wanted.user = canonical_user(*desk.material().snapshot, call.asked("user"));
    if (wanted.user.empty()) co_return problem(400, "Bad user", "this is no name of a user");
  }
  const auto kept = caller.call(std::move(wanted));
  if (!kept) co_return refused(kept.error());
  std::string out;
  JsonWriter json(out);
  write_action_call(json, **kept);
  co_return json_answer(std::move(out));
}

Task<http::Reply> list_calls(const ActionCaller& caller, const Desk& desk, const Call& call) {
  const auto limit = limit_of(call, kUsualShown, ActionBook::kMostKept);
  if (!limit) co_return problem(400, "Bad limit", limit.error());
  const std::string& state = call.asked("state");
  if (!state.empty() && !parse_action_state(state)) {
    co_return problem(400, "Bad state", "state is pending, done or failed");
  }
  std::string user;
  if (!call.asked("user").empty()) {
    user = canonical_user(*desk.material().snapshot, call.asked("user"));
    if (user.empty()) co_return problem(400, "Bad user", "this is no name of a user");
  }
  const std::string& action = call.asked("action");
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("pending", caller.book().pending());
  json.key("calls");
  json.begin_array();
  std::size_t left = *limit;
  const auto& all = caller.book().all();
  for (auto one = all.rbegin(); one != all.rend() && left > 0; ++one) {
    const ActionBook::Kept& kept = one->second;
    if (!state.empty() && state != to_string(kept.state)) continue;
    if (!action.empty() && action != kept.call.action) continue;
    if (!user.empty() && user != kept.call.user) continue;
    write_action_call(json, kept);
    --left;
  }
  json.end_array();
  json.end_object();
  co_return json_answer(std::move(out));
}

Task<http::Reply> show_call(const ActionCaller& caller, const Call& call) {
  const auto& all = caller.book().all();
  const auto one = all.find(call.names.at(0));
  if (one == all.end()) co_return problem(404, "No such call", "no call has that id");
  std::string out;
  JsonWriter json(out);
  write_action_call(json, one->second);
  co_return json_answer(std::move(out));
}

}  // namespace

void add_action_routes(admin::Api& api, ActionCaller& caller, const Desk& desk) {
  api.on("GET", "/api/v1/webhook-actions", [&](const Call&) { return list_actions(caller); });
  api.on("POST", "/api/v1/webhook-actions/{}/call?user&app&alert&reason&by",
         [&](const Call& call) { return call_action(caller, desk, call); });
  api.on("GET", "/api/v1/webhook-calls?state&action&user&limit",
         [&](const Call& call) { return list_calls(caller, desk, call); });
  api.on("GET", "/api/v1/webhook-calls/{}",
         [&](const Call& call) { return show_call(caller, call); });
}

}  // namespace sallyport::app
