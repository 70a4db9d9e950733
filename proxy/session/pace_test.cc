// The least speed of a client, as a table of looks.

#include "proxy/session/pace.h"

#include <gtest/gtest.h>
#include <limits>

namespace sallyport::session {
namespace {

using namespace std::chrono_literals;

const PaceRule kRule{.bytes_per_second = 100, .patience = 10s};

// Seconds until it is too slow, or 1000 where it never is, for `bytes_a_second` while it owes.
int lasts(std::uint64_t bytes_a_second, const PaceRule& rule = kRule) {
  Pace pace(rule);
  std::uint64_t moved = 0;
  for (int second = 1; second <= 1000; ++second) {
    moved += bytes_a_second;
    if (!pace.look(true, moved, 1s)) return second;
  }
  return 1000;
}

TEST(Pace, SilenceLastsAsLongAsPatience) { EXPECT_EQ(lasts(0), 10); }

TEST(Pace, ABytePerSecondHardlyLastsLonger) { EXPECT_EQ(lasts(1), 11); }

TEST(Pace, HalfTheSpeedLastsTwiceAsLong) { EXPECT_EQ(lasts(50), 20); }

TEST(Pace, TheLeastSpeedIsEnough) { EXPECT_EQ(lasts(100), 1000); }

TEST(Pace, AStartInABurstBuysNoMoreThanPatience) {
  Pace pace(kRule);
  ASSERT_TRUE(pace.look(true, std::numeric_limits<std::uint64_t>::max() / 2, 1s));
  int seconds = 0;
  while (pace.look(true, std::numeric_limits<std::uint64_t>::max() / 2, 1s)) ++seconds;
  EXPECT_EQ(seconds, 9);
}

TEST(Pace, WhoOwesNothingIsForgivenAll) {
  Pace pace(kRule);
  for (int round = 0; round < 100; ++round) {
    for (int second = 0; second < 9; ++second) ASSERT_TRUE(pace.look(true, 0, 1s));
    ASSERT_TRUE(pace.look(false, 0, 1s));
  }
}

TEST(Pace, LooksOftenEnoughForAShortPatience) {
  EXPECT_EQ((PaceRule{.patience = 120s}.between_looks()), 5s);
  EXPECT_EQ((PaceRule{.patience = 2s}.between_looks()), 250ms);
  EXPECT_EQ((PaceRule{.patience = 1ms}.between_looks()), 200ms);
  EXPECT_FALSE((PaceRule{.bytes_per_second = 0}.holds()));
}

}  // namespace
}  // namespace sallyport::session
