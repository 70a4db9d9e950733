// What HTTP/2 lets a client do to a server (safety.md C2), row by row, as frames written by hand:
// the limit holds, a counter counts, an event tells, the origin is spared and others are served.

#include <gtest/gtest.h>
#include <map>

#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

using namespace std::chrono_literals;

enum : std::uint8_t {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kReset = 3,
  kSettings = 4,
  kPing = 6,
  kGoaway = 7,
  kWindowUpdate = 8,
  kContinuation = 9,
};
enum : std::uint8_t { kEndStream = 1, kEndHeaders = 4, kPadded = 8 };

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

std::int64_t counted(Rig& rig, Metric metric) { return rig.parts().worker().metrics().get(metric); }

std::string word(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
  return out;
}

// RFC 7541 section 5.1, with the bits above the prefix in `first`.
std::string number(std::uint8_t first, int prefix, std::size_t value) {
  const std::size_t most = (1u << prefix) - 1;
  if (value < most) return std::string(1, static_cast<char>(first | value));
  std::string out(1, static_cast<char>(first | most));
  for (value -= most; value >= 128; value /= 128) out += static_cast<char>(value % 128 + 128);
  return out + static_cast<char>(value);
}

// A field as a literal without indexing, section 6.2.2; `kind` 0x40 puts it into the table.
std::string field(std::string_view name, std::string_view value, std::uint8_t kind = 0) {
  return std::string(1, static_cast<char>(kind)) + number(0, 7, name.size()) + std::string(name) +
         number(0, 7, value.size()) + std::string(value);
}

std::string block(const FieldList& fields) {
  std::string out;
  for (const auto& [name, value] : fields) out += field(name, value);
  return out;
}

FieldList get(const FieldList& more = {}) {
  FieldList fields{
      {":method", "GET"}, {":scheme", "https"}, {":authority", "files.example"}, {":path", "/"}};
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

std::string request(std::uint32_t stream, const FieldList& fields = get(), bool ends = true) {
  return frame(kHeaders, kEndHeaders | (ends ? kEndStream : 0), stream, block(fields));
}

// A client that writes frames by hand and reads those of the gateway.
class Attacker {
 public:
  explicit Attacker(Rig& rig, std::string_view settings = {}) : client_(rig.client("192.0.2.66")) {
    TlsPeer::Options options;
    options.server_name = "files.example";
    options.alpn = {"h2"};
    EXPECT_TRUE(client_.opens("files.example:443", options));
    EXPECT_EQ(client_.tls().alpn(), "h2");
    says("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(kSettings, 0, 0, settings));
  }

  void says(std::string_view bytes) {
    client_.says(bytes);
    listen();
  }
  void listen() {
    held_ += client_.hears();
    while (held_.size() >= 9) {
      const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(held_[i]); };
      const std::size_t size = at(0) << 16 | at(1) << 8 | at(2);
      if (held_.size() < 9 + size) break;
      const std::uint32_t stream = at(5) << 24 | at(6) << 16 | at(7) << 8 | at(8);
      const std::string payload = held_.substr(9, size);
      const auto code = [&](std::size_t from) {
        std::uint32_t value = 0;
        for (std::size_t i = from; i < from + 4; ++i) {
          value = value << 8 | static_cast<std::uint8_t>(payload.at(i));
        }
        return value;
      };
      if (at(3) == kReset) resets[stream] = code(0);
      if (at(3) == kGoaway) goaway = code(4);
      if (at(3) == kHeaders) heads[stream] = payload;
      if (at(3) == kData) bodies[stream] += payload;
      held_.erase(0, 9 + size);
    }
  }
  bool ended() { return client_.ended() || client_.tls().peer_ended(); }
  void leaves() { client_.ends(); }

  std::map<std::uint32_t, std::uint32_t> resets;
  std::map<std::uint32_t, std::string> heads;
  std::map<std::uint32_t, std::string> bodies;
  std::optional<std::uint32_t> goaway;

 private:
  Client client_;
  std::string held_;
};

class Http2Attacks : public testing::Test {
 protected:
  // The attacked origin says nothing of its own accord; that of the others answers at once.
  Http2Attacks() : origin(rig.tls_origin("files.example")), good(rig.tls_origin("good.example")) {
    good.always_says(kHello);
    bystander.emplace(rig.client());
    TlsPeer::Options options;
    options.server_name = "good.example";
    options.alpn = {"h2"};
    EXPECT_TRUE(bystander->opens("good.example:443", options));
    expect_others_served();
  }

  void expect_others_served() {
    const std::int32_t stream = other.get("good.example", "/");
    bystander->carry(other);
    EXPECT_EQ(other.seen(stream).field(":status"), "200");
    EXPECT_EQ(other.seen(stream).body, "hello");
    EXPECT_FALSE(other.went_away());
  }

  // What is kept of a connection that had to be ended.
  void expect_recorded(std::string_view error) {
    const discovery::Event* found = nullptr;
    for (const auto& event : rig.recorded()) {
      if (event.kind == discovery::EventKind::connection && !event.error.empty()) found = &event;
    }
    ASSERT_NE(found, nullptr) << rig.events();
    EXPECT_EQ(found->ending, discovery::Ending::refused);
    EXPECT_EQ(found->error, error);
    EXPECT_EQ(found->activity.host, "files.example");
  }

  void expect_calmed(Attacker& attacker, std::string_view error) {
    EXPECT_EQ(attacker.goaway, 11u);
    attacker.leaves();
    EXPECT_TRUE(attacker.ended());
    EXPECT_EQ(counted(rig, Metric::http2_floods_total), 1);
    expect_recorded(error);
    expect_others_served();
  }

  Rig rig;
  OriginServer& origin;
  OriginServer& good;
  std::optional<Client> bystander;
  Http2Peer other{{}};
};

// --- resets ---

// CVE-2023-44487. Every request reaches the origin before it is taken back.
TEST(Http2AttacksOnHttp2Origins, RapidResetIsEndedAndItsWorkIsTakenBack) {
  Rig rig;
  OriginServer& origin = rig.http2_origin("files.example");
  Http2Peer peer({.server = true});
  Attacker attacker(rig);
  origin.carry(peer);
  std::uint32_t stream = 1;
  for (; stream < 2000 && !attacker.goaway; stream += 2) {
    attacker.says(request(stream));
    origin.carry(peer);
    attacker.says(frame(kReset, 0, stream, word(8)));
    origin.carry(peer);
  }
  EXPECT_EQ(attacker.goaway, 11u);
  EXPECT_EQ(stream / 2, 201u);
  EXPECT_EQ(counted(rig, Metric::http2_resets_received_total), 201);
  EXPECT_EQ(counted(rig, Metric::http2_floods_total), 1);
  EXPECT_EQ(peer.all().size(), 201u);
  for (const auto& [id, seen] : peer.all()) {
    EXPECT_EQ(seen.reset, 8u) << "stream " << id << " goes on at the origin";
  }
  EXPECT_EQ(origin.connections(), 1u);
  // One event each, and one of the connection.
  EXPECT_EQ(rig.recorded().size(), 202u);
  EXPECT_EQ(rig.recorded().back().error, "client limit: too many resets");
}

TEST_F(Http2Attacks, RapidResetInOneWriteReachesNobody) {
  Attacker attacker(rig);
  std::string all;
  for (std::uint32_t stream = 1; stream < 4000; stream += 2) {
    all += request(stream) + frame(kReset, 0, stream, word(8));
  }
  attacker.says(all);
  EXPECT_EQ(origin.heard(), "");
  EXPECT_EQ(counted(rig, Metric::http2_resets_received_total), 201) << "what follows is not read";
  expect_calmed(attacker, "client limit: too many resets");
}

// A browser that leaves a page.
TEST_F(Http2Attacks, AHundredResetsAtOnceAreBorne) {
  Attacker attacker(rig);
  for (std::uint32_t stream = 1; stream < 200; stream += 2) {
    attacker.says(request(stream));
  }
  for (std::uint32_t stream = 1; stream < 200; stream += 2) {
    attacker.says(frame(kReset, 0, stream, word(8)));
  }
  EXPECT_FALSE(attacker.goaway);
  EXPECT_EQ(counted(rig, Metric::http2_floods_total), 0);
  EXPECT_EQ(rig.recorded().size(), 101u) << "an event for each";
}

// CVE-2025-8671: what a client does wrong on a stream makes us reset it, which no limit on the
// client's own resets sees.
struct Primitive {
  const char* name;
  std::function<std::string(std::uint32_t)> wrong;
};

class MadeYouReset : public Http2Attacks, public testing::WithParamInterface<Primitive> {};

TEST_P(MadeYouReset, IsEnded) {
  Attacker attacker(rig);
  std::uint32_t stream = 1;
  std::size_t most_at_once = 0;
  for (; stream < 4000 && !attacker.goaway && !attacker.ended(); stream += 2) {
    attacker.says(request(stream));
    attacker.says(GetParam().wrong(stream));
    // What the origin still works at.
    std::size_t open = 0;
    for (std::size_t i = 0; i < origin.connections(); ++i) {
      open += origin.tls(i).peer_ended() ? 0 : 1;
    }
    most_at_once = std::max(most_at_once, open);
  }
  EXPECT_LE(stream / 2, 1100u);
  EXPECT_LE(most_at_once, 128u);
  ASSERT_TRUE(attacker.goaway);
  EXPECT_NE(attacker.goaway, 0u);
  attacker.leaves();
  EXPECT_TRUE(attacker.ended());
  if (attacker.goaway == 11u) {
    EXPECT_EQ(counted(rig, Metric::http2_floods_total), 1);
  }
  // Nothing of the origin's work goes on.
  for (std::size_t i = 0; i < origin.connections(); ++i) {
    EXPECT_TRUE(origin.tls(i).peer_ended()) << i;
  }
  EXPECT_EQ(rig.recorded().back().kind, discovery::EventKind::connection) << rig.events();
  EXPECT_FALSE(rig.recorded().back().error.empty());
  expect_others_served();
}

INSTANTIATE_TEST_SUITE_P(
    Primitives, MadeYouReset,
    testing::Values(
        Primitive{"WindowUpdateOfNothing",
                  [](std::uint32_t s) { return frame(kWindowUpdate, 0, s, word(0)); }},
        Primitive{"WindowOverflow",
                  [](std::uint32_t s) { return frame(kWindowUpdate, 0, s, word(0x7fffffff)); }},
        Primitive{"PriorityOfBadLength",
                  [](std::uint32_t s) { return frame(kPriority, 0, s, "abcd"); }},
        Primitive{"PriorityOnItself",
                  [](std::uint32_t s) { return frame(kPriority, 0, s, word(s) + "\x10"); }},
        Primitive{"HeadersAfterTheEnd", [](std::uint32_t s) { return request(s); }},
        Primitive{"DataAfterTheEnd",
                  [](std::uint32_t s) { return frame(kData, kEndStream, s, "abc"); }}),
    [](const auto& one) { return std::string(one.param.name); });

// --- field blocks ---

// CVE-2024-28182, CVE-2024-27316.
TEST_F(Http2Attacks, ContinuationsWithoutEndAreEnded) {
  for (const std::size_t size : {1u, 16'000u}) {
    Attacker attacker(rig);
    attacker.says(frame(kHeaders, 0, 1, block(get())));
    std::string more = field("x", std::string(size, 'a'));
    int sent = 0;
    while (!attacker.goaway && sent < 1000) {
      attacker.says(frame(kContinuation, 0, 1, more));
      ++sent;
    }
    EXPECT_LE(sent, 20);
    EXPECT_EQ(attacker.goaway, 11u);
  }
  EXPECT_EQ(counted(rig, Metric::http2_floods_total), 2);
  EXPECT_EQ(origin.heard(), "");
  expect_recorded("client limit: Too many CONTINUATION frames following a HEADER frame");
  expect_others_served();
}

// CVE-2016-6581: a byte names 4 KiB.
TEST_F(Http2Attacks, AnHpackBombIsNotDecodedOn) {
  Attacker attacker(rig);
  const std::string large = field("x", std::string(3900, 'a'), 0x40);
  attacker.says(frame(kHeaders, kEndHeaders | kEndStream, 1,
                      block(get()) + large + std::string(12'000, '\xbe')));
  EXPECT_EQ(origin.heard(), "");
  expect_calmed(attacker, "client limit: a field block of many times the limit");
}

TEST_F(Http2Attacks, AHeadOfTooMuchIsAnsweredAndTheConnectionGoesOn) {
  Attacker attacker(rig);
  const std::string large = field("x", std::string(3900, 'a'), 0x40);
  attacker.says(
      frame(kHeaders, kEndHeaders | kEndStream, 1, block(get()) + large + std::string(30, '\xbe')));
  EXPECT_FALSE(attacker.goaway);
  EXPECT_TRUE(attacker.heads.contains(1));
  EXPECT_EQ(rig.recorded().back().error, "client http_head_too_large: head too large");
  EXPECT_EQ(rig.recorded().back().activity.status, 431);
  EXPECT_EQ(origin.heard(), "");
  attacker.says(request(3));
  EXPECT_TRUE(origin.heard().starts_with("GET / HTTP/1.1\r\n"));
}

// Each of them below the limit: what they hold together is limited too.
TEST_F(Http2Attacks, ManyHeadsThatAByteEachMadeLargeAreRefused) {
  Attacker attacker(rig);
  const std::string large = field("x", std::string(3900, 'a'), 0x40);
  attacker.says(frame(kHeaders, kEndHeaders | kEndStream, 1, block(get()) + large));
  const std::string bomb = block(get()) + std::string(14, '\xbe');  // 55 KiB
  for (std::uint32_t stream = 3; stream < 200; stream += 2) {
    attacker.says(frame(kHeaders, kEndHeaders | kEndStream, stream, bomb));
  }
  std::size_t refused = 0;
  for (const auto& [stream, code] : attacker.resets) refused += code == 7 ? 1 : 0;
  EXPECT_GT(refused, 70u);
  EXPECT_EQ(counted(rig, Metric::http2_streams_refused_total), static_cast<std::int64_t>(refused));
  EXPECT_LE(origin.connections(), 21u);
  expect_others_served();
}

TEST_F(Http2Attacks, TableSizesThatFlipCostNothing) {
  Attacker attacker(rig);
  std::string flips;
  for (int i = 0; i < 2000; ++i) flips += number(0x20, 5, 0) + number(0x20, 5, 4096);
  attacker.says(frame(kHeaders, kEndHeaders | kEndStream, 1, flips + block(get())));
  // Taken or refused; never worse.
  EXPECT_TRUE(attacker.goaway || origin.heard().starts_with("GET / HTTP/1.1\r\n"));
  expect_others_served();
}

TEST_F(Http2Attacks, ATableLargerThanAllowedEndsTheConnection) {
  Attacker attacker(rig);
  attacker.says(
      frame(kHeaders, kEndHeaders | kEndStream, 1, number(0x20, 5, 1 << 20) + block(get())));
  EXPECT_EQ(attacker.goaway, 9u);  // COMPRESSION_ERROR
  EXPECT_EQ(origin.heard(), "");
  EXPECT_EQ(rig.recorded().back().kind, discovery::EventKind::connection);
  EXPECT_TRUE(rig.recorded().back().error.starts_with("client http_framing: "))
      << rig.recorded().back().error;
  expect_others_served();
}

TEST_F(Http2Attacks, FieldsWithoutNamesAreRefused) {
  Attacker attacker(rig);
  std::string empty;
  for (int i = 0; i < 4000; ++i) empty += field("", "");
  attacker.says(frame(kHeaders, kEndHeaders | kEndStream, 1, block(get()) + empty));
  EXPECT_EQ(origin.heard(), "");
  EXPECT_TRUE(attacker.goaway || attacker.resets.contains(1) || attacker.heads.contains(1));
  expect_others_served();
}

// --- floods of frames (CVE-2019-9512, 9514, 9515, 9518 and their like) ---

struct Flood {
  const char* name;
  const char* error;
  std::string open;   // before it
  std::string frame;  // again and again
  int most;           // frames until it ends
};

class Floods : public Http2Attacks, public testing::WithParamInterface<Flood> {};

TEST_P(Floods, EndTheConnection) {
  Attacker attacker(rig);
  if (!GetParam().open.empty()) attacker.says(GetParam().open);
  int sent = 0;
  for (; sent < 20'000 && !attacker.goaway; sent += 50) {
    std::string many;
    for (int i = 0; i < 50; ++i) many += GetParam().frame;
    attacker.says(many);
  }
  EXPECT_LE(sent, GetParam().most);
  expect_calmed(attacker, std::string("client limit: ") + GetParam().error);
}

const std::string kUpload = request(1, get({{"content-length", "1000000"}}), false);

INSTANTIATE_TEST_SUITE_P(
    All, Floods,
    testing::Values(
        Flood{"Ping", "too many control frames", "", frame(kPing, 0, 0, "abcdefgh"), 1050},
        Flood{"Settings", "too many control frames", "", frame(kSettings, 0, 0, ""), 1050},
        Flood{"WindowSettings", "too many control frames", request(1),
              frame(kSettings, 0, 0, std::string("\0\4", 2) + word(1000)), 1050},
        Flood{"Priority", "too many control frames", "", frame(kPriority, 0, 101, word(0) + "\x10"),
              1050},
        Flood{"WindowUpdate", "too many control frames", "", frame(kWindowUpdate, 0, 0, word(1)),
              2100},
        Flood{"ResetOfNothing", "too many control frames",
              request(1) + frame(kReset, 0, 1, word(8)), frame(kReset, 0, 1, word(8)), 1050},
        Flood{"EmptyData", "too many empty frames", kUpload, frame(kData, 0, 1, ""), 150},
        Flood{"PaddedEmptyData", "too many empty frames", kUpload,
              frame(kData, kPadded, 1, std::string("\3\0\0\0", 4)), 150}),
    [](const auto& one) { return std::string(one.param.name); });

// RFC 9113 section 5.5: unknown frames are ignored. nghttp2 skips them before anybody is told, so
// they have no budget.
TEST_F(Http2Attacks, UnknownFramesAreSkipped) {
  Attacker attacker(rig);
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += frame(0xbb, 0xff, 0, "abc");
  attacker.says(many);
  EXPECT_FALSE(attacker.goaway);
  attacker.says(request(1));
  EXPECT_TRUE(origin.heard().starts_with("GET / HTTP/1.1\r\n"));
}

TEST_F(Http2Attacks, SettingsOfThousandsOfEntriesAreEnded) {
  Attacker attacker(rig);
  std::string entries;
  for (int i = 0; i < 2000; ++i) entries += std::string("\0\4", 2) + word(65535);
  attacker.says(frame(kSettings, 0, 0, entries));
  ASSERT_TRUE(attacker.goaway);
  EXPECT_NE(attacker.goaway, 0u);
  EXPECT_EQ(rig.recorded().back().kind, discovery::EventKind::connection);
  expect_others_served();
}

// A client that gives back windows by the KiB while it takes a lot is no attacker.
TEST(Http2Calm, AClientThatCreditsInSmallPiecesIsServed) {
  Rig rig;
  OriginServer& origin = rig.tls_origin("files.example");
  Attacker client(rig);
  client.says(request(1));
  const std::string body(8'000'000, 'x');
  origin.says("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
              body);
  std::size_t credited = 0;
  while (client.bodies[1].size() < body.size()) {
    client.listen();
    const std::size_t had = client.bodies[1].size();
    ASSERT_GT(had, credited);
    std::string credits;
    for (; credited + 1024 <= had; credited += 1024) {
      credits += frame(kWindowUpdate, 0, 0, word(1024)) + frame(kWindowUpdate, 0, 1, word(1024));
    }
    if (credits.empty()) break;
    client.says(credits);
    ASSERT_FALSE(client.goaway);
  }
  EXPECT_EQ(client.bodies[1].size(), body.size());
}

// --- windows ---

// CVE-2019-9517, 9511: a client that takes nothing holds nothing.
TEST(Http2Windows, AReplyThatNobodyTakesHoldsLittleAndEnds) {
  Rig rig;
  OriginServer& origin = rig.http2_origin("files.example");
  Http2Peer peer({.server = true});
  Attacker attacker(rig, std::string("\0\4", 2) + word(0));
  origin.carry(peer);
  for (std::uint32_t stream = 1; stream < 40; stream += 2) attacker.says(request(stream));
  origin.carry(peer);
  ASSERT_EQ(peer.all().size(), 20u);
  std::size_t taken = 0;
  for (std::int32_t stream = 1; stream < 40; stream += 2) {
    peer.reply(stream, {{":status", "200"}}, std::string(1'000'000, 'x'));
  }
  origin.carry(peer);
  attacker.listen();
  origin.carry(peer);
  for (std::int32_t stream = 1; stream < 40; stream += 2) {
    EXPECT_TRUE(attacker.heads.contains(stream));
    taken += 1'000'000 - peer.unsent(stream);
  }
  EXPECT_LE(taken, 20u * 64 * 1024);
  rig.pass(310s);
  attacker.listen();
  origin.carry(peer);
  EXPECT_EQ(attacker.resets.size(), 20u);
  for (const auto& [stream, seen] : peer.all()) EXPECT_TRUE(seen.reset) << stream;
  EXPECT_EQ(rig.recorded().size(), 20u);
  for (const auto& event : rig.recorded()) {
    EXPECT_EQ(event.ending, discovery::Ending::timed_out);
  }
}

TEST(Http2Windows, AReplyThatIsTakenGetsALargerWindow) {
  Rig rig;
  OriginServer& origin = rig.http2_origin("files.example");
  Http2Peer peer({.server = true});
  Attacker client(rig, std::string("\0\4", 2) + word(0x7fffffff));
  client.says(frame(kWindowUpdate, 0, 0, word(0x70000000)));
  origin.carry(peer);
  client.says(request(1));
  origin.carry(peer);
  peer.reply(1, {{":status", "200"}}, std::string(20'000'000, 'x'));
  for (int i = 0; i < 100 && peer.unsent(1) > 0; ++i) origin.carry(peer);
  client.listen();
  EXPECT_EQ(client.bodies[1].size(), 20'000'000u);
}

TEST_F(Http2Attacks, AWindowOfTheConnectionThatOverflowsEndsIt) {
  Attacker attacker(rig);
  attacker.says(request(1));
  attacker.says(frame(kWindowUpdate, 0, 0, word(0x7fffffff)));
  EXPECT_EQ(attacker.goaway, 3u);  // FLOW_CONTROL_ERROR
  EXPECT_EQ(rig.recorded().back().kind, discovery::EventKind::connection);
  EXPECT_TRUE(rig.recorded().back().error.starts_with("client http_framing: "));
  expect_others_served();
}

TEST_F(Http2Attacks, ABodyInBytesArrivesWholeAndOnce) {
  Attacker attacker(rig);
  attacker.says(request(1, get({{"content-length", "3000"}}), false));
  std::string dribble;
  for (int i = 0; i < 3000; ++i) dribble += frame(kData, i == 2999 ? kEndStream : 0, 1, "a");
  attacker.says(dribble);
  EXPECT_EQ(body_of(origin.heard()), std::string(3000, 'a'));
  EXPECT_FALSE(attacker.goaway);
}

TEST_F(Http2Attacks, ABodyOfMoreThanTheWindowEndsTheConnection) {
  Attacker attacker(rig);
  attacker.says(request(1, get(), false));
  std::string flood;
  for (int i = 0; i < 300; ++i) flood += frame(kData, 0, 1, std::string(16'000, 'a'));
  attacker.says(flood);
  EXPECT_TRUE(attacker.goaway == 3u || attacker.resets.contains(1));
  expect_others_served();
}

// --- streams ---

TEST_F(Http2Attacks, MoreStreamsThanAllowedAreRefused) {
  Attacker attacker(rig);  // never says that it read our settings
  for (std::uint32_t stream = 1; stream < 2 * 160; stream += 2) attacker.says(request(stream));
  EXPECT_EQ(attacker.resets.size(), 60u);
  for (const auto& [stream, code] : attacker.resets) EXPECT_EQ(code, 7u) << stream;
  EXPECT_EQ(origin.connections(), 100u);
  EXPECT_FALSE(attacker.goaway);
  expect_others_served();
}

TEST_F(Http2Attacks, StreamsThatEndWhileTheirOriginIsBeingReachedCountOn) {
  Attacker attacker(rig);
  for (std::uint32_t stream = 1; stream < 2 * 100; stream += 2) {
    attacker.says(request(stream) + frame(kReset, 0, stream, word(8)));
  }
  EXPECT_EQ(origin.heard(), "");
  expect_others_served();
}

// --- what is no request (Kettle, HTTP/2: The Sequel is Always Worse; RFC 9113 section 8) ---

struct NoRequestCase {
  const char* name;
  FieldList fields;
};

class NoRequests : public Http2Attacks, public testing::WithParamInterface<NoRequestCase> {};

FieldList replaced(std::string_view name, const std::string& value) {
  FieldList fields = get();
  for (auto& field : fields) {
    if (field.first == name) field.second = value;
  }
  return fields;
}

TEST_P(NoRequests, ReachNoOriginAndLeaveAnEvent) {
  Attacker attacker(rig);
  const std::size_t before = rig.recorded().size();
  attacker.says(request(1, GetParam().fields));
  EXPECT_EQ(origin.heard(), "");
  EXPECT_EQ(counted(rig, Metric::requests_refused_total), 1);
  ASSERT_EQ(rig.recorded().size(), before + 1) << rig.events();
  EXPECT_EQ(rig.recorded().back().ending, discovery::Ending::refused) << rig.events();
  EXPECT_TRUE(attacker.heads.contains(1) || attacker.resets.contains(1));
  // A fault of one stream: the next is served.
  EXPECT_FALSE(attacker.goaway);
  attacker.says(request(3));
  EXPECT_TRUE(origin.heard().starts_with("GET / HTTP/1.1\r\n"));
}

INSTANTIATE_TEST_SUITE_P(
    All, NoRequests,
    testing::Values(
        NoRequestCase{"TransferEncoding", get({{"transfer-encoding", "chunked"}})},
        NoRequestCase{"Connection", get({{"connection", "close"}})},
        NoRequestCase{"Upgrade", get({{"upgrade", "h2c"}})},
        NoRequestCase{"TeOther", get({{"te", "gzip"}})},
        NoRequestCase{"LengthsDiffer", get({{"content-length", "0"}, {"content-length", "5"}})},
        NoRequestCase{"LengthSigned", get({{"content-length", "+5"}})},
        NoRequestCase{"LengthWithoutBody", get({{"content-length", "5"}})},
        NoRequestCase{"ValueCrLf", get({{"x", "a\r\ntransfer-encoding: chunked"}})},
        NoRequestCase{"ValueLf", get({{"x", "a\nb"}})},
        NoRequestCase{"ValueNul", get({{"x", std::string("a\0b", 3)}})},
        NoRequestCase{"ValueBlank", get({{"x", " a"}})},
        NoRequestCase{"NameCrLf", get({{"x: y\r\nz", "a"}})},
        NoRequestCase{"NameColon", get({{"x:", "a"}})},
        NoRequestCase{"NameBlank", get({{"transfer-encoding ", "chunked"}})},
        NoRequestCase{"NameUpper", get({{"Transfer-Encoding", "chunked"}})},
        NoRequestCase{"NameEmpty", get({{"", "a"}})},
        NoRequestCase{"HostBlank", get({{"host", "a b"}})},
        NoRequestCase{"PathCrLf", replaced(":path", "/ HTTP/1.1\r\nHost: other\r\n\r\n")},
        NoRequestCase{"PathBlank", replaced(":path", "/a b")},
        NoRequestCase{"PathEmpty", replaced(":path", "")},
        NoRequestCase{"PathAbsolute", replaced(":path", "https://other.example/")},
        NoRequestCase{"PathFragment", replaced(":path", "/a#b")},
        NoRequestCase{"MethodBlank", replaced(":method", "GET /evil HTTP/1.1\r\nX: y")},
        NoRequestCase{"SchemeUrl", replaced(":scheme", "https://other.example/?")},
        NoRequestCase{"AuthorityUser", replaced(":authority", "user@files.example")},
        NoRequestCase{"AuthorityTwice", get({{":authority", "files.example"}})},
        NoRequestCase{"PathLate",
                      {{":method", "GET"},
                       {":scheme", "https"},
                       {":authority", "files.example"},
                       {"x", "y"},
                       {":path", "/"}}},
        NoRequestCase{"MethodMissing",
                      {{":scheme", "https"}, {":authority", "files.example"}, {":path", "/"}}},
        NoRequestCase{"StatusSent", get({{":status", "200"}})},
        NoRequestCase{"HostOther", get({{"host", "other.example"}})},
        NoRequestCase{"Connect", {{":method", "CONNECT"}, {":authority", "files.example:22"}}}),
    [](const auto& one) { return std::string(one.param.name); });

// H2.CL: a body that is not as long as it was said to be.
TEST_F(Http2Attacks, ABodyThatIsShorterThanAnnouncedIsNoWholeRequest) {
  Attacker attacker(rig);
  attacker.says(request(1, get({{"content-length", "50"}}), false));
  attacker.says(frame(kData, kEndStream, 1, "GET /evil HTTP/1.1\r\n\r\n"));
  EXPECT_TRUE(attacker.resets.contains(1));
  const std::string heard = origin.heard();
  EXPECT_NE(heard.find("Content-Length: 50\r\n"), std::string::npos);
  EXPECT_LT(body_of(heard).size(), 50u);
  EXPECT_TRUE(origin.tls(0).peer_ended()) << "what comes next must not be read as its rest";
  attacker.says(request(3));
  EXPECT_EQ(origin.connections(), 2u);
  expect_others_served();
}

TEST_F(Http2Attacks, ABodyThatIsLongerThanAnnouncedIsCut) {
  for (const char* length : {"0", "5"}) {
    Attacker attacker(rig);
    const std::size_t before = origin.connections();
    attacker.says(request(1, get({{"content-length", length}}), false));
    attacker.says(frame(kData, kEndStream, 1, "helloGET /evil HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_TRUE(attacker.resets.contains(1));
    const std::string heard = origin.heard();
    EXPECT_EQ(heard.find("evil"), std::string::npos) << heard;
    if (origin.connections() > before) {
      EXPECT_TRUE(origin.tls(origin.connections() - 1).peer_ended());
    }
  }
}

TEST_F(Http2Attacks, TrailersOfARequestReachNobody) {
  Attacker attacker(rig);
  attacker.says(request(1, get({{"content-length", "5"}}), false) + frame(kData, 0, 1, "hello") +
                frame(kHeaders, kEndHeaders | kEndStream, 1,
                      block({{"authorization", "Basic eDp5"}, {"x-forwarded-for", "a"}})));
  const std::string heard = origin.heard();
  EXPECT_EQ(body_of(heard), "hello");
  EXPECT_EQ(heard.find("uthorization"), std::string::npos);
}

// --- the plain port ---

TEST(Http2OnThePlainPort, IsNotSpokenUnasked) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(kSettings, 0, 0, "") + request(1));
  EXPECT_EQ(status_of(client.hears()), 505);
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(origin.connections(), 0u);
  EXPECT_EQ(rig.recorded().size(), 1u);
}

TEST(Http2OnThePlainPort, AnUpgradeToItIsNotForwarded) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(
      "GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\nConnection: Upgrade, "
      "HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n");
  const std::string heard = origin.heard();
  EXPECT_TRUE(heard.starts_with("GET / HTTP/1.1\r\n"));
  EXPECT_EQ(heard.find("pgrade"), std::string::npos) << heard;
  EXPECT_EQ(heard.find("HTTP2"), std::string::npos) << heard;
  // An origin that switches all the same is not believed.
  origin.says("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" +
              frame(kSettings, 0, 0, ""));
  EXPECT_EQ(status_of(client.hears()), 502);
}

TEST(Http2OnThePlainPort, IsNotSpokenInsideTlsThatChoseHttp1) {
  Rig rig;
  OriginServer& origin = rig.tls_origin("files.example");
  Client client = rig.client();
  TlsPeer::Options options;
  options.server_name = "files.example";
  options.alpn = {"http/1.1"};
  ASSERT_TRUE(client.opens("files.example:443", options));
  client.says("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(kSettings, 0, 0, "") + request(1));
  EXPECT_EQ(status_of(client.hears()), 505);
  EXPECT_EQ(origin.heard(), "");
}

TEST_F(Http2Attacks, WhatIsNoHttp2EndsTheConnectionAndLeavesAnEvent) {
  Client client = rig.client();
  TlsPeer::Options options;
  options.server_name = "files.example";
  options.alpn = {"h2"};
  ASSERT_TRUE(client.opens("files.example:443", options));
  client.says("GET / HTTP/1.1\r\nHost: files.example\r\n\r\n");
  client.ends();
  EXPECT_TRUE(client.ended() || client.tls().peer_ended());
  EXPECT_EQ(origin.heard(), "");
  EXPECT_EQ(rig.recorded().back().kind, discovery::EventKind::connection);
  EXPECT_TRUE(rig.recorded().back().error.starts_with("client http_framing: "))
      << rig.recorded().back().error;
}

}  // namespace
}  // namespace sallyport::testkit
