#include "proxy/local/answer.h"

#include "base/core/check.h"
#include "base/http/head.h"

namespace sallyport::local {
namespace {

// img-src: the empty icon that keeps browsers from asking for /favicon.ico.
constexpr std::string_view kPolicyForHtml =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

}  // namespace

http::Reply make_answer(int status, std::string_view content_type, std::string body,
                        const http::Headers& extra) {
  http::Reply reply;
  reply.head.status = status;
  reply.head.reason = std::string(http::reason_phrase(status));
  http::Headers& headers = reply.head.headers;
  headers.reserve(12, 1024);
  if (content_type.empty()) {
    CHECK(body.empty());
    reply.body = std::make_unique<http::EmptyBody>();
  } else {
    CHECK(headers.add("Content-Type", content_type));
    reply.body = std::make_unique<http::TextBody>(std::move(body));
  }
  headers.add("Cache-Control", "no-store");
  headers.add("X-Content-Type-Options", "nosniff");
  headers.add("Referrer-Policy", "no-referrer");
  if (http::media_type(content_type) == "text/html") {
    headers.add("Content-Security-Policy", kPolicyForHtml);
  }
  for (const auto field : extra) headers.remove(field.name);
  for (const auto field : extra) headers.add(field.name, field.value);
  return reply;
}

}  // namespace sallyport::local
