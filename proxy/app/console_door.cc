#include "proxy/app/console_door.h"

#include <fmt/format.h>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/crypto/secret.h"
#include "base/crypto/sha256.h"
#include "base/json/cursor.h"
#include "base/json/writer.h"
#include "discovery/users/bcrypt.h"
#include "proxy/admin/request_origin.h"

namespace sallyport::app {

using admin::Call;
using admin::Caller;
using admin::json_answer;
using admin::problem;

namespace {

constexpr std::string_view kCookie = "sallyport_session";
constexpr std::string_view kCookieWithTls = "__Host-sallyport_session";
constexpr std::string_view kAsk = "sign in: POST /api/v1/session {\"name\", \"password\"}";

std::string_view cookie_name(const local::Visitor& visitor) {
  return visitor.tls ? kCookieWithTls : kCookie;
}

void set_cookie(http::Reply& reply, const local::Visitor& visitor, std::string_view token) {
  const bool ends = token.empty();
  reply.head.headers.add(
      "Set-Cookie",
      fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}{}", cookie_name(visitor), token,
                  visitor.tls ? "; Secure" : "", ends ? "; Max-Age=0" : ""));
}

http::Reply not_signed_in(std::string_view detail) {
  return problem(401, "Not signed in", detail, "session");
}

http::Reply from_elsewhere() {
  return problem(403, "From another site",
                 "a browser sends this for another site, or under a name that is not the "
                 "gateway's: see admin_server.names");
}

// An object whose members are texts, each of them known.
bool read_texts(std::string_view body,
                std::initializer_list<std::pair<std::string_view, std::string*>> into) {
  JsonCursor cursor(body);
  return cursor.object([&](std::string_view key) {
    for (const auto& [name, text] : into) {
      if (name == key && text->empty()) return cursor.string(*text);
    }
    return false;
  }) && cursor.at_end();
}

std::uint64_t hash_of(std::string_view name, std::string_view guess) {
  const Sha256Digest digest = sha256(fmt::format("{}:{}:{}", name.size(), name, guess));
  std::uint64_t hash = 0;
  for (int i = 0; i < 8; ++i) hash = hash << 8 | digest[static_cast<std::size_t>(i)];
  return hash;
}

}  // namespace

struct ConsoleDoor::Who {
  admin::Role role = admin::Role::viewer;
  bool must_change = false;
};

std::optional<ConsoleDoor::Who> ConsoleDoor::who_of(
    const admin::ConsoleSessions::Session& session) const {
  if (session.outside) return Who{session.outside->role, false};
  const Account* account = accounts_.find(session.account);
  if (account == nullptr) return std::nullopt;
  return Who{account->role, account->must_change};
}

std::string ConsoleDoor::who_json(const admin::ConsoleSessions::Session& session,
                                  const Who& who) const {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("name", session.account);
  json.member("role", to_string(who.role));
  json.member("csrf", session.csrf);
  json.member("must_change", who.must_change);
  json.member("totp", accounts_.has_factor(session.account));
  if (session.outside) json.member("provider", session.outside->provider);
  json.member("idle_seconds", std::chrono::seconds(admin::ConsoleSessions::kIdle).count());
  json.member("longest_seconds", std::chrono::seconds(admin::ConsoleSessions::kLongest).count());
  json.end_object();
  return text;
}

std::optional<http::Reply> ConsoleDoor::refused_elsewhere(const Call& call) const {
  if (admin::is_own_host(*call.head, names_) && admin::is_from_here(*call.head)) {
    return std::nullopt;
  }
  return from_elsewhere();
}

ConsoleDoor::ConsoleDoor(admin::Api& api, AccountKeeper& accounts, io::Worker& worker,
                         const Clock& clock, std::vector<std::string> names,
                         auth::SignInLimits limits)
    : accounts_(accounts),
      worker_(worker),
      clock_(clock),
      names_(std::move(names)),
      limits_(limits),
      throttle_(clock.steady()) {
  using Takes = admin::Api::Takes;
  api.on(
      "POST", "/api/v1/session", [this](const Call& call) { return sign_in(call); }, Takes::body);
  api.on("GET", "/api/v1/session", [this](const Call& call) { return who_am_i(call); });
  api.on("DELETE", "/api/v1/session", [this](const Call& call) { return sign_out(call); });
  api.on(
      "POST", "/api/v1/session/password",
      [this](const Call& call) { return change_password(call); }, Takes::body);
}

std::optional<Caller> ConsoleDoor::by_token(std::string_view token) {
  const auto* found = accounts_.find_token(token);
  if (found == nullptr) return std::nullopt;
  const std::string name = found->first, hash = found->second.hash;
  Caller caller{Caller::By::token, "token/" + name, found->second.role};
  caller.holds = [this, name, hash] {
    const auto now = accounts_.tokens().find(name);
    return now != accounts_.tokens().end() && now->second.hash == hash;
  };
  return caller;
}

std::expected<Caller, http::Reply> ConsoleDoor::by_session(const http::RequestHead& request,
                                                           const local::Visitor& visitor,
                                                           bool used) {
  const auto token = admin::cookie_of(request, cookie_name(visitor));
  if (!token) return std::unexpected(not_signed_in(kAsk));
  if (!admin::is_own_host(request, names_) || !admin::is_from_here(request)) {
    return std::unexpected(from_elsewhere());
  }
  const auto now = clock_.steady();
  const auto* session = sessions_.find(*token, now, used);
  const std::optional<Who> who = session == nullptr ? std::nullopt : who_of(*session);
  if (!who) return std::unexpected(not_signed_in(kAsk));
  if (!http::is_safe(request.method)) {
    const auto shown = request.headers.find("X-CSRF-Token");
    if (!shown || !constant_time_equal(*shown, session->csrf)) {
      return std::unexpected(problem(403, "Not proven",
                                     "a change by a session needs X-CSRF-Token, which signing in "
                                     "and GET /api/v1/session tell"));
    }
  }
  Caller caller{Caller::By::session, session->account, who->role, *token, who->must_change};
  caller.holds = [this, token = *token] {
    return sessions_.find(token, clock_.steady(), false) != nullptr;
  };
  return caller;
}

http::Reply ConsoleDoor::signed_in(std::string_view name,
                                   std::optional<admin::ConsoleSessions::Outside> outside,
                                   const local::Visitor& visitor) {
  const auto now = clock_.steady();
  const std::string token = sessions_.open(name, now, std::move(outside));
  const auto& session = *sessions_.find(token, now, false);
  http::Reply reply = json_answer(who_json(session, *who_of(session)));
  set_cookie(reply, visitor, token);
  return reply;
}

http::Reply ConsoleDoor::let_in(std::string_view name, admin::ConsoleSessions::Outside outside,
                                const local::Visitor& visitor) {
  return signed_in(name, std::move(outside), visitor);
}

std::optional<http::Reply> ConsoleDoor::held_up(const Call& call, std::string_view name) {
  const auto now = clock_.steady();
  const auto said = throttle_.judge(call.visitor.client, name, limits_, now);
  if (said.cause == auth::SignInThrottle::Cause::none) return std::nullopt;
  throttle_.refused(call.visitor.client, name, limits_, now);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(said.wait).count();
  http::Reply reply = problem(
      429, "Too many tries",
      fmt::format("too many failed sign-ins {}; again in {} s", to_string(said.cause), seconds));
  reply.head.headers.add("Retry-After", std::to_string(seconds));
  return reply;
}

http::Reply ConsoleDoor::failed(const Call& call, std::string_view name, std::string_view guess,
                                std::string_view needs) {
  throttle_.failed(call.visitor.client, name, hash_of(name, guess), limits_, clock_.steady());
  log::warning(fmt::format("console: a failed sign-in as '{}' from {}", printable(name),
                           call.visitor.client.to_string()));
  // Not which of them was wrong, but for the code: who gets there has the password.
  return needs.empty() ? not_signed_in("the name or the password is wrong")
                       : problem(401, "Not signed in", "the code is wrong, or was used", needs);
}

Task<http::Reply> ConsoleDoor::sign_in(const Call& call) {
  if (auto refused = refused_elsewhere(call)) co_return std::move(*refused);
  std::string name, password, code;
  if (!read_texts(call.body, {{"name", &name}, {"password", &password}, {"code", &code}})) {
    co_return problem(400, "Bad body", "{\"name\": ..., \"password\": ..., \"code\": ...}");
  }
  name = lower(name);
  if (auto refused = held_up(call, name)) co_return std::move(*refused);
  const Account* account = accounts_.find(name);
  const std::string hash =
      account != nullptr ? account->hash : discovery::bcrypt_decoy(kPasswordCost);
  bool right = false;
  auto work = [&] { right = discovery::bcrypt_matches(hash, password); };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return problem(503, "Busy", "too many sign in at once; try again");
  // Meanwhile it may have been removed, or have another password.
  account = accounts_.find(name);
  if (!right || account == nullptr || account->hash != hash) {
    co_return failed(call, name, password, "");
  }
  const Time now = clock_.now();
  if (accounts_.has_factor(name)) {
    if (code.empty()) {
      co_return problem(401, "Not signed in", "a code of the authenticator app is needed", "code");
    }
    const Result<portal::CodeCheck> said = accounts_.check_code(name, code, now);
    if (!said) co_return problem(503, "Not signed in", describe(said.error()));
    if (*said == portal::CodeCheck::held_up) {
      co_return problem(429, "Too many tries", "too many wrong codes; try again later");
    }
    if (*said != portal::CodeCheck::right) co_return failed(call, name, code, "code");
  }
  throttle_.succeeded(call.visitor.client, name, clock_.steady());
  accounts_.signed_in(name, now);
  log::info(fmt::format("console: {} signed in from {}", name, call.visitor.client.to_string()));
  co_return signed_in(name, std::nullopt, call.visitor);
}

Task<http::Reply> ConsoleDoor::who_am_i(const Call& call) {
  const auto* session = call.caller.session.empty()
                            ? nullptr
                            : sessions_.find(call.caller.session, clock_.steady(), false);
  const std::optional<Who> who = session == nullptr ? std::nullopt : who_of(*session);
  if (!who) co_return not_signed_in("this is no session; a token is for programs");
  co_return json_answer(who_json(*session, *who));
}

Task<http::Reply> ConsoleDoor::sign_out(const Call& call) {
  const auto* session = call.caller.session.empty()
                            ? nullptr
                            : sessions_.find(call.caller.session, clock_.steady(), false);
  // Our session ends; that at the provider is theirs to end.
  std::string there;
  if (session != nullptr && session->outside && provider_exit_) there = provider_exit_();
  sessions_.end(call.caller.session);
  log::info(fmt::format("console: {} signed out", printable(call.caller.name)));
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  if (!there.empty()) json.member("provider_sign_out", there);
  json.end_object();
  http::Reply reply = json_answer(std::move(text));
  set_cookie(reply, call.visitor, "");
  co_return reply;
}

Task<http::Reply> ConsoleDoor::change_password(const Call& call) {
  if (call.caller.session.empty()) {
    co_return not_signed_in("this is no session; a token is for programs");
  }
  const std::string name = call.caller.name;
  if (accounts_.find(name) == nullptr) {
    co_return problem(409, "Not changed", "your password is the provider's to change");
  }
  std::string password, fresh;
  if (!read_texts(call.body, {{"password", &password}, {"new", &fresh}})) {
    co_return problem(400, "Bad body", "{\"password\": ..., \"new\": ...}");
  }
  if (const std::string wrong = wrong_with_password(fresh, name); !wrong.empty()) {
    co_return problem(400, "Not changed", wrong, "password");
  }
  if (fresh == password) co_return problem(400, "Not changed", "this is the old one", "password");
  if (auto refused = held_up(call, name)) co_return std::move(*refused);
  const Account* account = accounts_.find(name);
  if (account == nullptr) co_return not_signed_in(kAsk);
  const std::string hash = account->hash;
  bool right = false;
  std::string made;
  auto work = [&] {
    right = discovery::bcrypt_matches(hash, password);
    if (right) made = discovery::bcrypt_hash(fresh, kPasswordCost);
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return problem(503, "Busy", "too many sign in at once; try again");
  account = accounts_.find(name);
  if (account == nullptr || account->hash != hash) co_return not_signed_in(kAsk);
  if (!right) {
    throttle_.failed(call.visitor.client, name, hash_of(name, password), limits_, clock_.steady());
    co_return problem(403, "Not changed", "the present password is another", "password");
  }
  const auto refusal = accounts_.set_password(name, std::move(made), false, name, clock_.now());
  if (refusal) co_return problem(refusal->status, "Not changed", refusal->detail);
  sessions_.end_of(name);
  co_return signed_in(name, std::nullopt, call.visitor);
}

}  // namespace sallyport::app
