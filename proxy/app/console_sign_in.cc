#include "proxy/app/console_sign_in.h"

#include <fmt/format.h>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/json/cursor.h"
#include "base/json/writer.h"
#include "proxy/admin/request_origin.h"

namespace sallyport::app {

using admin::Call;
using admin::json_answer;
using admin::problem;

namespace {

constexpr std::string_view kCookie = "sallyport_sign_in";
constexpr std::string_view kCookieWithTls = "__Host-sallyport_sign_in";
constexpr std::string_view kReturn = "/console/signed-in";
constexpr std::size_t kLongest = 2'048;    // bytes of a code or a state
constexpr std::size_t kLongestName = 200;  // bytes
constexpr std::string_view kAgain = "sign in again";

void set_cookie(http::Reply& reply, const local::Visitor& visitor, std::string_view value) {
  reply.head.headers.add(
      "Set-Cookie",
      fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}",
                  visitor.tls ? kCookieWithTls : kCookie, value,
                  value.empty() ? 0 : std::chrono::seconds(admin::SignInAttempts::kLives).count(),
                  visitor.tls ? "; Secure" : ""));
}

http::Reply not_here() {
  return problem(404, "Not set up", "nobody signs in by a provider here: see admin_server.sign_in");
}

// What comes of a sign-in that the provider or its answer spoils. What a program goes by is
// `needs`.
http::Reply not_believed(std::string_view detail) {
  return problem(502, "Not signed in", detail, "provider");
}

// Names are shown and stand in logs.
bool is_showable(std::string_view name) {
  return name.size() <= kLongestName && printable(name) == name;
}

std::string_view said_of(admin::SignInAttempts::Fault fault) {
  using Fault = admin::SignInAttempts::Fault;
  switch (fault) {
    case Fault::none:
      return "this browser has not begun to sign in, or it was too long ago";
    case Fault::other_state:
      return "this answer belongs to another sign-in";
    case Fault::too_old:
      return "that was begun more than ten minutes ago";
    case Fault::used:
      return "this answer was used already";
    case Fault::crowded:
      return "too many sign in at once";
  }
  return "";
}

// One that waits for the provider.
class Waiting {
 public:
  explicit Waiting(std::size_t& count) : count_(count) { ++count_; }
  ~Waiting() { --count_; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  std::size_t& count_;
};

}  // namespace

ConsoleSignIn::ConsoleSignIn(admin::Api& api, ConsoleDoor& door, AccountKeeper& accounts,
                             const Clock& clock, std::optional<At> at)
    : door_(door), accounts_(accounts), clock_(clock) {
  if (at) {
    config_ = &at->config;
    client_.emplace(std::move(at->provider), at->fetcher, clock);
    door.tell_provider_exit([this] { return client_->end_session_address(); });
  }
  using Takes = admin::Api::Takes;
  api.on("GET", "/api/v1/session/openid", [this](const Call& call) { return provider(call); });
  api.on("POST", "/api/v1/session/openid", [this](const Call& call) { return begin(call); });
  api.on(
      "POST", "/api/v1/session/openid/answer", [this](const Call& call) { return answer(call); },
      Takes::body);
}

std::string ConsoleSignIn::redirect_uri(const Call& call) const {
  if (!config_->url.empty()) return config_->url + std::string(kReturn);
  // Under the name that the browser asks by, which is one of ours (refused_elsewhere).
  const bool tls = call.visitor.tls;
  return fmt::format("{}://{}{}", tls ? "https" : "http",
                     call.head->authority.to_string(tls ? 443 : 80), kReturn);
}

Task<http::Reply> ConsoleSignIn::provider(const Call&) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("provider");
  if (config_ == nullptr) {
    json.null();
  } else {
    json.string(config_->at.name.empty() ? client_->options().issuer : config_->at.name);
  }
  json.end_object();
  co_return json_answer(std::move(text));
}

Task<http::Reply> ConsoleSignIn::begin(const Call& call) {
  if (auto refused = door_.refused_elsewhere(call)) co_return std::move(*refused);
  if (!client_) co_return not_here();
  if (waiting_ >= kMostAtOnce)
    co_return problem(503, "Busy", "too many sign in at once; try again");
  const Waiting waiting(waiting_);
  const auto begun = attempts_.begin(clock_.steady());
  const portal::SignInAttempt attempt{begun.secrets.state, begun.secrets.nonce,
                                      begun.secrets.verifier, redirect_uri(call)};
  const Result<std::string> url = co_await client_->address(attempt);
  if (!url) {
    log::warning("console: the provider cannot be asked: " + describe(url.error()));
    co_return not_believed("the provider does not answer as it should; the gateway's log says why");
  }
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("url", *url);
  json.end_object();
  http::Reply reply = json_answer(std::move(text));
  set_cookie(reply, call.visitor, begun.cookie);
  co_return reply;
}

Task<http::Reply> ConsoleSignIn::answer(const Call& call) {
  if (auto refused = door_.refused_elsewhere(call)) co_return std::move(*refused);
  if (!client_) co_return not_here();
  std::string code, state, issuer;
  JsonCursor cursor(call.body);
  const bool read = cursor.object([&](std::string_view key) {
    std::string* into = key == "code" ? &code : key == "state" ? &state : nullptr;
    if (key == "iss") into = &issuer;
    return into != nullptr && into->empty() && cursor.string(*into) && into->size() <= kLongest;
  });
  if (!read || !cursor.at_end() || code.empty() || state.empty()) {
    co_return problem(400, "Bad body", R"({"code": ..., "state": ..., "iss": ...})");
  }
  const auto cookie = admin::cookie_of(*call.head, call.visitor.tls ? kCookieWithTls : kCookie);
  if (waiting_ >= kMostAtOnce)
    co_return problem(503, "Busy", "too many sign in at once; try again");
  const auto taken = attempts_.take(cookie.value_or(""), state, clock_.steady());
  if (!taken) {
    const bool crowded = taken.error() == admin::SignInAttempts::Fault::crowded;
    co_return problem(crowded ? 503 : 403, "Not signed in",
                      fmt::format("{}; {}", said_of(taken.error()), kAgain), "again");
  }
  const Waiting waiting(waiting_);
  http::Reply reply;
  // RFC 9207: an answer of another provider is none of this sign-in.
  if (!issuer.empty() && issuer != client_->options().issuer) {
    log::warning("console: an answer of another provider: " + printable(issuer));
    reply = not_believed("this is the answer of another provider");
  } else {
    const portal::SignInAttempt attempt{taken->state, taken->nonce, taken->verifier,
                                        redirect_uri(call)};
    reply = co_await come_in(call, attempt, code);
  }
  set_cookie(reply, call.visitor, "");
  co_return reply;
}

Task<http::Reply> ConsoleSignIn::come_in(const Call& call, const portal::SignInAttempt& attempt,
                                         const std::string& code) {
  const Time now = clock_.now();
  const Result<portal::TokenUser> user = co_await client_->redeem(attempt, code, now);
  const std::string client = call.visitor.client.to_string();
  if (!user) {
    log::warning(fmt::format("console: a failed sign-in by the provider from {}: {}", client,
                             printable(describe(user.error()))));
    co_return not_believed(
        "the provider's answer is not to be believed; the gateway's log says why");
  }
  if (!is_showable(user->name)) {
    log::warning("console: the provider names somebody by what is no name, from " + client);
    co_return not_believed("the provider gives a name that cannot be shown");
  }
  const std::optional<admin::Role> role = role_of(*config_, user->roles);
  if (!role) {
    log::warning(fmt::format("console: {} ({} at {}) has no role here, from {}", user->name,
                             printable(user->subject), client_->options().issuer, client));
    co_return problem(
        403, "No role here",
        fmt::format("{} is known to the provider, and nothing of its claim '{}' gives "
                    "a role here; ask whoever runs the gateway",
                    user->name, client_->options().roles_claim),
        "role");
  }
  const std::string name = "openid/" + user->name;
  const std::string provider =
      config_->at.name.empty() ? client_->options().issuer : config_->at.name;
  const auto refusal = accounts_.note_outside(
      name, fmt::format("signed in at {} as {}", provider, printable(user->subject)), *role, now);
  if (refusal) co_return problem(refusal->status, "Not signed in", refusal->detail);
  log::info(fmt::format("console: {} signed in as {} from {}", name, to_string(*role), client));
  co_return door_.let_in(name, {*role, provider}, call.visitor);
}

}  // namespace sallyport::app
