// One connection of a client, frame by frame, where the rig is too coarse: windows, resets at every
// point, clients that read nothing, draining.

#include "proxy/http2/server.h"

#include <gtest/gtest.h>

#include "tests/kit/fake_clock.h"
#include "tests/kit/http2_peer.h"
#include "tests/kit/memory_stream.h"

namespace sallyport::http2 {
namespace {

using namespace std::chrono_literals;
using testkit::FieldList;

// A body of so many bytes, 1000 at a time; it may break instead of ending.
class LongBody final : public http::Body {
 public:
  explicit LongBody(std::size_t size, bool breaks = false) : left_(size), breaks_(breaks) {}
  Task<Result<http::Bytes>> read(std::size_t most) override {
    const std::size_t size = std::min({most, left_, text_.size()});
    left_ -= size;
    given += size;
    if (size == 0 && breaks_) co_return fail(ErrorKind::reset, Side::origin, "broken in a test");
    co_return io::as_bytes(std::string_view(text_).substr(0, size));
  }
  std::size_t given = 0;

 private:
  std::string text_ = std::string(1000, 'x');
  std::size_t left_;
  bool breaks_;
};

struct Served {
  std::string heard;  // of the request's body
  std::optional<Error> body_error;
  std::optional<Result<void>> sent;
  int abandoned = 0;
  bool over = false;
};

class ServerTest : public testing::Test {
 protected:
  explicit ServerTest(std::size_t room = 1 << 22) {
    pipes.from_system->room = room;
    stream = std::make_unique<testkit::MemoryStream>(pipes.to_system, pipes.from_system, faults);
  }
  ~ServerTest() override {
    if (server && !ended) {
      pipes.to_system->ended = true;
      pipes.to_system->wake();
      settle();
      pass(60s);
    }
    EXPECT_TRUE(!server || ended) << "the connection does not end";
    for (const auto& one : served) EXPECT_TRUE(one->over);
  }

  // `serve` gets the exchange and where to write down what came of it.
  using Serve = std::function<Task<void>(http::Exchange&, Served&)>;
  void start(Serve serve, ServerOptions options = {}) {
    serve_ = std::move(serve);
    server.emplace(worker, *stream, options,
                   Server::Hooks{[this](http::Exchange& exchange) { return one(exchange); },
                                 [this](const Error& error, http::Exchange* exchange) {
                                   return none(error, exchange);
                                 }});
    nursery.start(run());
    settle();
  }
  Task<void> run() {
    co_await server->run();
    co_await server->linger();
    ended = true;
  }
  Task<void> one(http::Exchange& exchange) {
    served.push_back(std::make_unique<Served>());
    Served& told = *served.back();
    exchange.on_abandoned([&told] { ++told.abandoned; });
    co_await serve_(exchange, told);
    exchange.on_abandoned(nullptr);
    told.over = true;
  }
  Task<void> none(const Error& error, http::Exchange* exchange) {
    refused.push_back(error);
    if (exchange == nullptr) co_return;
    http::ReplyHead head;
    head.status = 400;
    http::EmptyBody body;
    Result<void> sent = co_await exchange->respond(head, body);
  }

  void settle() {
    for (bool moved = true; moved;) {
      moved = worker.poll() > 0;
      if (deaf) continue;
      const std::string heard = std::exchange(pipes.from_system->bytes, {});
      if (!heard.empty()) {
        peer.receives(heard);
        pipes.from_system->wake();
        moved = true;
      }
      const std::string said = peer.says();
      if (!said.empty() && !pipes.to_system->ended) {
        pipes.to_system->bytes += said;
        pipes.to_system->wake();
        moved = true;
      }
    }
  }
  // What the peer has to say, though it hears nothing.
  void pushes() {
    pipes.to_system->bytes += peer.says();
    pipes.to_system->wake();
    settle();
  }
  void pass(std::chrono::milliseconds span) {
    for (; span.count() > 0; span -= 100ms) {
      clock.pass(100ms);
      worker.deadlines().advance(clock.steady());
      settle();
    }
  }
  std::int32_t asks(std::string_view body = {}, bool ends = true, const FieldList& more = {}) {
    FieldList fields{{":method", body.empty() && ends ? "GET" : "POST"},
                     {":scheme", "https"},
                     {":authority", "files.example"},
                     {":path", "/"}};
    fields.insert(fields.end(), more.begin(), more.end());
    const std::int32_t id = peer.request(fields, body, ends);
    settle();
    return id;
  }
  std::int64_t counted(Metric metric) { return worker.metrics().get(metric); }

  testkit::FakeClock clock{Time{}};
  io::Worker worker{0, clock};
  testkit::Faults faults;
  testkit::PeerPipes pipes;
  std::unique_ptr<testkit::MemoryStream> stream;
  testkit::Http2Peer peer{{}};
  bool deaf = false;
  std::optional<Server> server;
  bool ended = false;
  std::vector<std::unique_ptr<Served>> served;
  std::vector<Error> refused;
  io::Signal go;
  io::Nursery nursery{worker.executor()};

 private:
  Serve serve_;
};

// --- ways to serve; each is a coroutine of its own ---

Task<void> reply_at_once(http::Exchange& exchange, Served& told) {
  http::ReplyHead head;
  http::TextBody body("hello");
  told.sent = co_await exchange.respond(head, body);
}

Task<void> read_all(http::Exchange& exchange, Served& told) {
  while (true) {
    Result<http::Bytes> chunk = co_await exchange.body().read(10'000);
    if (!chunk) {
      told.body_error = chunk.error();
      co_return;
    }
    if (chunk->empty()) break;
    told.heard.append(reinterpret_cast<const char*>(chunk->data()), chunk->size());
  }
}

Task<void> read_then_reply(http::Exchange& exchange, Served& told) {
  co_await read_all(exchange, told);
  if (!told.body_error) co_await reply_at_once(exchange, told);
}

Task<void> echo(http::Exchange& exchange, Served& told) {
  http::ReplyHead head;
  told.sent = co_await exchange.respond(head, exchange.body());
}

Task<void> reply_long(http::Exchange& exchange, Served& told) {
  http::ReplyHead head;
  LongBody body(10'000'000);
  told.sent = co_await exchange.respond(head, body);
}

Task<void> reply_that_breaks(http::Exchange& exchange, Served& told) {
  http::ReplyHead head;
  LongBody body(5'000, true);
  told.sent = co_await exchange.respond(head, body);
}

Task<void> say_nothing(http::Exchange&, Served&) { co_return; }

Task<void> wait_first(io::Signal& go, http::Exchange& exchange, Served& told,
                      Task<void> (*then)(http::Exchange&, Served&)) {
  co_await go.wait();
  co_await then(exchange, told);
}

// --- the plain cases ---

TEST_F(ServerTest, ServesManyAtOnce) {
  start(reply_at_once);
  for (int i = 0; i < 50; ++i) {
    const std::int32_t id = asks();
    EXPECT_EQ(peer.seen(id).body, "hello");
    EXPECT_EQ(peer.seen(id).field("content-length"), "5");
    EXPECT_TRUE(peer.seen(id).ended);
  }
  EXPECT_EQ(served.size(), 50u);
  EXPECT_FALSE(served[0]->abandoned);
}

TEST_F(ServerTest, EchoesABodyOfAnySize) {
  start(echo);
  const std::string body(3'000'000, 'y');
  const std::int32_t id = asks(body);
  EXPECT_EQ(peer.seen(id).body.size(), body.size());
  EXPECT_TRUE(peer.seen(id).ended);
}

// --- windows ---

TEST_F(ServerTest, ABodyThatNobodyPullsShutsItsWindow) {
  start([this](http::Exchange& exchange, Served& told) {
    return wait_first(go, exchange, told, read_then_reply);
  });
  asks();  // settings are known to both
  go.notify();
  settle();
  const std::int32_t id = asks(std::string(1'000'000, 'y'));
  EXPECT_EQ(1'000'000 - peer.unsent(id), 64u * 1024);
  go.notify();
  settle();
  EXPECT_EQ(peer.unsent(id), 0u);
  EXPECT_EQ(served.at(1)->heard.size(), 1'000'000u);
  EXPECT_EQ(peer.seen(id).body, "hello");
}

TEST_F(ServerTest, AllBodiesTogetherHoldNoMoreThanTheWindowOfTheConnectionAndWhatGoesAhead) {
  std::vector<std::unique_ptr<io::Signal>> each;
  start([&each](http::Exchange& exchange, Served& told) {
    each.push_back(std::make_unique<io::Signal>());
    return wait_first(*each.back(), exchange, told, read_then_reply);
  });
  asks();  // settings are known to both
  std::vector<std::int32_t> ids;
  for (int i = 0; i < 60; ++i) ids.push_back(asks(std::string(500'000, 'y')));
  std::size_t taken = 0;
  for (const std::int32_t id : ids) taken += 500'000 - peer.unsent(id);
  EXPECT_EQ(taken, 3u * 1024 * 1024);
  for (const auto& one : each) one->notify();
  settle();
  for (const std::int32_t id : ids) EXPECT_EQ(peer.seen(id).body, "hello");
}

TEST_F(ServerTest, ManyBodiesThatNobodyReadsDoNotStopTheOthers) {
  std::vector<std::unique_ptr<io::Signal>> each;
  start([&each](http::Exchange& exchange, Served& told) {
    each.push_back(std::make_unique<io::Signal>());
    return wait_first(*each.back(), exchange, told, read_then_reply);
  });
  asks();  // settings are known to both
  for (int i = 0; i < 40; ++i) asks(std::string(500'000, 'y'));
  const std::int32_t other = asks("short");
  EXPECT_EQ(peer.unsent(other), 0u);
  each.back()->notify();
  settle();
  EXPECT_EQ(peer.seen(other).body, "hello");
  for (const auto& one : each) one->notify();
  settle();
}

TEST_F(ServerTest, WhatNobodyReadGivesItsWindowBack) {
  start(say_nothing);
  for (int i = 0; i < 30; ++i) {
    const std::int32_t id = asks(std::string(200'000, 'y'));
    EXPECT_TRUE(peer.seen(id).reset) << i;
  }
  EXPECT_FALSE(ended);
  EXPECT_FALSE(peer.went_away());
}

TEST_F(ServerTest, ABodyWhoseReplyIsOverIsStopped) {
  start(reply_at_once);
  const std::int32_t id = asks(std::string(2'000'000, 'y'));
  EXPECT_EQ(peer.seen(id).body, "hello");
  EXPECT_EQ(peer.seen(id).reset, 0u);  // NO_ERROR, RFC 9113 section 8.1
}

// --- ends of every kind ---

TEST_F(ServerTest, AnExchangeThatSaysNothingIsReset) {
  start(say_nothing);
  const std::int32_t id = asks();
  EXPECT_TRUE(peer.seen(id).reset);
  EXPECT_FALSE(peer.went_away());
}

TEST_F(ServerTest, AReplyThatBreaksIsReset) {
  start(reply_that_breaks);
  const std::int32_t id = asks();
  EXPECT_EQ(peer.seen(id).body.size(), 5'000u);
  EXPECT_EQ(peer.seen(id).reset, 2u);  // INTERNAL_ERROR
  EXPECT_EQ(served.at(0)->sent->error().side, Side::origin);
}

TEST_F(ServerTest, AClientThatResetsBeforeTheReplyAbandonsOnce) {
  start([this](http::Exchange& exchange, Served& told) {
    return wait_first(go, exchange, told, reply_at_once);
  });
  const std::int32_t id = asks();
  peer.resets(id, 8);
  settle();
  EXPECT_EQ(served.at(0)->abandoned, 1);
  EXPECT_FALSE(served.at(0)->over);
  go.notify();
  settle();
  EXPECT_TRUE(served.at(0)->over);
  EXPECT_EQ(served.at(0)->sent->error().side, Side::client);
}

TEST_F(ServerTest, AClientThatResetsItsUploadEndsIt) {
  start(read_then_reply);
  const std::int32_t id = asks("some", false);
  EXPECT_EQ(served.at(0)->heard, "some");
  peer.resets(id, 8);
  settle();
  EXPECT_TRUE(served.at(0)->over);
  EXPECT_EQ(served.at(0)->body_error->side, Side::client);
  EXPECT_EQ(served.at(0)->abandoned, 1);
}

TEST_F(ServerTest, AClientThatResetsItsDownloadEndsIt) {
  start(reply_long);
  deaf = true;  // Its window fills, and it gives up.
  const std::int32_t id = peer.get("files.example", "/");
  pushes();
  ASSERT_EQ(served.size(), 1u);
  EXPECT_FALSE(served[0]->over);
  EXPECT_GT(pipes.from_system->bytes.size(), 60'000u);
  peer.resets(id, 8);
  pushes();
  EXPECT_TRUE(served[0]->over);
  EXPECT_EQ(served[0]->abandoned, 1);
  EXPECT_EQ(served[0]->sent->error().side, Side::client);
  EXPECT_FALSE(ended);
}

TEST_F(ServerTest, AClientThatClosesEndsWhateverRuns) {
  start([this](http::Exchange& exchange, Served& told) {
    return wait_first(go, exchange, told, reply_at_once);
  });
  asks();
  pipes.to_system->ended = true;
  pipes.to_system->wake();
  settle();
  EXPECT_EQ(served.at(0)->abandoned, 1);
  EXPECT_FALSE(ended) << "not before its exchange has";
  go.notify();
  settle();
  pass(20s);
  EXPECT_TRUE(ended);
}

TEST_F(ServerTest, ABodyShorterThanAnnouncedIsAFault) {
  start(read_then_reply);
  const std::int32_t id = asks("abc", true, {{"content-length", "5"}});
  EXPECT_TRUE(peer.seen(id).reset);
  ASSERT_EQ(served.size(), 1u);
  EXPECT_EQ(served[0]->body_error->kind, ErrorKind::http_framing);
}

TEST_F(ServerTest, WhatIsNoRequestIsToldOnce) {
  start(reply_at_once);
  asks({}, true, {{"transfer-encoding", "chunked"}});
  asks({}, true, {{"x", "a\r\nb"}});
  asks({}, true, {{":path", "/b"}});
  EXPECT_EQ(refused.size(), 3u);
  EXPECT_EQ(served.size(), 0u);
  EXPECT_FALSE(peer.went_away());
}

// --- 100 Continue ---

TEST_F(ServerTest, AClientIsInvitedWhereItsBodyIsWanted) {
  start(read_then_reply);
  const std::int32_t id = asks({}, false, {{"expect", "100-continue"}});
  EXPECT_EQ(peer.seen(id).interim, (std::vector<std::string>{"100"}));
  peer.more(id, "hello", true);
  settle();
  EXPECT_EQ(served.at(0)->heard, "hello");
  EXPECT_EQ(peer.seen(id).field(":status"), "200");
}

TEST_F(ServerTest, AClientIsNotInvitedWhereItsBodyIsNotWanted) {
  start(reply_at_once);
  const std::int32_t id = asks({}, false, {{"expect", "100-continue"}});
  EXPECT_TRUE(peer.seen(id).interim.empty());
  EXPECT_EQ(peer.seen(id).body, "hello");
}

// --- clients that take nothing ---

class DeafClient : public ServerTest {
 protected:
  DeafClient() : ServerTest(20'000) {}
};

TEST_F(DeafClient, ThatEndsIsGivenUpSoon) {
  start(reply_long);
  peer.get("files.example", "/");
  settle();
  deaf = true;
  peer.get("files.example", "/");
  pushes();
  pipes.to_system->ended = true;
  pipes.to_system->wake();
  settle();
  pass(35s);
  EXPECT_TRUE(ended) << "what is being written to it will never be taken";
}

TEST_F(DeafClient, ThatPingsHoldsLittleAndIsEnded) {
  start(reply_at_once);
  asks();
  deaf = true;
  for (int i = 0; i < 100; ++i) {
    for (int j = 0; j < 100; ++j) {
      pipes.to_system->bytes += testkit::frame(6, 0, 0, "abcdefgh");
    }
    pipes.to_system->wake();
    settle();
  }
  EXPECT_EQ(counted(Metric::http2_floods_total), 1);
  pass(40s);
  EXPECT_TRUE(ended);
}

// --- the end of a connection ---

TEST_F(ServerTest, DrainsAfterWhatRuns) {
  start([this](http::Exchange& exchange, Served& told) {
    return wait_first(go, exchange, told, reply_at_once);
  });
  const std::int32_t id = asks();
  server->drain();
  settle();
  EXPECT_EQ(peer.went_away(), 0u);
  EXPECT_FALSE(ended);
  go.notify();
  settle();
  EXPECT_EQ(peer.seen(id).body, "hello");
  pipes.to_system->ended = true;
  pipes.to_system->wake();
  settle();
  EXPECT_TRUE(ended);
}

TEST_F(ServerTest, AnIdleOneEndsInItsTimeWhateverElseComes) {
  start(reply_at_once);
  asks();
  for (int i = 0; i < 80; ++i) {
    pipes.to_system->bytes += testkit::frame(6, 0, 0, "abcdefgh");
    pipes.to_system->wake();
    pass(1s);
  }
  EXPECT_EQ(peer.went_away(), 0u);
  pass(20s);
  EXPECT_TRUE(ended);
}

TEST_F(ServerTest, AHeadThatNeverEndsKeepsNothingOpen) {
  start(reply_at_once);
  settle();
  const std::string head = testkit::frame(1, 0, 1, "\x82\x87\x84");
  for (const char c : head) {
    pipes.to_system->bytes += c;
    pipes.to_system->wake();
    pass(10s);
  }
  EXPECT_TRUE(ended);
  EXPECT_TRUE(served.empty());
}

}  // namespace
}  // namespace sallyport::http2
