// Answers that took long are kept a while, and made anew by one of those who ask.

#include "proxy/app/report_cache.h"

#include <gtest/gtest.h>

namespace sallyport::app {
namespace {

using namespace std::chrono_literals;

class ReportCacheTest : public testing::Test {
 protected:
  ReportCache::Found find(std::string_view key = "dashboard") {
    return cache.find(key, stamp, now);
  }
  void put(std::string text, ReportCache::Cost cost, std::string_view key = "dashboard") {
    cache.put(key, stamp, {std::move(text), 3}, cost, now);
  }

  std::shared_ptr<const int> catalog = std::make_shared<int>(1), tags = std::make_shared<int>(2);
  ReportCache::Stamp stamp{catalog, tags};
  ReportCache::Moment now{};
  ReportCache cache;
};

TEST_F(ReportCacheTest, WhatTookLittleIsNeverKept) {
  put("{}", 99ms);
  EXPECT_EQ(find().answer, nullptr);
  put("{}", 2s);
  put("{}", 99ms);
  EXPECT_EQ(find().answer, nullptr) << "and is no longer, where it takes little now";
}

TEST_F(ReportCacheTest, IsFreshForTwentyTimesAsLongAsItTookAndAMinuteAtMost) {
  put("one", 1s);
  now += 19s;
  ASSERT_NE(find().answer, nullptr);
  EXPECT_EQ(find().answer->text, "one");
  EXPECT_EQ(find().answer->rows, 3u);
  EXPECT_EQ(find().age, 19s);
  EXPECT_FALSE(find().make_anew);
  now += 1s;
  EXPECT_TRUE(find().make_anew);
  put("two", 100s);
  now += 59s;
  EXPECT_FALSE(find().make_anew);
  now += 1s;
  EXPECT_TRUE(find().make_anew);
}

TEST_F(ReportCacheTest, OneOfThoseWhoAskMakesItAnewAndTheOthersGetTheOldOne) {
  put("old", 1s);
  now += 30s;
  EXPECT_TRUE(find().make_anew);
  EXPECT_FALSE(find().make_anew);
  EXPECT_EQ(find().answer->text, "old");
  cache.give_up("dashboard");
  EXPECT_TRUE(find().make_anew) << "the one who tried could not";
  put("new", 1s);
  EXPECT_EQ(find().answer->text, "new");
  EXPECT_FALSE(find().make_anew);
}

TEST_F(ReportCacheTest, IsGoneAfterFiveMinutes) {
  put("old", 1s);
  now += 5min;
  EXPECT_EQ(find().answer, nullptr);
  EXPECT_EQ(cache.size(), 0u);
}

TEST_F(ReportCacheTest, OtherTagsMakeAnotherAnswer) {
  put("old", 1s);
  EXPECT_EQ(cache.find("dashboard", {catalog, std::make_shared<int>(2)}, now).answer, nullptr);
  EXPECT_EQ(find().answer, nullptr) << "and the one of before is gone";
}

TEST_F(ReportCacheTest, KeepsThoseAskedForLast) {
  for (std::size_t i = 0; i < ReportCache::kMost; ++i) put("x", 1s, std::to_string(i));
  ASSERT_NE(find("0").answer, nullptr);
  put("x", 1s, "one more");
  EXPECT_EQ(cache.size(), ReportCache::kMost);
  EXPECT_NE(find("0").answer, nullptr);
  EXPECT_EQ(find("1").answer, nullptr);
  put(std::string(ReportCache::kMostBytes - 10, 'x'), 1s, "large");
  EXPECT_LT(cache.size(), ReportCache::kMost);
  EXPECT_NE(find("large").answer, nullptr);
  put(std::string(ReportCache::kMostBytes + 1, 'x'), 1s, "too large");
  EXPECT_EQ(find("too large").answer, nullptr);
  EXPECT_NE(find("large").answer, nullptr);
}

TEST_F(ReportCacheTest, NothingFromBeforeAnErasureIsGivenWhateverIsAsked) {
  put("of ana", 1s);
  put("of ana too", 1s, "users");
  const ReportCache::Stamp before = stamp;
  stamp.set_erasures("1");
  EXPECT_EQ(find().answer, nullptr);
  EXPECT_EQ(cache.size(), 0u) << "the other one has gone, too";
  // One that was begun before ends now.
  cache.put("dashboard", before, {"of ana", 3}, 1s, now);
  EXPECT_EQ(find().answer, nullptr);
  put("of nobody", 1s);
  ASSERT_NE(find().answer, nullptr);
  EXPECT_EQ(find().answer->text, "of nobody");
}

}  // namespace
}  // namespace sallyport::app
