#include "proxy/app/standing_routes.h"

#include <fmt/format.h>

#include "base/core/diagnostics.h"
#include "base/core/text.h"
#include "discovery/events/decode.h"
#include "proxy/app/route_words.h"

namespace sallyport::app {

namespace {

using admin::Call;
using admin::json_answer;
using admin::problem;
using policy::Suspension;

constexpr std::size_t kUsualShown = 1'000;  // grants
constexpr std::chrono::hours kMostSuspended{24 * 366};
constexpr std::string_view kUsualSignInAgain = "7d";

void text(JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) json.member(name, value);
}

Task<http::Reply> list_grants(const StandingDesk& standing, const Desk& desk, const Call& call) {
  const auto wanted = limit_of(call, kUsualShown, StandingBook::kMostGrants);
  if (!wanted) co_return problem(400, "Bad limit", wanted.error());
  std::size_t limit = *wanted;
  const std::string& asked_user = call.asked("user");
  const std::string user = canonical_user(*desk.material().snapshot, asked_user);
  const std::string& policy = call.asked("policy");
  const Time now = standing.now();
  std::vector<const StandingBook::KeptGrant*> found;
  for (const auto& [id, kept] : standing.book().grants()) {
    if (!asked_user.empty() && kept.grant->user != user) continue;
    if (!policy.empty() && kept.grant->policy_id != policy) continue;
    if (kept.grant->until > now) found.push_back(&kept);
  }
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("total", found.size());
  json.key("grants");
  json.begin_array();
  for (auto one = found.rbegin(); one != found.rend() && limit > 0; ++one, --limit) {
    write_grant(json, **one);
  }
  json.end_array();
  json.end_object();
  co_return json_answer(std::move(out));
}

Task<http::Reply> revoke(StandingDesk& standing, const Call& call) {
  const auto id = discovery::parse_ulid(call.names.at(0));
  if (!id) co_return problem(400, "Bad id", "a grant's id has 26 letters and digits");
  if (call.asked("by").size() > kMostWho) co_return problem(400, "Bad query", "'by' is too long");
  const auto refusal = co_await standing.revoke(*id, call.asked("by"));
  if (refusal) co_return refused(*refusal);
  co_return json_answer(fmt::format("{{\"total\": {}}}", standing.book().grants().size()));
}

Task<http::Reply> list_suspensions(const StandingDesk& standing, const Desk& desk,
                                   const Call& call) {
  const std::string& asked_user = call.asked("user");
  const std::string user = canonical_user(*desk.material().snapshot, asked_user);
  const Time now = standing.now();
  std::vector<const StandingBook::KeptSuspension*> found;
  for (const auto& [id, kept] : standing.book().suspensions()) {
    if (!asked_user.empty() && kept.suspension.user != user) continue;
    if (kept.suspension.until > now) found.push_back(&kept);
  }
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("total", found.size());
  json.key("suspensions");
  json.begin_array();
  for (const auto* one : found) write_suspension(json, *one);
  json.end_array();
  json.end_object();
  co_return json_answer(std::move(out));
}

// Nothing where it is neither.
std::optional<bool> sanctioned_of(const Call& call) {
  const std::string& asked = call.asked("sanctioned");
  if (asked == "true") return true;
  if (asked.empty() || asked == "false") return false;
  return std::nullopt;
}

// An app that is named and empty is a mistake, and not everything.
bool names_no_app(const Call& call) {
  return call.query.contains("app") && call.asked("app").empty();
}

http::Reply bad_app() { return problem(400, "Bad query", "'app' is empty"); }

http::Reply bad_asks() { return problem(400, "Bad query", "'asks' is step_up or sign_in_again"); }

http::Reply bad_sanctioned() { return problem(400, "Bad query", "'sanctioned' is true or false"); }

Task<http::Reply> suspend(StandingDesk& standing, const Desk& desk, const Call& call) {
  if (call.asked("by").size() > kMostWho) co_return problem(400, "Bad query", "'by' is too long");
  const std::optional<bool> sanctioned = sanctioned_of(call);
  if (!sanctioned) co_return bad_sanctioned();
  if (names_no_app(call)) co_return bad_app();
  const session::Snapshot& now = *desk.material().snapshot;
  if (!action_of(call.asked("asks"))) co_return bad_asks();
  const SuspensionWish wish{.user = call.names.at(0),
                            .app = call.asked("app"),
                            .sanctioned = *sanctioned,
                            .asks = call.asked("asks"),
                            .lasts = call.asked("for")};
  auto wanted = suspension_of(now, wish, standing.now());
  if (!wanted) co_return refused(wanted.error());
  const bool listed = now.users->find(wanted->user) != nullptr;
  const auto made =
      co_await standing.suspend(std::move(*wanted), call.asked("reason"), call.asked("by"));
  if (!made) co_return refused(made.error());
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("suspension");
  write_suspension(json, standing.book().suspensions().at(made->id));
  json.member("listed", listed);  // whether the directory knows the user
  json.end_object();
  co_return json_answer(std::move(out));
}

Task<http::Reply> unsuspend(StandingDesk& standing, const Desk& desk, const Call& call) {
  if (call.asked("by").size() > kMostWho) co_return problem(400, "Bad query", "'by' is too long");
  const std::string user = canonical_user(*desk.material().snapshot, call.names.at(0));
  std::optional<Suspension::Reach> reach;
  const std::optional<bool> sanctioned = sanctioned_of(call);
  if (!sanctioned) co_return bad_sanctioned();
  if (names_no_app(call)) co_return bad_app();
  if (*sanctioned) reach = Suspension::Reach::sanctioned;
  if (!call.asked("app").empty()) reach = Suspension::Reach::app;
  const std::optional<policy::Action> action = action_of(call.asked("asks"));
  if (!action) co_return bad_asks();
  const auto lifted =
      co_await standing.unsuspend(user, reach, call.asked("app"), *action, call.asked("by"));
  if (!lifted) co_return refused(lifted.error());
  co_return json_answer(fmt::format("{{\"lifted\": {}}}", *lifted));
}

}  // namespace

std::optional<policy::Action> action_of(std::string_view asks) {
  if (asks.empty()) return policy::Action::block;
  const auto action = policy::parse_action(asks);
  if (!action || *action == policy::Action::block || !policy::can_suspend(*action)) {
    return std::nullopt;
  }
  return action;
}

std::expected<Suspension, StandingBook::Refusal> suspension_of(const session::Snapshot& now,
                                                               const SuspensionWish& wish,
                                                               Time at) {
  using Refusal = StandingBook::Refusal;
  const std::string_view app = wish.app;
  Suspension wanted;
  wanted.user = canonical_user(now, wish.user);
  if (wanted.user.empty()) {
    return std::unexpected(
        Refusal{400, fmt::format("'{}' is no name of a user", printable(wish.user))});
  }
  if (!app.empty() && wish.sanctioned) {
    return std::unexpected(Refusal{400, "one app, or all sanctioned apps: not both"});
  }
  const auto action = action_of(wish.asks);
  if (!action) return std::unexpected(Refusal{400, "what can be asked: step_up, sign_in_again"});
  wanted.action = *action;
  const bool ends_sessions = *action == policy::Action::sign_in_again;
  const std::string_view lasts =
      wish.lasts.empty() && ends_sessions ? kUsualSignInAgain : wish.lasts;
  if (wish.sanctioned) wanted.reach = Suspension::Reach::sanctioned;
  if (!app.empty()) {
    wanted.reach = Suspension::Reach::app;
    wanted.app = app;
    if (now.catalog->find(wanted.app) == nullptr) {
      std::vector<std::string_view> known;
      for (const discovery::App& one : now.catalog->apps()) known.push_back(one.facts.id);
      const std::string hint = did_you_mean(app, known);
      return std::unexpected(
          Refusal{404, fmt::format("no app '{}' in the catalog{}{}", printable(app),
                                   hint.empty() ? "" : "; ", hint)});
    }
  }
  if (!lasts.empty()) {
    const auto span = parse_duration(lasts);
    const std::chrono::hours most = ends_sessions ? policy::kMostSignInAgain : kMostSuspended;
    if (!span || *span < std::chrono::minutes(1) || *span > most) {
      return std::unexpected(Refusal{400, fmt::format("'{}' is no span from 1m to {}d: '2h', '7d'",
                                                      printable(lasts), most.count() / 24)});
    }
    wanted.until = at + *span;
  }
  return wanted;
}

void write_grant(JsonWriter& json, const StandingBook::KeptGrant& kept) {
  const policy::Grant& grant = *kept.grant;
  json.begin_object();
  json.member("id", grant.id.to_string());
  json.member("policy", grant.policy_id);
  json.member("action", to_string(grant.action));
  text(json, "user", grant.user);
  text(json, "app", grant.app);
  text(json, "site", grant.site);
  if (grant.address) json.member("address", grant.address->to_string());
  json.member("from", format_rfc3339(grant.from));
  json.member("until", format_rfc3339(grant.until));
  text(json, "who", kept.who);
  text(json, "reason", kept.reason);
  json.end_object();
}

void write_suspension(JsonWriter& json, const StandingBook::KeptSuspension& kept) {
  const Suspension& suspension = kept.suspension;
  json.begin_object();
  json.member("id", suspension.id.to_string());
  json.member("user", suspension.user);
  json.member("reach", to_string(suspension.reach));
  text(json, "app", suspension.app);
  if (suspension.action != policy::Action::block) {
    json.member("asks", to_string(suspension.action));
  }
  json.member("from", format_rfc3339(suspension.from));
  if (suspension.until != Time::max()) json.member("until", format_rfc3339(suspension.until));
  text(json, "who", kept.who);
  text(json, "reason", kept.reason);
  json.end_object();
}

void add_standing_routes(admin::Api& api, StandingDesk& standing, const Desk& desk) {
  api.on("GET", "/api/v1/grants?user&policy",
         [&standing, &desk](const Call& call) { return list_grants(standing, desk, call); });
  api.on("DELETE", "/api/v1/grants/{}?by",
         [&standing](const Call& call) { return revoke(standing, call); });
  api.on("GET", "/api/v1/suspensions?user",
         [&standing, &desk](const Call& call) { return list_suspensions(standing, desk, call); });
  api.on("PUT", "/api/v1/suspensions/{}?app&sanctioned&asks&for&reason&by",
         [&standing, &desk](const Call& call) { return suspend(standing, desk, call); });
  api.on("DELETE", "/api/v1/suspensions/{}?app&sanctioned&asks&by",
         [&standing, &desk](const Call& call) { return unsuspend(standing, desk, call); });
}

}  // namespace sallyport::app
