#include "base/core/zone_hint.h"

#include <gtest/gtest.h>

#include "base/core/time_zone.h"

namespace sallyport {
namespace {

std::string hint(std::string_view written) { return zone_hint(written, TimeZone::names()); }

TEST(ZoneHint, KnowsWhatCitiesAreCalledElsewhere) {
  EXPECT_EQ(hint("Europe/Wien"), "did you mean 'Europe/Vienna'?");
  EXPECT_EQ(hint("Rom"), "did you mean 'Europe/Rome'?");
  EXPECT_EQ(hint("Europe/Zürich"), "did you mean 'Europe/Zurich'?");
  EXPECT_EQ(hint("Europe/Munich"), "did you mean 'Europe/Berlin'?");
  EXPECT_EQ(hint("US/San Francisco"), "did you mean 'America/Los_Angeles'?");
}

TEST(ZoneHint, FindsTheRegionOfACity) {
  EXPECT_EQ(hint("Vienna"), "did you mean 'Europe/Vienna'?");
  EXPECT_EQ(hint("europe/vienna"), "did you mean 'Europe/Vienna'?");
  EXPECT_EQ(hint("Austria/Vienna"), "did you mean 'Europe/Vienna'?");
  EXPECT_EQ(hint("America/New York"), "did you mean 'America/New_York'?");
}

TEST(ZoneHint, FindsASlipOfThePen) {
  EXPECT_EQ(hint("Europe/Vinna"), "did you mean 'Europe/Vienna'?");
  EXPECT_EQ(hint("Erope/Budapest"), "did you mean 'Europe/Budapest'?");
}

// Europe/Wien was told to be Europe/Kiev.
TEST(ZoneHint, NeverNamesACityThatBeginsWithAnotherLetter) {
  EXPECT_EQ(hint("Europe/Nome"), "did you mean 'America/Nome'?");
  EXPECT_EQ(hint("Europe/Xofia"), "");
  EXPECT_EQ(hint("Europe/Kuris"), "");
  EXPECT_EQ(hint("Europe/"), "");
  EXPECT_EQ(hint(""), "");
}

TEST(ZoneHint, NamesNoZoneThatTheSystemLacks) {
  EXPECT_EQ(zone_hint("Europe/Wien", {"UTC"}), "");
  EXPECT_EQ(zone_hint("Europe/Wien", {}), "");
}

TEST(ZoneHint, KnowsNoOtherNameOfAZoneThatThereIsNot) {
  for (const OtherName& one : other_names_of_zones()) {
    EXPECT_TRUE(TimeZone::find(one.zone)) << one.zone;
    EXPECT_FALSE(TimeZone::find(one.called)) << one.called;
  }
}

}  // namespace
}  // namespace sallyport
