// Pipes between sockets, and the pool that lends them.

#include "base/io/pipe.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sallyport::io {
namespace {

// Two connected sockets; what is written to the one is read from the other.
struct Sockets {
  Sockets() { ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends); }
  ~Sockets() {
    for (const int fd : ends) ::close(fd);
  }
  int ends[2] = {-1, -1};
};

TEST(Pipe, CarriesWhatASocketHasToAnother) {
  const Sockets from;
  const Sockets to;
  const auto pipe = Pipe::open();
  ASSERT_NE(pipe, nullptr);
  EXPECT_EQ(pipe->take_from(from.ends[1]).status, ByteStream::Status::would_block);
  ASSERT_EQ(::send(from.ends[0], "hello", 5, 0), 5);
  EXPECT_EQ(pipe->take_from(from.ends[1]).bytes, 5u);
  EXPECT_EQ(pipe->held(), 5u);
  EXPECT_EQ(pipe->give_to(to.ends[0]).bytes, 5u);
  EXPECT_EQ(pipe->held(), 0u);
  char got[8];
  EXPECT_EQ(::recv(to.ends[1], got, sizeof got, 0), 5);
  EXPECT_EQ(std::string_view(got, 5), "hello");
  ::shutdown(from.ends[0], SHUT_WR);
  EXPECT_EQ(pipe->take_from(from.ends[1]).status, ByteStream::Status::end);
}

TEST(PipePool, LendsABoundedNumberAndKeepsAFew) {
  PipePool pool;
  {
    std::vector<PipePool::Lease> leases;
    for (std::size_t i = 0; i < PipePool::kMost; ++i) {
      leases.push_back(pool.take());
      ASSERT_TRUE(leases.back());
    }
    EXPECT_FALSE(pool.take());
    EXPECT_EQ(pool.lent(), PipePool::kMost);
    leases.pop_back();
    EXPECT_TRUE(pool.take());
  }
  EXPECT_EQ(pool.lent(), 0u);
  EXPECT_EQ(pool.kept(), PipePool::kKept);
}

TEST(PipePool, APipeThatHoldsSomethingIsNotLentAgain) {
  PipePool pool;
  const Sockets from;
  ASSERT_EQ(::send(from.ends[0], "secret", 6, 0), 6);
  {
    const PipePool::Lease lease = pool.take();
    ASSERT_EQ(lease->take_from(from.ends[1]).bytes, 6u);
  }
  EXPECT_EQ(pool.lent(), 0u);
  EXPECT_EQ(pool.kept(), 0u);
  const PipePool::Lease next = pool.take();
  EXPECT_EQ(next->held(), 0u);
}

TEST(PipePool, LeavesTheLastFilesToOthers) {
  PipePool pool;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  // What is open reaches into the last eighth; a few are free all the same.
  std::vector<int> others;
  while (others.empty() || others.back() < 100) others.push_back(::dup(STDIN_FILENO));
  const rlimit tight{static_cast<rlim_t>(others.back()) + 7, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  const bool lent = static_cast<bool>(pool.take());
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  for (const int fd : others) ::close(fd);
  EXPECT_FALSE(lent);
  EXPECT_EQ(pool.lent(), 0u);
  EXPECT_TRUE(pool.take());
}

}  // namespace
}  // namespace sallyport::io
