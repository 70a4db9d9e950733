// Everything that a stranger could make grow or last, each tripped by a conversation: what the
// peers see, what is recorded, and the counter that an operator finds.

#include <gtest/gtest.h>

#include "base/websocket/frames_for_tests.h"
#include "tests/kit/hellos.h"
#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

using namespace std::chrono_literals;

std::int64_t counted(Rig& rig, Metric metric) { return rig.parts().worker().metrics().get(metric); }

constexpr const char* kGet = "GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\n\r\n";
constexpr const char* kUpload =
    "POST http://files.example/ HTTP/1.1\r\nHost: files.example\r\nContent-Length: 1000000\r\n\r\n";
constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

// --- connections ---

RigOptions with_connections(std::size_t all, std::size_t of_one) {
  RigOptions options;
  options.tune = [all, of_one](app::Shared& shared) {
    shared.first.proxy.admission =
        std::make_shared<listen::Admission>(listen::Admission::Options{all, of_one});
  };
  return options;
}

TEST(Limits, AConnectionBeyondTheLimitIsClosedAtOnceAndCounted) {
  Rig rig(with_connections(2, 100));
  rig.origin("files.example").always_says(kHello);
  Client first = rig.client();
  {
    Client second = rig.client();
    Client third = rig.client();
    EXPECT_TRUE(third.ended());
    EXPECT_FALSE(second.ended());
    second.ends();
  }
  // The place of one that ended is free again, and those that were in are served.
  Client fourth = rig.client();
  EXPECT_FALSE(fourth.ended());
  first.says(kGet);
  EXPECT_EQ(status_of(first.hears()), 200);
  EXPECT_EQ(counted(rig, Metric::client_connections_refused_total), 1);
  EXPECT_EQ(counted(rig, Metric::client_connections_over_limit_total), 1);
  EXPECT_EQ(rig.events(), "- other files.example: completed 200\n") << "no event for the refused";
}

TEST(Limits, OneClientDoesNotTakeThePlacesOfOthers) {
  Rig rig(with_connections(100, 3));
  for (int i = 0; i < 10; ++i) rig.client();
  EXPECT_EQ(counted(rig, Metric::client_connections_over_client_limit_total), 7);
  EXPECT_EQ(counted(rig, Metric::client_connections_open), 3);
}

TEST(Limits, ShortMemoryTakesNobodyAndEndsTheIdle) {
  Rig rig(with_connections(100, 100));
  OriginServer& origin = rig.origin("files.example");
  OriginServer& secure = rig.tls_origin("secure.example");
  Client idle = rig.client();
  Client busy = rig.client();
  Client opened = rig.client();
  ASSERT_TRUE(opened.opens("secure.example:443", {.server_name = "secure.example"}));
  secure.always_says(kHello);
  opened.says("GET / HTTP/1.1\r\nHost: secure.example\r\n\r\n");
  EXPECT_EQ(status_of(opened.hears()), 200);
  busy.says(kGet);
  rig.pass(2s);
  EXPECT_EQ(rig.parts().proxy().shed_idle(), 2u);
  rig.settle();
  EXPECT_TRUE(idle.ended());
  EXPECT_TRUE(opened.ended());
  EXPECT_FALSE(busy.ended());
  EXPECT_EQ(counted(rig, Metric::client_connections_shed_total), 2);
  origin.says(kHello);
  EXPECT_EQ(status_of(busy.hears()), 200);
  // It has only just answered: the next request of a page may be on its way.
  EXPECT_EQ(rig.parts().proxy().shed_idle(), 0u);
}

TEST(Limits, WhoConnectsTooOftenWaitsForItsTurn) {
  RigOptions options;
  options.tune = [](app::Shared& shared) { shared.first.proxy.connection_rate = 2; };
  Rig rig(options);
  for (int i = 0; i < 15; ++i) {
    Client client = rig.client();
    client.resets();
  }
  EXPECT_EQ(counted(rig, Metric::client_connections_over_rate_total), 5);
  rig.pass(1s);
  EXPECT_FALSE(rig.client().ended());
}

// --- opening TLS ---

TEST(Limits, AClientHelloThatDripsIsGivenUpAndCounted) {
  Rig rig;
  rig.tls_origin("files.example");
  Client client = rig.client();
  client.says("CONNECT files.example:443 HTTP/1.1\r\nHost: files.example:443\r\n\r\n");
  const std::string begun = hello::records(hello::message({})).substr(0, 12);
  for (std::size_t i = 0; i < 15 && !client.ended(); ++i) {
    client.says(i < begun.size() ? begun.substr(i, 1) : std::string("x"));
    rig.pass(1s);
  }
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(counted(rig, Metric::client_hellos_timed_out_total), 1);
  EXPECT_EQ(rig.events(), "- connection files.example: timed_out\n");
  EXPECT_EQ(rig.connects(), 0);
}

TEST(Limits, AHandshakeThatStopsIsGivenUpAndCounted) {
  Rig rig;
  rig.tls_origin("files.example");
  Client client = rig.client();
  client.says("CONNECT files.example:443 HTTP/1.1\r\nHost: files.example:443\r\n\r\n");
  hello::HelloSpec spec;
  spec.extensions = hello::server_name("files.example") + hello::groups({29, 23}) +
                    hello::signature_algorithms({0x0403, 0x0804}) +
                    hello::supported_versions({0x0303});
  client.says(hello::records(hello::message(spec)));
  rig.pass(12s);
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(counted(rig, Metric::client_handshakes_timed_out_total), 1);
  EXPECT_EQ(rig.events(), "- connection files.example: timed_out\n");
}

// A connection for a name that leads nowhere; whether it was opened.
bool opens_nowhere(Rig& rig, const std::string& name) {
  Client client = rig.client();
  return client.opens(name + ":443", {.server_name = name});
}

TEST(Limits, AStormOfNamesNeitherMintsWithoutEndNorTouchesLeavesOfOrigins) {
  RigOptions options;
  options.tune = [](app::Shared& shared) {
    shared.first.client_timeouts.leaves_per_second = 5;
    shared.first.proxy.connection_rate = 0;
  };
  Rig rig(options);
  rig.tls_origin("files.example").always_says(kHello);
  const auto visit = [&rig] {
    Client client = rig.client();
    EXPECT_TRUE(client.opens("files.example:443", {.server_name = "files.example"}));
    client.says("GET / HTTP/1.1\r\nHost: files.example\r\n\r\n");
    EXPECT_EQ(status_of(client.hears()), 200);
  };
  visit();
  int at_once = 0;
  for (int i = 0; i < 100; ++i) {
    if (opens_nowhere(rig, "n" + std::to_string(i) + ".example")) ++at_once;
  }
  EXPECT_EQ(at_once, 6) << "a second's worth, and the one that finds it just used up";
  EXPECT_EQ(counted(rig, Metric::leaf_mint_delayed_total), 10) << "two seconds' worth";
  EXPECT_EQ(counted(rig, Metric::leaf_mint_refused_total), 84);
  // Leaves of origins have a gate and a cache of their own.
  visit();
  EXPECT_EQ(counted(rig, Metric::leaf_minted_total), 1 + 6);
  EXPECT_EQ(counted(rig, Metric::leaf_cache_hits_total), 1);
  rig.pass(3s);
  EXPECT_TRUE(opens_nowhere(rig, "later.example"));
}

TEST(Limits, WhoWaitsForACertificateEndsWithTheGateway) {
  RigOptions options;
  options.tune = [](app::Shared& shared) { shared.first.client_timeouts.leaves_per_second = 1; };
  Rig rig(options);
  EXPECT_TRUE(opens_nowhere(rig, "a.example"));
  EXPECT_TRUE(opens_nowhere(rig, "b.example"));
  EXPECT_FALSE(opens_nowhere(rig, "c.example"));
  EXPECT_EQ(counted(rig, Metric::leaf_mint_delayed_total), 1);
  rig.finish();  // It checks that no task is left.
  EXPECT_EQ(rig.recorded().size(), 3u) << rig.events();
}

TEST(Limits, AChainLargerThanAnyIsRefusedWithAPageThatSaysSo) {
  Rig rig;
  CertSpec spec = server_spec("files.example");
  for (int i = 0; i < 3'500; ++i) spec.dns.push_back("n" + std::to_string(i) + ".example");
  const Issued giant = issue(spec, &rig.root());
  rig.tls_origin("files.example", {giant, giant});
  Client client = rig.client();
  ASSERT_TRUE(client.opens("files.example:443", {.server_name = "files.example"}));
  client.says("GET / HTTP/1.1\r\nHost: files.example\r\n\r\n");
  const std::string page = client.hears();
  EXPECT_EQ(status_of(page), 502);
  EXPECT_NE(page.find("more or larger certificates than any"), std::string::npos) << page;
  EXPECT_EQ(rig.events(), "- other files.example: origin_failed 502\n");
  EXPECT_EQ(counted(rig, Metric::origin_certificates_too_large_total), 1);
}

// --- heads of requests ---

TEST(Limits, HeadsAreBoundedAsConfigured) {
  RigOptions options;
  options.tune = [](app::Shared& shared) { shared.first.settings.heads = {4096, 1024, 10}; };
  const struct {
    std::string text;
    int status;
    int large;
  } cases[] = {
      {"GET http://files.example/" + std::string(1100, 'x') +
           " HTTP/1.1\r\nHost: files.example\r\n\r\n",
       414, 1},
      {"GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\nA: " + std::string(4096, 'x') +
           "\r\n\r\n",
       431, 1},
      {"GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\nA: " + std::string(8000, 'x'),
       431, 1},
      {"GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\n" +
           [] {
             std::string fields;
             for (int i = 0; i < 10; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
             return fields;
           }() +
           "\r\n",
       431, 1},
      {"GET  http://files.example/ HTTP/1.1\r\n\r\n", 400, 0},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.text.substr(0, 60));
    Rig rig(options);
    Client client = rig.client();
    client.says(one.text);
    EXPECT_EQ(status_of(client.hears()), one.status);
    EXPECT_EQ(counted(rig, Metric::request_heads_too_large_total), one.large);
    EXPECT_EQ(counted(rig, Metric::requests_refused_total), 1);
    EXPECT_EQ(rig.recorded().size(), 1u);
    EXPECT_EQ(rig.recorded().front().ending, discovery::Ending::refused);
  }
}

TEST(Limits, AHeadThatDripsIsCounted) {
  Rig rig;
  Client client = rig.client();
  client.says("GET http://files.example/ HTTP/1.1\r\nX: ");
  for (int i = 0; i < 40 && !client.ended(); ++i) {
    client.says("x");
    rig.pass(1s);
  }
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(counted(rig, Metric::request_heads_timed_out_total), 1);
  EXPECT_EQ(rig.recorded().at(0).ending, discovery::Ending::timed_out);
}

// --- the least speed ---

// Seconds until the client's connection ends, or `most`.
int lasts(Rig& rig, Client& client, int most, const std::function<void()>& each_second) {
  for (int second = 0; second < most; ++second) {
    if (client.ended()) return second;
    each_second();
    rig.pass(1s);
  }
  return client.ended() ? most - 1 : most;
}

TEST(Limits, ABodyThatDripsEndsTheConnection) {
  Rig rig;
  rig.origin("files.example");
  Client client = rig.client();
  client.says(kUpload);
  const int seconds = lasts(rig, client, 300, [&] { client.says("x"); });
  EXPECT_GE(seconds, 118);
  EXPECT_LE(seconds, 128);
  EXPECT_EQ(counted(rig, Metric::request_bodies_too_slow_total), 1);
  EXPECT_EQ(rig.events(), "- other files.example: timed_out\n");
  EXPECT_EQ(rig.recorded().at(0).error, "the client sent its body below limits.body_rate");
}

TEST(Limits, ABodyInTinyChunksOrInsideTlsDripsNoLonger) {
  Rig rig;
  rig.tls_origin("files.example");
  Client client = rig.client();
  ASSERT_TRUE(client.opens("files.example:443", {.server_name = "files.example"}));
  client.says("POST / HTTP/1.1\r\nHost: files.example\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_LE(lasts(rig, client, 300, [&] { client.says("1\r\nx\r\n"); }), 128);
  EXPECT_EQ(counted(rig, Metric::request_bodies_too_slow_total), 1);
}

TEST(Limits, ABodyAtTheLeastSpeedPasses) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kUpload);
  const std::string piece(260, 'x');
  EXPECT_EQ(lasts(rig, client, 400,
                  [&] {
                    client.says(piece);
                    origin.heard();
                  }),
            400);
}

TEST(Limits, AnOriginThatTakesABodySlowlyIsNotTheClientsFault) {
  Rig rig({.pipe_room = 4096});
  rig.origin("files.example").takes_nothing();
  Client client = rig.client();
  client.says(kUpload);
  client.says(std::string(200'000, 'x'));  // More than buffers hold, so we do not ask for more.
  EXPECT_EQ(lasts(rig, client, 200, [] {}), 200);
  EXPECT_EQ(counted(rig, Metric::request_bodies_too_slow_total), 0);
}

std::string big_reply() {
  return "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + std::string(1'000'000, 'y');
}

TEST(Limits, AClientThatDoesNotTakeItsReplyIsEnded) {
  Rig rig({.pipe_room = 4096});
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.says(big_reply());
  const int seconds = lasts(rig, client, 300, [&] { client.takes(1); });
  EXPECT_GE(seconds, 118);
  EXPECT_LE(seconds, 128);
  EXPECT_EQ(counted(rig, Metric::replies_read_too_slowly_total), 1);
  EXPECT_EQ(rig.events(), "- other files.example: timed_out 200\n");
  EXPECT_EQ(rig.recorded().at(0).error, "the client took the reply below limits.body_rate");
}

TEST(Limits, AClientThatTakesItsReplyAtTheLeastSpeedIsServed) {
  Rig rig({.pipe_room = 4096});
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.says(big_reply());
  EXPECT_EQ(lasts(rig, client, 400, [&] { client.takes(300); }), 400);
}

TEST(Limits, ASilentOriginCostsItsClientNothing) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.says(
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int minutes = 0; minutes < 12; ++minutes) {
    EXPECT_EQ(lasts(rig, client, 240, [] {}), 240);
    origin.says("1\r\n.\r\n");
    EXPECT_NE(client.hears(), "");
  }
}

TEST(Limits, AWebSocketMaySayLittle) {
  Rig rig({.pipe_room = 4096});
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(
      "GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\nConnection: Upgrade\r\n"
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  origin.says(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 101);
  using websocket::Sender;
  origin.says(websocket::frame_of(Sender::server, 0x82, std::string(200'000, 'z')));
  // One message of a client, byte by byte.
  const std::string frame = websocket::frame_of(Sender::client, 0x82, std::string(1'000, 'x'));
  client.says(frame.substr(0, 100));
  std::size_t at = 100;
  EXPECT_EQ(lasts(rig, client, 600, [&] { client.says(frame.substr(at++, 1)); }), 600);
}

TEST(Limits, WithoutALeastSpeedOnlySilenceEnds) {
  RigOptions options;
  options.tune = [](app::Shared& shared) { shared.first.settings.pace.bytes_per_second = 0; };
  Rig rig(options);
  rig.origin("files.example");
  Client client = rig.client();
  client.says(kUpload);
  EXPECT_EQ(lasts(rig, client, 600, [&] { client.says("x"); }), 600);
  EXPECT_LE(lasts(rig, client, 600, [] {}), 302);
}

// --- replies of origins ---

TEST(Limits, AReplyHeadThatDripsIsGivenUp) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  rig.pass(60s);  // It may think as long as timeouts.reply_head says.
  origin.says("HTTP/1.1 200 OK\r\nX: ");
  std::string heard;
  for (int second = 0; second < 40; ++second) {
    origin.says("x");
    rig.pass(1s);
  }
  heard = client.hears();
  EXPECT_EQ(status_of(heard), 504);
  EXPECT_EQ(rig.events(), "- other files.example: origin_failed 504\n");
  EXPECT_EQ(counted(rig, Metric::reply_heads_timed_out_total), 1);
}

TEST(Limits, GiantAndEndlessReplyHeadsAreRefused) {
  std::string fields;
  for (int i = 0; i < 200; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
  std::string interim;
  for (int i = 0; i < 40; ++i) interim += "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n";
  const std::string cases[] = {
      "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x'),
      "HTTP/1.1 200 OK\r\n" + fields + "\r\n",
      interim,
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
  };
  for (const std::string& said : cases) {
    SCOPED_TRACE(said.substr(0, 40));
    Rig rig;
    OriginServer& origin = rig.origin("files.example");
    Client client = rig.client();
    client.says(kGet);
    origin.says(said);
    const std::string heard = client.hears();
    EXPECT_NE(heard.find("HTTP/1.1 502 "), std::string::npos) << heard;
    EXPECT_EQ(counted(rig, Metric::reply_heads_refused_total), 1);
    EXPECT_EQ(rig.events(), "- other files.example: origin_failed 502\n");
  }
}

// --- chunks ---

TEST(Limits, ChunkExtensionsAreRefusedAtTheirFirstByte) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(
      "POST http://files.example/ HTTP/1.1\r\nHost: files.example\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5;");
  EXPECT_EQ(status_of(client.hears()), 400);
  EXPECT_EQ(counted(rig, Metric::bodies_malformed_total), 1);

  Client other = rig.client();
  other.says(kGet);
  origin.says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;");
  EXPECT_TRUE(other.ended());
  EXPECT_EQ(counted(rig, Metric::bodies_malformed_total), 2);
  EXPECT_EQ(rig.recorded().at(1).ending, discovery::Ending::origin_failed);
}

TEST(Limits, EndlessTrailersAreRefused) {
  Rig rig;
  rig.origin("files.example");
  Client client = rig.client();
  client.says(
      "POST http://files.example/ HTTP/1.1\r\nHost: files.example\r\nTransfer-Encoding: "
      "chunked\r\n\r\n0\r\nX: ");
  client.says(std::string(20'000, 'x'));
  EXPECT_EQ(status_of(client.hears()), 431);
  EXPECT_EQ(counted(rig, Metric::bodies_malformed_total), 1);
}

}  // namespace
}  // namespace sallyport::testkit
