#include "discovery/store/name_match.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

std::string blanked(std::vector<std::string> names, std::string text) {
  const NameMatch match(std::move(names));
  const bool said = match.in(text);
  EXPECT_EQ(match.blank_out(text), said);
  return text;
}

TEST(NameMatch, TakesWholeNamesInAnyCase) {
  EXPECT_EQ(blanked({"ana"}, "10 activities of Ana in Dropbox"),
            "10 activities of (erased) in Dropbox");
  EXPECT_EQ(blanked({"ana"}, "user=ana since=24h"), "user=(erased) since=24h");
  EXPECT_EQ(blanked({"ana"}, "ana"), "(erased)");
  EXPECT_EQ(blanked({"ana"}, "She asked ana. Then ANA's manager, 'ana'."),
            "She asked (erased). Then (erased)'s manager, '(erased)'.");
  EXPECT_EQ(blanked({"ana"}, "ana ana,ana"), "(erased) (erased),(erased)");
}

TEST(NameMatch, LeavesOthersAlone) {
  for (const char* text : {"anabel", "diana", "ana.lopez", "j.ana", "ana-maria", "CORP\\ana",
                           "ana@corp.example", "ana_2", "an", "", "\xc3\xa4na ana\xc3\xa4"}) {
    EXPECT_EQ(blanked({"ana"}, text), text);
  }
}

TEST(NameMatch, KnowsEverySpellingOfTheirs) {
  const std::vector<std::string> names{"ana", "corp\\ana", "ana@corp.example"};
  EXPECT_EQ(blanked(names, "to ANA@Corp.Example, CORP\\ana; not ana@corp.example.org"),
            "to (erased), (erased); not ana@corp.example.org");
}

TEST(NameMatch, MatchesNothingWithoutANameAndEndsOnItsOwnWord) {
  EXPECT_EQ(blanked({}, "anything"), "anything");
  EXPECT_EQ(blanked({""}, "anything"), "anything");
  EXPECT_EQ(blanked({"erased"}, "erased (erased)"), "(erased) ((erased))");
}

}  // namespace
}  // namespace sallyport::discovery
