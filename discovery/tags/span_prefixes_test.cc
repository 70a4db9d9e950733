#include "discovery/tags/span_prefixes.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

namespace sallyport::discovery {
namespace {

using Starts = std::vector<V4Key>;
using Values = std::vector<std::uint32_t>;
using Prefixes = std::vector<ValuedPrefix<V4Key>>;

Prefixes say(const Starts& starts, const Values& values, std::uint32_t before = 0,
             std::size_t most = 100) {
  return prefixes_of<V4Key>(starts, values, 0, before, most);
}

TEST(SpanPrefixes, APrefixByItselfIsOne) {
  EXPECT_EQ(say({{0x0a000000}, {0x0b000000}}, {7, 0}), (Prefixes{{{0x0a000000}, 8, 7}}));
  EXPECT_EQ(say({{0xff000000}}, {7}), (Prefixes{{{0xff000000}, 8, 7}})) << "up to the last key";
}

TEST(SpanPrefixes, OneInsideAnotherIsTwoWhereverItLies) {
  const ValuedPrefix<V4Key> outer{{0x0a000000}, 8, 7};
  EXPECT_EQ(say({{0x0a000000}, {0x0a010000}, {0x0a020000}, {0x0b000000}}, {7, 9, 7, 0}),
            (Prefixes{outer, {{0x0a010000}, 16, 9}}));
  EXPECT_EQ(say({{0x0a000000}, {0x0a010000}, {0x0b000000}}, {9, 7, 0}),
            (Prefixes{outer, {{0x0a000000}, 16, 9}}))
      << "at its begin";
  // At its end both ways are two.
  EXPECT_EQ(say({{0x0a000000}, {0x0aff0000}, {0x0b000000}}, {7, 9, 0}).size(), 9u);
}

TEST(SpanPrefixes, WhatIsNoPrefixIsSeveral) {
  EXPECT_EQ(say({{0x0a000001}, {0x0a000004}}, {7, 0}),
            (Prefixes{{{0x0a000001}, 32, 7}, {{0x0a000002}, 31, 7}}));
  EXPECT_TRUE(say({{0x0a000001}, {0x0a000004}}, {7, 0}, 0, 1).empty()) << "more than one";
}

TEST(SpanPrefixes, TheLastThatHoldsIsWhatBoundariesSay) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 3000; ++round) {
    std::set<std::uint32_t> places;
    const std::size_t count = 1 + random() % 12;
    // Few bits, so that much nests and touches; also at the end of all keys.
    while (places.size() < count) {
      places.insert((round % 2 ? 0xffff0000u : 0x12340000u) |
                    (static_cast<std::uint32_t>(random()) & 0xffffu & ~0u << random() % 14));
    }
    Starts starts;
    Values values;
    for (const std::uint32_t place : places) {
      starts.push_back({place});
      values.push_back(static_cast<std::uint32_t>(random() % 3));
    }
    const auto before = static_cast<std::uint32_t>(random() % 3);
    const Prefixes prefixes = prefixes_of<V4Key>(starts, values, 16, before, 1000);
    for (std::uint32_t i = 0; i <= 0xffff; i += 1 + static_cast<std::uint32_t>(random() % 64)) {
      const V4Key key{(starts[0].value & 0xffff0000u) | i};
      std::uint32_t expected = before;
      for (std::size_t k = 0; k < starts.size() && starts[k] <= key; ++k) expected = values[k];
      std::uint32_t found = before;
      for (const auto& one : prefixes) {
        if (one.start <= key && key <= one.start.last_of(one.length)) found = one.value;
      }
      ASSERT_EQ(found, expected) << round << " " << i;
    }
  }
}

TEST(SpanPrefixes, IsAskedInSixteenBytesToo) {
  const V6Key start{0x20010db8ffffffff, 0xffffffffffff0000};
  const std::vector<V6Key> starts{start, {0x20010db900000000, 0}};
  const std::vector<std::uint32_t> values{5, 0};
  const auto prefixes = prefixes_of<V6Key>(starts, values, 16, 0, 10);
  ASSERT_EQ(prefixes.size(), 1u);
  EXPECT_EQ(prefixes[0], (ValuedPrefix<V6Key>{start, 112, 5}));
}

}  // namespace
}  // namespace sallyport::discovery
