#include "base/io/poller.h"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io/nursery.h"
#include "base/io/worker.h"

namespace sallyport::io {
namespace {

// Two ends of a connection: one that is watched, one that is not.
struct Ends {
  explicit Ends(Worker& worker) {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()), 0);
    here = std::make_unique<Poller::Socket>(worker.poller(), fds[0]);
    there = fds[1];
  }
  ~Ends() { end(); }
  void say(std::string_view text) const {
    EXPECT_EQ(::write(there, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void end() {
    if (there >= 0) ::close(std::exchange(there, -1));
  }
  // As a stream does: took_all() where there was less than there was room for.
  std::string hear() const {
    std::array<char, 16> room;
    const ssize_t got = ::read(here->fd(), room.data(), room.size());
    if (got < static_cast<ssize_t>(room.size())) here->took_all();
    return got < 0 ? "none" : std::string(room.data(), static_cast<std::size_t>(got));
  }

  std::unique_ptr<Poller::Socket> here;
  int there = -1;
};

// Tells what it finds, each time that there may be something, `times` times.
Task<void> listen(Ends& ends, std::string& log, int times) {
  while (times-- > 0) {
    co_await ends.here->readable();
    if (!ends.here->is_open()) {
      log += "closed ";
      co_return;
    }
    log += '[' + ends.hear() + "] ";
  }
}

TEST(Poller, WakesForWhatComesAfterEverythingWasTaken) {
  Worker worker(0);
  Nursery nursery(worker.executor());
  Ends ends(worker);
  std::string log;
  EXPECT_EQ(ends.hear(), "none");
  EXPECT_FALSE(ends.here->may_read());
  nursery.start(listen(ends, log, 3));
  worker.poll();
  EXPECT_EQ(log, "");
  ends.say("one");
  worker.poll();
  EXPECT_EQ(log, "[one] ");
  worker.poll();
  ends.say("two");
  worker.poll();
  EXPECT_EQ(log, "[one] [two] ");
  ends.end();
  worker.poll();
  EXPECT_EQ(log, "[one] [two] [] ");
  EXPECT_TRUE(ends.here->may_read());  // An end stays one.
}

TEST(Poller, RemembersWhatCameWhileNobodyWaited) {
  Worker worker(0);
  Nursery nursery(worker.executor());
  Ends busy(worker);
  Ends ends(worker);
  std::string log;
  EXPECT_EQ(ends.hear(), "none");
  EXPECT_EQ(busy.hear(), "none");
  nursery.start(listen(busy, log, 1));  // so that the kernel is asked
  worker.poll();
  ends.say("early");
  busy.say("now");
  worker.poll();
  EXPECT_EQ(log, "[now] ");
  EXPECT_TRUE(ends.here->may_read());
  nursery.start(listen(ends, log, 1));
  worker.poll();
  EXPECT_EQ(log, "[now] [early] ");
}

TEST(Poller, FindsAnEndThatCameWithTheLastBytes) {
  Worker worker(0);
  Nursery nursery(worker.executor());
  Ends ends(worker);
  std::string log;
  EXPECT_EQ(ends.hear(), "none");
  nursery.start(listen(ends, log, 2));
  worker.poll();
  ends.say("last");
  ends.end();
  worker.poll();
  EXPECT_EQ(log, "[last] [] ");
}

Task<void> close_other(Ends& ends, Ends& other, std::string& log) {
  co_await ends.here->readable();
  log += ends.hear() + " closes the other, ";
  other.here->close();
}

TEST(Poller, WhoWakesMayCloseOthersOfTheSameTurn) {
  for (const bool first : {true, false}) {
    Worker worker(0);
    Nursery nursery(worker.executor());
    Ends one(worker);
    Ends two(worker);
    Ends& closer = first ? one : two;
    Ends& closed = first ? two : one;
    std::string log;
    EXPECT_EQ(one.hear() + two.hear(), "nonenone");
    nursery.start(close_other(closer, closed, log));
    nursery.start(listen(closed, log, 2));
    worker.poll();
    one.say("x");
    two.say("x");
    worker.poll();
    closed.end();
    EXPECT_TRUE(log == "x closes the other, closed " || log == "[x] x closes the other, closed ")
        << log;
    EXPECT_TRUE(nursery.empty());
  }
}

TEST(Poller, AWaitThatIsGivenUpWakesLater) {
  Worker worker(0);
  Nursery nursery(worker.executor());
  Ends ends(worker);
  std::string log;
  EXPECT_EQ(ends.hear(), "none");
  nursery.start(listen(ends, log, 1));
  worker.poll();
  ends.here->end_read_wait();
  EXPECT_EQ(log, "");
  worker.poll();
  EXPECT_EQ(log, "[none] ");
}

Task<void> fill(Ends& ends, std::string& log) {
  const std::string much(100'000, 'x');
  ssize_t put = 0;
  while ((put = ::write(ends.here->fd(), much.data(), much.size())) > 0) {
  }
  log += "full ";
  co_await ends.here->writable();
  log += ends.here->is_open() ? "room " : "closed ";
}

TEST(Poller, WakesAWriterWhereThereIsRoomAgain) {
  Worker worker(0);
  Nursery nursery(worker.executor());
  Ends ends(worker);
  std::string log;
  nursery.start(fill(ends, log));
  worker.poll();
  EXPECT_EQ(log, "full ");
  std::string taken(1 << 20, '\0');
  while (::read(ends.there, taken.data(), taken.size()) > 0) {
  }
  worker.poll();
  EXPECT_EQ(log, "full room ");
  nursery.start(fill(ends, log));
  worker.poll();
  ends.here->close();
  worker.poll();
  EXPECT_EQ(log, "full room full closed ");
}

// What a coroutine has ends with it.
struct Mark {
  std::string& log;
  ~Mark() { log += "gone"; }
};

Task<void> own_and_wait(std::unique_ptr<Ends> ends, std::string& log) {
  const Mark mark{log};
  co_await ends->here->readable();
  log += "woken ";
}

TEST(Poller, WhoWaitsEndsWithTheWorker) {
  std::string log;
  {
    Worker worker(0);
    auto ends = std::make_unique<Ends>(worker);
    EXPECT_EQ(ends->hear(), "none");
    boost::asio::co_spawn(worker.executor(), own_and_wait(std::move(ends), log),
                          boost::asio::detached);
    worker.poll();
    EXPECT_EQ(log, "");
  }
  EXPECT_EQ(log, "gone");
}

}  // namespace
}  // namespace sallyport::io
