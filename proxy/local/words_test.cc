#include "proxy/local/words.h"

#include <gtest/gtest.h>

namespace sallyport::local {
namespace {

const std::string kFolder = std::string(SALLYPORT_SOURCE_DIR) + "/conf/pages";

Languages shipped() {
  Diagnostics warnings;
  Checked<Languages> languages = Languages::load(kFolder, warnings);
  EXPECT_TRUE(languages) << (languages ? "" : render(languages.error()));
  EXPECT_TRUE(warnings.empty()) << render(warnings);
  return languages ? *languages : Languages();
}

SourcePtr source_of(std::string text) {
  return std::make_shared<const Source>(Source{"pages/xx.yaml", std::move(text)});
}

void expect_refused(std::string text, std::string_view expected) {
  Diagnostics warnings;
  const Checked<Language> language = Languages::read("xx", source_of(std::move(text)), warnings);
  ASSERT_FALSE(language);
  EXPECT_EQ(render(language.error()), expected);
}

TEST(Words, AreCompleteInEveryLanguageThatIsShipped) {
  const Languages languages = shipped();
  EXPECT_EQ(languages.size(), 2U);
  EXPECT_EQ(languages.choose("de").say("button.back", {}),
            "Zur\xc3\xbc"
            "ck");
}

TEST(Words, OfTheEnglishFileAreThoseThatAreBuiltIn) {
  const Languages languages = shipped();
  const Language built_in;
  for (std::size_t i = 0; i < kWordCount; ++i) {
    EXPECT_EQ(languages.choose("en").say(Word(i), {}), built_in.say(Word(i), {})) << kWords[i].key;
  }
}

TEST(Words, AreFilledInOnce) {
  const Language english;
  Names names;
  names.app = "{host} & {user}";
  names.host = "mega.nz";
  names.organisation = "Corp";
  EXPECT_EQ(english.say("coach.heading", names), "{host} & {user} is not approved here");
  EXPECT_EQ(english.say("coach.lead", names), "Corp advises against using it for work.");
  names.most = 500;
  EXPECT_EQ(english.say("justify.too_long", names), "Please use at most 500 characters.");
}

TEST(Words, StandInForWhatIsNotKnownAlsoAtTheBeginningOfASentence) {
  const Language english;
  EXPECT_EQ(english.say("coach.heading", {}), "This site is not approved here");
  EXPECT_EQ(english.say("coach.lead", {}), "Your organisation advises against using it for work.");
  EXPECT_EQ(english.say("notice.heading", {}), "Your use of this site is monitored");
  Names names;
  names.host = "mega.nz";
  EXPECT_EQ(english.say("coach.heading", names), "mega.nz is not approved here");
}

TEST(Words, AreRefusedWhereAKeyOrANameDoesNotExist) {
  expect_refused("coach.headin: x\n",
                 "pages/xx.yaml:1:1: error: unknown text 'coach.headin'\n"
                 "coach.headin: x\n"
                 "^~~~~~~~~~~~ did you mean 'coach.heading'?\n");
  expect_refused("coach.heading: \"{ap} is not here\"\n",
                 "pages/xx.yaml:1:16: error: nothing is called {ap} here\n"
                 "coach.heading: \"{ap} is not here\"\n"
                 "               ^~~~~~~~~~~~~~~~~~ did you mean 'app'?\n");
  Diagnostics warnings;
  EXPECT_FALSE(Languages::read("xx", source_of("coach.heading: [a]\n"), warnings));
  EXPECT_FALSE(Languages::read("xx", source_of("coach.heading: \"\"\n"), warnings));
  EXPECT_FALSE(Languages::read("xx", source_of("- a\n"), warnings));
  EXPECT_FALSE(Languages::read(
      "xx", source_of("coach.heading: \"" + std::string(2001, 'x') + "\"\n"), warnings));
}

TEST(Words, ThatAreMissingAreSaidInEnglishWithAWarning) {
  Diagnostics warnings;
  const Checked<Language> language =
      Languages::read("fr", source_of("button.back: Retour\n"), warnings);
  ASSERT_TRUE(language);
  EXPECT_EQ(language->say("button.back", {}), "Retour");
  EXPECT_EQ(language->say("button.continue", {}), "Continue");
  EXPECT_NE(render(warnings).find("said in English: app.unnamed"), std::string::npos);
}

TEST(Words, KeepABraceThatHasNoPartner) {
  Diagnostics warnings;
  const Checked<Language> language =
      Languages::read("fr", source_of("button.back: \"a } b { c\"\n"), warnings);
  ASSERT_TRUE(language);
  EXPECT_EQ(language->say("button.back", {}), "a } b { c");
}

TEST(Languages, AreChosenAsABrowserAsks) {
  Languages languages = shipped();
  const auto chosen = [&](std::string_view asked) { return languages.choose(asked).tag(); };
  EXPECT_EQ(chosen(""), "en");
  EXPECT_EQ(chosen("de"), "de");
  EXPECT_EQ(chosen("de-AT,de;q=0.9,en;q=0.8"), "de");
  EXPECT_EQ(chosen("DE-at-1996"), "de");
  EXPECT_EQ(chosen("en-GB,de;q=0.9"), "en");
  EXPECT_EQ(chosen("fr,de;q=0.5"), "de");
  EXPECT_EQ(chosen("de;q=0.1,en;q=0.2"), "en");
  EXPECT_EQ(chosen("de;q=0,*"), "en");
  EXPECT_EQ(chosen("de;q=2,en;q=0.1"), "en");
  EXPECT_EQ(chosen("de-x-en"), "de");
  EXPECT_EQ(chosen("xx,yy;q=0.3"), "en");
  EXPECT_EQ(chosen("de\xff,<script>,;;,,q=1"), "en");
  EXPECT_TRUE(languages.set_default("de"));
  EXPECT_EQ(chosen("fr"), "de");
  EXPECT_FALSE(languages.set_default("fr"));
}

TEST(Languages, LookAtALongListNoFurtherThanItIsUseful) {
  std::string asked;
  for (int i = 0; i < 100'000; ++i) asked += "xx,";
  EXPECT_EQ(shipped().choose(asked + "de").tag(), "en");
}

TEST(Languages, OfAFolderThatIsNotThereAreAnError) {
  Diagnostics warnings;
  const Checked<Languages> none = Languages::load("/nowhere/pages", warnings);
  ASSERT_FALSE(none);
  EXPECT_NE(render(none.error()).find("cannot read the folder of pages '/nowhere/pages'"),
            std::string::npos);
}

}  // namespace
}  // namespace sallyport::local
