// Signals, nurseries, deadlines, the pool, the resolver and TCP, each driven by hand.

#include <algorithm>
#include <arpa/inet.h>
#include <condition_variable>
#include <fcntl.h>
#include <future>
#include <gtest/gtest.h>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "base/io/deadline.h"
#include "base/io/descriptors.h"
#include "base/io/nursery.h"
#include "base/io/pool.h"
#include "base/io/resolver.h"
#include "base/io/signal.h"
#include "base/io/tcp.h"
#include "base/io/worker.h"

namespace sallyport::io {
namespace {

using namespace std::chrono_literals;

Task<void> wait_then_log(Signal& signal, std::string& log, char mark) {
  co_await signal.wait();
  log += mark;
}

TEST(Signal, RemembersANotificationThatComesBeforeTheWait) {
  Worker worker(0);
  Nursery nursery(worker.executor());
  Signal signal;
  std::string log;
  signal.notify();
  nursery.start(wait_then_log(signal, log, 'a'));
  worker.poll();
  EXPECT_EQ(log, "a");
}

TEST(Signal, NeverRunsTheWaiterInsideNotify) {
  Worker worker(0);
  Nursery nursery(worker.executor());
  Signal signal;
  std::string log;
  nursery.start(wait_then_log(signal, log, 'a'));
  worker.poll();
  signal.notify();
  EXPECT_EQ(log, "");
  worker.poll();
  EXPECT_EQ(log, "a");
}

Task<void> join_then_log(Nursery& nursery, std::string& log) {
  co_await nursery.join();
  log += 'j';
}

TEST(Nursery, JoinsAfterTheLastTask) {
  Worker worker(0);
  Nursery outer(worker.executor());
  Nursery inner(worker.executor());
  Signal first;
  Signal second;
  std::string log;
  inner.start(wait_then_log(first, log, '1'));
  inner.start(wait_then_log(second, log, '2'));
  outer.start(join_then_log(inner, log));
  worker.poll();
  first.notify();
  worker.poll();
  EXPECT_EQ(log, "1");
  second.notify();
  worker.poll();
  EXPECT_EQ(log, "12j");
}

Task<void> throw_up() {
  throw std::runtime_error("a bug");
  co_return;
}

TEST(Nursery, SurvivesATaskThatThrows) {
  Worker worker(0);
  Nursery nursery(worker.executor());
  nursery.start(throw_up());
  worker.poll();
  EXPECT_TRUE(nursery.empty());
}

TEST(Nursery, CancelRunsWhatIsRegisteredOnceAndLatecomersAtOnce) {
  Worker worker(0);
  Nursery nursery(worker.executor());
  std::string log;
  {
    const Nursery::OnCancel gone(nursery, [&] { log += 'x'; });
  }
  const Nursery::OnCancel one(nursery, [&] { log += '1'; });
  const Nursery::OnCancel two(nursery, [&] { log += '2'; });
  nursery.cancel();
  nursery.cancel();
  EXPECT_EQ(log, "21");
  const Nursery::OnCancel late(nursery, [&] { log += '3'; });
  EXPECT_EQ(log, "213");
}

TEST(Nursery, AnActionMayEndTheObjectOfAnother) {
  Worker worker(0);
  Nursery nursery(worker.executor());
  std::string log;
  auto victim = std::make_unique<Nursery::OnCancel>(nursery, [&] { log += 'v'; });
  const Nursery::OnCancel killer(nursery, [&] {
    log += 'k';
    victim.reset();
  });
  nursery.cancel();
  EXPECT_EQ(log, "k");
}

// --- Deadlines ---

struct Wheel {
  DeadlineWheel::Clock::time_point now{1h};
  DeadlineWheel wheel{now};
  void pass(std::chrono::milliseconds span) {
    now += span;
    wheel.advance(now);
  }
};

TEST(Deadline, NeverFiresEarlyAndAtMostTwoTicksLate) {
  for (const auto span : {1ms, 99ms, 100ms, 250ms, 10'000ms, 60'000ms, 3'600'000ms}) {
    Wheel wheel;
    bool fired = false;
    Deadline deadline(wheel.wheel, [&] { fired = true; });
    wheel.pass(37ms);
    deadline.set(span);
    wheel.pass(span - 1ms);
    EXPECT_FALSE(fired) << span.count();
    wheel.pass(201ms);
    EXPECT_TRUE(fired) << span.count();
    EXPECT_TRUE(deadline.expired());
  }
}

TEST(Deadline, ClearedOnesAndReplacedOnesDoNotFire) {
  Wheel wheel;
  int fired = 0;
  Deadline cleared(wheel.wheel, [&] { ++fired; });
  Deadline replaced(wheel.wheel, [&] { fired += 10; });
  cleared.set(100ms);
  replaced.set(100ms);
  cleared.clear();
  replaced.set(5s);
  wheel.pass(1s);
  EXPECT_EQ(fired, 0);
  wheel.pass(5s);
  EXPECT_EQ(fired, 10);
  EXPECT_EQ(wheel.wheel.size(), 0u);
}

TEST(Deadline, ACallbackMaySetItselfAgainAndDestroyItself) {
  Wheel wheel;
  int fired = 0;
  std::unique_ptr<Deadline> self;
  Deadline again(wheel.wheel, [&] {
    if (++fired < 3) again.set(100ms);
  });
  self = std::make_unique<Deadline>(wheel.wheel, [&] { self.reset(); });
  again.set(100ms);
  self->set(100ms);
  wheel.pass(2s);
  EXPECT_EQ(fired, 3);
  EXPECT_EQ(self, nullptr);
}

TEST(Deadline, ManyInOneSlotFireEachInItsRound) {
  Wheel wheel;
  std::vector<std::unique_ptr<Deadline>> all;
  std::vector<int> order;
  for (int round = 0; round < 3; ++round) {
    all.push_back(
        std::make_unique<Deadline>(wheel.wheel, [&order, round] { order.push_back(round); }));
    all.back()->set(std::chrono::milliseconds(100 * 512 * round + 100));
  }
  wheel.pass(std::chrono::milliseconds(100 * 512 * 3));
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
}

// --- Pool ---

TEST(WorkPool, ComesBackToTheWorkersThread) {
  Worker worker(0);
  WorkPool pool(1, 8, "test");
  Nursery nursery(worker.executor());
  std::thread::id worked;
  std::thread::id resumed;
  struct Run {
    static Task<void> run(WorkPool& pool, Executor home, std::thread::id& worked,
                          std::thread::id& resumed, Worker& worker) {
      auto work = [&worked] { worked = std::this_thread::get_id(); };
      const bool done = co_await pool.run(home, std::move(work));
      EXPECT_TRUE(done);
      resumed = std::this_thread::get_id();
      worker.stop();
    }
  };
  nursery.start(Run::run(pool, worker.executor(), worked, resumed, worker));
  worker.run();
  EXPECT_NE(worked, std::this_thread::get_id());
  EXPECT_EQ(resumed, std::this_thread::get_id());
}

TEST(WorkPool, RefusesWhenItsQueueIsFull) {
  WorkPool pool(1, 0, "test");
  EXPECT_FALSE(pool.submit([] {}));
}

// --- Resolver ---

struct Asked {
  bool done = false;
  Result<std::vector<IpAddress>> answer = fail(ErrorKind::cancelled, Side::ours);
};

Task<void> ask(Resolver& resolver, std::string name, Nursery& scope, Asked& asked,
               IpAddress asker = {}) {
  asked.answer = co_await resolver.resolve(name, scope, asker);
  asked.done = true;
}

TEST(Resolver, AsksOnceForManyAndRemembers) {
  Worker worker(0);
  WorkPool pool(0, 1, "inline");
  int lookups = 0;
  Resolver resolver(worker, pool, [&](const std::string&) -> Result<std::vector<IpAddress>> {
    ++lookups;
    return std::vector{*IpAddress::parse("192.0.2.1")};
  });
  Nursery nursery(worker.executor());
  Nursery scope(worker.executor());
  Asked one, two, three;
  nursery.start(ask(resolver, "a.example", scope, one));
  nursery.start(ask(resolver, "a.example", scope, two));
  worker.poll();
  nursery.start(ask(resolver, "a.example", scope, three));
  worker.poll();
  EXPECT_TRUE(one.done && two.done && three.done);
  EXPECT_EQ(lookups, 1);
  EXPECT_EQ(three.answer->front().to_string(), "192.0.2.1");
}

TEST(Resolver, SharesFailuresForAWhile) {
  Worker worker(0);
  WorkPool pool(0, 1, "inline");
  int lookups = 0;
  Resolver resolver(worker, pool, [&](const std::string& name) -> Result<std::vector<IpAddress>> {
    ++lookups;
    return fail(ErrorKind::name_not_found, Side::origin, name);
  });
  Nursery nursery(worker.executor());
  Nursery scope(worker.executor());
  for (int i = 0; i < 3; ++i) {
    Asked asked;
    nursery.start(ask(resolver, "none.example", scope, asked));
    worker.poll();
    ASSERT_TRUE(asked.done);
    EXPECT_EQ(asked.answer.error().kind, ErrorKind::name_not_found);
  }
  EXPECT_EQ(lookups, 1);
}

TEST(Resolver, ACancelledWaitEndsAndTheOthersGetTheirAnswer) {
  Worker worker(0);
  WorkPool pool(1, 8, "test");
  std::promise<void> release;
  Resolver resolver(worker, pool, [&](const std::string&) -> Result<std::vector<IpAddress>> {
    release.get_future().wait();
    return std::vector{*IpAddress::parse("192.0.2.1")};
  });
  Nursery nursery(worker.executor());
  Nursery given_up(worker.executor());
  Nursery kept(worker.executor());
  Asked one, two;
  nursery.start(ask(resolver, "slow.example", given_up, one));
  nursery.start(ask(resolver, "slow.example", kept, two));
  worker.poll();
  given_up.cancel();
  worker.poll();
  ASSERT_TRUE(one.done);
  EXPECT_EQ(one.answer.error().kind, ErrorKind::cancelled);
  EXPECT_FALSE(two.done);
  release.set_value();
  while (!two.done) worker.poll();
  EXPECT_TRUE(two.answer);
}

TEST(Resolver, RefusesWhenTooManyLookupsWait) {
  Worker worker(0);
  WorkPool pool(1, 0, "test");
  Resolver resolver(worker, pool);
  Nursery nursery(worker.executor());
  Nursery scope(worker.executor());
  Asked asked;
  nursery.start(ask(resolver, "a.example", scope, asked));
  worker.poll();
  ASSERT_TRUE(asked.done);
  EXPECT_EQ(asked.answer.error().kind, ErrorKind::resolve_failed);
}

// A resolver whose names take as long as a test likes: each look-up waits for the gate to open.
struct SlowNames {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  std::vector<std::string> asked;

  Result<std::vector<IpAddress>> look(const std::string& name) {
    std::unique_lock lock(mutex);
    asked.push_back(name);
    changed.notify_all();
    changed.wait(lock, [this] { return open; });
    return std::vector{*IpAddress::parse("192.0.2.1")};
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return asked.size() >= count; });
  }
  void let_go() {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
};

TEST(Resolver, OneAskerHoldsNeitherAllThreadsNorTheWholeQueue) {
  Worker worker(0);
  SlowNames names;
  WorkPool pool(4, 1024, "test");
  Resolver resolver(worker, pool, [&](const std::string& name) { return names.look(name); },
                    {2, 3});
  Nursery nursery(worker.executor());
  Nursery scope(worker.executor());
  const IpAddress greedy = *IpAddress::parse("192.0.2.10");
  const IpAddress modest = *IpAddress::parse("192.0.2.11");
  std::list<Asked> many;
  for (int i = 0; i < 10; ++i) {
    many.emplace_back();
    nursery.start(ask(resolver, "n" + std::to_string(i) + ".example", scope, many.back(), greedy));
  }
  Asked other;
  nursery.start(ask(resolver, "other.example", scope, other, modest));
  // Two of the one and the other's: the rest waits here, or was refused.
  worker.poll();
  names.wait_for(3);
  worker.poll();
  EXPECT_EQ(std::count(names.asked.begin(), names.asked.end(), "other.example"), 1);
  EXPECT_EQ(worker.metrics().get(Metric::resolver_refused_total), 5);
  EXPECT_EQ(std::count_if(many.begin(), many.end(), [](const Asked& one) { return one.done; }), 5);
  names.let_go();
  const auto all_done = [&] {
    return other.done &&
           std::all_of(many.begin(), many.end(), [](const Asked& one) { return one.done; });
  };
  while (!all_done()) worker.poll();
  EXPECT_EQ(std::count_if(many.begin(), many.end(),
                          [](const Asked& one) { return one.answer.has_value(); }),
            5);
  EXPECT_TRUE(other.answer);
  // Nothing is held against it afterwards.
  Asked again;
  nursery.start(ask(resolver, "again.example", scope, again, greedy));
  while (!again.done) worker.poll();
  EXPECT_TRUE(again.answer);
}

TEST(Resolver, AFullPoolEndsAllThatWaitWithoutHangingAnybody) {
  Worker worker(0);
  WorkPool pool(1, 0, "test");
  Resolver resolver(worker, pool);
  Nursery nursery(worker.executor());
  Nursery scope(worker.executor());
  std::list<Asked> many;
  for (int i = 0; i < 20; ++i) {
    many.emplace_back();
    nursery.start(ask(resolver, "n" + std::to_string(i) + ".example", scope, many.back()));
  }
  worker.poll();
  for (const Asked& one : many) EXPECT_TRUE(one.done);
  EXPECT_EQ(worker.metrics().get(Metric::resolver_refused_total), 20);
}

TEST(Resolver, AStormOfNamesThatFailLeavesThoseThatResolved) {
  Worker worker(0);
  WorkPool pool(0, 1, "inline");
  int lookups = 0;
  Resolver resolver(worker, pool, [&](const std::string& name) -> Result<std::vector<IpAddress>> {
    ++lookups;
    if (name == "good.example") return std::vector{*IpAddress::parse("192.0.2.1")};
    return fail(ErrorKind::name_not_found, Side::origin, name);
  });
  Nursery nursery(worker.executor());
  Nursery scope(worker.executor());
  Asked good;
  nursery.start(ask(resolver, "good.example", scope, good));
  worker.poll();
  for (int i = 0; i < 10'000; ++i) {
    Asked asked;
    nursery.start(ask(resolver, "n" + std::to_string(i) + ".example", scope, asked));
    worker.poll();
    ASSERT_TRUE(asked.done);
  }
  lookups = 0;
  Asked again;
  nursery.start(ask(resolver, "good.example", scope, again));
  worker.poll();
  EXPECT_TRUE(again.answer);
  EXPECT_EQ(lookups, 0);
}

TEST(StaticNames, TheLongestNameWins) {
  StaticNames names;
  const auto put = [&](const char* name, const char* address) {
    names.names[name] = {*IpAddress::parse(address), 0};
  };
  put("a.example", "192.0.2.1");
  put("*.example", "192.0.2.2");
  put("*.b.example", "192.0.2.3");
  const auto look = [&](const char* name) {
    const IpEndpoint* found = names.find(*Host::parse(name));
    return found != nullptr ? found->address.to_string() : std::string("-");
  };
  EXPECT_EQ(look("a.example"), "192.0.2.1");
  EXPECT_EQ(look("x.a.example"), "192.0.2.2");
  EXPECT_EQ(look("b.example"), "192.0.2.2");
  EXPECT_EQ(look("x.b.example"), "192.0.2.3");
  EXPECT_EQ(look("example"), "-");
}

// --- TCP ---

Task<void> serve_echo(TcpListener& listener, std::string& log) {
  Result<Accepted> accepted = co_await listener.accept();
  if (!accepted) {
    log += "accept: " + describe(accepted.error()) + "\n";
    co_return;
  }
  std::array<std::byte, 64> buffer;
  while (true) {
    Result<std::size_t> got = co_await read_some(*accepted->stream, buffer);
    if (!got || *got == 0) break;
    Result<void> sent = co_await write_all(*accepted->stream, Bytes(buffer.data(), *got));
    if (!sent) break;
  }
  accepted->stream->end_writing();
  log += "served\n";
}

Task<void> speak(Connector& connector, IpEndpoint to, std::string& log, TcpListener& listener,
                 Worker& worker) {
  auto attempt = connector.attempt(to);
  Result<std::unique_ptr<ByteStream>> stream = co_await attempt->run();
  if (!stream) {
    log += std::string(to_string(stream.error().kind)) + "\n";
    worker.stop();
    co_return;
  }
  Result<void> sent = co_await write_all(**stream, as_bytes("hello"));
  std::array<std::byte, 64> buffer;
  Result<std::size_t> got = co_await read_some(**stream, buffer);
  if (sent && got) log += std::string(reinterpret_cast<const char*>(buffer.data()), *got) + "\n";
  (*stream)->end_writing();
  got = co_await read_some(**stream, buffer);
  log += got && *got == 0 ? "end\n" : "no end\n";
  listener.close();
  worker.stop();
}

Task<void> accept_one(TcpListener& listener, std::optional<Accepted>& accepted) {
  Result<Accepted> one = co_await listener.accept();
  if (one) accepted = std::move(*one);
}

Task<void> dial_one(Connector::Attempt& attempt, std::unique_ptr<ByteStream>& stream) {
  Result<std::unique_ptr<ByteStream>> one = co_await attempt.run();
  if (one) stream = std::move(*one);
}

TEST(Tcp, CarriesBytesAndEndsBothWays) {
  for (const char* address : {"127.0.0.1", "::1"}) {
    Worker worker(0);
    auto listener = TcpListener::open(worker, {.address = {*IpAddress::parse(address), 0}});
    if (!listener && std::string_view(address) == "::1") continue;  // no IPv6 on this machine
    ASSERT_TRUE(listener) << describe(listener.error());
    const auto connector = make_tcp_connector(worker);
    Nursery nursery(worker.executor());
    std::string log;
    nursery.start(serve_echo(**listener, log));
    nursery.start(speak(*connector, (*listener)->local(), log, **listener, worker));
    worker.run();
    while (!nursery.empty()) worker.poll();
    EXPECT_EQ(log, "hello\nserved\nend\n");
  }
}

// Everything that is read before `listener` closes, and how often it was waited for.
Task<void> read_slowly(TcpListener& listener, std::string& log, Worker& worker, Signal& come) {
  Result<Accepted> accepted = co_await listener.accept();
  if (!accepted) co_return;
  ByteStream& stream = *accepted->stream;
  co_await come.wait();  // Bytes and the end are here now.
  std::array<std::byte, 64> buffer;
  const auto look = [&] {
    const auto outcome = stream.try_read(buffer);
    log += outcome.status == ByteStream::Status::moved ? std::to_string(outcome.bytes) + " bytes\n"
           : outcome.status == ByteStream::Status::end ? "end\n"
                                                       : "nothing\n";
  };
  look();
  look();  // It gave less than there was room for, so the system is not asked again ...
  Result<void> waited = co_await stream.readable();
  if (waited) look();  // ... before a wait, which finds the end that came with the bytes.
  listener.close();
  worker.stop();
}

TEST(Tcp, AnEndThatCameWithTheLastBytesIsFoundByAWait) {
  Worker worker(0);
  auto listener = TcpListener::open(worker, {.address = {*IpAddress::parse("127.0.0.1"), 0}});
  ASSERT_TRUE(listener) << describe(listener.error());
  const int peer = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons((*listener)->local().port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(peer, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  ASSERT_EQ(::send(peer, "hello", 5, 0), 5);
  ::close(peer);
  Nursery nursery(worker.executor());
  Signal come;
  std::string log;
  come.notify();
  nursery.start(read_slowly(**listener, log, worker, come));
  worker.run();
  while (!nursery.empty()) worker.poll();
  EXPECT_EQ(log, "5 bytes\nnothing\nend\n");
}

TEST(Tcp, WhoCannotWaitLooksAgain) {
  Worker worker(0);
  auto listener = TcpListener::open(worker, {.address = {*IpAddress::parse("127.0.0.1"), 0}});
  ASSERT_TRUE(listener) << describe(listener.error());
  const auto connector = make_tcp_connector(worker);
  const auto attempt = connector->attempt((*listener)->local());
  std::optional<Accepted> accepted;
  std::unique_ptr<ByteStream> ours;
  Nursery nursery(worker.executor());
  nursery.start(accept_one(**listener, accepted));
  nursery.start(dial_one(*attempt, ours));
  while (!nursery.empty()) worker.poll();
  ASSERT_TRUE(accepted && ours);
  std::array<std::byte, 8> buffer;
  EXPECT_EQ(ours->try_read(buffer).status, ByteStream::Status::would_block);
  accepted->stream->close();
  EXPECT_EQ(ours->try_read(buffer).status, ByteStream::Status::would_block);
  ours->look_again();
  EXPECT_EQ(ours->try_read(buffer).status, ByteStream::Status::end);
}

TEST(Tcp, SaysWhenNobodyListens) {
  Worker worker(0);
  auto listener = TcpListener::open(worker, {.address = {*IpAddress::parse("127.0.0.1"), 0}});
  ASSERT_TRUE(listener);
  const IpEndpoint gone = (*listener)->local();
  (*listener)->close();
  const auto connector = make_tcp_connector(worker);
  Nursery nursery(worker.executor());
  std::string log;
  nursery.start(speak(*connector, gone, log, **listener, worker));
  worker.run();
  while (!nursery.empty()) worker.poll();
  EXPECT_EQ(log, "connect_refused\n");
}

TEST(Tcp, AListenerThatIsClosedEndsItsAccept) {
  Worker worker(0);
  auto listener = TcpListener::open(worker, {.address = {*IpAddress::parse("127.0.0.1"), 0}});
  ASSERT_TRUE(listener);
  Nursery nursery(worker.executor());
  std::string log;
  nursery.start(serve_echo(**listener, log));
  worker.poll();
  (*listener)->close();
  while (!nursery.empty()) worker.poll();
  EXPECT_EQ(log, "accept: ours closed\n");
}

Task<void> accept_once(TcpListener& listener, std::string& log) {
  Result<Accepted> accepted = co_await listener.accept();
  log += accepted ? "accepted\n" : std::string(to_string(accepted.error().kind)) + "\n";
}

int connect_blocking(const IpEndpoint& to) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return -1;
  return fd;
}

Task<void> accept_behind(TcpListener& listener, const TcpListener::Door& door,
                         std::vector<IpEndpoint>& let_in) {
  while (true) {
    Result<Accepted> accepted = co_await listener.accept(&door);
    if (!accepted) co_return;
    let_in.push_back(accepted->peer);
  }
}

// More than are refused in one turn, with some among them who are not.
TEST(Tcp, WhomTheDoorRefusesIsResetAndTheOthersAreAccepted) {
  Worker worker(0);
  auto listener = TcpListener::open(worker, {.address = {*IpAddress::parse("127.0.0.1"), 0}});
  ASSERT_TRUE(listener);
  std::vector<int> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(connect_blocking((*listener)->local()));
  int asked = 0;
  const TcpListener::Door door = [&](const IpEndpoint&) { return asked++ % 50 == 40; };
  std::vector<IpEndpoint> let_in;
  Nursery nursery(worker.executor());
  nursery.start(accept_behind(**listener, door, let_in));
  while (asked < 200) worker.poll();
  (*listener)->close();
  while (!nursery.empty()) worker.poll();
  ASSERT_EQ(let_in.size(), 4u);
  for (int i = 0; i < 200; ++i) {
    const int fd = clients[static_cast<std::size_t>(i)];
    char byte = 0;
    const ssize_t got = ::recv(fd, &byte, 1, 0);
    if (i % 50 == 40) {
      sockaddr_in own{};
      socklen_t size = sizeof own;
      ASSERT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size), 0);
      EXPECT_EQ(ntohs(own.sin_port), let_in[static_cast<std::size_t>(i / 50)].port);
    } else {
      EXPECT_TRUE(got < 0 && errno == ECONNRESET) << i;
    }
    ::close(fd);
  }
}

int begin_from(const IpEndpoint& to, const char* source) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  ::inet_pton(AF_INET, source, &address.sin_addr);
  EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  address.sin_port = htons(to.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return fd;
}

// On loopback the other end has answered before connect() returns.
bool is_connected(int fd) {
  pollfd look{fd, POLLOUT, 0};
  return ::poll(&look, 1, 0) == 1;
}

TEST(Tcp, WhoIsIgnoredCannotConnectAndTheOthersCan) {
  for (const char* at : {"127.0.0.1", "::"}) {
    Worker worker(0);
    auto listener = TcpListener::open(worker, {.address = {*IpAddress::parse(at), 0}});
    ASSERT_TRUE(listener);
    std::vector<IpAddress> clients;
    for (std::uint32_t host = 0; host < 100; ++host) clients.push_back(IpAddress::v4(host));
    clients[62] = *IpAddress::parse("127.0.0.66");
    clients[63] = *IpAddress::parse("2001:db8::");
    ASSERT_TRUE((*listener)->ignore(clients));
    const int ignored = begin_from((*listener)->local(), "127.0.0.66");
    const int heard = begin_from((*listener)->local(), "127.0.0.67");
    EXPECT_FALSE(is_connected(ignored)) << at;
    EXPECT_TRUE(is_connected(heard)) << at;
    ASSERT_TRUE((*listener)->ignore({}));
    const int later = begin_from((*listener)->local(), "127.0.0.66");
    EXPECT_TRUE(is_connected(later)) << at;
    for (const int fd : {ignored, heard, later}) ::close(fd);
  }
}

TEST(Tcp, AllOfAnIpv6NetworkAreIgnored) {
  Worker worker(0);
  auto listener = TcpListener::open(worker, {.address = {*IpAddress::parse("::1"), 0}});
  ASSERT_TRUE(listener);
  const auto begin = [&] {
    const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons((*listener)->local().port);
    address.sin6_addr = in6addr_loopback;
    ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    return fd;
  };
  ASSERT_TRUE((*listener)->ignore(std::vector{*IpAddress::parse("0:0:0:1::")}));
  const int other = begin();
  EXPECT_TRUE(is_connected(other));
  ASSERT_TRUE((*listener)->ignore(std::vector{*IpAddress::parse("::2:0:0:1")}));
  const int same = begin();
  EXPECT_FALSE(is_connected(same));
  for (const int fd : {other, same}) ::close(fd);
}

// A connection would inherit the filter, and with it a cost for each packet.
TEST(Tcp, WhoConnectsWhileOthersAreIgnoredHasNoFilter) {
  Worker worker(0);
  auto listener = TcpListener::open(worker, {.address = {*IpAddress::parse("127.0.0.1"), 0}});
  ASSERT_TRUE(listener);
  ASSERT_TRUE((*listener)->ignore(std::vector{*IpAddress::parse("192.0.2.1")}));
  std::vector<IpEndpoint> let_in;
  std::vector<int> filters;  // what taking one away says, of each connection
  const TcpListener::Door door = [&](const IpEndpoint& peer) {
    for (int fd = 0; fd < 1024; ++fd) {
      sockaddr_in other{};
      socklen_t size = sizeof other;
      if (::getpeername(fd, reinterpret_cast<sockaddr*>(&other), &size) != 0 ||
          ntohs(other.sin_port) != peer.port) {
        continue;
      }
      const int nothing = 0;
      const int done = ::setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &nothing, sizeof nothing);
      filters.push_back(done == 0 ? 0 : errno);
    }
    return true;
  };
  Nursery nursery(worker.executor());
  nursery.start(accept_behind(**listener, door, let_in));
  worker.poll();
  const int client = connect_blocking((*listener)->local());
  while (let_in.empty()) worker.poll();
  EXPECT_EQ(filters, std::vector{ENOENT}) << "there is none to take away";
  (*listener)->close();
  while (!nursery.empty()) worker.poll();
  ::close(client);
}

// The symptom: with every file in use accept() fails at once, again and again, while those who
// connected hang in the backlog.
TEST(Tcp, AListenerOutOfFilesTurnsAwayWhoWaitsAndGoesOn) {
  Worker worker(0);
  auto listener = TcpListener::open(worker, {.address = {*IpAddress::parse("127.0.0.1"), 0}});
  ASSERT_TRUE(listener);
  Nursery nursery(worker.executor());
  std::string log;
  nursery.start(accept_once(**listener, log));
  worker.poll();
  const int first = connect_blocking((*listener)->local());
  const int second = connect_blocking((*listener)->local());
  ASSERT_GE(second, 0);
  // No number is free below the limit any more.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  std::vector<int> filling;
  for (int fd = 0; (fd = ::dup(first)) >= 0 && fd <= second + 64;) filling.push_back(fd);
  const rlimit tight{static_cast<rlim_t>(filling.back()) + 1, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  while (!nursery.empty()) worker.poll();
  EXPECT_EQ(log, "unavailable\n");
  EXPECT_EQ((*listener)->turned_away(), 2u);
  char byte = 0;
  EXPECT_LE(::recv(first, &byte, 1, 0), 0);
  EXPECT_LE(::recv(second, &byte, 1, 0), 0);

  for (const int fd : filling) ::close(fd);
  EXPECT_EQ(raise_descriptor_limit(), before.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  log.clear();
  nursery.start(accept_once(**listener, log));
  const int third = connect_blocking((*listener)->local());
  while (!nursery.empty()) worker.poll();
  EXPECT_EQ(log, "accepted\n");
  for (const int fd : {first, second, third}) ::close(fd);
}

TEST(Tcp, AListenerLeavesFilesToOthers) {
  Worker worker(0);
  auto listener = TcpListener::open(
      worker, {.address = {*IpAddress::parse("127.0.0.1"), 0}, .keep_free = 1 << 20});
  ASSERT_TRUE(listener);
  Nursery nursery(worker.executor());
  std::string log;
  const int first = connect_blocking((*listener)->local());
  const int second = connect_blocking((*listener)->local());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  // An eighth of these is kept, and what is open already reaches into it. A few are free all the
  // same: the sanitizer opens a pipe to look whether memory can be read.
  std::vector<int> others;
  while (others.empty() || others.back() < 100) others.push_back(::dup(first));
  const rlimit tight{static_cast<rlim_t>(others.back()) + 7, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  nursery.start(accept_once(**listener, log));
  while (!nursery.empty()) worker.poll();
  EXPECT_EQ(log, "unavailable\n");
  EXPECT_EQ((*listener)->turned_away(), 2u);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  for (const int fd : others) ::close(fd);
  for (const int fd : {first, second}) ::close(fd);
}

}  // namespace
}  // namespace sallyport::io
