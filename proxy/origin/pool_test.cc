// Connections of HTTP/2 that are kept for everybody: how many, for how long, and their end.

#include "proxy/origin/pool.h"

#include <gtest/gtest.h>

#include "tests/kit/fake_clock.h"
#include "tests/kit/http2_peer.h"
#include "tests/kit/memory_stream.h"

namespace sallyport::origin {
namespace {

using namespace std::chrono_literals;

class PoolTest : public testing::Test {
 protected:
  ~PoolTest() override {
    pool.abort();
    settle();
    tasks.start(join());
    settle();
    EXPECT_TRUE(joined) << "a connection is left that nothing ends";
  }
  Task<void> join() {
    co_await pool.join();
    joined = true;
  }
  // A connection that is shared under `key`; its origin.
  testkit::PeerPipes share(const std::string& key, std::size_t room = 1 << 20) {
    testkit::PeerPipes pipes;
    pipes.from_system->room = room;
    const auto client = std::make_shared<http2::Client>(
        worker,
        std::make_unique<testkit::MemoryStream>(pipes.to_system, pipes.from_system, faults));
    pool.share(key, {client, std::make_shared<OriginFacts>()});
    settle();
    return pipes;
  }
  static bool ended(const testkit::PeerPipes& pipes) {
    return pipes.from_system->ended || pipes.from_system->broken;
  }
  void settle() {
    while (worker.poll() > 0) {
    }
  }
  void pass(std::chrono::milliseconds span) {
    for (; span.count() > 0; span -= 100ms) {
      clock.pass(100ms);
      worker.deadlines().advance(clock.steady());
      settle();
    }
  }

  testkit::FakeClock clock{Time{}};
  io::Worker worker{0, clock};
  testkit::Faults faults;
  Pool pool{worker, {.most_idle = 3}};
  io::Nursery tasks{worker.executor()};
  bool joined = false;
};

TEST_F(PoolTest, OneMoreThanAllowedEndsTheOneThatWasIdleForLongest) {
  std::vector<testkit::PeerPipes> all;
  for (int i = 0; i < 5; ++i) {
    all.push_back(share("origin " + std::to_string(i)));
    pass(200ms);
  }
  EXPECT_TRUE(ended(all[0]));
  EXPECT_TRUE(ended(all[1]));
  for (int i = 2; i < 5; ++i) {
    EXPECT_FALSE(ended(all[i]));
    EXPECT_TRUE(pool.shared("origin " + std::to_string(i)));
  }
  EXPECT_EQ(worker.metrics().get(Metric::origin_connections_open), 3);
}

TEST_F(PoolTest, AnIdleOneEndsInItsTimeAlsoWhereItWasLookedAt) {
  const testkit::PeerPipes pipes = share("origin");
  pass(3s);
  EXPECT_NE(pool.peek("origin"), nullptr);
  pass(130s);
  EXPECT_TRUE(ended(pipes));
  EXPECT_EQ(pool.peek("origin"), nullptr);
  EXPECT_EQ(worker.metrics().get(Metric::origin_connections_open), 0);
}

// The memory of an entry that was taken serves the next.
TEST_F(PoolTest, ConnectionsOfHttp1GoAndComeBackEachForItsTime) {
  std::vector<testkit::PeerPipes> all(2);
  std::vector<std::shared_ptr<http1::Client>> clients;
  const auto facts = std::make_shared<OriginFacts>();
  for (testkit::PeerPipes& pipes : all) {
    clients.push_back(std::make_shared<http1::Client>(
        worker,
        std::make_unique<testkit::MemoryStream>(pipes.to_system, pipes.from_system, faults)));
    pool.put("origin", {clients.back(), facts});
  }
  for (int i = 0; i < 5; ++i) {
    pass(40s);
    auto newest = pool.take("origin");
    auto oldest = pool.take("origin");
    ASSERT_TRUE(newest && oldest);
    EXPECT_NE(newest->client, oldest->client);
    EXPECT_FALSE(pool.take("origin"));
    EXPECT_EQ(worker.metrics().get(Metric::origin_connections_open), 0);
    pool.put("origin", std::move(*oldest));
    pool.put("elsewhere", std::move(*newest));
    EXPECT_EQ(pool.size(), 2u);
    newest = pool.take("elsewhere");
    ASSERT_TRUE(newest);
    pool.put("origin", std::move(*newest));
  }
  clients.clear();
  pass(60s);
  EXPECT_EQ(pool.size(), 0u);
  for (const testkit::PeerPipes& pipes : all) EXPECT_TRUE(ended(pipes));
}

TEST_F(PoolTest, ACertificateThatHasEndedGivesNoConnection) {
  testkit::PeerPipes pipes;
  const auto facts = std::make_shared<OriginFacts>();
  facts->valid_until = clock.now() + 10s;
  pool.put("origin", {std::make_shared<http1::Client>(
                          worker, std::make_unique<testkit::MemoryStream>(
                                      pipes.to_system, pipes.from_system, faults)),
                      facts});
  EXPECT_NE(pool.peek("origin"), nullptr);
  pass(11s);
  EXPECT_FALSE(pool.take("origin"));
  EXPECT_TRUE(ended(pipes));
}

// An origin that reads nothing any more; abort() reaches also what nobody is given.
TEST_F(PoolTest, OneThatIsNoLongerGivenToAnybodyEndsWithTheOthers) {
  const testkit::PeerPipes pipes = share("origin", 1);
  pool.clear();
  settle();
  EXPECT_FALSE(pool.shared("origin"));
  EXPECT_FALSE(ended(pipes));
  pool.abort();
  settle();
  EXPECT_TRUE(ended(pipes));
}

TEST_F(PoolTest, WhatWasBelievedBeforeIsGivenToNobody) {
  const testkit::PeerPipes pipes = share("origin");
  pool.believe(1);
  settle();
  EXPECT_FALSE(pool.shared("origin"));
  EXPECT_TRUE(ended(pipes));
  share("origin");
  EXPECT_FALSE(pool.shared("origin")) << "opened under the old judge";
}

}  // namespace
}  // namespace sallyport::origin
