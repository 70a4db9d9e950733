#include "proxy/app/account_routes.h"

#include <fmt/format.h>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/crypto/base32.h"
#include "base/json/writer.h"
#include "discovery/users/bcrypt.h"
#include "proxy/app/route_words.h"

namespace sallyport::app {

namespace {

using admin::Call;
using admin::json_answer;
using admin::problem;
using Refusal = AccountKeeper::Refusal;

struct Parts {
  AccountKeeper& accounts;
  ConsoleDoor& door;
  io::Worker& worker;
  const Clock& clock;
};

http::Reply not_done(const Refusal& refusal) {
  return problem(refusal.status, "Not done", refusal.detail);
}

http::Reply given(std::string_view name, admin::Role role, std::string_view key,
                  std::string_view secret) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("name", name);
  json.member("role", to_string(role));
  json.member(key, secret);
  json.end_object();
  return json_answer(std::move(text));
}

std::optional<http::Reply> bad_role(const Call& call, admin::Role& role) {
  const auto known = admin::parse_role(call.asked("role"));
  if (!known) return problem(400, "Bad query", "role is viewer, analyst or operator");
  role = *known;
  return std::nullopt;
}

Task<http::Reply> list(Parts parts, const Call&) {
  co_return json_answer(accounts_json(parts.accounts, parts.door, parts.clock));
}

// A hash of `password`, made where it holds nobody up.
Task<bool> hash_of(Parts parts, const std::string& password, std::string& hash) {
  auto work = [&] { hash = discovery::bcrypt_hash(password, kOneTimePasswordCost); };
  const bool ran = co_await parts.door.pool().run(parts.worker.executor(), std::move(work));
  co_return ran;
}

Task<http::Reply> add(Parts parts, const Call& call) {
  admin::Role role = admin::Role::viewer;
  if (auto bad = bad_role(call, role)) co_return std::move(*bad);
  const std::string password = one_time_password();
  std::string hash;
  const bool ran = co_await hash_of(parts, password, hash);
  if (!ran) co_return problem(503, "Busy", "try again");
  const auto refusal =
      parts.accounts.add(call.asked("name"), role, hash, call.asked("by"), parts.clock.now());
  if (refusal) co_return not_done(*refusal);
  co_return given(call.asked("name"), role, "password", password);
}

Task<http::Reply> reset(Parts parts, const Call& call) {
  const std::string& name = call.names.at(0);
  const std::string password = one_time_password();
  std::string hash;
  const bool ran = co_await hash_of(parts, password, hash);
  if (!ran) co_return problem(503, "Busy", "try again");
  const auto refusal =
      parts.accounts.set_password(name, hash, true, call.asked("by"), parts.clock.now());
  if (refusal) co_return not_done(*refusal);
  parts.door.end_sessions_of(name);
  co_return given(name, parts.accounts.find(name)->role, "password", password);
}

Task<http::Reply> remove(Parts parts, const Call& call) {
  const std::string& name = call.names.at(0);
  const auto refusal = parts.accounts.remove(name, call.asked("by"), parts.clock.now());
  if (refusal) co_return not_done(*refusal);
  parts.door.end_sessions_of(name);
  co_return json_answer("{}");
}

Task<http::Reply> set_role(Parts parts, const Call& call) {
  admin::Role role = admin::Role::viewer;
  if (auto bad = bad_role(call, role)) co_return std::move(*bad);
  const std::string& name = call.names.at(0);
  const auto refusal = parts.accounts.set_role(name, role, call.asked("by"), parts.clock.now());
  if (refusal) co_return not_done(*refusal);
  parts.door.end_sessions_of(name);
  co_return json_answer(accounts_json(parts.accounts, parts.door, parts.clock));
}

// Of an account, or of somebody whom the provider vouched for.
Task<http::Reply> end_sessions(Parts parts, const Call& call) {
  const std::string& name = call.names.at(0);
  const std::size_t ended = parts.door.end_sessions_of(name);
  if (ended == 0) {
    co_return problem(404, "Not done", "'" + printable(name) + "' is not signed in");
  }
  log::info(fmt::format("console: {} ended {} session(s) of {}", printable(call.asked("by")), ended,
                        printable(name)));
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("ended", ended);
  json.end_object();
  co_return json_answer(std::move(text));
}

Task<http::Reply> set_factor(Parts parts, bool on, const Call& call) {
  const std::string& name = call.names.at(0);
  const std::string secret = on ? new_totp_secret() : std::string();
  const auto refusal = parts.accounts.set_factor(name, secret, call.asked("by"), parts.clock.now());
  if (refusal) co_return not_done(*refusal);
  parts.door.end_sessions_of(name);
  if (!on) co_return json_answer("{}");
  co_return given(name, parts.accounts.find(name)->role, "uri", factor_uri(name, secret));
}

Task<http::Reply> add_token(Parts parts, const Call& call) {
  admin::Role role = admin::Role::viewer;
  if (auto bad = bad_role(call, role)) co_return std::move(*bad);
  const std::string token = new_api_token();
  const auto refusal = parts.accounts.add_token(call.asked("name"), role, token, call.asked("by"),
                                                parts.clock.now());
  if (refusal) co_return not_done(*refusal);
  co_return given(call.asked("name"), role, "token", token);
}

Task<http::Reply> remove_token(Parts parts, const Call& call) {
  const auto refusal =
      parts.accounts.remove_token(call.names.at(0), call.asked("by"), parts.clock.now());
  if (refusal) co_return not_done(*refusal);
  co_return json_answer("{}");
}

}  // namespace

std::string factor_uri(std::string_view name, std::string_view secret) {
  return otpauth_uri("Sallyport", name, secret);
}

std::string accounts_json(const AccountKeeper& accounts, const ConsoleDoor& door,
                          const Clock& clock) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("accounts");
  json.begin_array();
  for (const auto& [name, account] : accounts.accounts()) {
    json.begin_object();
    json.member("name", name);
    json.member("role", to_string(account.role));
    json.member("made", format_rfc3339(account.made));
    if (account.signed_in != Time{}) json.member("signed_in", format_rfc3339(account.signed_in));
    json.member("must_change", account.must_change);
    json.member("totp", accounts.has_factor(name));
    json.end_object();
  }
  json.end_array();
  json.key("tokens");
  json.begin_array();
  for (const auto& [name, token] : accounts.tokens()) {
    json.begin_object();
    json.member("name", name);
    json.member("role", to_string(token.role));
    json.member("made", format_rfc3339(token.made));
    json.end_object();
  }
  json.end_array();
  // Sessions go by a clock that nobody sets; shown is what that comes to now.
  const Time now = clock.now();
  const auto moment = clock.steady();
  const auto at = [&](std::chrono::steady_clock::time_point then) {
    return format_rfc3339(now - std::chrono::duration_cast<Time::duration>(moment - then));
  };
  json.key("sessions");
  json.begin_array();
  for (const auto& session : door.sessions()) {
    json.begin_object();
    json.member("name", session.account);
    if (session.outside) {
      json.member("role", to_string(session.outside->role));
      json.member("provider", session.outside->provider);
    } else if (const Account* account = accounts.find(session.account)) {
      json.member("role", to_string(account->role));
    }
    json.member("begun", at(session.begun));
    json.member("used", at(session.used));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return text;
}

void add_account_routes(admin::Api& api, AccountKeeper& accounts, ConsoleDoor& door,
                        io::Worker& worker, const Clock& clock) {
  const Parts parts{accounts, door, worker, clock};
  api.on("GET", "/api/v1/accounts", [parts](const Call& call) { return list(parts, call); });
  api.on("POST", "/api/v1/accounts?name&role&by",
         [parts](const Call& call) { return add(parts, call); });
  api.on("DELETE", "/api/v1/accounts/{}?by",
         [parts](const Call& call) { return remove(parts, call); });
  api.on("DELETE", "/api/v1/accounts/{}/sessions?by",
         [parts](const Call& call) { return end_sessions(parts, call); });
  api.on("PUT", "/api/v1/accounts/{}/role?role&by",
         [parts](const Call& call) { return set_role(parts, call); });
  api.on("POST", "/api/v1/accounts/{}/reset?by",
         [parts](const Call& call) { return reset(parts, call); });
  api.on("POST", "/api/v1/accounts/{}/totp?by",
         [parts](const Call& call) { return set_factor(parts, true, call); });
  api.on("DELETE", "/api/v1/accounts/{}/totp?by",
         [parts](const Call& call) { return set_factor(parts, false, call); });
  api.on("POST", "/api/v1/tokens?name&role&by",
         [parts](const Call& call) { return add_token(parts, call); });
  api.on("DELETE", "/api/v1/tokens/{}?by",
         [parts](const Call& call) { return remove_token(parts, call); });
}

}  // namespace sallyport::app
