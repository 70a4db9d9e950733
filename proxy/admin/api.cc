#include "proxy/admin/api.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/crypto/secret.h"
#include "base/json/writer.h"
#include "proxy/local/answer.h"

namespace sallyport::admin {

namespace {

constexpr std::string_view kRoot = "/api/";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kProblem = "application/problem+json";
constexpr std::size_t kMostPieces = 32;  // segments of a path, pairs of a query

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
Task<Result<std::string>> read_body(http::Body& body) {
  std::string text;
  while (true) {
    Result<http::Bytes> bytes = co_await body.read(64 * 1024);
    if (!bytes) co_return pass_on(std::move(bytes));
    if (bytes->empty()) co_return text;
    if (text.size() + bytes->size() > Api::kMostBody) {
      co_return fail(ErrorKind::limit, Side::client, "a body of more than 1 MiB");
    }
    text.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
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

http::Reply problem(int status, std::string_view title, std::string_view detail) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("type", "about:blank");
  json.member("title", title);
  json.member("status", status);
  json.member("detail", detail);
  json.end_object();
  text += '\n';
  return local::make_answer(status, kProblem, std::move(text));
}

Api::Api(std::string token, http::Origin& pages) : token_(std::move(token)), pages_(pages) {}

void Api::on(std::string_view method, std::string_view pattern, Handler handler, Takes takes) {
  Route route{std::string(method), {}, {}, std::move(handler), takes};
  const std::size_t mark = pattern.find('?');
  if (mark != pattern.npos) {
    for (const std::string_view name : split(pattern.substr(mark + 1), '&')) {
      route.asked.emplace_back(name);
    }
    pattern = pattern.substr(0, mark);
  }
  for (const std::string_view piece : split(pattern, '/')) route.pattern.emplace_back(piece);
  routes_.push_back(std::move(route));
}

bool Api::may_ask(const http::RequestHead& request) const {
  const auto field = request.headers.find("Authorization");
  if (!field || token_.empty() || !istarts_with(*field, "bearer ")) return false;
  return constant_time_equal(trim(std::string_view(*field).substr(7)), token_);
}

Task<Result<http::Reply>> Api::send(const http::RequestHead& request, http::Body& body,
                                    http::Interim& interim, io::Nursery& nursery) {
  const std::string_view path = request.path_only();
  if (path != "/api" && !path.starts_with(kRoot)) {
    co_return co_await pages_.send(request, body, interim, nursery);
  }
  if (!may_ask(request)) {
    http::Reply reply = problem(401, "Not known here",
                                "send the token from admin.token in the state directory: "
                                "Authorization: Bearer TOKEN");
    reply.head.headers.add("WWW-Authenticate", "Bearer realm=\"sallyport\"");
    co_return reply;
  }
  http::Reply reply = co_await answer(request, body);
  co_return reply;
}

Task<http::Reply> Api::answer(const http::RequestHead& request, http::Body& body) {
  const std::vector<std::string_view> pieces = split(request.path_only(), '/');
  const Route* chosen = nullptr;
  std::string allowed;
  Call call;
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
    allowed += (allowed.empty() ? "" : ", ") + route.method;
    if (route.method != request.method) continue;
    chosen = &route;
    call.names = std::move(names);
  }
  if (chosen == nullptr && !allowed.empty()) {
    http::Reply reply = problem(405, "This cannot be done here", "allowed: " + allowed);
    reply.head.headers.add("Allow", allowed);
    co_return reply;
  }
  if (chosen == nullptr) {
    co_return problem(404, "There is nothing here", "see the README's list of /api/v1");
  }
  if (const std::string why = read_query(request.query(), chosen->asked, call.query);
      !why.empty()) {
    co_return problem(400, "Bad query", why);
  }
  if (chosen->takes == Takes::body) {
    Result<std::string> text = co_await read_body(body);
    if (!text && text.error().kind == ErrorKind::limit) {
      co_return problem(413, "Too large", text.error().detail);
    }
    if (!text) co_return problem(400, "Bad body", text.error().detail);
    call.body = std::move(*text);
  }
  http::Reply reply = co_await chosen->handler(call);
  co_return reply;
}

}  // namespace sallyport::admin
