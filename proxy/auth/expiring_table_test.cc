#include "proxy/auth/expiring_table.h"

#include <gtest/gtest.h>
#include <thread>

namespace sallyport::auth {
namespace {

using std::chrono::milliseconds;
using Moment = ExpiringTable::Moment;

constexpr Moment kBegin = Moment(std::chrono::hours(1));

// Keys of one bucket of a table of 8 cells, told apart by their upper bits.
std::uint64_t key(std::uint64_t n) { return n << 40; }

class ExpiringTableTest : public ::testing::Test {
 protected:
  std::int64_t left(std::uint64_t n, int after) const {
    return table_.left(key(n), kBegin + milliseconds(after)).count();
  }
  void extend(std::uint64_t n, int by, int after) {
    table_.extend(key(n), milliseconds(by), kBegin + milliseconds(after));
  }

  ExpiringTable table_{8, kBegin};
};

TEST_F(ExpiringTableTest, MarksEndByThemselves) {
  EXPECT_EQ(left(1, 0), 0);
  extend(1, 100, 0);
  EXPECT_EQ(left(1, 0), 100);
  EXPECT_EQ(left(1, 99), 1);
  EXPECT_EQ(left(1, 100), 0);
  EXPECT_EQ(left(2, 0), 0);
}

TEST_F(ExpiringTableTest, ExtendsFromTheEndOrFromNow) {
  extend(1, 100, 0);
  extend(1, 100, 50);
  EXPECT_EQ(left(1, 50), 150);
  extend(1, 100, 1000);
  EXPECT_EQ(left(1, 1000), 100);
}

TEST_F(ExpiringTableTest, MarksAnewAndClears) {
  extend(1, 100, 0);
  table_.mark(key(1), milliseconds(10), kBegin);
  EXPECT_EQ(left(1, 0), 10);
  table_.clear(key(1));
  EXPECT_EQ(left(1, 0), 0);
  table_.clear(key(7));
}

TEST_F(ExpiringTableTest, ForgetsTheMarkThatWouldHaveEndedFirst) {
  for (std::uint64_t n = 1; n <= 8; ++n) extend(n, static_cast<int>(n) * 100, 0);
  extend(9, 5, 0);
  EXPECT_EQ(left(1, 0), 0);
  EXPECT_EQ(left(9, 0), 5);
  for (std::uint64_t n = 2; n <= 8; ++n) EXPECT_EQ(left(n, 0), static_cast<int>(n) * 100);
  // One that has ended makes room first.
  extend(10, 500, 250);
  EXPECT_EQ(left(3, 250), 50);
  EXPECT_EQ(left(10, 250), 500);
}

TEST(ExpiringTable, LosesNothingOfAKeyThatManyThreadsExtend) {
  ExpiringTable table(64, kBegin);
  table.extend(key(1), milliseconds(1), kBegin);  // A new key may be marked twice.
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&table] {
      for (int n = 0; n < 100; ++n) {
        const Moment now = kBegin;
        table.extend(key(1), milliseconds(1), now);
        (void)table.left(key(2), now);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto left = table.left(key(1), kBegin).count();
  // A cell that others change sixteen times in a row is given up; that is the error.
  EXPECT_LE(left, 401);
  EXPECT_GE(left, 350);
}

}  // namespace
}  // namespace sallyport::auth
