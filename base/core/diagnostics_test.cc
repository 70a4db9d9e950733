#include "base/core/diagnostics.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

SourcePtr source(std::string text, std::string name = "rules.yaml") {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

// One diagnostic "here" with the hint "hint?", and how it is shown.
void check(std::string text, std::uint32_t line, std::uint32_t column, std::uint32_t length,
           std::string_view expected) {
  Diagnostics diagnostics;
  diagnostics.error({source(std::move(text)), line, column, length}, "here", "hint?");
  EXPECT_EQ(render(diagnostics), expected);
}

TEST(Diagnostics, ShowTheLineTheCaretAndTheHint) {
  Diagnostics diagnostics;
  diagnostics.error({source("- name: no personal storage\n"
                            "  when: { app.categry: cloud_storage }\n"
                            "  then: block\n",
                            "policies/starter.yaml"),
                     2, 11, 11},
                    "unknown attribute 'app.categry'", "did you mean 'app.category'?");
  EXPECT_EQ(render(diagnostics),
            "policies/starter.yaml:2:11: error: unknown attribute 'app.categry'\n"
            "  when: { app.categry: cloud_storage }\n"
            "          ^~~~~~~~~~~ did you mean 'app.category'?\n");
}

TEST(Diagnostics, ShowWhatTheyHave) {
  Diagnostics diagnostics;
  diagnostics.warning({source("a: 1\r\nb: 2\r\n"), 2, 1, 1}, "no hint");
  diagnostics.error({source("", "a.yaml")}, "no place");
  diagnostics.error({source("", "b.yaml")}, "no place", "but a hint");
  diagnostics.error({source("x", "c.yaml"), 7, 1, 1}, "no such line");
  diagnostics.error({}, "no source");
  EXPECT_EQ(render(diagnostics),
            "error: no source\n"
            "a.yaml: error: no place\n"
            "b.yaml: error: no place\n"
            "  but a hint\n"
            "c.yaml:7:1: error: no such line\n"
            "rules.yaml:2:1: warning: no hint\n"
            "b: 2\n"
            "^\n");
  EXPECT_EQ(render({}), "");
}

TEST(Diagnostics, AreSortedByPlaceAndCounted) {
  const SourcePtr text = source("one\ntwo\n");
  Diagnostics diagnostics;
  diagnostics.error({text, 2, 1, 1}, "third");
  diagnostics.warning({text, 1, 3, 1}, "second");
  Diagnostics other;
  other.error({text, 1, 1, 1}, "first");
  diagnostics.append(std::move(other));
  EXPECT_EQ(diagnostics.errors(), 2u);
  std::string order;
  for (const auto& each : diagnostics.sorted()) order += each.message + ' ';
  EXPECT_EQ(order, "first second third ");

  Diagnostics warned;
  warned.warning({}, "x");
  EXPECT_FALSE(warned.has_errors());
  EXPECT_FALSE(warned.empty());
}

TEST(Diagnostics, NeverUnderlineMoreThanTheLineHas) {
  check("abc\n", 1, 2, 100, "rules.yaml:1:2: error: here\nabc\n ^~ hint?\n");
  check("abc\n", 1, 4, 1, "rules.yaml:1:4: error: here\nabc\n   ^ hint?\n");
  check("abc\n", 1, 400, 7, "rules.yaml:1:400: error: here\nabc\n   ^ hint?\n");
  check("abc", 1, 1, 0, "rules.yaml:1:1: error: here\nabc\n^ hint?\n");
}

TEST(Diagnostics, PutTheCaretUnderCharactersNotBytes) {
  check("\xc3\xa4\xc3\xb6: \xe2\x82\xac\xe2\x82\xac\n", 1, 7, 6,
        "rules.yaml:1:7: error: here\n\xc3\xa4\xc3\xb6: \xe2\x82\xac\xe2\x82\xac\n    ^~ hint?\n");
}

TEST(Diagnostics, CannotDriveATerminal) {
  check("a\x1b[2J\tb\xff\xc2\x9b\xe2\x80\xae.\n", 1, 7, 1,
        "rules.yaml:1:7: error: here\na?[2J?b?"
        "??.\n      ^ hint?\n");
  Diagnostics diagnostics;
  diagnostics.error({source("", "x\x1b]0;\a.yaml")}, "bad '\x1b[31m\n'", "\xe2\x80\xae");
  EXPECT_EQ(render(diagnostics), "x\\x1b]0;\\x07.yaml: error: bad '\\x1b[31m\\x0a'\n  \\u{202E}\n");
}

TEST(Diagnostics, CutLongLinesAroundTheCaret) {
  const std::string a(200, 'a');
  check(a + "XY" + std::string(300, 'b'), 1, 201, 2,
        "rules.yaml:1:201: error: here\n..." + std::string(60, 'a') + "XY" + std::string(58, 'b') +
            "...\n" + std::string(63, ' ') + "^~ hint?\n");
  check("X" + a, 1, 1, 1,
        "rules.yaml:1:1: error: here\nX" + std::string(119, 'a') + "...\n^ hint?\n");
  check(a + "X", 1, 201, 1,
        "rules.yaml:1:201: error: here\n..." + std::string(60, 'a') + "X\n" + std::string(63, ' ') +
            "^ hint?\n");
  check(a, 1, 1, 1000,
        "rules.yaml:1:1: error: here\n" + std::string(120, 'a') + "...\n^" + std::string(119, '~') +
            " hint?\n");
  // Neither end cuts a character in two.
  std::string euros;
  for (int i = 0; i < 200; ++i) euros += "\xe2\x82\xac";
  Diagnostics diagnostics;
  diagnostics.error({source(euros), 1, 302, 1}, "here");
  EXPECT_EQ(render(diagnostics).find('?'), std::string::npos);
}

TEST(Diagnostics, StayQuickOnOneHugeLine) {
  Diagnostics diagnostics;
  const SourcePtr text = source(std::string(4 << 20, 'a'));
  for (int i = 0; i < 100; ++i) diagnostics.error({text, 1, 1u << 21, 5}, "here");
  EXPECT_LT(render(diagnostics).size(), 100u * 400);
}

TEST(DidYouMean, FindsTheNearestWord) {
  const std::vector<std::string_view> words = {"category", "name", "risk", "activity",
                                               "app.category"};
  EXPECT_EQ(did_you_mean("categry", words), "did you mean 'category'?");
  EXPECT_EQ(did_you_mean("app.categry", words), "did you mean 'app.category'?");
  EXPECT_EQ(did_you_mean("nmae", words), "did you mean 'name'?");
  EXPECT_EQ(did_you_mean("Risk", words), "did you mean 'risk'?");
  EXPECT_EQ(did_you_mean("acitvity", words), "did you mean 'activity'?");
  EXPECT_EQ(did_you_mean("colour", words), "");
  EXPECT_EQ(did_you_mean("x", words), "");
  EXPECT_EQ(did_you_mean("", words), "");
  EXPECT_EQ(did_you_mean("name", {}), "");
  EXPECT_EQ(did_you_mean(std::string(1000, 'n'), words), "");
}

}  // namespace
}  // namespace sallyport
