#include <gtest/gtest.h>

#include "proxy/http2/server.h"
#include "tests/kit/http2_peer.h"
#include "tests/kit/memory_stream.h"

namespace sallyport::http2 {
namespace {

// Exchanges that a test lets end when it likes.
class ServerStreams : public testing::Test {
 protected:
  ServerStreams()
      : stream(pipes.to_system, pipes.from_system, faults),
        server(worker, stream, {},
               {.serve = [this](http::Exchange& exchange) { return serve(exchange); },
                .refused = [](const Error&, http::Exchange*) -> Task<void> { co_return; }}),
        running(worker.executor()) {
    running.start(server.run());
    move();
  }
  ~ServerStreams() override {
    let_all_end();
    stream.close();
    move();
    EXPECT_TRUE(running.empty());
  }

  Task<void> serve(http::Exchange& exchange) {
    ++served;
    if (answers) {
      http::ReplyHead head;
      head.status = 200;
      http::TextBody body("hello");
      Result<void> sent = co_await exchange.respond(head, body);
      EXPECT_TRUE(sent);
    }
    io::Signal& end = *lingering.emplace_back(std::make_unique<io::Signal>());
    if (linger) co_await end.wait();
  }

  void let_all_end() {
    linger = false;
    for (const auto& one : lingering) one->notify();
    move();
  }

  void move() {
    bool moved = true;
    while (moved) {
      const std::string said = peer.says();
      if (!said.empty()) {
        pipes.to_system->bytes += said;
        pipes.to_system->wake();
      }
      moved = worker.poll() > 0 || !said.empty();
      const std::string heard = std::exchange(pipes.from_system->bytes, {});
      if (!heard.empty()) {
        pipes.from_system->wake();
        peer.receives(heard);
      }
      moved = moved || !heard.empty();
    }
  }

  std::int64_t refused() const { return worker.metrics().get(Metric::http2_streams_refused_total); }

  io::Worker worker{0};
  testkit::Faults faults;
  testkit::PeerPipes pipes;
  testkit::MemoryStream stream;
  testkit::Http2Peer peer{{}};
  bool answers = true;
  bool linger = true;
  int served = 0;
  std::vector<std::unique_ptr<io::Signal>> lingering;
  Server server;
  io::Nursery running;
};

TEST_F(ServerStreams, AnExchangeThatHasAnsweredDoesNotKeepTheNextFromBeginning) {
  for (int i = 0; i < 300; ++i) {
    const std::int32_t id = peer.get("a.example", "/");
    move();
    EXPECT_EQ(peer.seen(id).body, "hello") << i;
  }
  EXPECT_EQ(served, 300);
  EXPECT_EQ(refused(), 0);
}

TEST_F(ServerStreams, StreamsThatTheClientGaveUpCountUntilTheirExchangesHaveEnded) {
  answers = false;
  for (int i = 0; i < 150; ++i) {
    const std::int32_t id = peer.get("a.example", "/");
    move();
    peer.resets(id, 8);
    move();
  }
  EXPECT_EQ(served, 128);  // limits.http2_streams and a few
  EXPECT_EQ(refused(), 22);
  let_all_end();
  answers = true;
  const std::int32_t id = peer.get("a.example", "/");
  move();
  EXPECT_EQ(peer.seen(id).body, "hello");
}

// Resets and new requests that come in one piece.
TEST_F(ServerStreams, AlsoWhereResetsAndRequestsComeTogether) {
  answers = false;
  std::vector<std::int32_t> before;
  for (int round = 0; round < 4; ++round) {
    for (const std::int32_t id : before) peer.resets(id, 8);
    before.clear();
    for (int i = 0; i < 40; ++i) before.push_back(peer.get("a.example", "/"));
    move();
  }
  EXPECT_EQ(served, 128);
  EXPECT_EQ(refused(), 32);
}

}  // namespace
}  // namespace sallyport::http2
