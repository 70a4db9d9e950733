#include "proxy/listen/flood_watch.h"

#include <gtest/gtest.h>

namespace sallyport::listen {
namespace {

using namespace std::chrono_literals;

const FloodWatch::Time kStart{1h};
const IpAddress kClient = *IpAddress::parse("192.0.2.1");

// How often it may be refused before it is ignored.
std::uint32_t patience(FloodWatch& watch, const IpAddress& client, FloodWatch::Time now) {
  std::uint32_t count = 0;
  while (count < 10'000 && !watch.refused(client, now)) ++count;
  return count;
}

TEST(FloodWatch, WhoIsRefusedTooOftenInASecondIsIgnoredForOne) {
  FloodWatch watch;
  EXPECT_EQ(patience(watch, kClient, kStart), FloodWatch::kRefusedFirst);
  EXPECT_EQ(watch.ignored(kStart), std::vector{kClient});
  EXPECT_EQ(watch.next_heard(kStart), kStart + 1s);
  EXPECT_EQ(watch.ignored(kStart + 1s), std::vector<IpAddress>{});
  EXPECT_EQ(watch.next_heard(kStart + 1s), std::nullopt);
}

TEST(FloodWatch, RefusalsThatAreSpreadOverTimeAreNoFlood) {
  FloodWatch watch;
  for (int i = 0; i < 5'000; ++i) EXPECT_FALSE(watch.refused(kClient, kStart + i * 2ms));
}

TEST(FloodWatch, WhoDoesItAgainWithinAMinuteIsIgnoredSooner) {
  FloodWatch watch;
  EXPECT_EQ(patience(watch, kClient, kStart), FloodWatch::kRefusedFirst);
  EXPECT_EQ(patience(watch, kClient, kStart + 1s), FloodWatch::kRefusedAgain);
  EXPECT_EQ(patience(watch, kClient, kStart + 61s), FloodWatch::kRefusedAgain);
  EXPECT_EQ(patience(watch, kClient, kStart + 123s), FloodWatch::kRefusedFirst);
}

TEST(FloodWatch, ThoseWhoWereInTheQueueAlreadyProlongNothing) {
  FloodWatch watch;
  patience(watch, kClient, kStart);
  for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(watch.refused(kClient, kStart + 500ms));
  EXPECT_EQ(watch.next_heard(kStart + 500ms), kStart + 1s);
}

TEST(FloodWatch, AllAddressesOfA64AreOneClient) {
  FloodWatch watch;
  for (int i = 0; i < 512; ++i) {
    EXPECT_FALSE(watch.refused(*IpAddress::parse("2001:db8::" + std::to_string(i)), kStart));
  }
  EXPECT_TRUE(watch.refused(*IpAddress::parse("2001:db8::1:1"), kStart));
  EXPECT_EQ(watch.ignored(kStart), std::vector{*IpAddress::parse("2001:db8::")});
}

TEST(FloodWatch, WatchesNoMoreThanItHasRoomFor) {
  FloodWatch watch;
  for (std::uint32_t host = 0; host < FloodWatch::kMostWatched; ++host) {
    EXPECT_FALSE(watch.refused(IpAddress::v4(host), kStart));
  }
  const IpAddress late = IpAddress::v4(1'000'000);
  EXPECT_EQ(patience(watch, late, kStart + 500ms), 10'000u) << "not watched, so never ignored";
  EXPECT_EQ(patience(watch, late, kStart + 2s), FloodWatch::kRefusedFirst);
}

}  // namespace
}  // namespace sallyport::listen
