#include "discovery/catalog/app_ranges.h"

#include <gtest/gtest.h>
#include <random>

namespace sallyport::discovery {
namespace {

AppRanges make(const std::vector<std::pair<std::string, std::uint32_t>>& claims) {
  std::vector<AppRanges::Claim> made;
  for (const auto& [range, app] : claims) made.push_back({*IpPrefix::parse(range), app});
  return AppRanges(std::move(made));
}

// "7 by 192.0.2.0/24", or "-".
std::string find(const AppRanges& ranges, std::string_view address) {
  const AppRanges::Claim* found = ranges.find(*IpAddress::parse(address));
  return found == nullptr ? "-" : std::to_string(found->app) + " by " + found->range.to_string();
}

TEST(AppRanges, TheLongestRangeThatHoldsAnAddressWins) {
  const AppRanges ranges = make({{"192.0.2.128/25", 2}, {"192.0.2.0/24", 1}, {"192.0.2.200", 3}});
  EXPECT_EQ(find(ranges, "192.0.2.1"), "1 by 192.0.2.0/24");
  EXPECT_EQ(find(ranges, "192.0.2.129"), "2 by 192.0.2.128/25");
  EXPECT_EQ(find(ranges, "192.0.2.200"), "3 by 192.0.2.200/32");
  EXPECT_EQ(find(ranges, "192.0.3.0"), "-");
  EXPECT_EQ(find(ranges, "192.0.1.255"), "-");
}

TEST(AppRanges, HoldBothFamiliesApart) {
  const AppRanges ranges = make({{"2001:db8::/32", 1}, {"10.0.0.0/8", 2}});
  EXPECT_EQ(find(ranges, "2001:db8:1::7"), "1 by 2001:db8::/32");
  EXPECT_EQ(find(ranges, "2001:db9::7"), "-");
  EXPECT_EQ(find(ranges, "10.255.255.255"), "2 by 10.0.0.0/8");
  EXPECT_EQ(find(ranges, "11.0.0.0"), "-");
}

TEST(AppRanges, AnAddressCannotBeSpelledAroundThem) {
  const AppRanges ranges = make({{"192.0.2.0/24", 1}, {"64:ff9b::/96", 2}});
  EXPECT_EQ(find(ranges, "::ffff:192.0.2.7"), "1 by 192.0.2.0/24") << "IPv4-mapped";
  EXPECT_EQ(find(ranges, "2002:c000:0207::1"), "1 by 192.0.2.0/24") << "6to4";
  EXPECT_EQ(find(ranges, "64:ff9b::c000:207"), "2 by 64:ff9b::/96") << "its own range first";
}

TEST(AppRanges, NoneHoldsAnythingWhereThereAreNone) {
  EXPECT_TRUE(AppRanges().empty());
  EXPECT_EQ(find(AppRanges(), "192.0.2.1"), "-");
  EXPECT_TRUE(make({}).empty());
}

TEST(AppRanges, SayWhatThePlainestReadingOfTheRulesSays) {
  std::mt19937 random(7);
  const auto address = [&] { return IpAddress::v4(0x0a000000u | (random() & 0xffff)); };
  std::vector<AppRanges::Claim> claims;
  for (std::uint32_t i = 0; i < 300; ++i) {
    const IpPrefix range = IpPrefix{address(), 16 + static_cast<int>(random() % 17)}.masked();
    const bool there = std::any_of(claims.begin(), claims.end(),
                                   [&](const auto& one) { return one.range == range; });
    if (!there) claims.push_back({range, i});
  }
  const AppRanges ranges(claims);
  for (int i = 0; i < 20'000; ++i) {
    const IpAddress asked = address();
    const AppRanges::Claim* longest = nullptr;
    for (const auto& one : claims) {
      if (one.range.contains(asked) && (!longest || one.range.length > longest->range.length)) {
        longest = &one;
      }
    }
    const AppRanges::Claim* found = ranges.find(asked);
    ASSERT_EQ(found == nullptr, longest == nullptr) << asked.to_string();
    const std::uint32_t expected = longest == nullptr ? 0 : longest->app;
    ASSERT_EQ(found == nullptr ? 0 : found->app, expected) << asked.to_string();
  }
}

}  // namespace
}  // namespace sallyport::discovery
