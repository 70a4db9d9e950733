// Any field block: what is taken of it is one unambiguous head that splits no message, in any
// version of HTTP.
//
// Input: lines "name: value" (CR and NUL written as \r and \0, LF as \n), the first byte chooses
// what the block shall be.

#include "base/core/check.h"
#include "base/core/text.h"
#include "proxy/http1/parser.h"
#include "proxy/http2/fields.h"

namespace {

using namespace sallyport;

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      const char c = text[++i];
      out += c == 'r' ? '\r' : c == 'n' ? '\n' : c == '0' ? '\0' : c;
    } else {
      out += text[i];
    }
  }
  return out;
}

void check_plain(std::string_view text) {
  for (const char c : text) CHECK(c > 0x20 && c != 0x7f);
}

void check_fields(const http::Headers& headers) {
  for (const auto field : headers) {
    CHECK(http::is_token(field.name));
    CHECK(http::is_field_value(field.value));
    for (const char c : field.name) CHECK(c < 'A' || c > 'Z');
    for (const char c : field.value) {
      CHECK(static_cast<unsigned char>(c) >= 0x20 || c == '\t');
      CHECK(c != 0x7f);
    }
  }
  for (const char* name :
       {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te",
        "trailer", "content-length", "proxy-authorization", "http2-settings"}) {
    CHECK(!headers.has(name));
  }
}

// As the other codec would write and read it.
void check_as_http1(const http::RequestHead& head) {
  std::string text =
      head.method + " " + head.path + " HTTP/1.1\r\nHost: " + head.authority.to_string() + "\r\n";
  for (const auto field : head.headers) {
    text += std::string(field.name) + ": " + std::string(field.value) + "\r\n";
  }
  text += "\r\n";
  const auto again = http1::parse_request_head(text, {.head = 1 << 20, .fields = 1000});
  CHECK(again);
  CHECK(again->method == head.method && again->target == head.path);
  CHECK(again->headers.size() == head.headers.size() + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const bool reply = input.front() == 'r';
  const bool trailers = input.front() == 't';
  http2::FieldBlock block(reply || trailers ? Side::origin : Side::client,
                          {.head = 4096, .target = 1024, .fields = 40});
  for (const std::string_view line : split(input.substr(1), '\n')) {
    const std::size_t colon = line.find(": ", 1);
    if (colon == std::string_view::npos) continue;
    if (!block.add(unescape(line.substr(0, colon)), unescape(line.substr(colon + 2)))) return 0;
  }
  if (trailers) {
    const auto taken = block.take_trailers();
    if (!taken) return 0;
    for (const auto field : *taken) CHECK(field.name.front() != ':');
    http2::trailer_fields(*taken);
    return 0;
  }
  if (reply) {
    const auto taken = block.take_reply();
    if (!taken) return 0;
    CHECK(taken->head.status >= 100 && taken->head.status <= 999 && taken->head.status != 101);
    check_fields(taken->head.headers);
    http2::reply_fields(taken->head, taken->length);
    return 0;
  }
  const auto taken = block.take_request();
  if (!taken) return 0;
  const http::RequestHead& head = taken->head;
  CHECK(http::is_token(head.method) && head.method != "CONNECT");
  CHECK(head.scheme == "http" || head.scheme == "https");
  CHECK(head.path.front() == '/' || (head.path == "*" && head.method == "OPTIONS"));
  CHECK(head.authority.port != 0);
  check_plain(head.path);
  check_fields(head.headers);
  CHECK(!head.headers.has("host") && head.headers.count("cookie") <= 1);
  CHECK(head.upgrade.empty() || head.upgrade == "websocket");
  check_as_http1(head);
  // Sent on by HTTP/2, it is the same again.
  const http2::OutFields out = http2::request_fields(head, taken->length);
  http2::FieldBlock again(Side::client, {});
  for (const auto& field : out.fields) CHECK(again.add(field.name, field.value));
  const auto second = again.take_request();
  CHECK(second);
  CHECK(second->head.path == head.path && second->head.authority == head.authority &&
        second->length == taken->length && second->head.headers.size() == head.headers.size());
  return 0;
}
