#include "proxy/admin/api.h"

#include <algorithm>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/crypto/secret.h"
#include "base/json/writer.h"
#include "proxy/local/answer.h"

namespace sallyport::admin {

namespace {

constexpr std::string_view kRoot = "/api/";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kProblem = "application/problem+json";
constexpr std::string_view kSession = "/api/v1/session";
constexpr std::size_t kMostOpenBody = 4 << 10;  // bytes, where anybody may ask
constexpr std::size_t kMostPieces = 32;         // segments of a path, pairs of a query

int value_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 3986 section 2.1; nothing where a '%' begins nothing.
std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? value_of(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? value_of(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

// "" where it could be read, else what is wrong.
std::string read_query(std::string_view text, const std::vector<std::string>& known,
                       std::map<std::string, std::string>& query) {
  constexpr const char* kBad = "the query is not name=value pairs, percent-encoded";
  if (text.empty()) return "";
  std::size_t count = 0;
  for (const std::string_view pair : split(text, '&')) {
    if (pair.empty()) continue;
    if (++count > kMostPieces) return kBad;
    const std::size_t equals = pair.find('=');
    auto name = decoded(pair.substr(0, equals), true);
    auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                  : decoded(pair.substr(equals + 1), true);
    if (!name || !value) return kBad;
    if (std::ranges::find(known, *name) == known.end()) {
      std::string why = "'" + printable(*name) + "' is not known here";
      for (const std::string& one : known) why += (&one == &known.front() ? ": " : ", ") + one;
      return why;
    }
    const std::string told = *name;
    if (!query.emplace(std::move(*name), std::move(*value)).second) {
      return "'" + told + "' stands twice";
    }
  }
  return "";
}

// The whole body, or nothing where it is longer than allowed or broke off.
Task<Result<std::string>> read_body(http::Body& body, std::size_t most) {
  std::string text;
  while (true) {
    Result<http::Bytes> bytes = co_await body.read(64 * 1024);
    if (!bytes) co_return pass_on(std::move(bytes));
    if (bytes->empty()) co_return text;
    if (text.size() + bytes->size() > most) {
      co_return fail(ErrorKind::limit, Side::client,
                     "a body of more than " + std::to_string(most / 1024) + " KiB");
    }
    text.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
}

// "/apps/{id}" -> "/apps/{}"
std::string without_names(std::string_view path) {
  std::string out;
  bool inside = false;
  for (const char c : path) {
    if (c == '}') inside = false;
    if (!inside) out += c;
    if (c == '{') inside = true;
  }
  return out;
}

bool may(Role role, RouteFacts::Who who) {
  using Who = RouteFacts::Who;
  switch (who) {
    case Who::anybody:
    case Who::viewer:
      return true;
    case Who::analyst:
      return role >= Role::analyst;
    case Who::operator_:
      return role == Role::operator_;
  }
  return false;
}

std::string_view word_of(RouteFacts::Who who) {
  return who == RouteFacts::Who::viewer    ? "viewer"
         : who == RouteFacts::Who::analyst ? "analyst"
                                           : "operator";
}

}  // namespace

const std::string& Call::asked(std::string_view name) const {
  static const std::string kNothing;
  const auto found = query.find(std::string(name));
  return found == query.end() ? kNothing : found->second;
}

http::Reply json_answer(std::string json) {
  json += '\n';
  return local::make_answer(200, kJson, std::move(json));
}

std::string_view Call::field(std::string_view name) const {
  return head == nullptr ? std::string_view() : head->headers.find(name).value_or("");
}

http::Reply problem(int status, std::string_view title, std::string_view detail,
                    std::string_view needs) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("type", "about:blank");
  json.member("title", title);
  json.member("status", status);
  json.member("detail", detail);
  if (!needs.empty()) json.member("needs", needs);
  json.end_object();
  text += '\n';
  return local::make_answer(status, kProblem, std::move(text));
}

std::string pattern_of(const std::vector<std::string>& pieces) {
  std::string pattern;
  for (std::size_t i = 0; i < pieces.size(); ++i) pattern += (i == 0 ? "" : "/") + pieces[i];
  return pattern;
}

Api::Api(std::string token, http::Origin& pages, std::span<const RouteFacts> facts)
    : token_(std::move(token)), pages_(pages), facts_(facts) {}

void Api::on(std::string_view method, std::string_view pattern, Handler handler, Takes takes) {
  Route route{std::string(method), {}, {}, std::move(handler), takes, nullptr};
  const std::size_t mark = pattern.find('?');
  if (mark != pattern.npos) {
    for (const std::string_view name : split(pattern.substr(mark + 1), '&')) {
      route.asked.emplace_back(name);
    }
    pattern = pattern.substr(0, mark);
  }
  for (const std::string_view piece : split(pattern, '/')) route.pattern.emplace_back(piece);
  for (const RouteFacts& facts : facts_) {
    if (facts.method == method && without_names(facts.path) == pattern) route.facts = &facts;
  }
  routes_.push_back(std::move(route));
}

std::vector<Api::Told> Api::routes() const {
  std::vector<Told> told;
  for (const Route& route : routes_) {
    told.push_back({route.method, pattern_of(route.pattern), route.asked, route.facts});
  }
  return told;
}

std::expected<Caller, http::Reply> Api::admit(const http::RequestHead& request,
                                              const local::Visitor& visitor, bool used) {
  const auto field = request.headers.find("Authorization");
  if (field && istarts_with(*field, "bearer ")) {
    const std::string_view shown = trim(std::string_view(*field).substr(7));
    if (!token_.empty() && constant_time_equal(shown, token_)) return Caller{};
    if (gate_ != nullptr && !shown.empty()) {
      if (std::optional<Caller> caller = gate_->by_token(shown)) return std::move(*caller);
    }
  } else if (!field && gate_ != nullptr && request.headers.has("Cookie")) {
    return gate_->by_session(request, visitor, used);
  }
  http::Reply reply =
      problem(401, "Not known here",
              "sign in, or send the token from admin.token in the state directory or one of your "
              "own: Authorization: Bearer TOKEN");
  reply.head.headers.add("WWW-Authenticate", "Bearer realm=\"sallyport\"");
  return std::unexpected(std::move(reply));
}

Task<Result<http::Reply>> Api::send(const http::RequestHead& request, http::Body& body,
                                    http::Interim& interim, io::Nursery& nursery) {
  co_return co_await serve({}, request, body, interim, nursery);
}

Task<Result<http::Reply>> Api::serve(const local::Visitor& visitor,
                                     const http::RequestHead& request, http::Body& body,
                                     http::Interim& interim, io::Nursery& nursery) {
  const std::string_view path = request.path_only();
  if (path != "/api" && !path.starts_with(kRoot)) {
    co_return co_await pages_.send(request, body, interim, nursery);
  }
  http::Reply reply = co_await answer(visitor, request, body);
  co_return reply;
}

struct Api::Found {
  const Route* route = nullptr;
  std::vector<std::string> names;
  std::string allowed;  // methods of the path
};

Api::Found Api::find(const http::RequestHead& request) const {
  Found found;
  const std::vector<std::string_view> pieces = split(request.path_only(), '/');
  for (const Route& route : routes_) {
    if (pieces.size() > kMostPieces || route.pattern.size() != pieces.size()) continue;
    std::vector<std::string> names;
    bool fits = true;
    for (std::size_t i = 0; i < pieces.size() && fits; ++i) {
      if (route.pattern[i] != "{}") {
        fits = route.pattern[i] == pieces[i];
        continue;
      }
      std::optional<std::string> name = decoded(pieces[i], false);
      fits = name && !name->empty();
      if (fits) names.push_back(std::move(*name));
    }
    if (!fits) continue;
    if (found.allowed.find(route.method) == found.allowed.npos) {
      found.allowed += (found.allowed.empty() ? "" : ", ") + route.method;
    }
    if (route.method != request.method) continue;
    if (found.route != nullptr && found.names.size() <= names.size()) continue;
    found.route = &route;
    found.names = std::move(names);
  }
  return found;
}

Task<http::Reply> Api::answer(const local::Visitor& visitor, const http::RequestHead& request,
                              http::Body& body) {
  Found found = find(request);
  const Route* route = found.route;
  using Who = RouteFacts::Who;
  const Who who = route != nullptr && route->facts != nullptr ? route->facts->who : Who::operator_;
  Call call;
  call.caller = Caller{Caller::By::nobody, "", Role::viewer};
  // Nobody is told what is there who is not known.
  if (who != Who::anybody) {
    const bool polled = route != nullptr && route->facts != nullptr && route->facts->polled;
    const bool unattended = http::is_safe(request.method) && request.headers.has("X-Unattended");
    std::expected<Caller, http::Reply> caller = admit(request, visitor, !polled && !unattended);
    if (!caller) co_return std::move(caller.error());
    call.caller = std::move(*caller);
  }
  if (route == nullptr && !found.allowed.empty()) {
    http::Reply reply = problem(405, "This cannot be done here", "allowed: " + found.allowed);
    reply.head.headers.add("Allow", found.allowed);
    co_return reply;
  }
  if (route == nullptr) {
    co_return problem(404, "There is nothing here", "see the README's list of /api/v1");
  }
  if (who != Who::anybody && !may(call.caller.role, who)) {
    co_return problem(403, "Not yours to ask",
                      "this is for the role " + std::string(word_of(who)) + ", and yours is " +
                          std::string(to_string(call.caller.role)));
  }
  if (call.caller.must_change && !request.path_only().starts_with(kSession)) {
    co_return problem(403, "Change your password first",
                      "POST /api/v1/session/password {\"password\", \"new\"}", "password");
  }
  call.names = std::move(found.names);
  call.visitor = visitor;
  call.head = &request;
  if (const std::string why = read_query(request.query(), route->asked, call.query); !why.empty()) {
    co_return problem(400, "Bad query", why);
  }
  // Who has a name acts in it.
  if (!call.caller.name.empty() && std::ranges::find(route->asked, "by") != route->asked.end()) {
    if (const std::string& by = call.asked("by"); !by.empty() && by != call.caller.name) {
      co_return problem(400, "Bad query",
                        "'by' is you, '" + printable(call.caller.name) + "', and nobody else");
    }
    call.query["by"] = call.caller.name;
  }
  if (route->takes == Takes::body) {
    Result<std::string> text =
        co_await read_body(body, who == Who::anybody ? kMostOpenBody : kMostBody);
    if (!text && text.error().kind == ErrorKind::limit) {
      co_return problem(413, "Too large", text.error().detail);
    }
    if (!text) co_return problem(400, "Bad body", text.error().detail);
    call.body = std::move(*text);
  }
  std::string shown_path(request.path_only());
  if (before_) {
    shown_path = pattern_of(route->pattern);
    std::optional<http::Reply> refused = before_(call, shown_path);
    if (refused) co_return std::move(*refused);
  }
  http::Reply reply = co_await route->handler(call);
  if (!http::is_safe(request.method) && !call.caller.name.empty()) {
    log::info("api: " + printable(call.caller.name) + ": " + request.method + " " +
              printable(shown_path) + ": " + std::to_string(reply.head.status));
  }
  co_return reply;
}

}  // namespace sallyport::admin
