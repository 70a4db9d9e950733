// One table of exchanges, for every pair of HTTP versions that may meet (issue: h1-h1, h2-h2,
// h2-h1, h1-h2): above the codecs nobody can tell them apart, so what both sides hear is the same.

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "base/crypto/websocket_key.h"
#include "base/websocket/frames_for_tests.h"
#include "tests/kit/rig.h"

namespace sallyport::session {
namespace {

using testkit::FieldList;
using testkit::Http2Peer;

constexpr const char* kHost = "files.example";

struct Versions {
  bool client2;
  bool origin2;
};

struct Heard {
  std::string first;  // "GET /a" or "200"
  FieldList fields;
  std::string body;
  FieldList trailers;
  bool whole = false;
  std::string field(std::string_view name) const {
    for (const auto& [one, value] : fields) {
      if (lower(one) == name) return value;
    }
    return "-";
  }
};

Heard read1(std::string_view text) {
  Heard heard;
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return heard;
  bool first = true;
  for (const std::string_view line : split(text.substr(0, end), '\n')) {
    const std::string_view whole = line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
    if (first) {
      const bool reply = whole.starts_with("HTTP/1.1 ");
      heard.first = reply ? whole.substr(9, 3) : whole.substr(0, whole.rfind(' '));
      first = false;
      continue;
    }
    const std::size_t colon = whole.find(':');
    heard.fields.emplace_back(lower(whole.substr(0, colon)), trim(whole.substr(colon + 1)));
  }
  std::string_view rest = text.substr(end + 4);
  if (heard.field("transfer-encoding") != "chunked") {
    heard.body = rest;
    heard.whole = heard.field("content-length") == std::to_string(rest.size()) || rest.empty();
    return heard;
  }
  while (true) {
    const std::size_t size =
        std::stoul(std::string(rest.substr(0, rest.find("\r\n"))), nullptr, 16);
    rest.remove_prefix(rest.find("\r\n") + 2);
    if (size == 0) break;
    heard.body += rest.substr(0, size);
    rest.remove_prefix(size + 2);
    if (rest.empty()) return heard;
  }
  heard.whole = rest.ends_with("\r\n");
  for (const std::string_view line : split(rest, '\n')) {
    const std::string_view whole = line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
    const std::size_t colon = whole.find(':');
    if (colon == std::string_view::npos) continue;
    heard.trailers.emplace_back(whole.substr(0, colon), trim(whole.substr(colon + 1)));
  }
  return heard;
}

Heard read2(const Http2Peer::Seen& seen) {
  Heard heard;
  const std::string status = seen.field(":status");
  heard.first = status.empty() ? seen.field(":method") + " " + seen.field(":path") : status;
  heard.fields = seen.fields;
  heard.body = seen.body;
  heard.trailers = seen.trailers;
  heard.whole = seen.ended;
  return heard;
}

class VersionPairs : public testing::TestWithParam<Versions> {
 protected:
  VersionPairs()
      : rig({.rules = "- {name: no secrets, kind: session, when: {path: /secret}, then: block}\n",
             .tune =
                 [](app::Shared& shared) {
                   shared.first.settings.http2 = GetParam().origin2 ? Http2::prefer : Http2::match;
                 }}),
        origin(GetParam().origin2 ? rig.http2_origin(kHost) : rig.tls_origin(kHost)),
        client(rig.client()),
        client_peer({}),
        origin_peer({.server = true}) {
    testkit::TlsPeer::Options options;
    options.server_name = kHost;
    options.alpn = GetParam().client2 ? std::vector<std::string>{"h2", "http/1.1"}
                                      : std::vector<std::string>{"http/1.1"};
    // The origin chose for somebody else before, where client and origin shall differ.
    if (GetParam().client2 && !GetParam().origin2) {
      first.emplace(rig.client());
      testkit::TlsPeer::Options old = options;
      old.alpn = {"http/1.1"};
      EXPECT_TRUE(first->opens(std::string(kHost) + ":443", old));
    }
    EXPECT_TRUE(client.opens(std::string(kHost) + ":443", options));
    EXPECT_EQ(client.tls().alpn(), GetParam().client2 ? "h2" : "http/1.1");
    move();
  }

  void move() {
    if (GetParam().client2) client.carry(client_peer);
    if (GetParam().origin2 && origin.connections() > 0) origin.carry(origin_peer);
    if (GetParam().client2) client.carry(client_peer);
    if (!GetParam().client2) client_text += client.hears();
    if (!GetParam().origin2) origin_text += origin.heard();
  }

  void asks(const std::string& method, const std::string& path, const FieldList& fields = {},
            std::string_view body = {}) {
    client_text.clear();
    if (GetParam().client2) {
      FieldList all{
          {":method", method}, {":scheme", "https"}, {":authority", kHost}, {":path", path}};
      all.insert(all.end(), fields.begin(), fields.end());
      stream = client_peer.request(all, body);
    } else {
      std::string text = method + " " + path + " HTTP/1.1\r\nHost: " + kHost + "\r\n";
      for (const auto& [name, value] : fields) text += name + ": " + value + "\r\n";
      if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
      client.says(text + "\r\n" + std::string(body));
    }
    move();
    move();
  }

  Heard origin_heard() {
    if (!GetParam().origin2) return read1(std::exchange(origin_text, {}));
    if (origin_peer.all().empty()) return {};
    return read2(origin_peer.all().rbegin()->second);
  }

  void replies(int status, const FieldList& fields = {}, std::string_view body = {},
               const FieldList& trailers = {}) {
    if (GetParam().origin2) {
      FieldList all{{":status", std::to_string(status)}};
      all.insert(all.end(), fields.begin(), fields.end());
      origin_peer.reply(origin_peer.all().rbegin()->first, all, body, true, trailers);
    } else {
      std::string text = "HTTP/1.1 " + std::to_string(status) + " Fine\r\n";
      for (const auto& [name, value] : fields) text += name + ": " + value + "\r\n";
      if (trailers.empty()) {
        if (status != 304 && status != 204) {
          text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
        }
        text += "\r\n" + std::string(body);
      } else {
        char size[16];
        snprintf(size, sizeof size, "%zx", body.size());
        text += "Transfer-Encoding: chunked\r\n\r\n" + std::string(size) + "\r\n" +
                std::string(body) + "\r\n0\r\n";
        for (const auto& [name, value] : trailers) text += name + ": " + value + "\r\n";
        text += "\r\n";
      }
      origin.says(text);
    }
    move();
    move();
  }

  Heard client_heard() {
    return GetParam().client2 ? read2(client_peer.seen(stream)) : read1(client_text);
  }

  // A WebSocket, up to where its frames begin.
  void opens_websocket() {
    const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
    if (GetParam().client2) {
      stream = client_peer.request({{":method", "CONNECT"},
                                    {":protocol", "websocket"},
                                    {":scheme", "https"},
                                    {":authority", kHost},
                                    {":path", "/socket"},
                                    {"sec-websocket-version", "13"}},
                                   {}, false);
    } else {
      client.says(std::string("GET /socket HTTP/1.1\r\nHost: ") + kHost +
                  "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: " +
                  key + "\r\n\r\n");
    }
    move();
    move();
    const Heard asked = origin_heard();
    if (GetParam().origin2) {
      EXPECT_EQ(asked.first, "CONNECT /socket");
      EXPECT_EQ(asked.field(":protocol"), "websocket");
      EXPECT_EQ(asked.field("sec-websocket-key"), "-");
      origin_peer.reply(origin_peer.all().rbegin()->first, {{":status", "200"}}, {}, false);
    } else {
      EXPECT_EQ(asked.first, "GET /socket");
      origin.says(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          "Sec-WebSocket-Accept: " +
          websocket_accept(asked.field("sec-websocket-key")) + "\r\n\r\n");
    }
    move();
    move();
    const Heard opened = client_heard();
    EXPECT_EQ(opened.first, GetParam().client2 ? "200" : "101");
    EXPECT_EQ(opened.field("sec-websocket-accept"),
              GetParam().client2 ? "-" : websocket_accept(key));
    client_text.clear();
  }

  testkit::Rig rig;
  testkit::OriginServer& origin;
  std::optional<testkit::Client> first;
  testkit::Client client;
  Http2Peer client_peer;
  Http2Peer origin_peer;
  std::int32_t stream = 0;
  std::string client_text, origin_text;
};

TEST_P(VersionPairs, AGetAndItsReplyPassWhole) {
  asks("GET", "/a?b=c", {{"accept", "text/html"}, {"cookie", "a=1"}});
  const Heard asked = origin_heard();
  EXPECT_EQ(asked.first, "GET /a?b=c");
  EXPECT_EQ(asked.field("accept"), "text/html");
  EXPECT_EQ(asked.field("cookie"), "a=1");
  EXPECT_EQ(asked.field("via"), GetParam().client2 ? "2.0 sallyport-test" : "1.1 sallyport-test");
  EXPECT_EQ(asked.field(GetParam().origin2 ? ":authority" : "host"), kHost);
  replies(200, {{"content-type", "text/plain"}, {"x-a", "1"}, {"x-a", "2"}}, "hello");
  const Heard heard = client_heard();
  EXPECT_EQ(heard.first, "200");
  EXPECT_EQ(heard.body, "hello");
  EXPECT_TRUE(heard.whole);
  EXPECT_EQ(heard.field("x-a"), "1");
  EXPECT_EQ(rig.events(), "- view files.example: completed 200\n");
}

TEST_P(VersionPairs, APostArrivesWithItsBody) {
  const std::string body(100'000, 'x');
  asks("POST", "/up", {{"content-type", "text/plain"}}, body);
  for (int i = 0; i < 20; ++i) move();
  const Heard asked = origin_heard();
  EXPECT_EQ(asked.first, "POST /up");
  EXPECT_EQ(asked.body.size(), body.size());
  EXPECT_TRUE(asked.whole);
  replies(201, {}, "");
  EXPECT_EQ(client_heard().first, "201");
  EXPECT_EQ(rig.recorded().at(0).bytes_in, body.size());
}

TEST_P(VersionPairs, AReplyToHeadHasALengthAndNoBody) {
  asks("HEAD", "/a");
  if (GetParam().origin2) {
    replies(200, {{"content-length", "1234"}});
  } else {
    origin.says("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
    move();
    move();
  }
  const Heard heard = client_heard();
  EXPECT_EQ(heard.first, "200");
  EXPECT_EQ(heard.field("content-length"), "1234");
  EXPECT_EQ(heard.body, "");
}

TEST_P(VersionPairs, NotModifiedAndNoContentHaveNoBody) {
  for (const int status : {204, 304}) {
    asks("GET", "/a", {{"if-none-match", "\"1\""}});
    replies(status, {{"etag", "\"1\""}});
    const Heard heard = client_heard();
    EXPECT_EQ(heard.first, std::to_string(status));
    EXPECT_EQ(heard.body, "");
    EXPECT_EQ(heard.field("etag"), "\"1\"");
  }
}

TEST_P(VersionPairs, TrailersOfAReplyPass) {
  asks("GET", "/a", {{"te", "trailers"}});
  replies(200, {}, "hello", {{"grpc-status", "0"}});
  const Heard heard = client_heard();
  EXPECT_EQ(heard.body, "hello");
  EXPECT_EQ(heard.trailers, (FieldList{{"grpc-status", "0"}}));
}

TEST_P(VersionPairs, WhatAPolicyBlocksNeverReachesTheOrigin) {
  asks("GET", "/secret");
  EXPECT_EQ(origin_heard().first, "");
  const Heard heard = client_heard();
  EXPECT_EQ(heard.first, "403");
  EXPECT_NE(heard.body.find("no secrets"), std::string::npos);
  EXPECT_EQ(rig.events(), "- other files.example: blocked 403, 'no secrets'\n");
}

TEST_P(VersionPairs, AnotherHostThanTheOpenedOneIsMisdirected) {
  if (GetParam().client2) {
    stream = client_peer.get("other.example", "/");
    move();
    move();
  } else {
    client.says("GET / HTTP/1.1\r\nHost: other.example\r\n\r\n");
    move();
  }
  EXPECT_EQ(client_heard().first, "421");
  EXPECT_EQ(origin_heard().first, "");
}

TEST_P(VersionPairs, FieldsOfAConnectionStayOnIt) {
  asks("GET", "/a", {{"te", "trailers"}, {"proxy-authorization", "Basic eDp5"}});
  const Heard asked = origin_heard();
  EXPECT_EQ(asked.field("proxy-authorization"), "-");
  EXPECT_EQ(asked.field("connection"), "-");
}

TEST_P(VersionPairs, AWebSocketOpensAndItsBytesPassBothWays) {
  opens_websocket();
  const std::string from_client =
      websocket::frame_of(websocket::Sender::client, 0x81, "from the client");
  const std::string from_origin =
      websocket::frame_of(websocket::Sender::server, 0x82, "from the origin");
  if (GetParam().client2) {
    client_peer.more(stream, from_client, false);
  } else {
    client.says(from_client);
  }
  move();
  move();
  EXPECT_EQ(GetParam().origin2 ? origin_peer.all().rbegin()->second.body : origin_text,
            from_client);
  if (GetParam().origin2) {
    origin_peer.more(origin_peer.all().rbegin()->first, from_origin, true);
  } else {
    origin.says(from_origin);
    origin.ends();
  }
  move();
  move();
  EXPECT_EQ(GetParam().client2 ? client_peer.seen(stream).body : client_text, from_origin);
  ASSERT_EQ(rig.recorded().size(), 1u);
  EXPECT_EQ(rig.recorded().at(0).activity.status, 101);
  ASSERT_TRUE(rig.recorded().at(0).websocket);
  EXPECT_EQ(rig.recorded().at(0).websocket->client.text, 1u);
  EXPECT_EQ(rig.recorded().at(0).websocket->origin.binary, 1u);
}

TEST_P(VersionPairs, AClientThatSpeaksNoWebSocketIsCutOffOnBothSides) {
  opens_websocket();
  const std::string good = websocket::frame_of(websocket::Sender::client, 0x81, "good");
  const std::string bad = "SSH-2.0-OpenSSH_9.2\r\n";
  if (GetParam().client2) {
    client_peer.more(stream, good + bad, false);
  } else {
    client.says(good + bad);
  }
  for (int i = 0; i < 4; ++i) move();
  if (GetParam().origin2) {
    EXPECT_EQ(origin_peer.all().rbegin()->second.body, good);
    EXPECT_TRUE(origin_peer.all().rbegin()->second.reset);
  } else {
    EXPECT_EQ(origin_text, good);
  }
  if (GetParam().client2) {
    EXPECT_TRUE(client_peer.seen(stream).reset);
  } else {
    EXPECT_TRUE(client.ended());
  }
  ASSERT_EQ(rig.recorded().size(), 1u);
  EXPECT_EQ(rig.recorded().at(0).ending, discovery::Ending::refused);
  EXPECT_EQ(rig.recorded().at(0).error, "the client broke RFC 6455 section 5.2: a reserved opcode");
}

TEST_P(VersionPairs, AnOriginThatSpeaksNoWebSocketIsCutOffOnBothSides) {
  opens_websocket();
  const std::string good = websocket::frame_of(websocket::Sender::server, 0x81, "good");
  const std::string bad = websocket::frame_of(websocket::Sender::client, 0x81, "masked");
  if (GetParam().origin2) {
    origin_peer.more(origin_peer.all().rbegin()->first, good + bad, false);
  } else {
    origin.says(good + bad);
  }
  for (int i = 0; i < 4; ++i) move();
  if (GetParam().client2) {
    EXPECT_EQ(client_peer.seen(stream).body, good);
    EXPECT_TRUE(client_peer.seen(stream).reset);
  } else {
    EXPECT_EQ(client_text, good);
    EXPECT_TRUE(client.ended());
  }
  if (GetParam().origin2) {
    EXPECT_TRUE(origin_peer.all().rbegin()->second.reset);
  }
  ASSERT_EQ(rig.recorded().size(), 1u);
  EXPECT_EQ(rig.recorded().at(0).ending, discovery::Ending::refused);
  EXPECT_EQ(rig.recorded().at(0).error,
            "the origin broke RFC 6455 section 5.1: a frame of a server with a mask");
}

TEST_P(VersionPairs, ManyExchangesFollowEachOtherOnOneConnection) {
  for (int i = 0; i < 5; ++i) {
    asks("GET", "/" + std::to_string(i));
    EXPECT_EQ(origin_heard().first, "GET /" + std::to_string(i));
    replies(200, {}, "reply " + std::to_string(i));
    EXPECT_EQ(client_heard().body, "reply " + std::to_string(i));
  }
  EXPECT_EQ(origin.connections(), 1u);
  EXPECT_EQ(rig.recorded().size(), 5u);
}

INSTANTIATE_TEST_SUITE_P(All, VersionPairs,
                         testing::Values(Versions{false, false}, Versions{true, true},
                                         Versions{true, false}, Versions{false, true}),
                         [](const auto& pair) {
                           return std::string(pair.param.client2 ? "h2" : "h1") +
                                  (pair.param.origin2 ? "_h2" : "_h1");
                         });

// --- HTTP/2 on both legs ---

class BothHttp2 : public testing::Test {
 protected:
  explicit BothHttp2(std::string rules = {})
      : rig({.rules = std::move(rules)}), origin(rig.http2_origin(kHost)), client(rig.client()) {
    EXPECT_TRUE(client.opens(std::string(kHost) + ":443",
                             {.server_name = kHost, .alpn = {"h2", "http/1.1"}}));
    EXPECT_EQ(client.tls().alpn(), "h2");
  }

  void move() {
    for (int i = 0; i < 2; ++i) {
      client.carry(client_peer);
      if (origin.connections() > 0) origin.carry(origin_peer);
    }
    client.carry(client_peer);
  }
  // The origin answers the last request.
  void replies(const FieldList& fields, std::string_view body, bool ends) {
    FieldList all{{":status", "200"}};
    all.insert(all.end(), fields.begin(), fields.end());
    origin_peer.reply(origin_peer.all().rbegin()->first, all, body, ends);
    move();
  }

  testkit::Rig rig;
  testkit::OriginServer& origin;
  testkit::Client client;
  Http2Peer client_peer{{}};
  Http2Peer origin_peer{{.server = true}};
};

TEST_F(BothHttp2, TheLastBytesCarryTheEndWhereTheOthersDid) {
  for (const FieldList& fields : {FieldList{{"content-length", "5"}}, FieldList{}}) {
    FieldList head{
        {":method", "POST"}, {":scheme", "https"}, {":authority", kHost}, {":path", "/a"}};
    head.insert(head.end(), fields.begin(), fields.end());
    const std::int32_t stream = client_peer.request(head, "asked");
    move();
    const Http2Peer::Seen& asked = origin_peer.all().rbegin()->second;
    EXPECT_EQ(asked.body, "asked");
    EXPECT_TRUE(asked.ended);
    EXPECT_EQ(asked.data_frames, 1u);
    replies(fields, "hello", true);
    EXPECT_EQ(client_peer.seen(stream).body, "hello");
    EXPECT_TRUE(client_peer.seen(stream).ended);
    EXPECT_EQ(client_peer.seen(stream).data_frames, 1u);
  }
  EXPECT_EQ(rig.recorded().size(), 2u);
}

TEST_F(BothHttp2, TrailersEndAMessageWhoseBytesDidNot) {
  const std::int32_t stream = client_peer.get(kHost, "/a", {{"te", "trailers"}});
  move();
  origin_peer.reply(origin_peer.all().rbegin()->first, {{":status", "200"}}, "hello", true,
                    {{"grpc-status", "0"}});
  move();
  EXPECT_EQ(client_peer.seen(stream).body, "hello");
  EXPECT_TRUE(client_peer.seen(stream).ended);
  EXPECT_EQ(client_peer.seen(stream).trailers, (FieldList{{"grpc-status", "0"}}));
}

// Its body has begun to leave, so we cannot send it again; the client can.
TEST_F(BothHttp2, ARequestThatTheOriginDidNotLookAtIsHandedBack) {
  const std::int32_t stream = client_peer.request(
      {{":method", "POST"}, {":scheme", "https"}, {":authority", kHost}, {":path", "/a"}}, "asked");
  move();
  origin_peer.resets(origin_peer.all().rbegin()->first, 7);
  move();
  EXPECT_EQ(client_peer.seen(stream).reset, 7u);
  EXPECT_FALSE(client_peer.seen(stream).head);
  EXPECT_EQ(rig.recorded().size(), 1u);
  EXPECT_EQ(rig.recorded().at(0).ending, discovery::Ending::origin_failed);
}

// curl does not wait for END_STREAM behind a body whose length it knows.
TEST_F(BothHttp2, AClientThatLeavesWithAllThatWasAnnouncedHasIt) {
  const std::int32_t stream = client_peer.get(kHost, "/a");
  move();
  replies({{"content-length", "5"}}, "hello", false);
  EXPECT_EQ(client_peer.seen(stream).body, "hello");
  EXPECT_FALSE(client_peer.seen(stream).ended);
  client_peer.resets(stream, 8);
  move();
  EXPECT_EQ(rig.events(), "- other files.example: completed 200\n");
  // The origin, which did not say that it was the end, is told that nobody waits.
  EXPECT_EQ(origin_peer.all().rbegin()->second.reset, 8u);
}

TEST_F(BothHttp2, AClientThatLeavesWithLessLeftEarly) {
  const std::int32_t stream = client_peer.get(kHost, "/a");
  move();
  replies({{"content-length", "6"}}, "hello", false);
  client_peer.resets(stream, 8);
  move();
  EXPECT_EQ(rig.events(), "- other files.example: client_closed 200\n");
  EXPECT_EQ(origin_peer.all().rbegin()->second.reset, 8u);
}

class RefusedHttp2 : public BothHttp2 {
 protected:
  RefusedHttp2()
      : BothHttp2(
            "- { name: not at lunch, when: { host: files.example, time.of_day: 11:30..12:01 }, "
            "then: block }\n") {}
};

TEST_F(RefusedHttp2, ABlockPageComesInWhatTheClientSpeaks) {
  const std::int32_t stream = client_peer.get(kHost, "/");
  move();
  EXPECT_EQ(client_peer.seen(stream).field(":status"), "403");
  EXPECT_NE(client_peer.seen(stream).body.find("not at lunch"), std::string::npos);
  EXPECT_TRUE(client_peer.seen(stream).ended);
  EXPECT_EQ(rig.events(), "- other files.example: blocked 403, 'not at lunch'\n");
  EXPECT_EQ(rig.connects(), 0);
}

TEST_F(RefusedHttp2, ARefusedConnectionIsLetThroughOnceThePolicyHoldsNoMore) {
  rig.pass(std::chrono::seconds(61));
  const std::int32_t stream = client_peer.get(kHost, "/");
  move();
  replies({}, "hello", true);
  EXPECT_EQ(client_peer.seen(stream).body, "hello");
  EXPECT_EQ(rig.events(), "- other files.example: completed 200\n");
}

}  // namespace
}  // namespace sallyport::session
