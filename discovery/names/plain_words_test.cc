#include "discovery/names/plain_words.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

std::string stay(std::string_view text) { return plain_words(text, InnerCapitals::stay); }
std::string part(std::string_view text) { return plain_words(text, InnerCapitals::part); }

TEST(PlainWords, PartWhereThereIsNoLetterAndBetweenLettersAndDigits) {
  EXPECT_EQ(stay("Q3_report-final (2).PDF"), " q 3 report final 2 pdf ");
  EXPECT_EQ(stay("__"), "");
  EXPECT_EQ(stay(""), "");
}

TEST(PlainWords, PartAtInnerCapitalsWhereAsked) {
  EXPECT_EQ(stay("myPDFFile"), " mypdffile ");
  EXPECT_EQ(part("myPDFFile"), " my pdf file ");
  EXPECT_EQ(part("ABC"), " abc ");
  EXPECT_EQ(part("aB"), " a b ");
}

TEST(PlainWords, LoseCaseAndAccents) {
  EXPECT_EQ(stay("ÄÖÜß éèê ñ Ł"), " aouss eee n l ");
  EXPECT_EQ(stay("e\xcc\x81t\xc3\xa9"), " ete ");
  EXPECT_EQ(stay("ЙОГУРТ Ёж"), " иогурт еж ");
  EXPECT_EQ(stay("\xd0\xb8\xcc\x86"), stay("й"));
  EXPECT_EQ(stay("ΆΛΦΑΣ"), " αλφασ ");
  EXPECT_EQ(stay("\xce\xa2"), " \xce\xa2 ");  // no letter, and no final sigma
  EXPECT_EQ(stay("ＡＢｃ１"), " abc 1 ");
}

TEST(PlainWords, LeaveOtherScriptsAsTheyAre) {
  EXPECT_EQ(stay("密码：表"), " 密码 表 ");
  EXPECT_EQ(stay("パスワード"), " パスワード ");
}

TEST(PlainWords, PartAtWhatIsNoUtf8) {
  EXPECT_EQ(stay("a\xff"
                 "b\xc3"),
            " a b ");
  EXPECT_EQ(stay("a\xed\xa0"), " a ");
}

}  // namespace
}  // namespace sallyport::discovery
