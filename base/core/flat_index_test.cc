#include "base/core/flat_index.h"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>

namespace sallyport {
namespace {

// What stands in it after the same steps, as a map has it.
void compare_with_map(std::uint64_t hash_mask) {
  const FlatHasher hasher(7);
  FlatIndex index;
  std::vector<std::string> texts;
  std::map<std::string, std::uint32_t> map;
  std::mt19937 random(1);
  const auto hash = [&](const std::string& text) { return hasher.text(text) & hash_mask; };
  const auto same = [&](const std::string& text) {
    return [&](std::uint32_t at) { return texts[at] == text; };
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string text(random() % 20, static_cast<char>('a' + random() % 26));
    const auto known = map.find(text);
    const std::uint32_t expected = known == map.end() ? FlatIndex::kNone : known->second;
    ASSERT_EQ(index.find(hash(text), same(text)), expected);
    const auto [at, fresh] = index.find_or_add(hash(text), texts.size(), same(text));
    ASSERT_EQ(fresh, known == map.end());
    if (fresh) {
      map.emplace(text, at);
      texts.push_back(text);
    }
    ASSERT_EQ(at, map.at(text));
  }
  EXPECT_EQ(index.size(), map.size());
  index.clear();
  EXPECT_EQ(index.size(), 0u);
  EXPECT_EQ(index.find(hash("a"), [](std::uint32_t) { return true; }), FlatIndex::kNone);
}

TEST(FlatIndex, FindsWhatWasAddedAndNothingElse) { compare_with_map(~std::uint64_t{0}); }

TEST(FlatIndex, BelievesNoCollision) {
  compare_with_map(0);
  compare_with_map(3);
}

TEST(FlatHasher, TellsTextsAndLengthsApart) {
  const FlatHasher hasher(7);
  std::map<std::uint64_t, std::string> seen;
  for (std::size_t size = 0; size < 30; ++size) {
    for (const char c : {'\0', 'a', 'b'}) {
      const std::string text(size, c);
      const auto [at, fresh] = seen.emplace(hasher.text(text), text);
      EXPECT_TRUE(fresh || at->second == text) << size;
    }
  }
  EXPECT_NE(hasher.number(1, 2), hasher.number(2, 1));
  EXPECT_NE(FlatHasher(9).text("a"), hasher.text("a"));
}

}  // namespace
}  // namespace sallyport
