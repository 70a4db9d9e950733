#include "discovery/imports/times.h"

#include <gtest/gtest.h>

namespace sallyport::discovery::imports {
namespace {

constexpr std::string_view kBad = "bad";

std::string shown(const std::optional<Time>& time) {
  return time ? format_rfc3339(*time) : std::string(kBad);
}

TimeReader reader(const char* zone = nullptr) {
  return TimeReader(
      {zone ? TimeZone::find(zone) : nullptr, parse_rfc3339("2026-02-01T12:00:00Z").value()});
}

TEST(LogTimes, AreReadInEveryShape) {
  const std::pair<const char*, const char*> kTimes[] = {
      {"1764265743", "2025-11-27T17:49:03.000000Z"},
      {"1764265743.5", "2025-11-27T17:49:03.500000Z"},
      {"1764265743123", "2025-11-27T17:49:03.123000Z"},
      {"1764265743123456", "2025-11-27T17:49:03.123456Z"},
      {"1764265743123456789", "2025-11-27T17:49:03.123456Z"},
      {"2025-11-27T17:49:03Z", "2025-11-27T17:49:03.000000Z"},
      {"2025-11-27T17:49:03.123456789+01:00", "2025-11-27T16:49:03.123456Z"},
      {"2025-11-27 17:49:03", "2025-11-27T17:49:03.000000Z"},
      {"2025/11/27 17:49:03", "2025-11-27T17:49:03.000000Z"},
      {"2025-11-27 17:49:03,250 UTC", "2025-11-27T17:49:03.250000Z"},
      {"[27/Nov/2025:17:49:03 -0500]", "2025-11-27T22:49:03.000000Z"},
      {"27/Nov/2025:17:49:03.250", "2025-11-27T17:49:03.250000Z"},
      {"27 Nov 2025 17:49:03 GMT", "2025-11-27T17:49:03.000000Z"},
      {"Nov 27 2025 17:49:03.123 UTC", "2025-11-27T17:49:03.123000Z"},
      {"Nov 27, 2025 17:49:03", "2025-11-27T17:49:03.000000Z"},
      {"Thu Nov 27 17:49:03 2025", "2025-11-27T17:49:03.000000Z"},
      {"Thu, 27 Nov 2025 17:49:03 GMT", "2025-11-27T17:49:03.000000Z"},
      {"\"Nov  7 17:49:03\"", "2025-11-07T17:49:03.000000Z"},
      {"Jan 31 00:00:00", "2026-01-31T00:00:00.000000Z"},
      {"Feb  2 11:00:00", "2026-02-02T11:00:00.000000Z"},
      {"Feb  3 11:00:00", "2025-02-03T11:00:00.000000Z"},
      {"2025-11-27 23:59:60", "2025-11-28T00:00:00.000000Z"},
  };
  for (const auto& [text, time] : kTimes) EXPECT_EQ(shown(reader().read(text)), time) << text;
}

TEST(LogTimes, OthersAreRefused) {
  for (const std::string_view text : {"",
                                      "-",
                                      "0",
                                      "17642657",
                                      "1764265743.",
                                      "99999999999999999999",
                                      "2025-13-01 00:00:00",
                                      "2025-02-30 00:00:00",
                                      "2025-11-27 24:00:00",
                                      "2025-11-27 17:60:03",
                                      "2025-11-27",
                                      "2025-11-27T17:49",
                                      "27/Foo/2025:17:49:03",
                                      "27/11/2025 17:49:03",
                                      "Nov 27",
                                      "now",
                                      "2025-11-27 17:49:03 +1",
                                      "2025-11-27 17:49:03 somewhere",
                                      "0001-01-01 00:00:00",
                                      "9999-01-01 00:00:00"}) {
    EXPECT_EQ(shown(reader().read(text)), kBad) << text;
  }
}

TEST(LogTimes, TheOperatorsZoneIsForThoseThatNameNone) {
  auto times = reader("Europe/Vienna");
  EXPECT_EQ(shown(times.read("2025-11-27 17:49:03")), "2025-11-27T16:49:03.000000Z");
  EXPECT_EQ(shown(times.read("2025-07-27 17:49:03")), "2025-07-27T15:49:03.000000Z");
  EXPECT_EQ(shown(times.read("2025-07-27 17:49:03 CEST")), "2025-07-27T15:49:03.000000Z");
  EXPECT_EQ(times.without_zone(), 3u);
  EXPECT_EQ(shown(times.read("2025-07-27T17:49:03Z")), "2025-07-27T17:49:03.000000Z");
  EXPECT_EQ(shown(times.read("2025-07-27", "17:49:03", "+0000")), "2025-07-27T17:49:03.000000Z");
  EXPECT_EQ(shown(times.read("1764265743")), "2025-11-27T17:49:03.000000Z");
  EXPECT_EQ(times.without_zone(), 3u);
  EXPECT_EQ(shown(times.read("2025-07-27", "17:49:03", "")), "2025-07-27T15:49:03.000000Z");
  // Twice that night: the first. And never that night: as if the clocks had not been changed.
  EXPECT_EQ(shown(times.read("2025-10-26 02:30:00")), "2025-10-26T00:30:00.000000Z");
  EXPECT_EQ(shown(times.read("2025-03-30 02:30:00")), "2025-03-30T01:30:00.000000Z");
  EXPECT_EQ(shown(reader("Pacific/Auckland").read("2025-12-01 00:30:00")),
            "2025-11-30T11:30:00.000000Z");
}

TEST(LogTimes, AreReadByAFormat) {
  const auto by = [](std::string_view format, std::string_view text) {
    return shown(reader().read_by(format, text));
  };
  EXPECT_EQ(by("%d.%m.%Y %H:%M:%S", "27.11.2025 17:49:03"), "2025-11-27T17:49:03.000000Z");
  EXPECT_EQ(by("%m/%d/%y %I:%M:%S %p", "11/27/25 05:49:03 PM"), "2025-11-27T17:49:03.000000Z");
  EXPECT_EQ(by("%b %e %H:%M:%S.%f %z", "Nov  7 17:49:03.5 +0100"), "2025-11-07T16:49:03.500000Z");
  EXPECT_EQ(by("%s", "1764265743"), "2025-11-27T17:49:03.000000Z");
  EXPECT_EQ(by("%d.%m.%Y %H:%M:%S", "27.11.2025 17:49"), kBad);
  EXPECT_EQ(by("%d.%m.%Y %H:%M:%S", "27.11.2025 17:49:03 x"), kBad);
  EXPECT_EQ(by("%I:%M:%S %p %d.%m.%Y", "13:00:00 PM 27.11.2025"), kBad);
  for (const std::string_view good : {"%s", "%Y-%m-%d %H:%M:%S", "%b %d %I:%M:%S%p"}) {
    EXPECT_TRUE(is_time_format(good)) << good;
  }
  for (const std::string_view bad : {"", "%Y-%m-%d", "%H:%M:%S", "%Q", "%", "%Y-%m-%d %I:%M:%S"}) {
    EXPECT_FALSE(is_time_format(bad)) << bad;
  }
}

}  // namespace
}  // namespace sallyport::discovery::imports
