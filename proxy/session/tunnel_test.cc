// Tunnels between real sockets on loopback, driven by hand, so that splice(2) is what carries bulk.

#include "proxy/session/tunnel.h"

#include <csignal>
#include <cstring>
#include <dirent.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <optional>
#include <random>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "base/io/nursery.h"
#include "base/io/tcp.h"
#include "tests/kit/memory_stream.h"

namespace sallyport::session {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kBulk = 6 * 1024 * 1024 + 321;
constexpr std::size_t kPatience = 2'000'000;  // turns of the loop, before a test gives up

// Every place has its own byte, for each direction another: a lost, doubled or exchanged piece
// shows.
char byte_at(std::uint64_t place, unsigned direction) {
  const std::uint64_t mixed = (place + 1) * 0x9E3779B97F4A7C15ull + direction;
  return static_cast<char>(mixed >> 56);
}

std::size_t open_files() {
  std::size_t count = 0;
  DIR* folder = ::opendir("/proc/self/fd");
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count;
}

// The system's other end, spoken to without waiting.
class Peer {
 public:
  Peer(int fd, unsigned says, unsigned hears) : fd_(fd), says_(says), hears_(hears) {}
  ~Peer() { close(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Of `all` bytes in all, at most `most` now. False where nothing went.
  bool send(std::size_t all, std::size_t most = 1 << 18) {
    const std::size_t size = std::min(all - sent_, most);
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = byte_at(sent_ + i, says_);
    const ssize_t put = ::send(fd_, bytes.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put > 0) sent_ += static_cast<std::size_t>(put);
    return put > 0;
  }
  // False where nothing came.
  bool hear(std::size_t most = 1 << 18) {
    std::string bytes(most, '\0');
    const ssize_t got = ::recv(fd_, bytes.data(), most, MSG_DONTWAIT);
    if (got == 0) ended_ = true;
    if (got < 0 && errno == ECONNRESET) broken_ = true;
    if (got <= 0) return false;
    for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
      if (bytes[i] != byte_at(heard_ + i, hears_)) ++wrong_;
    }
    heard_ += static_cast<std::size_t>(got);
    return true;
  }
  void end() { ::shutdown(fd_, SHUT_WR); }
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

  std::size_t sent() const { return sent_; }
  std::size_t heard() const { return heard_; }
  std::size_t wrong() const { return wrong_; }
  bool ended() const { return ended_; }
  bool broken() const { return broken_; }

 private:
  int fd_;
  unsigned says_;
  unsigned hears_;
  std::size_t sent_ = 0;
  std::size_t heard_ = 0;
  std::size_t wrong_ = 0;
  bool ended_ = false;
  bool broken_ = false;
};

Task<void> take(io::TcpListener& listener, std::unique_ptr<io::ByteStream>& into) {
  Result<io::Accepted> accepted = co_await listener.accept();
  if (accepted) into = std::move(accepted->stream);
}

Task<void> carry(io::Worker& worker, io::ByteStream& client, io::ByteStream& origin,
                 std::string early, std::chrono::milliseconds idle, std::optional<TunnelEnd>& end) {
  end = co_await splice(worker, client, origin, early, idle);
}

class Loopback {
 public:
  Loopback() {
    // As the gateway does: splice(2) knows no MSG_NOSIGNAL.
    std::signal(SIGPIPE, SIG_IGN);
    listener_ = *io::TcpListener::open(worker, {.address = {*IpAddress::parse("127.0.0.1"), 0}});
  }

  // A peer whose connection's other end is in `stream`.
  int connect(std::unique_ptr<io::ByteStream>& stream) {
    io::Nursery nursery(worker.executor());
    nursery.start(take(*listener_, stream));
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(listener_->local().port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    while (!nursery.empty()) worker.poll();
    return fd;
  }

  template <class Condition>
  bool until(const Condition& holds) {
    for (std::size_t i = 0; i < kPatience; ++i) {
      if (holds()) return true;
      worker.poll();
    }
    return false;
  }

  io::Worker worker{0};

 private:
  std::unique_ptr<io::TcpListener> listener_;
};

struct Tunnel {
  explicit Tunnel(Loopback& net, std::string early = {}, std::chrono::milliseconds idle = 1h)
      : loop(net),
        nursery(net.worker.executor()),
        client(net.connect(client_end), 1, 2),
        origin(net.connect(origin_end), 2, 1) {
    nursery.start(carry(net.worker, *client_end, *origin_end, std::move(early), idle, end));
  }
  ~Tunnel() {
    cut();
    while (!nursery.empty()) loop.worker.poll();
  }
  void cut() {
    client_end->close();
    origin_end->close();
  }
  bool ends() {
    return loop.until([&] { return end.has_value() && nursery.empty(); });
  }
  // All of it passes, both ways at once.
  bool passes(std::size_t to_origin, std::size_t to_client) {
    return loop.until([&] {
      if (client.sent() < to_origin) client.send(to_origin);
      if (origin.sent() < to_client) origin.send(to_client);
      origin.hear();
      client.hear();
      return origin.heard() == to_origin && client.heard() == to_client;
    });
  }

  Loopback& loop;
  std::unique_ptr<io::ByteStream> client_end;
  std::unique_ptr<io::ByteStream> origin_end;
  std::optional<TunnelEnd> end;
  io::Nursery nursery;
  Peer client;
  Peer origin;
};

TEST(Tunnel, BulkPassesByteForByteBothWaysWhateverThePausesAndIsCountedExactly) {
  for (const unsigned seed : {1u, 2u, 3u, 4u}) {
    Loopback net;
    Tunnel tunnel(net);
    std::mt19937 random(seed);
    const auto pick = [&](std::size_t most) { return 1 + random() % most; };
    bool client_ended = false;
    bool origin_ended = false;
    ASSERT_TRUE(net.until([&] {
      if (random() % 3 == 0) return false;  // everybody rests
      const std::size_t most = random() % 2 == 0 ? 2'000 : 300'000;
      if (tunnel.client.sent() < kBulk && random() % 2 == 0) tunnel.client.send(kBulk, pick(most));
      if (tunnel.origin.sent() < kBulk && random() % 2 == 0) tunnel.origin.send(kBulk, pick(most));
      if (random() % 2 == 0) tunnel.origin.hear(pick(most));
      if (random() % 2 == 0) tunnel.client.hear(pick(most));
      if (tunnel.client.sent() == kBulk && !std::exchange(client_ended, true)) tunnel.client.end();
      if (tunnel.origin.sent() == kBulk && !std::exchange(origin_ended, true)) tunnel.origin.end();
      return tunnel.client.ended() && tunnel.origin.ended();
    })) << seed;
    ASSERT_TRUE(tunnel.ends());
    EXPECT_EQ(tunnel.origin.heard(), kBulk);
    EXPECT_EQ(tunnel.client.heard(), kBulk);
    EXPECT_EQ(tunnel.origin.wrong() + tunnel.client.wrong(), 0u);
    EXPECT_EQ(tunnel.end->to_origin, kBulk);
    EXPECT_EQ(tunnel.end->to_client, kBulk);
    EXPECT_EQ(tunnel.end->error, "");
    for (const auto* stream : {tunnel.client_end.get(), tunnel.origin_end.get()}) {
      EXPECT_EQ(stream->wire_in(), kBulk);
      EXPECT_EQ(stream->wire_out(), kBulk);
      EXPECT_EQ(stream->delivered(), kBulk);
    }
    EXPECT_EQ(net.worker.pipes().lent(), 0u);
    EXPECT_GT(net.worker.pipes().kept(), 0u);  // So it was spliced.
  }
}

TEST(Tunnel, WhatTheClientSaidBeforeComesFirst) {
  Loopback net;
  std::string early;
  for (std::size_t i = 0; i < 100; ++i) early += byte_at(i, 1);
  Tunnel tunnel(net, early);
  ASSERT_TRUE(net.until([&] {
    tunnel.origin.hear();
    return tunnel.origin.heard() == 100;
  }));
  EXPECT_EQ(tunnel.origin.wrong(), 0u);
  tunnel.client.end();
  tunnel.origin.end();
  ASSERT_TRUE(tunnel.ends());
  EXPECT_EQ(tunnel.end->to_origin, 100u);
}

TEST(Tunnel, EitherSideMayEndFirstAndTheOtherGoesOn) {
  for (const bool client_first : {true, false}) {
    Loopback net;
    Tunnel tunnel(net);
    Peer& first = client_first ? tunnel.client : tunnel.origin;
    Peer& second = client_first ? tunnel.origin : tunnel.client;
    while (first.send(kBulk, 40'000) && first.sent() < 100'000) net.worker.poll();
    const std::size_t said = first.sent();
    first.end();
    ASSERT_TRUE(net.until([&] {
      second.hear();
      return second.ended();
    }));
    EXPECT_EQ(second.heard(), said);
    EXPECT_FALSE(tunnel.end.has_value());
    ASSERT_TRUE(net.until([&] {
      if (second.sent() < kBulk) second.send(kBulk);
      first.hear();
      return first.heard() == kBulk;
    }));
    second.end();
    ASSERT_TRUE(tunnel.ends());
    EXPECT_EQ(first.wrong() + second.wrong(), 0u);
    EXPECT_EQ(client_first ? tunnel.end->to_origin : tunnel.end->to_client, said);
    EXPECT_EQ(client_first ? tunnel.end->to_client : tunnel.end->to_origin, kBulk);
    EXPECT_EQ(tunnel.end->error, "");
  }
}

TEST(Tunnel, AnIdleOneHoldsNoPipeAlsoAfterBulk) {
  Loopback net;
  Tunnel tunnel(net);
  ASSERT_TRUE(tunnel.passes(kBulk, kBulk));
  EXPECT_TRUE(net.until([&] { return net.worker.pipes().lent() == 0; }));
  EXPECT_GT(net.worker.pipes().kept(), 0u);
  EXPECT_LE(net.worker.pipes().kept(), io::PipePool::kKept);
  EXPECT_FALSE(tunnel.end.has_value());
}

TEST(Tunnel, SmallExchangesTakeNoPipe) {
  Loopback net;
  Tunnel tunnel(net);
  for (std::size_t i = 1; i <= 100; ++i) ASSERT_TRUE(tunnel.passes(i * 500, i * 4'000));
  EXPECT_EQ(net.worker.pipes().lent() + net.worker.pipes().kept(), 0u);
}

// What the kernel of a peer that stops reading does not take stays with us, and nothing of it is
// counted or lost.
TEST(Tunnel, APeerThatStopsReadingHoldsUpOnlyItsDirectionAndMayGoOn) {
  Loopback net;
  Tunnel tunnel(net);
  constexpr std::size_t kMuch = 64 * 1024 * 1024;
  std::size_t stuck = 0;
  while (stuck < 1'000) {
    stuck = tunnel.client.send(kMuch) ? 0 : stuck + 1;
    net.worker.poll();
  }
  const std::size_t sent = tunnel.client.sent();
  ASSERT_LT(sent, kMuch);
  EXPECT_LT(tunnel.origin_end->delivered(), tunnel.origin_end->wire_out());
  EXPECT_GE(tunnel.client_end->wire_in(), tunnel.origin_end->wire_out());
  EXPECT_EQ(net.worker.pipes().lent(), 1u);
  ASSERT_TRUE(net.until([&] {
    if (tunnel.origin.sent() < kBulk) tunnel.origin.send(kBulk);
    tunnel.client.hear();
    return tunnel.client.heard() == kBulk;
  }));
  ASSERT_TRUE(net.until([&] {
    tunnel.origin.hear();
    return tunnel.origin.heard() == sent;
  }));
  EXPECT_EQ(tunnel.client.wrong() + tunnel.origin.wrong(), 0u);
  EXPECT_TRUE(net.until([&] { return net.worker.pipes().lent() == 0; }));
}

TEST(Tunnel, CutInTheMiddleItCountsWhatLeftAndGivesItsPipeBack) {
  Loopback net;
  Tunnel tunnel(net);
  std::size_t stuck = 0;
  while (stuck < 1'000) {
    stuck = tunnel.client.send(64 * 1024 * 1024) ? 0 : stuck + 1;
    net.worker.poll();
  }
  const std::size_t files = open_files();
  tunnel.cut();
  ASSERT_TRUE(tunnel.ends());
  EXPECT_EQ(tunnel.end->to_origin, tunnel.origin_end->wire_out());
  EXPECT_LT(tunnel.end->to_origin, tunnel.client_end->wire_in());
  EXPECT_EQ(net.worker.pipes().lent(), 0u);
  EXPECT_EQ(net.worker.pipes().kept(), 0u);  // It held bytes of one client: nobody else gets it.
  EXPECT_EQ(open_files(), files - 4);        // Two sockets and the pipe.
}

TEST(Tunnel, ASideThatResetsIsToldFromTheOther) {
  for (const bool client_resets : {true, false}) {
    Loopback net;
    Tunnel tunnel(net);
    Peer& gone = client_resets ? tunnel.client : tunnel.origin;
    Peer& left = client_resets ? tunnel.origin : tunnel.client;
    std::size_t stuck = 0;
    while (stuck < 100) {  // It sends, and would have to take as much: both are in the middle.
      stuck = gone.send(16 * 1024 * 1024) | left.send(16 * 1024 * 1024) ? 0 : stuck + 1;
      net.worker.poll();
    }
    gone.reset();
    ASSERT_TRUE(tunnel.ends());
    EXPECT_EQ(tunnel.end->client_failed, client_resets);
    EXPECT_EQ(tunnel.end->origin_failed, !client_resets);
    EXPECT_NE(tunnel.end->error, "");
    EXPECT_EQ(tunnel.end->to_origin, tunnel.origin_end->wire_out());
    EXPECT_EQ(tunnel.end->to_client, tunnel.client_end->wire_out());
    EXPECT_TRUE(net.until([&] {
      left.hear();
      return left.ended() || left.broken();
    }));
    EXPECT_EQ(left.wrong(), 0u);
    EXPECT_EQ(net.worker.pipes().lent(), 0u);
  }
}

TEST(Tunnel, NothingMovingForTooLongEndsItAlsoWithBytesInThePipe) {
  Loopback net;
  // So long that it does not matter how long the test takes.
  Tunnel tunnel(net, {}, 60min);
  std::size_t stuck = 0;
  while (stuck < 1'000) {
    stuck = tunnel.client.send(64 * 1024 * 1024) ? 0 : stuck + 1;
    net.worker.poll();
  }
  const auto now = std::chrono::steady_clock::now();
  net.worker.deadlines().advance(now + 30min);
  net.worker.poll();
  EXPECT_FALSE(tunnel.end.has_value());
  net.worker.deadlines().advance(now + 61min);
  ASSERT_TRUE(tunnel.ends());
  EXPECT_TRUE(tunnel.end->timed_out);
  EXPECT_EQ(net.worker.pipes().lent(), 0u);
}

TEST(Tunnel, ManyLeaveNoFileOpen) {
  Loopback net;
  const auto one = [&] {
    Tunnel tunnel(net);
    ASSERT_TRUE(tunnel.passes(200'000, 300'000));
    tunnel.client.end();
    tunnel.origin.end();
    ASSERT_TRUE(tunnel.ends());
  };
  one();
  const std::size_t before = open_files();
  for (int i = 0; i < 100; ++i) one();
  EXPECT_LE(open_files(), before + 2 * io::PipePool::kKept);
  EXPECT_EQ(net.worker.pipes().lent(), 0u);
}

TEST(Tunnel, WhereNoPipeIsToBeHadItCopies) {
  Loopback net;
  std::vector<io::PipePool::Lease> all;
  while (all.size() < io::PipePool::kMost) all.push_back(net.worker.pipes().take());
  Tunnel tunnel(net);
  ASSERT_TRUE(tunnel.passes(kBulk, kBulk));
  tunnel.client.end();
  tunnel.origin.end();
  ASSERT_TRUE(tunnel.ends());
  EXPECT_EQ(tunnel.client.wrong() + tunnel.origin.wrong(), 0u);
  EXPECT_EQ(tunnel.end->to_origin, kBulk);
  EXPECT_EQ(tunnel.end->to_client, kBulk);
}

// With `left` of them free: those are not for pipes, because they are the last eighth.
void copies_with_descriptors_left(rlim_t left) {
  Loopback net;
  Tunnel tunnel(net);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  std::vector<int> taken;
  do taken.push_back(::dup(STDIN_FILENO));
  while (taken.back() < 100);
  const rlimit tight{static_cast<rlim_t>(taken.back()) + 1 + left, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  const bool passed = tunnel.passes(kBulk, kBulk);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  for (const int fd : taken) ::close(fd);
  ASSERT_TRUE(passed);
  EXPECT_EQ(tunnel.client.wrong() + tunnel.origin.wrong(), 0u);
  EXPECT_EQ(net.worker.pipes().kept() + net.worker.pipes().lent(), 0u);
}

TEST(Tunnel, WithFewFreeDescriptorsItCopies) { copies_with_descriptors_left(4); }

// The undefined-behaviour sanitizer needs a pipe of its own to look at memory, and takes an object
// for none where it gets none.
#if !defined(__SANITIZE_ADDRESS__)
TEST(Tunnel, WithoutFreeDescriptorsItCopies) { copies_with_descriptors_left(0); }
#endif

// Where one end is no socket, all is copied: what does not fit waits in memory.
TEST(Tunnel, BetweenStreamsThatAreNoSocketsItCopies) {
  io::Worker worker(0);
  testkit::Faults faults;
  testkit::PeerPipes client;
  testkit::PeerPipes origin;
  testkit::MemoryStream client_end(client.to_system, client.from_system, faults);
  testkit::MemoryStream origin_end(origin.to_system, origin.from_system, faults);
  origin.from_system->room = 1'000;
  std::optional<TunnelEnd> end;
  io::Nursery nursery(worker.executor());
  nursery.start(carry(worker, client_end, origin_end, "early", 1h, end));
  std::string said;
  for (std::size_t i = 0; i < 200'000; ++i) said += byte_at(i, 1);
  client.to_system->bytes = said;
  client.to_system->ended = true;
  client.to_system->wake();
  std::string heard;
  for (std::size_t i = 0; i < kPatience && !origin.from_system->ended; ++i) {
    heard += std::exchange(origin.from_system->bytes, {});
    origin.from_system->wake();
    worker.poll();
  }
  heard += origin.from_system->bytes;
  EXPECT_EQ(heard, "early" + said);
  origin.to_system->ended = true;
  origin.to_system->wake();
  while (!nursery.empty()) worker.poll();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->to_origin, said.size() + 5);
  EXPECT_EQ(end->error, "");
}

}  // namespace
}  // namespace sallyport::session
