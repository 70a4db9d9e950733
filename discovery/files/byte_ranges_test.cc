#include "discovery/files/byte_ranges.h"

#include <gtest/gtest.h>
#include <limits>
#include <set>

namespace sallyport::discovery {
namespace {

TEST(ByteRanges, MergeWhatTouches) {
  ByteRanges seen;
  EXPECT_EQ(seen.add(10, 20), 10u);
  EXPECT_EQ(seen.add(30, 40), 10u);
  EXPECT_EQ(seen.ranges(), 2u);
  EXPECT_EQ(seen.add(20, 25), 5u);
  EXPECT_EQ(seen.ranges(), 2u);
  EXPECT_EQ(seen.add(15, 35), 5u);
  EXPECT_EQ(seen.ranges(), 1u);
  EXPECT_TRUE(seen.covers(10, 40));
  EXPECT_FALSE(seen.covers(9, 11));
  EXPECT_FALSE(seen.covers(39, 41));
  EXPECT_EQ(seen.end(), 40u);
  EXPECT_EQ(seen.count(), 30u);
}

TEST(ByteRanges, TakeNothingForNothing) {
  ByteRanges seen;
  EXPECT_EQ(seen.add(5, 5), 0u);
  EXPECT_EQ(seen.add(7, 5), 0u);
  EXPECT_EQ(seen.ranges(), 0u);
  EXPECT_EQ(seen.end(), 0u);
  EXPECT_TRUE(seen.covers(3, 3));
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(seen.add(0, most), most);
  EXPECT_TRUE(seen.covers(0, most));
}

TEST(ByteRanges, LeaveOutWhatWouldMakeTooMany) {
  ByteRanges seen(2);
  seen.add(0, 1);
  seen.add(10, 11);
  EXPECT_FALSE(seen.lossy());
  EXPECT_EQ(seen.add(20, 21), 0u);
  EXPECT_TRUE(seen.lossy());
  EXPECT_EQ(seen.ranges(), 2u);
  EXPECT_EQ(seen.add(1, 10), 9u);  // What fits to others makes no more.
  EXPECT_EQ(seen.ranges(), 1u);
}

TEST(ByteRanges, AgreeWithASetOfNumbers) {
  std::uint32_t random = 7;
  const auto next = [&](std::uint32_t below) {
    random = random * 1664525 + 1013904223;
    return random / 65536 % below;
  };
  for (int round = 0; round < 50; ++round) {
    ByteRanges seen(1000);
    std::set<std::uint64_t> numbers;
    for (int i = 0; i < 60; ++i) {
      const std::uint64_t from = next(200);
      const std::uint64_t end = from + next(20);
      std::uint64_t fresh = 0;
      for (std::uint64_t n = from; n < end; ++n) fresh += numbers.insert(n).second ? 1 : 0;
      ASSERT_EQ(seen.add(from, end), fresh);
      ASSERT_EQ(seen.count(), numbers.size());
      ASSERT_EQ(seen.end(), numbers.empty() ? 0 : *numbers.rbegin() + 1);
    }
  }
}

}  // namespace
}  // namespace sallyport::discovery
