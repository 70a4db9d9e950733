#include "discovery/detect/memory.h"

#include <gtest/gtest.h>

namespace sallyport::discovery::detect {
namespace {

constexpr std::uint32_t kWeek = 7 * 24;                 // hours
constexpr std::uint32_t kWednesday = 20'635 * 24 + 12;  // 2026-07-01, noon
constexpr std::uint32_t kMidnight = 20'638 * 24 + 71;   // a Monday, 23:00

TEST(Past, AnHourOfTheWeekIsComparedWithTheWeeksBefore) {
  Past past;
  for (std::uint32_t week = 6; week > 0; --week) past.put(kWednesday - week * kWeek, to_code(1000));
  EXPECT_NEAR(past.usual_at(kWednesday, 6), 1000, 50);
  EXPECT_NEAR(past.usual_at(kWednesday + 1, 6), 1000, 50) << "an hour later is no surprise";
  EXPECT_NEAR(past.usual_at(kWednesday - 1, 6), 1000, 50);
  EXPECT_EQ(past.usual_at(kWednesday + 2, 6), 0);
  EXPECT_EQ(past.usual_at(kWednesday + 24, 6), 0) << "on a Thursday";
}

TEST(Past, OneWeekOfManyIsNotUsual) {
  Past past;
  for (std::uint32_t week = 6; week > 0; --week) {
    past.put(kWednesday - week * kWeek, to_code(week == 3 ? 9000 : 100));
  }
  EXPECT_LT(past.usual_at(kWednesday, 6), 150);
}

TEST(Past, WhatComesEveryThirdWeekIsUsual) {
  Past past;
  for (const std::uint32_t week : {6u, 3u}) past.put(kWednesday - week * kWeek, to_code(1000));
  EXPECT_GT(past.usual_at(kWednesday, 6), 700);
}

TEST(Past, WeeksThatAreNotKnownYetDoNotCountAsEmpty) {
  Past past;
  for (std::uint32_t week = 3; week > 0; --week) past.put(kWednesday - week * kWeek, to_code(1000));
  EXPECT_NEAR(past.usual_at(kWednesday, 3), 1000, 50);
}

TEST(Past, ThisWeekSaysNothingOfWhatIsUsual) {
  Past past;
  past.put(kWednesday, to_code(1000));
  EXPECT_EQ(past.usual_at(kWednesday, 6), 0);
}

TEST(Past, WhatIsSevenWeeksOldIsForgotten) {
  Past past;
  past.put(kWednesday - 7 * kWeek, to_code(1000));
  EXPECT_EQ(past.usual_at(kWednesday, 6), 0);
  past.put(kWednesday, to_code(10));
  EXPECT_EQ(past.cells->size(), 1u);
}

TEST(Past, TheHoursBesideTheTurnOfTheWeekAreNeighbours) {
  Past past;
  for (std::uint32_t week = 6; week > 0; --week) past.put(kMidnight - week * kWeek, to_code(1000));
  EXPECT_NEAR(past.usual_at(kMidnight + 1, 6), 1000, 50);
}

TEST(Past, NeverHasMoreThanTheHoursOfAWeek) {
  Past past;
  for (std::uint32_t hour = 0; hour < 20 * kWeek; ++hour) past.put(kWednesday + hour, 9);
  EXPECT_EQ(past.cells->size(), kWeek);
  EXPECT_LE(past.bytes(), 2'200u);
}

// A day's window still holds the morning's bytes in the evening, although nothing happens then.
TEST(Burst, HoursInWhichNothingHappensHaveTheirWindowToo) {
  Burst burst;
  const std::uint64_t day = 86'400;
  const std::uint64_t noon = std::uint64_t{kWednesday} * 3600;
  burst.note_hour(noon, burst.add(noon, day, 5000), 10);
  burst.note_hours(noon + 8 * 3600, day, 10);
  ASSERT_NE(burst.peaks.past, nullptr);
  const std::uint32_t next_week = kWednesday + kWeek;
  EXPECT_NEAR(burst.peaks.past->usual_at(next_week + 6, 1), 5000, 300);
  burst.note_hours(noon + 40 * 3600, day, 10);
  EXPECT_NEAR(burst.peaks.past->usual_at(next_week + 20, 1), 5000, 300);
  EXPECT_EQ(burst.peaks.past->usual_at(next_week + 27, 1), 0) << "the window has passed";
}

TEST(Peaks, WhatIsBelowTheFloorTakesNoMemory) {
  Peaks peaks;
  std::uint8_t ended = 0;
  for (std::uint16_t day = 1; day < 40; ++day) peaks.add(day, 5, 10, ended);
  EXPECT_EQ(peaks.past, nullptr);
  EXPECT_EQ(peaks.kept, 28);
  EXPECT_EQ(peaks.usual(), 0);
  EXPECT_EQ(ended, to_code(5)) << "all of them are told of it";
}

TEST(Memory, HoldsOneKindAtATime) {
  Memory memory;
  EXPECT_EQ(memory.find<Burst>(), nullptr);
  memory.get<Burst>().evidence = 7;
  EXPECT_EQ(memory.get<Burst>().evidence, 7u);
  EXPECT_EQ(memory.find<Traits>(), nullptr);
  memory.get<Traits>();
  EXPECT_EQ(memory.find<Burst>(), nullptr);
  memory.set_minute(0xffffffff);
  EXPECT_EQ(memory.minute(), 0xffffffffu);
  Memory other = std::move(memory);
  EXPECT_EQ(other.minute(), 0xffffffffu);
  other.get<Crowd>().seen[1] = 2;
  EXPECT_EQ(other.get<Crowd>().seen.size(), 1u);
  EXPECT_EQ(other.minute(), 0u);
  other.clear();
  EXPECT_EQ(other.find<Crowd>(), nullptr);
}

TEST(Allocated, IsWhatTheAllocatorTakes) {
  EXPECT_EQ(allocated(1), 16u);
  EXPECT_EQ(allocated(16), 16u);
  EXPECT_EQ(allocated(113), 128u);
  EXPECT_EQ(allocated(129), 160u);
  EXPECT_EQ(allocated(256), 256u);
  EXPECT_EQ(allocated(257), 320u);
  EXPECT_EQ(allocated(1025), 1280u);
}

TEST(Traits, ForgetWhatWasNotSeenForLongest) {
  Traits traits;
  Trait forgotten{};
  for (std::uint16_t i = 0; i < Traits::kMost; ++i) {
    EXPECT_FALSE(traits.add({i, i, static_cast<std::uint16_t>(i == 0 ? 99 : i)}, forgotten));
  }
  EXPECT_TRUE(traits.add({77, 50, 50}, forgotten));
  EXPECT_EQ(forgotten.hash, 1u);
  EXPECT_EQ(traits.size(), Traits::kMost);
}

}  // namespace
}  // namespace sallyport::discovery::detect
