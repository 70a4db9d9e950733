// One connection to an origin: what an origin may do to the exchanges that share it.

#include "proxy/http2/client.h"

#include <gtest/gtest.h>

#include "tests/kit/fake_clock.h"
#include "tests/kit/http2_peer.h"
#include "tests/kit/memory_stream.h"

namespace sallyport::http2 {
namespace {

using namespace std::chrono_literals;
using testkit::FieldList;

struct Told final : http::Interim {
  Task<Result<void>> inform(const http::ReplyHead& head) override {
    interims.push_back(head.status);
    co_return Result<void>{};
  }
  std::vector<int> interims;
  int status = 0;
  std::string body;
  http::Headers trailers;
  std::optional<Error> error;  // of send() or of the body
  Client::Attempt attempt;
  bool over = false;
};

// One exchange, with all that must outlive its nursery.
struct Asked {
  explicit Asked(io::Worker& worker) : nursery(worker.executor()) {}
  http::RequestHead head;
  std::unique_ptr<http::Body> body = std::make_unique<http::EmptyBody>();
  io::Nursery nursery;
  io::Signal read_on;  // where `waits`
  bool waits = false;  // before the body of the reply is read
  Told told;
};

// A body that gives what it has, then waits or breaks.
class PushBody final : public http::Body {
 public:
  Task<Result<http::Bytes>> read(std::size_t) override {
    while (true) {
      if (stopped_) co_return fail(ErrorKind::cancelled, Side::ours, "stopped");
      if (breaks) co_return fail(ErrorKind::reset, Side::client, "broken in a test");
      lent_ = std::exchange(bytes, {});
      if (!lent_.empty()) co_return io::as_bytes(lent_);
      if (over) co_return http::Bytes{};
      co_await changed.wait();
    }
  }
  void stop() override {
    stopped_ = true;
    changed.notify();
  }
  std::string bytes;
  bool over = false;
  bool breaks = false;
  io::Signal changed;

 private:
  std::string lent_;
  bool stopped_ = false;
};

Task<void> exchange(std::shared_ptr<Client> client, Asked& asked) {
  {
    Result<http::Reply> reply = co_await client->send(asked.head, *asked.body, asked.told,
                                                      asked.nursery, asked.told.attempt);
    if (!reply) {
      asked.told.error = reply.error();
    } else {
      asked.told.status = reply->head.status;
      if (asked.waits) co_await asked.read_on.wait();
      while (true) {
        Result<http::Bytes> chunk = co_await reply->body->read(5'000);
        if (!chunk) {
          asked.told.error = chunk.error();
          break;
        }
        if (chunk->empty()) {
          if (reply->body->trailers() != nullptr) asked.told.trailers = *reply->body->trailers();
          break;
        }
        asked.told.body.append(reinterpret_cast<const char*>(chunk->data()), chunk->size());
      }
    }
  }
  co_await asked.nursery.join();
  asked.told.over = true;
}

class ClientTest : public testing::Test {
 protected:
  ClientTest() { open(); }
  void open(testkit::Http2Peer::Options options = {.server = true}) {
    pipes = {};
    peer = std::make_unique<testkit::Http2Peer>(options);
    client = std::make_shared<Client>(worker, std::make_unique<testkit::MemoryStream>(
                                                  pipes.to_system, pipes.from_system, faults));
    client->start(connections);
    settle();
  }
  ~ClientTest() override {
    for (const auto& one : asked) {
      one->read_on.notify();
      one->nursery.cancel();
    }
    settle();
    client->abort();
    settle();
    EXPECT_TRUE(connections.empty());
    for (const auto& one : asked) EXPECT_TRUE(one->told.over);
  }
  void settle() {
    for (bool moved = true; moved;) {
      moved = worker.poll() > 0;
      if (deaf) continue;
      const std::string heard = std::exchange(pipes.from_system->bytes, {});
      if (!heard.empty()) {
        peer->receives(heard);
        pipes.from_system->wake();
        moved = true;
      }
      const std::string said = peer->says();
      if (!said.empty()) {
        pipes.to_system->bytes += said;
        pipes.to_system->wake();
        moved = true;
      }
    }
  }
  void pass(std::chrono::milliseconds span) {
    for (; span.count() > 0; span -= 100ms) {
      clock.pass(100ms);
      worker.deadlines().advance(clock.steady());
      settle();
    }
  }
  Asked& makes() {
    asked.push_back(std::make_unique<Asked>(worker));
    Asked& one = *asked.back();
    one.head.scheme = "https";
    one.head.authority = *Authority::parse("files.example", 443);
    return one;
  }
  void sends(Asked& one) {
    tasks.start(exchange(client, one));
    settle();
  }
  Asked& gets() {
    Asked& one = makes();
    sends(one);
    return one;
  }
  PushBody& posts(Asked& one) {
    auto body = std::make_unique<PushBody>();
    PushBody& raw = *body;
    one.head.method = "POST";
    one.body = std::move(body);
    return raw;
  }

  testkit::FakeClock clock{Time{}};
  io::Worker worker{0, clock};
  testkit::Faults faults;
  testkit::PeerPipes pipes;
  std::unique_ptr<testkit::Http2Peer> peer;
  bool deaf = false;
  io::Nursery connections{worker.executor()};
  io::Nursery tasks{worker.executor()};
  std::shared_ptr<Client> client;
  std::vector<std::unique_ptr<Asked>> asked;
};

const FieldList kOk{{":status", "200"}};

TEST_F(ClientTest, InterimRepliesComeBeforeTheFinalOneAlsoInOneBatch) {
  const Told& told = gets().told;
  peer->interim(1, {{":status", "103"}, {"link", "</a>"}});
  peer->interim(1, {{":status", "102"}});
  peer->reply(1, kOk, "hello");
  settle();
  EXPECT_EQ(told.interims, (std::vector<int>{103, 102}));
  EXPECT_EQ(told.status, 200);
  EXPECT_EQ(told.body, "hello");
  EXPECT_TRUE(told.over);
}

TEST_F(ClientTest, TrailersComeAfterTheBody) {
  const Told& told = gets().told;
  peer->reply(1, kOk, "hello", true, {{"grpc-status", "0"}, {"content-length", "5"}});
  settle();
  EXPECT_EQ(told.body, "hello");
  EXPECT_EQ(told.trailers.size(), 1u);
  EXPECT_EQ(told.trailers.find("grpc-status"), "0");
}

TEST_F(ClientTest, TrailersThatAreNoneSpoilTheReply) {
  const Told& told = gets().told;
  peer->reply(1, kOk, "hello", true, {{"grpc-status", "0"}, {":status", "200"}});
  settle();
  ASSERT_TRUE(told.error.has_value());
  EXPECT_EQ(told.error->kind, ErrorKind::http_framing);
}

TEST_F(ClientTest, TooManyInterimRepliesAreAFault) {
  const Told& told = gets().told;
  for (int i = 0; i < 20; ++i) peer->interim(1, {{":status", "103"}});
  settle();
  ASSERT_TRUE(told.error);
  EXPECT_EQ(told.error->kind, ErrorKind::http_framing);
  EXPECT_EQ(peer->seen(1).reset, 8u);
}

TEST_F(ClientTest, AReplyThatIsNoneIsTheOriginsFault) {
  for (const FieldList& fields :
       {FieldList{{":status", "101"}}, FieldList{{":status", "abc"}},
        FieldList{{":status", "200"}, {"x", "a\r\nb"}},
        FieldList{{":status", "200"}, {"transfer-encoding", "chunked"}},
        FieldList{{":status", "200"}, {"content-length", "5"}, {"content-length", "6"}}}) {
    const Told& told = gets().told;
    peer->reply(peer->all().rbegin()->first, fields, "hello");
    settle();
    ASSERT_TRUE(told.error) << fields.back().first;
    EXPECT_EQ(told.error->side, Side::origin);
    EXPECT_TRUE(told.error->kind == ErrorKind::http_syntax ||
                told.error->kind == ErrorKind::http_framing)
        << describe(*told.error);
  }
  EXPECT_TRUE(client->usable()) << "others may go on";
}

TEST_F(ClientTest, ABodyOfAnotherLengthThanAnnouncedBreaks) {
  const Told& less = gets().told;
  peer->reply(1, {{":status", "200"}, {"content-length", "9"}}, "hello");
  settle();
  EXPECT_TRUE(less.error);
  const Told& more = gets().told;
  peer->reply(3, {{":status", "200"}, {"content-length", "3"}}, "hello");
  settle();
  EXPECT_TRUE(more.error);
}

TEST_F(ClientTest, ABlankBehindAValueIsBorne) {
  const Told& told = gets().told;
  peer->reply(1, {{":status", "200"}, {"content-type", "text/html "}}, "hello");
  settle();
  EXPECT_EQ(told.body, "hello");
}

// --- requests with bodies ---

TEST_F(ClientTest, AFinalReplyInsteadOfAnInvitationIsHeardWhole) {
  Asked& one = makes();
  PushBody& body = posts(one);
  body.bytes = "secret";
  one.head.expects_continue = true;
  sends(one);
  EXPECT_EQ(peer->seen(1).body, "");
  peer->reply(1, {{":status", "417"}}, "first ", false);
  settle();
  peer->more(1, "second", true);
  settle();
  EXPECT_EQ(one.told.status, 417);
  EXPECT_EQ(one.told.body, "first second");
  EXPECT_FALSE(one.told.error) << describe(*one.told.error);
  EXPECT_EQ(peer->seen(1).body, "");
  EXPECT_TRUE(peer->seen(1).reset) << "its request will never end";
}

TEST_F(ClientTest, ABodyGoesAfterAnInvitationOrAfterAWhile) {
  for (const bool invited : {true, false}) {
    Asked& one = makes();
    PushBody& body = posts(one);
    body.bytes = "hello";
    body.over = true;
    one.head.expects_continue = true;
    sends(one);
    const std::int32_t stream = peer->all().rbegin()->first;
    EXPECT_EQ(peer->seen(stream).body, "");
    if (invited) {
      peer->interim(stream, {{":status", "100"}});
      settle();
    } else {
      pass(1'500ms);
    }
    EXPECT_EQ(peer->seen(stream).body, "hello");
    EXPECT_TRUE(peer->seen(stream).ended);
    peer->reply(stream, kOk, "");
    settle();
    EXPECT_TRUE(one.told.over);
  }
}

TEST_F(ClientTest, ABodyThatBreaksNeverLooksWhole) {
  Asked& one = makes();
  PushBody& body = posts(one);
  body.bytes = "half";
  sends(one);
  EXPECT_EQ(peer->seen(1).body, "half");
  body.breaks = true;
  body.changed.notify();
  settle();
  EXPECT_FALSE(peer->seen(1).ended);
  EXPECT_EQ(peer->seen(1).reset, 8u);
  EXPECT_EQ(one.told.error->side, Side::client);
}

TEST_F(ClientTest, AReplyBeforeTheEndOfTheRequestStopsIt) {
  Asked& one = makes();
  PushBody& body = posts(one);
  body.bytes = "half";
  sends(one);
  peer->reply(1, kOk, "enough");
  settle();
  EXPECT_TRUE(one.told.over);
  EXPECT_EQ(one.told.body, "enough");
  EXPECT_EQ(peer->seen(1).reset, 8u);
}

TEST_F(ClientTest, OneThatIsGivenUpIsResetAndItsBodyLetGo) {
  Asked& one = makes();
  PushBody& body = posts(one);
  body.bytes = std::string(500'000, 'x');  // more than the origin's window
  sends(one);
  one.nursery.cancel();
  settle();
  EXPECT_TRUE(one.told.over);
  EXPECT_EQ(one.told.error->kind, ErrorKind::cancelled);
  EXPECT_EQ(peer->seen(1).reset, 8u);
  const Told& next = gets().told;
  peer->reply(3, kOk, "hello");
  settle();
  EXPECT_EQ(next.body, "hello");
}

// --- windows ---

TEST_F(ClientTest, AReplyThatNobodyPullsHoldsLittleAndDisturbsNoOther) {
  Asked& slow = makes();
  slow.waits = true;
  sends(slow);
  peer->reply(1, kOk, std::string(20'000'000, 'x'));
  settle();
  EXPECT_EQ(20'000'000 - peer->unsent(1), 64u * 1024);
  const Told& other = gets().told;
  peer->reply(3, kOk, std::string(20'000'000, 'y'));
  settle();
  EXPECT_EQ(other.body.size(), 20'000'000u);
  slow.read_on.notify();
  settle();
  EXPECT_EQ(slow.told.body.size(), 20'000'000u);
}

// --- resets and the end of a connection ---

TEST_F(ClientTest, WhatTheOriginDidNotLookAtIsKnown) {
  const Asked& refused = gets();
  peer->resets(1, 7);
  settle();
  EXPECT_TRUE(refused.told.attempt.unprocessed);
  const Asked& wants = gets();
  peer->resets(3, 13);
  settle();
  EXPECT_TRUE(wants.told.attempt.wants_http1);
  EXPECT_FALSE(wants.told.attempt.unprocessed);
  const Asked& gone = gets();
  peer->resets(5, 2);
  settle();
  EXPECT_FALSE(gone.told.attempt.unprocessed);
  EXPECT_EQ(gone.told.error->kind, ErrorKind::reset);
}

TEST_F(ClientTest, GoawayEndsWhatIsBeyondItAndNothingElse) {
  const Asked& first = gets();
  const Asked& second = gets();
  peer->goes_away(1, 0);
  settle();
  EXPECT_TRUE(second.told.attempt.unprocessed);
  EXPECT_FALSE(client->usable());
  EXPECT_FALSE(first.told.over);
  peer->reply(1, kOk, "hello");
  settle();
  EXPECT_EQ(first.told.body, "hello");
  EXPECT_TRUE(connections.empty()) << "nothing keeps it";
}

// It has answered, and closes while something of ours is on its way: the system resets the
// connection.
TEST_F(ClientTest, WhatAnOriginSaidBeforeItsConnectionWasResetIsHeard) {
  const Asked& first = gets();
  peer->reply(1, kOk, "hello", true, {{"grpc-status", "0"}});
  deaf = true;
  pipes.to_system->bytes += peer->says();
  pipes.from_system->broken = true;
  Asked& second = makes();
  tasks.start(exchange(client, second));
  settle();
  EXPECT_EQ(first.told.body, "hello");
  EXPECT_EQ(first.told.trailers.find("grpc-status"), "0");
  EXPECT_TRUE(first.told.over);
  EXPECT_TRUE(second.told.over);
  EXPECT_NE(second.told.status, 200);
  deaf = false;
}

// The request was submitted, and had not left yet when GOAWAY was read.
TEST_F(ClientTest, ARequestThatGoawayOvertookIsUnprocessed) {
  peer->goes_away(0, 0);
  deaf = true;
  Asked& one = makes();
  tasks.start(exchange(client, one));
  pipes.to_system->bytes += peer->says();
  pipes.to_system->wake();
  settle();
  deaf = false;
  settle();
  ASSERT_TRUE(one.told.over);
  EXPECT_TRUE(one.told.attempt.unprocessed);
}

TEST_F(ClientTest, ManyResetsOfAnOriginAreItsOwnAffair) {
  for (int i = 0; i < 1000; ++i) {
    gets();
    peer->resets(2 * i + 1, 8);
    settle();
    ASSERT_TRUE(client->usable()) << i;
  }
}

TEST_F(ClientTest, AnOriginThatFloodsLosesItsConnection) {
  const Told& told = gets().told;
  for (int i = 0; i < 3000; ++i) pipes.to_system->bytes += testkit::frame(6, 0, 0, "abcdefgh");
  pipes.to_system->wake();
  settle();
  EXPECT_TRUE(told.error);
  EXPECT_EQ(peer->went_away(), 11u);
  EXPECT_TRUE(client->over());
}

TEST_F(ClientTest, OneThatIsRetiredEndsWithWhatRuns) {
  const Told& told = gets().told;
  client->retire();
  settle();
  EXPECT_FALSE(client->usable());
  peer->reply(1, kOk, "hello");
  settle();
  EXPECT_EQ(told.body, "hello");
  EXPECT_TRUE(connections.empty());
}

// An origin that reads nothing any more.
TEST_F(ClientTest, OneThatIsRetiredDoesNotWaitForADeafOrigin) {
  pipes.from_system->room = 1;
  deaf = true;
  client->retire();
  settle();
  pass(5s);
  EXPECT_FALSE(connections.empty());
  pass(15s);
  EXPECT_TRUE(connections.empty());
}

}  // namespace
}  // namespace sallyport::http2
