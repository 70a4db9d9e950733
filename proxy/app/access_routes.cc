#include "proxy/app/access_routes.h"

#include <fmt/format.h>
#include <vector>

#include "base/core/text.h"
#include "proxy/app/grant_wish.h"
#include "proxy/app/route_words.h"

namespace sallyport::app {

namespace {

using admin::Call;
using admin::json_answer;
using admin::problem;
using State = portal::AccessAnswer::State;

constexpr std::size_t kUsualShown = 1'000;

Task<http::Reply> list(const AccessRequestBook& book, const StandingDesk& standing,
                       const Desk& desk, const Call& call) {
  const auto limit = limit_of(call, kUsualShown, AccessRequestBook::kMostWaiting * 2);
  if (!limit) co_return problem(400, "Bad limit", limit.error());
  const std::string& state = call.asked("state");
  if (!is_access_state(state)) {
    co_return problem(400, "Bad state", "state is open, answered, granted or refused");
  }
  const session::Snapshot& now = *desk.material().snapshot;
  AccessFilter filter{state, "", call.asked("app")};
  if (!call.asked("user").empty()) {
    filter.user = canonical_user(now, call.asked("user"));
    if (filter.user.empty()) co_return problem(400, "Bad user", "this is no name of a user");
  }
  const Time at = standing.now();
  std::vector<const AccessRequestBook::Kept*> found;
  for (const auto& [id, kept] : book.all()) {
    if (filter.keeps(kept, at)) found.push_back(&kept);
  }
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("total", found.size());
  json.member("waiting", book.waiting_count());
  json.key("access_requests");
  json.begin_array();
  std::size_t left = *limit;
  for (auto one = found.rbegin(); one != found.rend() && left > 0; ++one, --left) {
    write_access_request(json, **one);
  }
  json.end_array();
  json.end_object();
  co_return json_answer(std::move(out));
}

http::Reply one(const AccessRequestBook& book, std::string_view id) {
  std::string out;
  JsonWriter json(out);
  write_access_request(json, book.all().find(id)->second);
  return json_answer(std::move(out));
}

Task<http::Reply> grant(AccessRequestBook& book, StandingDesk& standing, const Desk& desk,
                        const Call& call) {
  const std::string id = call.names.at(0);
  const std::string by = call.asked("by");
  if (by.size() > kMostWho) co_return problem(400, "Bad query", "'by' is too long");
  const auto kept = book.waiting(id);
  if (!kept) co_return refused(kept.error());
  auto wish =
      access_wish(*desk.material().snapshot, (*kept)->asked, call.asked("for"), by, standing.now());
  if (!wish) co_return refused(wish.error());
  const StandingDesk::Granted made = co_await standing.grant(std::move(*wish));
  if (!made) co_return refused(made.error());
  if (const auto refusal = book.granted(id, *made, by, standing.now())) {
    co_return refused(*refusal);
  }
  co_return one(book, id);
}

Task<http::Reply> refuse(AccessRequestBook& book, const StandingDesk& standing, const Call& call) {
  if (call.asked("by").size() > kMostWho) co_return problem(400, "Bad query", "'by' is too long");
  const std::string id = call.names.at(0);
  const auto refusal = book.refuse(id, call.asked("say"), call.asked("by"), standing.now());
  if (refusal) co_return refused(*refusal);
  co_return one(book, id);
}

}  // namespace

bool is_access_state(std::string_view word) {
  return word.empty() || word == "open" || word == "answered" || word == "granted" ||
         word == "refused";
}

bool AccessFilter::keeps(const AccessRequestBook::Kept& kept, Time now) const {
  if (end_of(kept) <= now) return false;
  const bool waits = kept.answer.state == State::waiting;
  if (state == "open" && !waits) return false;
  if (state == "answered" && waits) return false;
  const bool answer = state == "granted" || state == "refused";
  if (answer && state != to_string(kept.answer.state)) return false;
  if (!user.empty() && kept.asked.user != user) return false;
  return app.empty() || kept.asked.app == app || (kept.asked.app.empty() && kept.asked.host == app);
}

void write_access_request(JsonWriter& json, const AccessRequestBook::Kept& kept) {
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) json.member(name, value);
  };
  json.begin_object();
  json.member("id", kept.id);
  json.member("state", to_string(kept.answer.state));
  text("user", kept.asked.user);
  text("client", kept.asked.client);
  text("app", kept.asked.app);
  text("host", kept.asked.host);
  text("policy", kept.asked.policy);
  text("reason", kept.asked.reason);
  json.member("at", format_rfc3339(kept.asked.at));
  if (kept.answer.state != State::waiting) {
    json.member("answered", format_rfc3339(kept.answer.at));
    text("who", kept.who);
    text("say", kept.answer.say);
    text("grant", kept.grant);
  }
  if (kept.answer.state == State::granted) json.member("until", format_rfc3339(kept.answer.until));
  json.end_object();
}

void add_access_routes(admin::Api& api, AccessRequestBook& book, StandingDesk& standing,
                       const Desk& desk) {
  api.on("GET", "/api/v1/access-requests",
         [&](const Call& call) { return list(book, standing, desk, call); });
  api.on("POST", "/api/v1/access-requests/{}/grant",
         [&](const Call& call) { return grant(book, standing, desk, call); });
  api.on("POST", "/api/v1/access-requests/{}/refuse",
         [&](const Call& call) { return refuse(book, standing, call); });
}

}  // namespace sallyport::app
