#include "proxy/session/waits.h"

#include <gtest/gtest.h>

namespace sallyport::session {
namespace {

using namespace std::chrono_literals;

TEST(Durations, TellAQuantileThatIsNeverTooLowAndAFifthTooHighAtMost) {
  Durations durations;
  for (int i = 1; i <= 1'000; ++i) durations.add(i * 37us);
  const std::pair<double, std::chrono::microseconds> quantiles[] = {
      {0.0, 37us}, {0.5, 18'500us}, {0.95, 35'150us}, {0.99, 36'630us}, {1.0, 37'000us}};
  for (const auto& [share, exact] : quantiles) {
    EXPECT_GE(durations.quantile(share), exact) << share;
    EXPECT_LE(durations.quantile(share).count(), exact.count() * 1.2 + 1) << share;
  }
  EXPECT_EQ(durations.count(), 1'000u);
}

TEST(Durations, TakeWhatIsShorterAndLongerThanAnyBucket) {
  Durations durations;
  EXPECT_EQ(durations.quantile(0.5), 0us);
  durations.add(0ns);
  EXPECT_EQ(durations.quantile(0.5), 1us);
  durations.add(24h);
  EXPECT_GT(durations.quantile(1.0), 90s);
  Durations sum;
  sum.add(durations);
  sum.add(durations);
  EXPECT_EQ(sum.count(), 4u);
}

const Waits::Moment kStart{100h};

TEST(Waits, AreToldByMinuteForAnHour) {
  Waits waits;
  waits.add({.own = 50us, .origin = 2ms}, kStart);
  waits.add({.origin = 4ms}, kStart + 59s);
  waits.add({.own = 70us}, kStart + 60s);
  const auto minutes = waits.minutes(kStart + 60s);
  ASSERT_EQ(minutes.size(), 2u);
  EXPECT_EQ(minutes[0].own.count(), 1u);
  EXPECT_EQ(minutes[0].origin.count(), 2u);
  EXPECT_EQ(minutes[1].own.count(), 1u);
  EXPECT_EQ(minutes[1].minute, minutes[0].minute + 1);
  EXPECT_EQ(waits.minutes(kStart + 60min).size(), 1u);
  EXPECT_EQ(waits.minutes(kStart + 61min).size(), 0u);
  // A minute of the next hour takes the place of one that is over.
  waits.add({.own = 70us}, kStart + 60min);
  EXPECT_EQ(waits.minutes(kStart + 60min).size(), 2u);
}

TEST(Waits, MeasureTheFirstOfAMinuteAndThenFew) {
  Waits waits;
  waits.add({.own = 1us}, kStart);
  std::uint32_t measured = 0;
  for (std::uint32_t i = 0; i < Waits::kAll + 10 * Waits::kEach; ++i) measured += waits.begin();
  EXPECT_GE(measured, Waits::kAll + 10 - 1);
  EXPECT_LE(measured, Waits::kAll + 10 + 1);
  waits.add({.own = 1us}, kStart + 1min);
  EXPECT_TRUE(waits.begin());
  EXPECT_TRUE(waits.begin());
}

}  // namespace
}  // namespace sallyport::session
