#include "discovery/tags/span_map.h"

#include <array>
#include <gtest/gtest.h>
#include <random>

namespace sallyport::discovery {
namespace {

IpAddress address(std::string_view text) { return IpAddress::parse(text).value(); }

// Layers in the order given; a value is the set of layers as a bit mask.
SpanMap make(const std::vector<std::pair<std::string_view, std::string_view>>& spans) {
  std::vector<SpanMap::Layered> layered;
  for (std::uint32_t i = 0; i < spans.size(); ++i) {
    layered.push_back({{address(spans[i].first), address(spans[i].second)}, i});
  }
  return SpanMap(layered, [](std::span<const std::uint32_t> layers) {
    std::uint32_t mask = 0;
    for (const auto layer : layers) mask |= 1u << layer;
    return mask;
  });
}

TEST(SpanMap, IsNothingEverywhereWhenEmpty) {
  EXPECT_EQ(SpanMap().find(address("0.0.0.0")), SpanMap::kNothing);
  EXPECT_EQ(SpanMap().find(address("::")), SpanMap::kNothing);
}

TEST(SpanMap, EndsWhereASpanEnds) {
  const SpanMap map = make({{"192.0.2.10", "192.0.2.20"}, {"2001:db8::1", "2001:db8::ffff"}});
  EXPECT_EQ(map.find(address("192.0.2.9")), 0u);
  EXPECT_EQ(map.find(address("192.0.2.10")), 1u);
  EXPECT_EQ(map.find(address("192.0.2.20")), 1u);
  EXPECT_EQ(map.find(address("192.0.2.21")), 0u);
  EXPECT_EQ(map.find(address("2001:db8::")), 0u);
  EXPECT_EQ(map.find(address("2001:db8::ffff")), 2u);
  EXPECT_EQ(map.find(address("2001:db8::1:0")), 0u);
}

TEST(SpanMap, JoinsLayersWhereTheyOverlap) {
  const SpanMap map =
      make({{"10.0.0.0", "10.0.0.9"}, {"10.0.0.5", "10.0.0.15"}, {"10.0.0.16", "10.0.0.16"}});
  EXPECT_EQ(map.find(address("10.0.0.4")), 1u);
  EXPECT_EQ(map.find(address("10.0.0.5")), 3u);
  EXPECT_EQ(map.find(address("10.0.0.10")), 2u);
  EXPECT_EQ(map.find(address("10.0.0.16")), 4u);
}

TEST(SpanMap, ReachesBothEndsOfBothFamilies) {
  const SpanMap map = make({{"0.0.0.0", "255.255.255.255"},
                            {"::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
                            {"255.255.255.255", "255.255.255.255"}});
  EXPECT_EQ(map.find(address("0.0.0.0")), 1u);
  EXPECT_EQ(map.find(address("255.255.255.255")), 5u);
  EXPECT_EQ(map.find(address("::")), 2u);
  EXPECT_EQ(map.find(address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")), 2u);
}

TEST(SpanMap, AgreesWithASearchThroughEverySpan) {
  std::mt19937 random(7);
  std::vector<SpanMap::Layered> spans;
  for (std::uint32_t i = 0; i < 400; ++i) {
    const std::uint32_t first = 0x0a000000u + random() % 200'000;
    spans.push_back({{IpAddress::v4(first), IpAddress::v4(first + random() % 3'000)}, i % 20});
  }
  const auto mask_of = [](std::span<const std::uint32_t> layers) {
    std::uint32_t mask = 0;
    for (const auto layer : layers) mask |= 1u << layer;
    return mask;
  };
  const SpanMap map(spans, mask_of);
  for (int i = 0; i < 20'000; ++i) {
    const IpAddress asked = IpAddress::v4(0x0a000000u - 100 + random() % 204'000);
    std::uint32_t expected = 0;
    for (const auto& [span, layer] : spans) {
      if (span.first <= asked && asked <= span.last) expected |= 1u << layer;
    }
    ASSERT_EQ(map.find(asked), expected) << asked.to_string();
  }
}

// Prefixes of both families, in the shape of real ones, against looking at each of them.
TEST(SpanMap, AgreesWithASearchThroughEveryPrefix) {
  std::mt19937 random(13);
  const auto draw = [&] {
    if (random() % 2 == 0) return IpAddress::v4(0xc6000000u | (random() & 0x1ffff));
    std::array<std::uint8_t, 16> bytes{0x20, 0x01, 0x0d, 0xb8};
    for (std::size_t i = 4; i < 16; ++i) {
      // Few different bytes, so that prefixes nest and addresses hit them.
      bytes[i] = static_cast<std::uint8_t>(random() % 3 * 0x55);
    }
    return IpAddress::v6(bytes);
  };
  std::vector<IpPrefix> prefixes;
  std::vector<SpanMap::Layered> spans;
  for (std::uint32_t i = 0; i < 600; ++i) {
    IpPrefix prefix{draw(), 0};
    prefix.length = prefix.address.is_v4() ? 14 + static_cast<int>(random() % 19)
                                           : 30 + static_cast<int>(random() % 99);
    prefixes.push_back(prefix.masked());
    spans.push_back({AddressSpan::of(prefix), i % 20});
  }
  const SpanMap map(spans, [](std::span<const std::uint32_t> layers) {
    std::uint32_t mask = 0;
    for (const auto layer : layers) mask |= 1u << layer;
    return mask;
  });
  std::size_t hits = 0;
  for (int i = 0; i < 20'000; ++i) {
    const IpAddress asked = draw();
    std::uint32_t expected = 0;
    for (std::size_t k = 0; k < prefixes.size(); ++k) {
      if (prefixes[k].contains(asked)) expected |= 1u << k % 20;
    }
    hits += expected != 0;
    ASSERT_EQ(map.find(asked), expected) << asked.to_string();
  }
  EXPECT_GT(hits, 1'000u);
}

TEST(SpanMap, FindsEachOfManyIpv6Spans) {
  const auto at = [](std::uint32_t i, std::uint8_t last) {
    std::array<std::uint8_t, 16> bytes{0x20, 0x01};
    for (std::size_t k = 0; k < 4; ++k) bytes[2 + k] = static_cast<std::uint8_t>(i >> (24 - 8 * k));
    bytes[15] = last;
    return IpAddress::v6(bytes);
  };
  for (const std::uint32_t count : {1u, 32u, 33u, 64u, 65u, 5000u}) {
    std::vector<SpanMap::Layered> spans;
    for (std::uint32_t i = 0; i < count; ++i) spans.push_back({{at(i, 10), at(i, 20)}, 0});
    const SpanMap map(spans, [](auto) { return 1u; });
    for (std::uint32_t i = 0; i < count; ++i) {
      ASSERT_EQ(map.find(at(i, 9)), 0u) << i;
      ASSERT_EQ(map.find(at(i, 10)), 1u) << i;
      ASSERT_EQ(map.find(at(i, 20)), 1u) << i;
      ASSERT_EQ(map.find(at(i, 21)), 0u) << i;
    }
  }
}

TEST(SpanMap, HoldsAMillionPrefixes) {
  std::vector<SpanMap::Layered> spans;
  spans.reserve(1'000'000);
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    spans.push_back({{IpAddress::v4(i * 4096 + 5), IpAddress::v4(i * 4096 + 8)}, 0});
  }
  const SpanMap map(std::move(spans), [](auto) { return 1u; });
  EXPECT_EQ(map.boundaries(), 2'000'000u);
  EXPECT_EQ(map.find(IpAddress::v4(123'456u * 4096 + 5)), 1u);
  EXPECT_EQ(map.find(IpAddress::v4(123'456u * 4096 + 9)), 0u);
}

}  // namespace
}  // namespace sallyport::discovery
