// Where messages end, from fields alone.

#include "proxy/http1/framing.h"

#include <gtest/gtest.h>

#include "base/core/text.h"

namespace sallyport::http1 {
namespace {

http::Headers fields(const std::string& lines) {
  http::Headers headers;
  for (const std::string_view line : split(lines, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
      EXPECT_TRUE(headers.add(line.substr(0, colon), line.substr(colon + 1)));
    }
  }
  return headers;
}

std::string shown(const Framing& framing) {
  std::string text;
  switch (framing.kind) {
    case BodyKind::none:
      text = "none";
      break;
    case BodyKind::length:
      text = "length " + std::to_string(framing.length);
      break;
    case BodyKind::chunked:
      text = "chunked";
      break;
    case BodyKind::until_close:
      text = "until close";
      break;
  }
  if (framing.keep_alive) text += ", kept";
  if (framing.expects_continue) text += ", expects";
  if (!framing.upgrade.empty()) text += ", " + framing.upgrade;
  return text;
}

std::string request(const std::string& method, const std::string& lines, int minor = 1) {
  const Result<Framing> framing = request_framing(method, minor, fields(lines));
  if (!framing) {
    EXPECT_EQ(framing.error().side, Side::client);
    return std::string(to_string(framing.error().kind));
  }
  return shown(*framing);
}

std::string reply(const std::string& method, int status, const std::string& lines, int minor = 1) {
  const Result<ReplyFraming> framing = reply_framing(method, status, minor, fields(lines));
  if (!framing) {
    EXPECT_EQ(framing.error().side, Side::origin);
    return std::string(to_string(framing.error().kind));
  }
  std::string text = shown(*framing);
  if (framing->announced && framing->kind == BodyKind::none) {
    text += ", announces " + std::to_string(framing->length);
  }
  return text;
}

TEST(RequestFramingOf, ReadsOneFraming) {
  EXPECT_EQ(request("GET", ""), "none, kept");
  EXPECT_EQ(request("POST", "Content-Length: 5"), "length 5, kept");
  EXPECT_EQ(request("POST", "Content-Length: 0"), "length 0, kept");
  EXPECT_EQ(request("GET", "Content-Length: 4611686018427387904"),
            "length 4611686018427387904, kept");
  EXPECT_EQ(request("DELETE", "transfer-encoding: CHUNKED"), "chunked, kept");
}

TEST(RequestFramingOf, RefusesWhatTwoReadersReadDifferently) {
  for (const char* lines :
       {"Transfer-Encoding: chunked\nContent-Length: 5",
        "Content-Length: 5\nTransfer-Encoding: chunked", "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding:", "Content-Length: 5\nContent-Length: 5", "Content-Length: 5, 5",
        "Content-Length:", "Content-Length: +5", "Content-Length: -1", "Content-Length: 0x5",
        "Content-Length: 4611686018427387905", "Content-Length: 18446744073709551616"}) {
    EXPECT_EQ(request("POST", lines), "http_framing") << lines;
    EXPECT_EQ(reply("GET", 200, lines), "http_framing") << lines;
  }
  EXPECT_EQ(request("POST", "Transfer-Encoding: chunked", 0), "http_framing");
  EXPECT_EQ(reply("GET", 200, "Transfer-Encoding: chunked", 0), "http_framing");
  EXPECT_EQ(request("CONNECT", "Content-Length: 5"), "http_framing");
  EXPECT_EQ(request("CONNECT", "Transfer-Encoding: chunked"), "http_framing");
}

TEST(RequestFramingOf, KeepsConnectionsAsVersionsDo) {
  EXPECT_EQ(request("GET", "Connection: close"), "none");
  EXPECT_EQ(request("GET", "Connection: x, Close"), "none");
  EXPECT_EQ(request("GET", "Connection: keep-alive"), "none, kept");
  EXPECT_EQ(request("GET", "", 0), "none");
  EXPECT_EQ(request("GET", "Connection: Keep-Alive", 0), "none, kept");
  EXPECT_EQ(request("GET", "Connection: keep-alive\nConnection: close"), "none");
}

TEST(RequestFramingOf, KnowsOneExpectation) {
  EXPECT_EQ(request("POST", "Content-Length: 5\nExpect: 100-continue"), "length 5, kept, expects");
  EXPECT_EQ(request("POST", "Content-Length: 5\nExpect: 100-Continue"), "length 5, kept, expects");
  EXPECT_EQ(request("GET", "Expect: 100-continue"), "none, kept");
  EXPECT_EQ(request("POST", "Content-Length: 5\nExpect: 100-continue", 0), "length 5");
  EXPECT_EQ(request("POST", "Expect: x"), "http_expectation");
  EXPECT_EQ(request("POST", "Expect: 100-continue, x"), "http_expectation");
  EXPECT_EQ(request("POST", "Expect: 100-continue\nExpect: 100-continue"), "http_expectation");
}

TEST(RequestFramingOf, KnowsOneUpgrade) {
  const std::string whole =
      "Connection: keep-alive, Upgrade\nUpgrade: WebSocket\nSec-WebSocket-Key: "
      "x\nSec-WebSocket-Version: 13";
  EXPECT_EQ(request("GET", whole), "none, kept, websocket");
  EXPECT_EQ(request("POST", whole), "none, kept");
  EXPECT_EQ(request("GET", whole, 0), "none, kept");
  EXPECT_EQ(request("GET", whole + "\nContent-Length: 5"), "length 5, kept");
  EXPECT_EQ(request("GET", "Connection: Upgrade\nUpgrade: h2c\nHTTP2-Settings: x"), "none, kept");
  EXPECT_EQ(request("GET", whole + "\nUpgrade: h2c"), "none, kept");
  EXPECT_EQ(request("GET", "Upgrade: websocket\nSec-WebSocket-Key: x\nSec-WebSocket-Version: 13"),
            "none, kept");
}

TEST(ReplyFramingOf, FollowsTheRequestAndTheStatus) {
  EXPECT_EQ(reply("GET", 200, "Content-Length: 5"), "length 5, kept");
  EXPECT_EQ(reply("GET", 200, "Transfer-Encoding: chunked"), "chunked, kept");
  EXPECT_EQ(reply("GET", 200, ""), "until close");
  EXPECT_EQ(reply("GET", 200, "", 0), "until close");
  EXPECT_EQ(reply("GET", 200, "Content-Length: 5", 0), "length 5");
  EXPECT_EQ(reply("HEAD", 200, "Content-Length: 5"), "none, kept, announces 5");
  EXPECT_EQ(reply("HEAD", 200, "Transfer-Encoding: chunked"), "none, kept");
  EXPECT_EQ(reply("HEAD", 200, ""), "none, kept");
  EXPECT_EQ(reply("GET", 304, "Content-Length: 5"), "none, kept, announces 5");
  EXPECT_EQ(reply("GET", 304, ""), "none, kept");
  EXPECT_EQ(reply("GET", 204, ""), "none, kept");
  EXPECT_EQ(reply("GET", 204, "Content-Length: 0"), "none, kept");
  EXPECT_EQ(reply("GET", 103, ""), "none, kept");
  for (const int status : {100, 101, 103, 204}) {
    EXPECT_EQ(reply("GET", status, "Content-Length: 5"), "http_framing");
    EXPECT_EQ(reply("GET", status, "Transfer-Encoding: chunked"), "http_framing");
  }
}

std::string stripped(const std::string& lines, Side side = Side::client) {
  http::Headers headers = fields(lines);
  const Result<void> result = strip_hop_by_hop(headers, side);
  if (!result) {
    EXPECT_EQ(result.error().side, side);
    return std::string(to_string(result.error().kind));
  }
  std::string text;
  for (const auto field : headers)
    text += std::string(field.name) + "=" + std::string(field.value) + ";";
  return text;
}

TEST(HopByHop, GoesWithItsConnection) {
  EXPECT_EQ(stripped("A: 1\nConnection: close, X-Hop\nX-Hop: 2\nx-hop: 3\nB: 4"), "A=1;B=4;");
  EXPECT_EQ(stripped("Keep-Alive: 1\nProxy-Connection: 1\nTE: 1\nTrailer: 1\nTransfer-Encoding: "
                     "1\nUpgrade: 1\n"
                     "Content-Length: 1\nProxy-Authorization: 1\nProxy-Authenticate: "
                     "1\nHTTP2-Settings: 1\nA: 1"),
            "A=1;");
  EXPECT_EQ(stripped("Connection:\nConnection: , ,\nA: 1"), "A=1;");
}

TEST(HopByHop, NeverTakesWhatMattersBehindUs) {
  for (const std::string name :
       {"Host", "authorization", "COOKIE", "X-Forwarded-For", "Content-Length", "Via"}) {
    EXPECT_EQ(stripped("Connection: close, " + name + "\n" + name + ": 1"), "http_framing") << name;
  }
  EXPECT_EQ(stripped("Connection: Set-Cookie\nSet-Cookie: a=b", Side::origin), "Set-Cookie=a=b;");
  std::string many = "Connection: x0";
  for (int i = 1; i < 17; ++i) many += ", x" + std::to_string(i);
  EXPECT_EQ(stripped(many), "http_framing");
}

}  // namespace
}  // namespace sallyport::http1
