#include "discovery/agent/atom_index.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

// "atom@end" of every hit, sorted.
std::string hits(const std::vector<std::string>& atoms, std::string_view text) {
  std::vector<std::string> found;
  AtomIndex(atoms).scan(text, [&](std::uint32_t atom, std::size_t end) {
    found.push_back(atoms[atom] + "@" + std::to_string(end));
  });
  std::sort(found.begin(), found.end());
  std::string out;
  for (const std::string& one : found) out += (out.empty() ? "" : " ") + one;
  return out;
}

TEST(AtomIndex, FindsAtomsInsideAndBehindOthers) {
  EXPECT_EQ(hits({"he", "she", "his", "hers"}, "ushers"), "he@4 hers@6 she@4");
  EXPECT_EQ(hits({"a", "aa", "aaa"}, "aaa"), "a@1 a@2 a@3 aa@2 aa@3 aaa@3");
  EXPECT_EQ(hits({"bc", "abcd"}, "abce abcd"), "abcd@9 bc@3 bc@8");
  EXPECT_EQ(hits({"abab"}, "ababab"), "abab@4 abab@6");
}

TEST(AtomIndex, FindsNothingWhereNothingIs) {
  EXPECT_EQ(hits({}, "text"), "");
  EXPECT_EQ(hits({"x"}, ""), "");
  EXPECT_EQ(hits({"xyz"}, "xy"), "");
  EXPECT_EQ(hits({"xyz"}, std::string("xy\0z\xff", 5)), "");
  EXPECT_EQ(hits({"same", "same"}, "same"), "same@4 same@4");
}

// Against the plain search, over texts that are all overlap.
TEST(AtomIndex, AgreesWithThePlainSearch) {
  const std::vector<std::string> atoms = {"ab", "ba", "aab", "bba", "abba", "baab", "a", "bbbb"};
  const AtomIndex index(atoms);
  std::uint32_t seed = 7;
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (int i = 0; i < 40; ++i)
      text += (seed = seed * 1'664'525 + 1'013'904'223) >> 30 & 1 ? 'a' : 'b';
    std::vector<std::pair<std::size_t, std::uint32_t>> found;
    index.scan(text, [&](std::uint32_t atom, std::size_t end) { found.emplace_back(end, atom); });
    std::vector<std::pair<std::size_t, std::uint32_t>> expected;
    for (std::size_t end = 1; end <= text.size(); ++end) {
      for (std::uint32_t atom = 0; atom < atoms.size(); ++atom) {
        if (std::string_view(text).substr(0, end).ends_with(atoms[atom])) {
          expected.emplace_back(end, atom);
        }
      }
    }
    std::sort(found.begin(), found.end());
    ASSERT_EQ(found, expected) << text;
  }
}

}  // namespace
}  // namespace sallyport::discovery
