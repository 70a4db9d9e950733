#include "base/core/time_zone.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace sallyport {
namespace {

std::int64_t offset_at(std::string_view zone, std::string_view time) {
  const auto found = TimeZone::find(zone);
  EXPECT_TRUE(found) << zone;
  return found ? found->offset(*parse_rfc3339(time)).count() : 0;
}

TEST(TimeZone, KnowsSummerAndWinter) {
  EXPECT_EQ(offset_at("Europe/Vienna", "2026-01-15T12:00:00Z"), 3600);
  EXPECT_EQ(offset_at("Europe/Vienna", "2026-07-15T12:00:00Z"), 7200);
  EXPECT_EQ(offset_at("UTC", "2026-07-15T12:00:00Z"), 0);
  EXPECT_EQ(offset_at("Asia/Kolkata", "2026-07-15T12:00:00Z"), 19800);
}

// RFC 3339 instants of the switch of 2026 in the European Union: 29 March, 01:00 UTC.
TEST(TimeZone, SwitchesAtTheSecond) {
  EXPECT_EQ(offset_at("Europe/Berlin", "2026-03-29T00:59:59Z"), 3600);
  EXPECT_EQ(offset_at("Europe/Berlin", "2026-03-29T01:00:00Z"), 7200);
}

TEST(TimeZone, GoesOnAtTheEndsOfItsTable) {
  EXPECT_EQ(offset_at("UTC", "1960-01-01T00:00:00Z"), 0);
  EXPECT_EQ(offset_at("Asia/Tokyo", "2140-01-01T00:00:00Z"), 32400);
}

TEST(TimeZone, DoesNotKnowWhatIsNoZone) {
  EXPECT_FALSE(TimeZone::find("Europe/Atlantis"));
  EXPECT_FALSE(TimeZone::find(""));
  EXPECT_FALSE(TimeZone::find("../../etc/passwd"));
}

TEST(TimeZone, ListsItsNames) {
  const auto names = TimeZone::names();
  EXPECT_NE(std::find(names.begin(), names.end(), "Europe/Vienna"), names.end());
}

}  // namespace
}  // namespace sallyport
