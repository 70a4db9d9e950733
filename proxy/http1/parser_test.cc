// Heads byte by byte. On the wire: tests/conformance/{request,reply}_framing_test.cc.

#include "proxy/http1/parser.h"

#include <gtest/gtest.h>

#include "base/core/text.h"

namespace sallyport::http1 {
namespace {

using namespace std::string_literals;

std::string shown(const http::Headers& headers) {
  std::string text;
  for (const auto field : headers) {
    text += "|" + std::string(field.name) + "=" + std::string(field.value);
  }
  return text;
}

// "GET /a 1|Host=x", or the error.
std::string request(const std::string& head, const HeadLimits& limits = {}) {
  const Result<RawRequest> parsed = parse_request_head(head, limits);
  if (!parsed) {
    EXPECT_EQ(parsed.error().side, Side::client);
    return std::string(to_string(parsed.error().kind)) + ": " + parsed.error().detail;
  }
  return parsed->method + " " + parsed->target + " " + std::to_string(parsed->minor) +
         shown(parsed->headers);
}

std::string reply(const std::string& head, const HeadLimits& limits = {}) {
  const Result<RawReply> parsed = parse_reply_head(head, limits);
  if (!parsed) {
    EXPECT_EQ(parsed.error().side, Side::origin);
    return std::string(to_string(parsed.error().kind)) + ": " + parsed.error().detail;
  }
  return std::to_string(parsed->status) + " " + std::to_string(parsed->minor) +
         shown(parsed->headers);
}

TEST(RequestHead, ReadsItsParts) {
  EXPECT_EQ(request("GET /a HTTP/1.1\r\n\r\n"), "GET /a 1");
  EXPECT_EQ(request("GET /a HTTP/1.0\r\nHost: x\r\n\r\n"), "GET /a 0|Host=x");
  EXPECT_EQ(request("M-SEARCH * HTTP/1.1\r\nA: b\r\na:c\r\nB:\t d \t\r\nC:\r\n\r\n"),
            "M-SEARCH * 1|A=b|a=c|B=d|C=");
  EXPECT_EQ(request("!#$%&'*+-.^_`|~ http://x/?a=b&c;d=(e) HTTP/1.1\r\n!#$%&'*+-.^_`|~: v\r\n\r\n"),
            "!#$%&'*+-.^_`|~ http://x/?a=b&c;d=(e) 1|!#$%&'*+-.^_`|~=v");
}

TEST(RequestHead, SaysWhatIsWrong) {
  EXPECT_EQ(request("GET /a\r\n\r\n"), "http_syntax: no request line");
  EXPECT_EQ(request("GET\r\n\r\n"), "http_syntax: no request line");
  EXPECT_EQ(request("\r\n\r\n"), "http_syntax: no request line");
  EXPECT_EQ(request("GET /a HTTP/1.10\r\n\r\n"), "http_syntax: no HTTP version");
  EXPECT_EQ(request("GET /a HTTP/2.0\r\n\r\n"),
            "http_version: a version other than HTTP/1.0 and 1.1");
  EXPECT_EQ(request("G@T /a HTTP/1.1\r\n\r\n"), "http_syntax: method is no token");
  EXPECT_EQ(request(" /a HTTP/1.1\r\n\r\n"), "http_syntax: method is no token");
  EXPECT_EQ(request("GET  HTTP/1.1\r\n\r\n"), "http_syntax: target with bytes not allowed");
  EXPECT_EQ(request("GET /\x7f HTTP/1.1\r\n\r\n"), "http_syntax: target with bytes not allowed");
  EXPECT_EQ(request("GET /a b HTTP/1.1\r\n\r\n"), "http_syntax: target with bytes not allowed");
  EXPECT_EQ(request("GET /a HTTP/1.1\nX: y\r\n\r\n"), "http_syntax: bare CR, LF or NUL");
  EXPECT_EQ(request("GET /a HTTP/1.1\r\nX: \0\r\n\r\n"s), "http_syntax: bare CR, LF or NUL");
  EXPECT_EQ(request("GET /a HTTP/1.1\r\nX: a\rb\r\n\r\n"), "http_syntax: bare CR, LF or NUL");
  EXPECT_EQ(request("GET /a HTTP/1.1\r\nX: a\r\n b\r\n\r\n"), "http_syntax: folded field");
  EXPECT_EQ(request("GET /a HTTP/1.1\r\nX\r\n\r\n"), "http_syntax: field without a colon");
  EXPECT_EQ(request("GET /a HTTP/1.1\r\nX : y\r\n\r\n"),
            "http_syntax: field name or value with bytes not allowed");
  EXPECT_EQ(request("GET /a HTTP/1.1\r\n: y\r\n\r\n"),
            "http_syntax: field name or value with bytes not allowed");
  EXPECT_EQ(request("GET /a HTTP/1.1\r\nX: \x01\r\n\r\n"),
            "http_syntax: a control byte in a field");
  EXPECT_EQ(request("GET /a HTTP/1.1\r\n\r\nX"), "http_syntax: bytes behind the head");
}

TEST(RequestHead, RefusesEveryPartOfAHead) {
  const std::string whole = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_TRUE(request(whole.substr(0, size)).starts_with("http_syntax")) << size;
  }
}

TEST(RequestHead, KeepsItsLimitsToTheByte) {
  const HeadLimits limits{.head = 60, .target = 10, .fields = 2};
  EXPECT_EQ(request("GET /2345678901 HTTP/1.1\r\n\r\n", limits),
            "http_target_too_long: target too long");
  EXPECT_EQ(request("GET /234567890 HTTP/1.1\r\n\r\n", limits), "GET /234567890 1");
  EXPECT_EQ(request("GET / HTTP/1.1\r\nA: b\r\nA: c\r\n\r\n", limits), "GET / 1|A=b|A=c");
  EXPECT_EQ(request("GET / HTTP/1.1\r\nA: b\r\nA: c\r\nA: d\r\n\r\n", limits),
            "http_head_too_large: too many fields");
  const std::string start = "GET / HTTP/1.1\r\nA: ";
  const std::string fits = start + std::string(60 - start.size() - 4, 'y') + "\r\n\r\n";
  EXPECT_EQ(fits.size(), 60u);
  EXPECT_TRUE(request(fits, limits).starts_with("GET / 1"));
  EXPECT_EQ(request(start + "y" + fits.substr(start.size()), limits),
            "http_head_too_large: head too large");
  EXPECT_EQ(request(std::string(33, 'M') + " / HTTP/1.1\r\n\r\n"),
            "http_syntax: method is no token");
  EXPECT_EQ(request(std::string(32, 'M') + " / HTTP/1.1\r\n\r\n"), std::string(32, 'M') + " / 1");
}

TEST(ReplyHead, ReadsItsPartsAndDropsTheReason) {
  EXPECT_EQ(reply("HTTP/1.1 200 OK\r\n\r\n"), "200 1");
  EXPECT_EQ(reply("HTTP/1.1 200\r\n\r\n"), "200 1");
  EXPECT_EQ(reply("HTTP/1.1 200 \r\n\r\n"), "200 1");
  EXPECT_EQ(reply("HTTP/1.0 999 \x80 what ever\r\nA: b\r\n\r\n"), "999 0|A=b");
}

TEST(ReplyHead, SaysWhatIsWrong) {
  for (const std::string line :
       {"HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20", "HTTP/1.1  200", "HTTP/1.1\t200 OK"}) {
    EXPECT_TRUE(reply(line + "\r\n\r\n").starts_with("http_syntax"))
        << line << ": " << reply(line + "\r\n\r\n");
  }
  EXPECT_EQ(reply("HTTP/1.1 2000\r\n\r\n"), "http_syntax: no status code");
  EXPECT_EQ(reply("HTTP/1.1 200x\r\n\r\n"), "http_syntax: no status code");
  EXPECT_EQ(reply("HTTP/1.1 099 OK\r\n\r\n"), "http_syntax: no status code");
  EXPECT_EQ(reply("HTTP/2.0 200 OK\r\n\r\n"),
            "http_version: a version other than HTTP/1.0 and 1.1");
  EXPECT_EQ(reply("ICY/1.1 200 OK\r\n\r\n").substr(0, 5), "http_");
  EXPECT_EQ(reply("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"), "http_syntax: folded field");
}

TEST(HeadEnd, IsFoundHoweverItArrives) {
  const std::string bytes = "GET / HTTP/1.1\r\nA: b\r\n\r\nGET / HTTP/1.1\r\n\r\n";
  const std::size_t end = bytes.find("\r\n\r\n") + 4;
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    std::size_t scanned = 0;
    std::size_t found = 0;
    for (std::size_t size = step; found == 0; size += step) {
      found =
          find_head_end(std::string_view(bytes).substr(0, std::min(size, bytes.size())), scanned);
    }
    EXPECT_EQ(found, end) << step;
  }
  std::size_t scanned = 0;
  EXPECT_EQ(find_head_end("", scanned), 0u);
  EXPECT_EQ(find_head_end("\r\n\r", scanned), 0u);
  EXPECT_EQ(find_head_end("\r\n\r\n", scanned), 4u);
}

TEST(Fields, AreReadAsInAHead) {
  EXPECT_EQ(shown(*parse_fields("A: b\r\n\r\n", Side::origin)), "|A=b");
  EXPECT_EQ(shown(*parse_fields("\r\n", Side::origin)), "");
  for (const std::string& bad :
       {""s, "A: b\r\n"s, "A: b\r\n\r\nC"s, "A : b\r\n\r\n"s, "A: b\n\r\n"s, " A: b\r\n\r\n"s}) {
    const Result<http::Headers> fields = parse_fields(bad, Side::origin);
    ASSERT_FALSE(fields) << printable(bad);
    EXPECT_EQ(fields.error().side, Side::origin);
  }
}

}  // namespace
}  // namespace sallyport::http1
