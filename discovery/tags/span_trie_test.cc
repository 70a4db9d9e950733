#include "discovery/tags/span_trie.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>

namespace sallyport::discovery {
namespace {

template <class Key>
using Boundaries = std::map<Key, std::uint32_t>;

template <class Key>
SpanTrie<Key> make(const Boundaries<Key>& boundaries) {
  std::vector<Key> starts;
  std::vector<std::uint32_t> values;
  for (const auto& [start, value] : boundaries) {
    starts.push_back(start);
    values.push_back(value);
  }
  return SpanTrie<Key>(starts, values);
}

template <class Key>
std::uint32_t expected(const Boundaries<Key>& boundaries, Key key) {
  const auto behind = boundaries.upper_bound(key);
  return behind == boundaries.begin() ? 0 : std::prev(behind)->second;
}

V4Key next(V4Key key) { return {key.value + 1}; }
V4Key last(V4Key key) { return {key.value - 1}; }
V6Key next(V6Key key) { return {key.low == ~0ull ? key.high + 1 : key.high, key.low + 1}; }
V6Key last(V6Key key) { return {key.low == 0 ? key.high - 1 : key.high, key.low - 1}; }

// Asks at every boundary, beside it, and at `more`.
template <class Key>
void check(const Boundaries<Key>& boundaries, const std::vector<Key>& more) {
  const SpanTrie<Key> trie = make(boundaries);
  const auto ask = [&](Key key) { return trie.find(key) == expected(boundaries, key); };
  for (const auto& [start, value] : boundaries) {
    ASSERT_TRUE(ask(start) && ask(next(start)) && ask(last(start))) << value;
  }
  for (const Key key : more) ASSERT_TRUE(ask(key));
}

TEST(SpanTrie, IsZeroWithoutBoundaries) {
  EXPECT_EQ(SpanTrie<V4Key>().find({0x0a000001}), 0u);
  EXPECT_EQ(make(Boundaries<V6Key>()).find({1, 2}), 0u);
}

TEST(SpanTrie, HoldsFromTheFirstKeyToTheLast) {
  check<V4Key>({{{0}, 7}, {{0xffffffff}, 9}}, {{1}, {0x80000000}});
  check<V6Key>({{{0, 0}, 7}, {{~0ull, ~0ull}, 9}}, {{0, 1}, {1ull << 63, 0}});
}

TEST(SpanTrie, TellsNeighboursOfEverySizeApart) {
  for (const std::uint32_t count : {1u, 7u, 8u, 9u, 10u, 16u, 17u, 255u, 256u, 5000u}) {
    Boundaries<V4Key> v4;
    Boundaries<V6Key> low;
    Boundaries<V6Key> high;
    for (std::uint32_t i = 0; i < count; ++i) {
      v4[{0xc0000200 + i}] = i + 1;
      low[{0x20010db800000000ull, ~0ull - count + i}] = i + 1;
      high[{0x20010db800000000ull + i, 0}] = i + 1;
    }
    check(v4, {{0}, {0xffffffff}, {0xc0000000}, {0xc1000000}});
    check(low, {{0, 0}, {~0ull, ~0ull}, {0x20010db800000001, 0}, {0x20010db800000000ull, 0}});
    check(high, {{0, 0}, {~0ull, ~0ull}, {0x2001000000000000, 5}, {0x3000000000000000, 5}});
  }
}

// Prefixes inside others, some at their very begin, some side by side, some that differ late.
TEST(SpanTrie, TellsNestedPrefixesOfAllLengthsApart) {
  std::mt19937_64 random(7);
  for (const int count : {3, 12, 40, 4000}) {
    Boundaries<V6Key> boundaries;
    std::vector<V6Key> more;
    for (int i = 0; i < count; ++i) {
      static constexpr int kLengths[] = {20, 24, 27, 28, 29, 32, 33, 47, 48, 55, 56, 64, 96, 128};
      const V6Key some{0x20010d0000000000ull | (random() & random() & 0xff3f'f00f'ffffull),
                       random() & random() & random()};
      const int length = kLengths[random() % std::size(kLengths)];
      const V6Key first = some.first_of(length);
      const V6Key last = some.last_of(length);
      const std::uint32_t outside = expected(boundaries, last.behind());
      boundaries[first] = static_cast<std::uint32_t>(i + 1);
      boundaries.emplace(last.behind(), outside);
      more.push_back(some);
      more.push_back(last);
    }
    check(boundaries, more);
  }
}

// What would make chains of tables, if tables did not grow with what lies in them and shared bits
// were not skipped: few boundaries that differ late, and again later.
TEST(SpanTrie, StaysSmallForBoundariesThatDifferLate) {
  Boundaries<V6Key> boundaries;
  std::uint32_t value = 0;
  for (std::uint64_t cluster = 0; cluster < 20'000; ++cluster) {
    for (int bit = 0; bit < 10; ++bit) {
      boundaries[{0x2000000000000000ull + (cluster << 32), 1ull << (bit * 6)}] = ++value;
    }
  }
  EXPECT_LT(make(boundaries).bytes(), boundaries.size() * 90);
  check(boundaries, {});
}

template <class Key, class Draw>
void check_random(std::mt19937_64& random, Draw draw, std::size_t count) {
  Boundaries<Key> boundaries;
  for (std::size_t i = 0; i < count; ++i) {
    boundaries[draw(random)] = static_cast<std::uint32_t>(random() % 1000);
  }
  std::vector<Key> more;
  for (int i = 0; i < 20'000; ++i) more.push_back(draw(random));
  check(boundaries, more);
}

TEST(SpanTrie, AgreesWithASearchOnRandomBoundaries) {
  std::mt19937_64 random(5);
  for (const std::size_t count : {20u, 300u, 4'000u, 50'000u}) {
    check_random<V4Key>(
        random, [](auto& r) { return V4Key{static_cast<std::uint32_t>(r())}; }, count);
    // Prefixes of every length, crowded in some places.
    check_random<V4Key>(
        random,
        [](auto& r) {
          const auto crowd = static_cast<std::uint32_t>(r() % 4) << 28;
          return V4Key{(crowd | static_cast<std::uint32_t>(r() >> (36 + r() % 24))) &
                       ~0u << r() % 32};
        },
        count);
    check_random<V6Key>(random, [](auto& r) { return V6Key{r(), r()}; }, count);
    check_random<V6Key>(
        random,
        [](auto& r) {
          const V6Key key{0x2000000000000000ull | r() >> (4 + r() % 60), r() % 3 == 0 ? r() : 0};
          return r() % 2 ? V6Key{key.high & ~0ull << r() % 64, 0} : key;
        },
        count);
  }
}

}  // namespace
}  // namespace sallyport::discovery
