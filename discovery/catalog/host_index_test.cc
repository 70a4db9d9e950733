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

}  // namespace
}  // namespace sallyport::discovery
