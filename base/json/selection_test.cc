#include "base/json/selection.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

std::string added(JsonSelection& wanted, std::string_view path) {
  const auto index = wanted.add(path);
  if (index) return std::to_string(*index);
  return std::to_string(index.error().at) + ": " + index.error().what;
}

std::string refusal(std::string_view path) {
  JsonSelection wanted;
  return added(wanted, path);
}

TEST(JsonSelection, NumbersPathsInTheOrderOfTheirAdding) {
  JsonSelection wanted;
  EXPECT_EQ(added(wanted, "item.name"), "0");
  EXPECT_EQ(added(wanted, "item"), "1");
  EXPECT_EQ(added(wanted, ""), "2");
  EXPECT_EQ(added(wanted, R"(["item"]["name"])"), "0");
  EXPECT_EQ(added(wanted, "[2].x"), "3");
  EXPECT_EQ(added(wanted, "[].url"), "4");
  EXPECT_EQ(added(wanted, R"(a["b.c"].d)"), "5");
  EXPECT_EQ(wanted.size(), 6u);
}

TEST(JsonSelection, SaysWhereAPathIsWrong) {
  EXPECT_EQ(refusal("."), "0: a name is missing");
  EXPECT_EQ(refusal("a."), "2: a name is missing");
  EXPECT_EQ(refusal("a..b"), "2: a name is missing");
  EXPECT_EQ(refusal("a[]b"), "3: \".\" is missing");
  EXPECT_EQ(refusal("a.[]"), "2: a name is missing");
  EXPECT_EQ(refusal("a["), "2: \"[\" wants a number, a quoted name or \"]\"");
  EXPECT_EQ(refusal("[x]"), "1: \"[\" wants a number, a quoted name or \"]\"");
  EXPECT_EQ(refusal("[-1]"), "1: \"[\" wants a number, a quoted name or \"]\"");
  EXPECT_EQ(refusal("[99999999999]"), "1: \"[\" wants a number, a quoted name or \"]\"");
  EXPECT_EQ(refusal("[1"), "2: \"]\" is missing");
  EXPECT_EQ(refusal("[\"a"), "0: a quote is missing");
  EXPECT_EQ(refusal("[\"a\\"), "0: a quote is missing");
  EXPECT_EQ(refusal("[\"\"]"), "0: a name is missing");
  EXPECT_EQ(refusal("[\"a\"x"), "4: \"]\" is missing");
  EXPECT_EQ(refusal("a]"), "1: \".\" is missing");
  EXPECT_EQ(refusal("a\"b"), "1: \".\" is missing");
}

TEST(JsonSelection, BoundsPathsStepsAndNames) {
  EXPECT_EQ(refusal(std::string(256, 'n')), "0");
  EXPECT_EQ(refusal(std::string(257, 'n')), "0: the name is too long");
  std::string steps = "a";
  for (int i = 1; i < 32; ++i) steps += ".a";
  EXPECT_EQ(refusal(steps), "0");
  EXPECT_EQ(refusal(steps + ".a"), "63: the path has too many steps");
  JsonSelection wanted;
  for (int i = 0; i < 256; ++i)
    EXPECT_EQ(added(wanted, "a" + std::to_string(i)), std::to_string(i));
  EXPECT_EQ(added(wanted, "b"), "0: there are too many paths");
  EXPECT_EQ(wanted.size(), 256u);
}

}  // namespace
}  // namespace sallyport
