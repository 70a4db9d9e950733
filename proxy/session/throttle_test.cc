#include "proxy/session/throttle.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

namespace sallyport::session {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Lane::Clock::time_point at(milliseconds after) {
  return Lane::Clock::time_point(std::chrono::hours(1)) + after;
}

// How long `connections` take to pass `bytes` each, side by side, in pieces.
double seconds_of(Lane& lane, int connections, std::uint64_t bytes, std::uint64_t rate) {
  std::vector<Lane::Clock::time_point> clocks(static_cast<std::size_t>(connections),
                                              at(milliseconds(0)));
  std::vector<std::uint64_t> left(clocks.size(), bytes);
  constexpr std::uint64_t kPiece = 1'000;
  while (true) {
    std::size_t next = clocks.size();
    for (std::size_t i = 0; i < clocks.size(); ++i) {
      if (left[i] > 0 && (next == clocks.size() || clocks[i] < clocks[next])) next = i;
    }
    if (next == clocks.size()) break;
    const auto wait = lane.take(kPiece, rate, clocks[next]);
    clocks[next] += std::chrono::duration_cast<Lane::Clock::duration>(wait);
    left[next] -= kPiece;
  }
  const auto last = *std::max_element(clocks.begin(), clocks.end());
  return std::chrono::duration<double>(last - at(milliseconds(0))).count();
}

const Lane::Clock::time_point kNow = at(milliseconds(0));

TEST(Lane, PassesAtItsRateAfterHalfASecondOfCredit) {
  Lane lane;
  EXPECT_NEAR(seconds_of(lane, 1, 100'000, 10'000), 9.5, 0.11);
}

TEST(Lane, ManyConnectionsShareItAndGetNoMore) {
  Lane lane;
  EXPECT_NEAR(seconds_of(lane, 50, 2'000, 10'000), 9.5, 0.11);
}

TEST(Lane, ARestIsMadeUpForByHalfASecondAtMost) {
  Lane lane;
  EXPECT_EQ(lane.take(5'000, 10'000, at(seconds(0))), milliseconds(0));
  EXPECT_EQ(lane.take(1'000, 10'000, at(seconds(0))), milliseconds(100));
  EXPECT_EQ(lane.take(5'000, 10'000, at(seconds(100))), milliseconds(0));
  EXPECT_EQ(lane.take(1'000, 10'000, at(seconds(100))), milliseconds(100));
  EXPECT_FALSE(lane.rested(at(seconds(100))));
  EXPECT_TRUE(lane.rested(at(seconds(101))));
}

TEST(Lane, WhatIsGivenUpCostsNobodyAnything) {
  Lane lane;
  for (int i = 0; i < 300; ++i) static_cast<void>(lane.take(10'000, 10'000, kNow));
  for (int i = 0; i < 300; ++i) lane.give_back(10'000, 10'000);
  EXPECT_EQ(lane.take(5'000, 10'000, kNow), milliseconds(0));
}

TEST(Throttles, TellApartUserPolicyAndWay) {
  Throttles throttles;
  const auto up = throttles.lane("slow", "ana", Throttles::Way::upload, kNow);
  EXPECT_EQ(throttles.lane("slow", "ana", Throttles::Way::upload, kNow), up);
  EXPECT_NE(throttles.lane("slow", "ana", Throttles::Way::download, kNow), up);
  EXPECT_NE(throttles.lane("slow", "bob", Throttles::Way::upload, kNow), up);
  EXPECT_NE(throttles.lane("other", "ana", Throttles::Way::upload, kNow), up);
}

// Who comes and goes must not get a new credit each time.
TEST(Throttles, KeepALaneThatHasNotRestedWhenNobodyUsesIt) {
  Throttles throttles;
  static_cast<void>(
      throttles.lane("slow", "ana", Throttles::Way::upload, kNow)->take(1'000'000, 10'000, kNow));
  EXPECT_GT(throttles.lane("slow", "ana", Throttles::Way::upload, kNow)->take(1'000, 10'000, kNow),
            seconds(90));
}

TEST(Throttles, AFloodOfUsersSharesALaneAndTakesNoMemory) {
  Throttles throttles(100);
  std::vector<std::shared_ptr<Lane>> held;
  for (int i = 0; i < 1'000; ++i) {
    held.push_back(throttles.lane("slow", std::to_string(i), Throttles::Way::upload, kNow));
    static_cast<void>(held.back()->take(10'000, 1'000, kNow));
  }
  EXPECT_EQ(throttles.size(), 100u);
  EXPECT_EQ(held[500], held[999]);
}

}  // namespace
}  // namespace sallyport::session
