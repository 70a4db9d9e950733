#include "discovery/alerts/daily_limits.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

constexpr std::chrono::sys_days kMonday{std::chrono::year(2026) / 11 / 23};
constexpr std::chrono::sys_days kTuesday = kMonday + std::chrono::days(1);

// "a 2026-11-23 2+1": two raised, one suppressed.
std::string text(const std::vector<AlertDay>& days) {
  std::string out;
  for (const AlertDay& day : days) {
    out += (out.empty() ? "" : "; ") + day.policy_id + " " + format_day(day.day) + " " +
           std::to_string(day.raised) + "+" + std::to_string(day.suppressed);
  }
  return out;
}

TEST(DailyLimits, RaisesSoManyOfEachPolicyOnEachDay) {
  DailyLimits limits;
  EXPECT_TRUE(limits.take("a", kMonday, 2));
  EXPECT_TRUE(limits.take("a", kMonday, 2));
  EXPECT_FALSE(limits.take("a", kMonday, 2));
  EXPECT_TRUE(limits.take("b", kMonday, 2));
  EXPECT_TRUE(limits.take("a", kTuesday, 2));
  // What comes late counts for its own day.
  EXPECT_FALSE(limits.take("a", kMonday, 2));
  EXPECT_EQ(text(limits.of(kMonday)), "a 2026-11-23 2+2; b 2026-11-23 1+0");
  EXPECT_EQ(text(limits.of(kTuesday)), "a 2026-11-24 1+0");
}

TEST(DailyLimits, HoldsAChangedLimitAtOnce) {
  DailyLimits limits;
  EXPECT_TRUE(limits.take("a", kMonday, 1));
  EXPECT_FALSE(limits.take("a", kMonday, 1));
  EXPECT_TRUE(limits.take("a", kMonday, 3));
  EXPECT_FALSE(limits.take("a", kMonday, 2));
}

TEST(DailyLimits, TellsEachChangeOnceAndWhole) {
  DailyLimits limits;
  limits.take("a", kMonday, 1);
  limits.take("b", kMonday, 1);
  EXPECT_EQ(text(limits.take_changes()), "a 2026-11-23 1+0; b 2026-11-23 1+0");
  EXPECT_EQ(text(limits.take_changes()), "");
  limits.take("a", kMonday, 1);
  EXPECT_EQ(text(limits.take_changes()), "a 2026-11-23 1+1");
}

TEST(DailyLimits, GoesOnFromWhatAnEarlierProcessCounted) {
  DailyLimits limits;
  limits.add({"a", kMonday, 2, 5});
  EXPECT_EQ(text(limits.take_changes()), "");  // That is in the store already.
  EXPECT_FALSE(limits.take("a", kMonday, 2));
  EXPECT_EQ(text(limits.take_changes()), "a 2026-11-23 2+6");
}

// The store could not be read when it began.
TEST(DailyLimits, AddsUpWhatWasCountedBeforeTheStoreOpened) {
  DailyLimits limits;
  limits.take("a", kMonday, 2);
  limits.take_changes();
  limits.add({"a", kMonday, 1, 0});
  EXPECT_EQ(text(limits.take_changes()), "a 2026-11-23 2+0");
  EXPECT_FALSE(limits.take("a", kMonday, 2));
}

TEST(DailyLimits, ForgetsDaysThatAreOver) {
  DailyLimits limits;
  limits.take("a", kMonday, 2);
  limits.take("a", kTuesday, 2);
  limits.forget_before(kTuesday);
  EXPECT_EQ(text(limits.of(kMonday)), "");
  EXPECT_EQ(text(limits.of(kTuesday)), "a 2026-11-24 1+0");
}

}  // namespace
}  // namespace sallyport::discovery
