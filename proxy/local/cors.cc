#include "proxy/local/cors.h"

#include <string>

#include "base/core/host.h"
#include "base/core/text.h"
#include "proxy/local/answer.h"

namespace sallyport::local {
namespace {

constexpr std::size_t kMaxOrigin = 320;        // bytes: the longest host, a scheme and a port
constexpr std::size_t kMaxAskedFields = 4096;  // bytes of Access-Control-Request-Headers

bool is_scheme(std::string_view text) {
  if (text.empty() || !(text[0] >= 'a' && text[0] <= 'z')) return false;
  for (const char c : text) {
    if (!(c >= 'a' && c <= 'z') && !is_digit(c) && c != '+' && c != '-' && c != '.') return false;
  }
  return true;
}

// RFC 6454 section 6.2: scheme "://" host [ ":" port ], where only the canonical spelling will do.
bool is_serialised_origin(std::string_view text) {
  if (text.size() > kMaxOrigin) return false;
  const std::size_t mark = text.find("://");
  if (mark == std::string_view::npos || !is_scheme(text.substr(0, mark))) return false;
  const std::string_view rest = text.substr(mark + 3);
  const std::optional<Authority> authority = Authority::parse(rest, 1);
  if (!authority) return false;
  const std::string host = authority->host.in_authority();
  return rest == host || rest == host + ":" + std::to_string(authority->port);
}

// "x-one, x-two" made of tokens only, or "".
std::string token_list(std::string_view written) {
  std::string list;
  if (written.size() > kMaxAskedFields) return list;
  for (const std::string_view part : split(written, ',')) {
    const std::string_view token = trim(part);
    if (token.empty()) continue;
    if (!http::is_token(token)) return "";
    if (!list.empty()) list += ", ";
    list += token;
  }
  return list;
}

}  // namespace

std::string_view asking_origin(const http::RequestHead& request) {
  if (request.headers.count("Origin") != 1) return {};
  const std::string_view origin = *request.headers.find("Origin");
  return is_serialised_origin(origin) ? origin : std::string_view();
}

bool is_preflight(const http::RequestHead& request) {
  if (request.method != "OPTIONS" || asking_origin(request).empty()) return false;
  return request.headers.count("Access-Control-Request-Method") == 1 &&
         http::is_token(*request.headers.find("Access-Control-Request-Method"));
}

http::Reply answer_preflight(const http::RequestHead& request) {
  http::Reply reply = make_answer(204, "", "");
  http::Headers& headers = reply.head.headers;
  let_read(headers, request);
  headers.add("Access-Control-Allow-Methods",
              *request.headers.find("Access-Control-Request-Method"));
  const std::string fields = token_list(request.headers.joined("Access-Control-Request-Headers"));
  if (!fields.empty()) headers.add("Access-Control-Allow-Headers", fields);
  headers.add("Access-Control-Max-Age", "0");
  headers.add("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
  return reply;
}

void let_read(http::Headers& reply, const http::RequestHead& request) {
  const std::string_view origin = asking_origin(request);
  if (origin.empty()) return;
  reply.set("Access-Control-Allow-Origin", origin);
  reply.set("Access-Control-Allow-Credentials", "true");
  reply.set("Access-Control-Expose-Headers", "Proxy-Status, Sallyport-Event");
}

}  // namespace sallyport::local
