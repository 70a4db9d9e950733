#include "discovery/tags/host_map.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

namespace sallyport::discovery {
namespace {

// A number is the set of layers as a bit mask.
HostMap make(std::vector<HostMap::Layered> hosts) {
  return HostMap(std::move(hosts), [](std::span<const std::uint32_t> layers) {
    std::uint32_t mask = 0;
    for (const auto layer : layers) mask |= 1u << layer;
    return mask;
  });
}

std::uint32_t at(const HostMap& map, std::string_view host) {
  std::uint32_t mask = 0;
  map.find(host, [&](std::uint32_t number) { mask |= number; });
  return mask;
}

TEST(HostMap, FindsNothingWhenEmpty) {
  EXPECT_EQ(at(HostMap(), "a.example"), 0u);
  EXPECT_EQ(at(HostMap(), ""), 0u);
}

TEST(HostMap, FindsAHostAndWhatLiesBelowOnlyWhereThatIsMeant) {
  const HostMap map = make({{"a.example", false, 0}, {"b.example", true, 1}});
  EXPECT_EQ(at(map, "a.example"), 1u);
  EXPECT_EQ(at(map, "x.a.example"), 0u);
  EXPECT_EQ(at(map, "b.example"), 2u);
  EXPECT_EQ(at(map, "x.b.example"), 2u);
  EXPECT_EQ(at(map, "y.x.b.example"), 2u);
  EXPECT_EQ(at(map, "xb.example"), 0u);
  EXPECT_EQ(at(map, "example"), 0u);
  EXPECT_EQ(at(map, ""), 0u);
}

TEST(HostMap, AddsUpLayersOfAHostAndOfTheDomainsAboveIt) {
  const HostMap map = make({{"bad.example", true, 0},
                            {"bad.example", false, 1},
                            {"bad.example", false, 1},
                            {"x.bad.example", false, 2}});
  EXPECT_EQ(map.size(), 2u);
  EXPECT_EQ(at(map, "bad.example"), 3u);
  EXPECT_EQ(at(map, "x.bad.example"), 5u);
  EXPECT_EQ(at(map, "y.x.bad.example"), 1u);
}

TEST(HostMap, AgreesWithASearchThroughEveryName) {
  std::mt19937 random(11);
  const auto name = [&] {
    std::string text;
    for (auto labels = 1 + random() % 4; labels > 0; --labels) {
      if (!text.empty()) text += '.';
      text += std::string(1 + random() % 2, static_cast<char>('a' + random() % 3));
    }
    return text;
  };
  std::vector<HostMap::Layered> hosts;
  for (std::uint32_t i = 0; i < 300; ++i) hosts.push_back({name(), random() % 2 == 0, i % 20});
  const HostMap map = make(hosts);
  for (int i = 0; i < 20'000; ++i) {
    const std::string asked = name();
    std::uint32_t expected = 0;
    for (const auto& [known, below, layer] : hosts) {
      if (asked == known || (below && asked.ends_with("." + known))) expected |= 1u << layer;
    }
    ASSERT_EQ(at(map, asked), expected) << asked;
  }
}

}  // namespace
}  // namespace sallyport::discovery
