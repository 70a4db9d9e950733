#include "discovery/names/phrase_index.h"

#include <gtest/gtest.h>
#include <random>
#include <string>

namespace sallyport::discovery {
namespace {

TEST(PhraseIndex, FindsPhrasesInsideOfOneAnother) {
  PhraseIndex index;
  index.add("he", 1);
  index.add("she", 2);
  index.add("his", 4);
  index.add("hers", 8);
  index.add("hers", 16);
  index.finish();
  EXPECT_EQ(index.find("ushers"), 1u | 2u | 8u | 16u);
  EXPECT_EQ(index.find("ahishe"), 1u | 2u | 4u);
  EXPECT_EQ(index.find("hirs"), 0u);
  EXPECT_EQ(index.find(""), 0u);
}

TEST(PhraseIndex, FindsNothingWhereItHasNothing) {
  PhraseIndex index;
  index.finish();
  EXPECT_EQ(index.find("anything"), 0u);
}

TEST(PhraseIndex, AgreesWithLookingForEachByItself) {
  std::mt19937 random(7);
  const auto text_of = [&](std::size_t most) {
    std::string text;
    const std::size_t size = 1 + random() % most;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + random() % 3);
    return text;
  };
  for (int round = 0; round < 200; ++round) {
    PhraseIndex index;
    std::vector<std::string> phrases;
    for (int i = 0; i < 20; ++i) {
      phrases.push_back(text_of(6));
      index.add(phrases.back(), PhraseIndex::Marks{1} << i);
    }
    index.finish();
    const std::string text = text_of(40);
    PhraseIndex::Marks expected = 0;
    for (std::size_t i = 0; i < phrases.size(); ++i) {
      if (text.find(phrases[i]) != text.npos) expected |= PhraseIndex::Marks{1} << i;
    }
    ASSERT_EQ(index.find(text), expected) << text;
  }
}

}  // namespace
}  // namespace sallyport::discovery
