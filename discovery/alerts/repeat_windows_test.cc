#include "discovery/alerts/repeat_windows.h"

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "discovery/alerts/alert.h"
#include "discovery/events/samples_for_tests.h"

namespace sallyport::discovery {
namespace {

using namespace std::chrono_literals;
using samples::id_of;
using samples::second;

// "ana@10/a": an activity of series ana at second 10 on target a. Comes out whenever one is full:
// "ana: 3 from 0 to 10 [0 5 10]", the events by their seconds.
std::string run(RepeatWindows& windows, const policy::RepeatRule& rule, const std::string& given,
                int now = 1'000'000) {
  std::string out;
  for (const std::string_view one : split(given, ' ')) {
    const auto at = one.find('@');
    const auto slash = one.find('/');
    const std::string_view target = slash == one.npos ? "" : one.substr(slash + 1);
    const int when = std::stoi(std::string(one.substr(at + 1)));
    const auto full =
        windows.add(one.substr(0, at), rule, target, id_of(when), second(when), second(now));
    if (!full) continue;
    const auto seconds = [](Time time) {
      return std::to_string((time - second(0)) / std::chrono::seconds(1));
    };
    if (!out.empty()) out += "; ";
    out += std::string(one.substr(0, at)) + ": " + std::to_string(full->count) + " from " +
           seconds(full->first) + " to " + seconds(full->last) + " [";
    for (const Ulid& id : full->events) {
      for (int n = 0; n < 1000; ++n) {
        if (id == id_of(n)) out += (out.back() == '[' ? "" : " ") + std::to_string(n);
      }
    }
    out += "]";
  }
  return out;
}

std::string run(const policy::RepeatRule& rule, const std::string& given, int now = 1'000'000) {
  RepeatWindows windows;
  return run(windows, rule, given, now);
}

constexpr policy::RepeatRule kThree{.min = 3, .window = 60s};
constexpr policy::RepeatRule kThreeTargets{.min = 3, .window = 60s, .unique_targets = true};

TEST(RepeatWindows, IsFullWithSoManyInsideTheWindow) {
  EXPECT_EQ(run(kThree, "ana@0 ana@30 ana@60"), "ana: 3 from 0 to 60 [0 30 60]");
  EXPECT_EQ(run(kThree, "ana@0 ana@30 ana@61"), "");
  EXPECT_EQ(run(kThree, "ana@0 ana@30 ana@61 ana@90"), "ana: 3 from 30 to 90 [30 61 90]");
}

TEST(RepeatWindows, CountsEachSeriesApart) {
  EXPECT_EQ(run(kThree, "ana@0 bob@1 ana@2 bob@3 cy@4"), "");
  EXPECT_EQ(run(kThree, "ana@0 bob@1 ana@2 bob@3 bob@4"), "bob: 3 from 1 to 4 [1 3 4]");
}

TEST(RepeatWindows, BeginsAnewOnceItWasFull) {
  EXPECT_EQ(run(kThree, "ana@0 ana@1 ana@2 ana@3 ana@4"), "ana: 3 from 0 to 2 [0 1 2]");
  EXPECT_EQ(run(kThree, "ana@0 ana@1 ana@2 ana@3 ana@4 ana@5"),
            "ana: 3 from 0 to 2 [0 1 2]; ana: 3 from 3 to 5 [3 4 5]");
}

TEST(RepeatWindows, PutsWhatComesLateWhereItBelongs) {
  EXPECT_EQ(run(kThree, "ana@50 ana@0 ana@20"), "ana: 3 from 0 to 50 [0 20 50]");
  // In the order they came the last three are close; by their times only two are.
  EXPECT_EQ(run(kThree, "ana@106 ana@45 ana@46"), "");
  EXPECT_EQ(run(kThree, "ana@106 ana@45 ana@46 ana@47"), "ana: 3 from 46 to 106 [46 47 106]");
}

TEST(RepeatWindows, LeavesOutWhatIsOlderThanTheWindowOfTheNewest) {
  EXPECT_EQ(run(kThree, "ana@100 ana@0 ana@10 ana@20"), "");
  EXPECT_EQ(run(kThree, "ana@100 ana@39 ana@101 ana@41"), "ana: 3 from 41 to 101 [41 100 101]");
}

TEST(RepeatWindows, CountsATargetOnceWhereTargetsAreUnique) {
  EXPECT_EQ(run(kThreeTargets, "ana@0/a ana@1/a ana@2/a ana@3/b"), "");
  EXPECT_EQ(run(kThreeTargets, "ana@0/a ana@1/a ana@3/b ana@4/c"), "ana: 3 from 1 to 4 [1 3 4]");
  // The latest of each counts: a moved out of the window and came back.
  EXPECT_EQ(run(kThreeTargets, "ana@0/a ana@50/b ana@100/a ana@105/c"),
            "ana: 3 from 50 to 105 [50 100 105]");
  EXPECT_EQ(run(kThreeTargets, "ana@10/a ana@0/a ana@65/b ana@70/c"),
            "ana: 3 from 10 to 70 [10 65 70]");
}

TEST(RepeatWindows, TakesTheFutureForNow) {
  EXPECT_EQ(run(kThree, "ana@500 ana@600 ana@700", 10), "ana: 3 from 10 to 10 [500 600 700]");
}

// The clock was an hour ahead, and was set right.
TEST(RepeatWindows, ForgetsWhatLiesInTheFutureNow) {
  RepeatWindows windows;
  EXPECT_EQ(run(windows, kThree, "ana@700 ana@701", 702), "");
  EXPECT_EQ(run(windows, kThree, "ana@100 ana@101", 102), "");
  EXPECT_EQ(windows.activities(), 2u);
  EXPECT_EQ(run(windows, kThree, "ana@102", 103), "ana: 3 from 100 to 102 [100 101 102]");
}

TEST(RepeatWindows, NamesNoMoreThanTheMostEvidence) {
  RepeatWindows windows;
  const policy::RepeatRule many{.min = 500, .window = 600s};
  std::optional<RepeatWindows::Full> full;
  for (int n = 0; n < 500; ++n) {
    ASSERT_FALSE(full);
    full = windows.add("ana", many, "", id_of(n), second(n), second(n));
  }
  ASSERT_TRUE(full);
  EXPECT_EQ(full->count, 500u);
  EXPECT_EQ(full->events.size(), kMostEvidence);
  EXPECT_EQ(full->events.front(), id_of(400));
  EXPECT_EQ(full->events.back(), id_of(499));
  EXPECT_EQ(windows.series(), 0u);
  EXPECT_EQ(windows.activities(), 0u);
}

TEST(RepeatWindows, ForgetsWhomItHasNotSeenForLongestWhenItIsFull) {
  RepeatWindows windows(16, 1000);
  for (int user = 0; user < 16; ++user) {
    run(windows, kThree, "u" + std::to_string(user) + "@" + std::to_string(user));
  }
  run(windows, kThree, "u0@16");  // seen again
  run(windows, kThree, "u16@17");
  EXPECT_EQ(windows.forgotten(), 3u);  // u1, u2, u3
  EXPECT_EQ(windows.series(), 14u);
  EXPECT_EQ(run(windows, kThree, "u0@18"), "u0: 3 from 0 to 18 [0 16 18]");
  EXPECT_EQ(run(windows, kThree, "u1@19 u1@20"), "");
}

TEST(RepeatWindows, HoldsItsBoundOfActivitiesWhateverComes) {
  RepeatWindows windows(1000, 500);
  const policy::RepeatRule many{.min = 100, .window = 86400s};
  for (int n = 0; n < 20'000; ++n) {
    windows.add("u" + std::to_string(n % 700), many, "", id_of(n), second(n), second(n));
    ASSERT_LE(windows.activities(), 500u);
    ASSERT_LE(windows.series(), 1000u);
  }
  EXPECT_GT(windows.forgotten(), 0u);
}

// A long window that never fills moves on without keeping what left it.
TEST(RepeatWindows, KeepsNothingThatLeftTheWindow) {
  RepeatWindows windows;
  const policy::RepeatRule many{.min = 1000, .window = 100s};
  for (int n = 0; n < 100'000; ++n) {
    windows.add("ana", many, "", id_of(n), second(n), second(n));
  }
  EXPECT_EQ(windows.activities(), 101u);
}

}  // namespace
}  // namespace sallyport::discovery
