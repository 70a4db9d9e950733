// Any bytes as a head: what is accepted holds no byte that could split a message again, and says
// the same when it is written out and read once more.

#include <algorithm>

#include "base/core/check.h"
#include "proxy/http1/parser.h"

namespace {

using namespace sallyport;

void check_fields(const http::Headers& headers, const http1::HeadLimits& limits) {
  CHECK(headers.size() <= limits.fields);
  for (const auto field : headers) {
    CHECK(http::is_token(field.name));
    CHECK(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
    CHECK(field.value.empty() || (field.value.front() != ' ' && field.value.back() != ' '));
  }
}

std::string lines(const http::Headers& headers) {
  std::string text;
  for (const auto field : headers)
    text += std::string(field.name) + ": " + std::string(field.value) + "\r\n";
  return text + "\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::size_t scanned = 0;
  const std::size_t whole = http1::find_head_end(input, scanned);
  scanned = 0;
  std::size_t dripped = 0;
  for (std::size_t at = 0; at <= size && dripped == 0; at += 1 + at / 8) {
    dripped = http1::find_head_end(input.substr(0, at), scanned);
  }
  if (dripped == 0) dripped = http1::find_head_end(input, scanned);
  CHECK(dripped == whole);

  const http1::HeadLimits limits{4096, 1024, 32};
  for (const std::string_view head : {input, input.substr(0, whole)}) {
    if (const auto request = http1::parse_request_head(head, limits)) {
      check_fields(request->headers, limits);
      CHECK(http::is_token(request->method) && request->method.size() <= 32);
      CHECK(!request->target.empty() && request->target.size() <= limits.target);
      CHECK(std::all_of(request->target.begin(), request->target.end(),
                        [](char c) { return c > 0x20 && c < 0x7f; }));
      const std::string again = request->method + " " + request->target + " HTTP/1." +
                                std::to_string(request->minor) + "\r\n" + lines(request->headers);
      const auto second =
          http1::parse_request_head(again, {2 * limits.head, limits.target, limits.fields});
      CHECK(second && second->method == request->method && second->target == request->target &&
            lines(second->headers) == lines(request->headers));
    }
    if (const auto reply = http1::parse_reply_head(head, limits)) {
      check_fields(reply->headers, limits);
      CHECK(reply->status >= 100 && reply->status <= 999);
      CHECK(reply->minor == 0 || reply->minor == 1);
    }
    if (const auto fields = http1::parse_fields(head, Side::client, limits))
      check_fields(*fields, limits);
  }
  return 0;
}
