#include "discovery/catalog/host_index.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

// "0" for the number found, "-" for none.
std::string find(const HostIndex& index, std::string_view host) {
  const auto found = index.find(host);
  return found ? std::to_string(*found) : "-";
}

TEST(HostIndex, CoversTheNameItselfAndEverythingBelow) {
  HostIndex index;
  index.claim("example.com", 0);
  EXPECT_EQ(find(index, "example.com"), "0");
  EXPECT_EQ(find(index, "a.example.com"), "0");
  EXPECT_EQ(find(index, "a.b.c.d.e.example.com"), "0");
}

TEST(HostIndex, CoversOnlyWhatIsBelowAStar) {
  HostIndex index;
  index.claim("*.example.com", 0);
  EXPECT_EQ(find(index, "example.com"), "-");
  EXPECT_EQ(find(index, "a.example.com"), "0");
}

TEST(HostIndex, StopsAtLabels) {
  HostIndex index;
  index.claim("example.com", 0);
  EXPECT_EQ(find(index, "notexample.com"), "-");
  EXPECT_EQ(find(index, "example.com.evil.net"), "-");
  EXPECT_EQ(find(index, "com"), "-");
  EXPECT_EQ(find(index, ""), "-");
}

TEST(HostIndex, PrefersTheLongerName) {
  HostIndex index;
  index.claim("example.com", 0);
  index.claim("files.example.com", 1);
  EXPECT_EQ(find(index, "www.example.com"), "0");
  EXPECT_EQ(find(index, "files.example.com"), "1");
  EXPECT_EQ(find(index, "eu.files.example.com"), "1");
}

TEST(HostIndex, RefusesAClaimThatOverlapsAndChangesNothing) {
  HostIndex index;
  index.claim("*.example.com", 0);
  EXPECT_EQ(index.claim("example.com", 1), 0u);
  EXPECT_EQ(find(index, "example.com"), "-");
  EXPECT_EQ(find(index, "a.example.com"), "0");
  EXPECT_EQ(index.claim("example.com", 0), std::nullopt);
  EXPECT_EQ(find(index, "example.com"), "0");
}

TEST(HostIndex, FindsShortNamesBelowManyLabels) {
  HostIndex index;
  index.claim("example.com", 0);
  std::string host = "example.com";
  for (int i = 0; i < 110; ++i) host.insert(0, "a.");
  EXPECT_EQ(find(index, host), "0");
  EXPECT_EQ(find(index, host + ".net"), "-");
}

TEST(HostIndex, EndsAtTheFirstSuffixThatNoPatternEndsIn) {
  HostIndex index;
  index.claim("b.a.example.com", 0);
  EXPECT_EQ(find(index, "a.example.com"), "-");
  EXPECT_EQ(find(index, "b.a.example.com"), "0");
  EXPECT_EQ(index.find_pattern("a.example.com"), std::nullopt);
  EXPECT_EQ(index.find_pattern("b.a.example.com"), 0u);
  index.claim("*.a.example.com", 1);
  EXPECT_EQ(index.find_pattern("a.example.com"), std::nullopt);
  EXPECT_EQ(index.find_pattern("*.a.example.com"), 1u);
  EXPECT_EQ(find(index, "c.a.example.com"), "1");
}

TEST(HostIndex, FlagsWithoutClaiming) {
  HostIndex index;
  index.flag("docs.example.com");
  EXPECT_TRUE(index.find_cover("x.docs.example.com").flagged);
  EXPECT_TRUE(index.find_cover("docs.example.com").flagged);
  EXPECT_FALSE(index.find_cover("example.com").flagged);
  EXPECT_EQ(find(index, "docs.example.com"), "-");
  EXPECT_EQ(index.claim("docs.example.com", 3), std::nullopt);
  EXPECT_TRUE(index.find_cover("docs.example.com").flagged);
  EXPECT_EQ(find(index, "docs.example.com"), "3");
}

TEST(HostIndex, TakesStrangeNamesForUnknown) {
  HostIndex index;
  index.claim("example.com", 0);
  EXPECT_EQ(find(index, "."), "-");
  EXPECT_EQ(find(index, "example.com."), "-");
  EXPECT_EQ(find(index, ".example.com"), "0");  // Below, as far as an index can tell.
  EXPECT_EQ(find(index, std::string(300, 'a') + ".com"), "-");
  EXPECT_EQ(find(index, std::string(300, '.')), "-");
  EXPECT_EQ(find(index, std::string_view("example\0.com", 12)), "-");
}

// The table grows many times, and names share labels, lengths and beginnings.
TEST(HostIndex, KnowsEveryNameOfMany) {
  HostIndex index;
  const auto name = [](int i) {
    return "a" + std::to_string(i % 7) + "." + std::to_string(i) + "-example." +
           (i % 3 == 0 ? "co.uk" : "com");
  };
  constexpr int kNames = 20'000;
  for (int i = 0; i < kNames; ++i) {
    ASSERT_EQ(index.claim(name(i), static_cast<std::uint32_t>(i)), std::nullopt);
  }
  for (int i = 0; i < kNames; ++i) {
    ASSERT_EQ(find(index, name(i)), std::to_string(i));
    ASSERT_EQ(find(index, "x." + name(i)), std::to_string(i));
    ASSERT_EQ(find(index, "x" + name(i)), "-");
    ASSERT_EQ(find(index, name(i + kNames)), "-");
  }
}

}  // namespace
}  // namespace sallyport::discovery
