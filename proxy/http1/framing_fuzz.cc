// Any head: a framing that is accepted is the only one that the fields allow, and nothing of one
// connection is left after stripping.

#include "base/core/check.h"
#include "base/core/text.h"
#include "proxy/http1/framing.h"
#include "proxy/http1/parser.h"

namespace {

using namespace sallyport;

void check_lengths(const http::Headers& headers, http1::BodyKind kind, std::uint64_t length) {
  const std::size_t codings = headers.count("Transfer-Encoding");
  const std::size_t lengths = headers.count("Content-Length");
  CHECK(codings + lengths <= 1);
  if (kind == http1::BodyKind::chunked)
    CHECK(codings == 1 && iequals(*headers.find("Transfer-Encoding"), "chunked"));
  if (kind == http1::BodyKind::length)
    CHECK(lengths == 1 && parse_decimal(*headers.find("Content-Length")) == length);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto request = http1::parse_request_head(input)) {
    if (const auto framing =
            http1::request_framing(request->method, request->minor, request->headers)) {
      check_lengths(request->headers, framing->kind, framing->length);
      CHECK(framing->kind != http1::BodyKind::until_close);
      CHECK(framing->kind != http1::BodyKind::chunked || request->minor == 1);
      CHECK(framing->upgrade.empty() || framing->kind == http1::BodyKind::none);
    }
    http::Headers headers = request->headers;
    if (http1::strip_hop_by_hop(headers, Side::client)) {
      for (const char* name : {"Connection", "Transfer-Encoding", "Content-Length", "Upgrade", "TE",
                               "Trailer", "Keep-Alive", "Proxy-Authorization", "HTTP2-Settings"}) {
        CHECK(!headers.has(name));
      }
      CHECK(headers.count("Host") == request->headers.count("Host"));
      CHECK(headers.count("Authorization") == request->headers.count("Authorization"));
    }
  }
  if (const auto reply = http1::parse_reply_head(input)) {
    for (const char* method : {"GET", "HEAD"}) {
      const auto framing =
          http1::reply_framing(method, reply->status, reply->minor, reply->headers);
      if (!framing) continue;
      const bool bodiless = reply->status / 100 == 1 || reply->status == 204 ||
                            reply->status == 304 || *method == 'H';
      CHECK(!bodiless || framing->kind == http1::BodyKind::none);
      if (!bodiless) check_lengths(reply->headers, framing->kind, framing->length);
      CHECK(framing->kind != http1::BodyKind::until_close || !framing->keep_alive);
    }
  }
  return 0;
}
