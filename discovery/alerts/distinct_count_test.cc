#include "discovery/alerts/distinct_count.h"

#include <cmath>
#include <gtest/gtest.h>
#include <string>

namespace sallyport::discovery {
namespace {

DistinctCount of(int users) {
  DistinctCount count;
  for (int round = 0; round < 2; ++round) {
    for (int n = 0; n < users; ++n) count.add(mark_of("user" + std::to_string(n)));
  }
  return count;
}

TEST(DistinctCount, IsExactWhileThereIsRoomForAll) {
  for (const int users : {0, 1, 2, 50, 1023}) {
    EXPECT_EQ(of(users).count(), static_cast<std::uint64_t>(users));
  }
}

TEST(DistinctCount, IsNearTheTruthBeyondInTheSameRoom) {
  for (const int users : {1024, 5'000, 100'000}) {
    const DistinctCount count = of(users);
    EXPECT_EQ(count.marks().size(), DistinctCount::kMost);
    const double off = std::abs(static_cast<double>(count.count()) / users - 1);
    EXPECT_LT(off, 0.10) << users;  // three standard errors
  }
}

// Saved counts go on after a restart, so the marks may never change.
TEST(DistinctCount, MarksStayTheSameForEver) {
  EXPECT_EQ(mark_of("ana"), mark_of(std::string("an") + "a"));
  EXPECT_EQ(mark_of(""), 0xf52a15e9a9b5e89bULL);
  EXPECT_EQ(mark_of("ana"), 0x7d098ee2a98d098aULL);
}

}  // namespace
}  // namespace sallyport::discovery
