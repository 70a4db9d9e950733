#include "base/core/clock.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

using namespace std::chrono_literals;

constexpr Time kThen =
    Time(std::chrono::sys_days(std::chrono::year(2026) / 11 / 23)) + 21h + 58min + 51s + 123us;

std::string reread(std::string_view text) {
  const auto time = parse_rfc3339(text);
  return time ? format_rfc3339(*time) : "refused";
}

std::string redone(std::string_view text) {
  const auto duration = parse_duration(text);
  return duration ? format_duration(*duration) : "refused";
}

TEST(Clock, WritesTimesAsTheFormatsSay) {
  EXPECT_EQ(format_rfc3339(kThen), "2026-11-23T21:58:51.000123Z");
  EXPECT_EQ(format_http_date(kThen), "Mon, 23 Nov 2026 21:58:51 GMT");
  EXPECT_EQ(format_rfc3339(Time{}), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(format_rfc3339(Time{-1us}), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_http_date(Time{784111777s}), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Clock, KeepsFourDigitYearsWhateverTheTime) {
  EXPECT_EQ(format_rfc3339(Time::max()), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_rfc3339(Time::min()), "0000-01-01T00:00:00.000000Z");
}

TEST(Clock, ReadsWhatItWritesAndOffsets) {
  EXPECT_EQ(parse_rfc3339("2026-11-23T21:58:51.000123Z"), kThen);
  EXPECT_EQ(reread("2026-11-23T21:58:51Z"), "2026-11-23T21:58:51.000000Z");
  EXPECT_EQ(reread("2026-11-23T21:58:51.5Z"), "2026-11-23T21:58:51.500000Z");
  EXPECT_EQ(reread("2026-11-23T21:58:51.120Z"), "2026-11-23T21:58:51.120000Z");
  EXPECT_EQ(reread("2026-11-23T21:58:51+02:00"), "2026-11-23T19:58:51.000000Z");
  EXPECT_EQ(reread("2026-11-23T21:58:51-03:30"), "2026-11-24T01:28:51.000000Z");
  EXPECT_EQ(reread("2024-02-29T00:00:00Z"), "2024-02-29T00:00:00.000000Z");
  EXPECT_EQ(reread("1969-12-31T23:59:59.999999Z"), "1969-12-31T23:59:59.999999Z");
}

TEST(Clock, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "2026-11-23",
                           "2026-11-23T21:58:51",
                           "2026-11-23 21:58:51Z",
                           "2026-11-23t21:58:51z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-02-29T00:00:00Z",
                           "2026-04-31T00:00:00Z",
                           "2026-11-23T24:00:00Z",
                           "2026-11-23T21:60:00Z",
                           "2026-11-23T21:58:60Z",
                           "2026-11-23T21:58:51.Z",
                           "2026-11-23T21:58:51.1234567Z",
                           "2026-11-23T21:58:51.000123Zx",
                           "2026-11-23T21:58:51+2:00",
                           "2026-11-23T21:58:51+24:00",
                           "2026-11-23T21:58:51+0200",
                           "2026-11-23T21:58:51+",
                           "26-11-23T21:58:51Z",
                           "2026-11-23T21:58:51.12a3Z",
                           " 2026-11-23T21:58:51Z",
                           "+026-11-23T21:58:51Z"}) {
    EXPECT_EQ(reread(text), "refused") << text;
  }
}

TEST(Duration, ReadsOneNumberAndOneUnit) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("15m"), 15min);
  EXPECT_EQ(parse_duration("24h"), 24h);
  EXPECT_EQ(parse_duration("7d"), 168h);
  EXPECT_EQ(parse_duration("2w"), 336h);
  EXPECT_EQ(parse_duration("0s"), 0s);
  EXPECT_EQ(parse_duration("36500d"), 876000h);
  for (const char* text :
       {"", "s", "5", "5 s", "-5s", "+5s", "1.5h", "5S", "5sec", "1h30m", "5us", "36501d",
        "18446744073709551615w", "99999999999999999999s", " 5s", "5s "}) {
    EXPECT_EQ(redone(text), "refused") << text;
  }
}

TEST(Duration, IsWrittenInTheLargestUnitThatFits) {
  EXPECT_EQ(redone("90s"), "90s");
  EXPECT_EQ(redone("60s"), "1m");
  EXPECT_EQ(redone("3600s"), "1h");
  EXPECT_EQ(redone("24h"), "1d");
  EXPECT_EQ(redone("14d"), "2w");
  EXPECT_EQ(redone("1500ms"), "1500ms");
  EXPECT_EQ(redone("0ms"), "0s");
  EXPECT_EQ(format_duration(-1500ms), "-1500ms");
}

TEST(SystemClock, Moves) {
  EXPECT_GT(system_clock().now(), kThen - std::chrono::years(50));
  const auto before = system_clock().steady();
  EXPECT_LE(before, system_clock().steady());
}

}  // namespace
}  // namespace sallyport
