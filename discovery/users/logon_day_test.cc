#include "discovery/users/logon_day.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

std::string read(std::string_view text) {
  const auto day = parse_logon_day(text);
  return day ? format_logon_day(*day) : "none";
}

TEST(LogonDay, IsADateOrTheUtcDayOfATime) {
  EXPECT_EQ(read("2026-11-27"), "2026-11-27");
  EXPECT_EQ(read("2026-11-27T23:59:59Z"), "2026-11-27");
  EXPECT_EQ(read("2026-11-27T23:30:00-02:00"), "2026-11-28");
  EXPECT_EQ(read("1990-01-01"), "1990-01-01");
}

TEST(LogonDay, IsNoneForNonsenseAndForWhatMeansNever) {
  for (const char* text :
       {"", "never", "0", "2026-11-31", "2026-13-01", "27.11.2026", "2026-11-27 ",
        "2026-11-27T25:00:00Z", "133500000000000000", "1989-12-31", "0001-01-01",
        "1601-01-01T00:00:00Z", "1970-01-01T00:00:00Z"}) {
    EXPECT_EQ(read(text), "none") << text;
  }
}

TEST(LogonDay, IsCountedInDaysAndNotFromTheFuture) {
  const Time noon = *parse_rfc3339("2026-11-27T12:00:00Z");
  const auto days = [&](std::string_view logon) {
    return days_since_logon(*parse_logon_day(logon), noon);
  };
  EXPECT_EQ(days("2026-11-27"), 0);
  EXPECT_EQ(days("2026-11-26"), 1);
  EXPECT_EQ(days("2026-10-28"), 30);
  EXPECT_EQ(days("2026-11-28"), 0) << "clocks differ";
  EXPECT_EQ(days("2026-11-29"), std::nullopt);
  EXPECT_EQ(days("9999-12-31"), std::nullopt);
  EXPECT_EQ(days_since_logon(kFirstLogonDay, *parse_rfc3339("9999-12-31T00:00:00Z")), 65535);
  EXPECT_EQ(days_since_logon(kFirstLogonDay, Time()), std::nullopt);
}

}  // namespace
}  // namespace sallyport::discovery
