#include "base/json/cursor.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

bool valid(std::string_view text) {
  JsonCursor cursor(text);
  return cursor.skip() && cursor.at_end();
}

std::string text_of(std::string_view json) {
  JsonCursor cursor(json);
  std::string out;
  return cursor.string(out) && cursor.at_end() ? out : "refused";
}

TEST(JsonCursor, AcceptsWhatIsJson) {
  for (const std::string_view text :
       {"{}", "[]", " [ 1 , 2 ] ", R"({"a":{"b":[true,false,null]},"c":"d"})", "0", "-0", "1.5e+10",
        "12E3", R"("")", "\t\r\n1", "[[[[1]]]]"}) {
    EXPECT_TRUE(valid(text)) << text;
  }
}

TEST(JsonCursor, RefusesWhatIsNot) {
  for (const std::string_view text : {"",
                                      " ",
                                      "{",
                                      "[",
                                      "}",
                                      "[1,]",
                                      "{\"a\":1,}",
                                      "[,1]",
                                      "[1 2]",
                                      "{\"a\" 1}",
                                      "{a:1}",
                                      "{\"a\"}",
                                      "01",
                                      "+1",
                                      "1.",
                                      ".5",
                                      "1e",
                                      "-",
                                      "tru",
                                      "nulll",
                                      "\"",
                                      "\"a",
                                      "'a'",
                                      "[1]]",
                                      "[1}",
                                      "{]",
                                      "// 1",
                                      "NaN",
                                      "\"\n\"",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\ud800\"",
                                      "\"\\udc00\"",
                                      "\"\\ud800\\u0041\"",
                                      "\"\xff\""}) {
    EXPECT_FALSE(valid(text)) << text;
  }
}

TEST(JsonCursor, BoundsTheDepth) {
  EXPECT_TRUE(valid(std::string(32, '[') + std::string(32, ']')));
  EXPECT_FALSE(valid(std::string(33, '[') + std::string(33, ']')));
  EXPECT_TRUE(valid("[" + std::string(31, '[') + std::string(31, ']') + ",[]]"));
  EXPECT_FALSE(valid(std::string(1000000, '[')));
}

TEST(JsonCursor, ReadsStrings) {
  EXPECT_EQ(text_of(R"("a\"\\\/\b\f\n\r\tz")"), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(text_of(R"("\u00fc\u20AC\ud83d\ude00")"), "ü€😀");
  EXPECT_EQ(text_of("\"ü€😀\""), "ü€😀");
  EXPECT_EQ(text_of(R"("\u0000")"), std::string(1, '\0'));
}

TEST(JsonCursor, ReadsNumbersThatFit) {
  const auto number = [](std::string_view text, auto value) {
    JsonCursor cursor(text);
    return cursor.number(value) && cursor.at_end() ? std::to_string(value) : "refused";
  };
  EXPECT_EQ(number("18446744073709551615", std::uint64_t{}), "18446744073709551615");
  EXPECT_EQ(number("18446744073709551616", std::uint64_t{}), "refused");
  EXPECT_EQ(number("-1", std::uint64_t{}), "refused");
  EXPECT_EQ(number("1.0", std::uint64_t{}), "refused");
  EXPECT_EQ(number("1e2", std::uint64_t{}), "refused");
  EXPECT_EQ(number("\"1\"", std::uint64_t{}), "refused");
  EXPECT_EQ(number("-9223372036854775808", std::int64_t{}), "-9223372036854775808");
  EXPECT_EQ(number("9223372036854775808", std::int64_t{}), "refused");
}

TEST(JsonCursor, WalksObjectsAndArrays) {
  JsonCursor cursor(R"({"a":[1,2],"b":true,"c":{"d":"e"}})");
  std::string story;
  const bool read = cursor.object([&](std::string_view key) {
    story += std::string(key) + "=";
    if (key == "a") {
      return cursor.array([&] {
        std::uint64_t n = 0;
        const bool good = cursor.number(n);
        story += std::to_string(n) + ";";
        return good;
      });
    }
    if (key == "b") {
      bool yes = false;
      const bool good = cursor.boolean(yes);
      story += yes ? "yes;" : "no;";
      return good;
    }
    return cursor.skip();
  });
  EXPECT_TRUE(read && cursor.at_end());
  EXPECT_EQ(story, "a=1;2;b=yes;c=");
}

TEST(JsonCursor, TellsWhatComesNextAndHowMuchIsLeft) {
  using Kind = JsonCursor::Kind;
  const auto next_of = [](std::string_view text) { return JsonCursor(text).next(); };
  EXPECT_EQ(next_of(" {}"), Kind::object);
  EXPECT_EQ(next_of("\n[]"), Kind::array);
  EXPECT_EQ(next_of("\"\""), Kind::string);
  EXPECT_EQ(next_of("true"), Kind::boolean);
  EXPECT_EQ(next_of("false"), Kind::boolean);
  EXPECT_EQ(next_of("null"), Kind::null);
  EXPECT_EQ(next_of("-1"), Kind::number);
  EXPECT_EQ(next_of("0"), Kind::number);
  for (const auto* none : {"", " ", "]", "}", ",", "+1", "x"}) {
    EXPECT_EQ(next_of(none), Kind::nothing) << none;
  }
  JsonCursor cursor("[1, 2]");
  EXPECT_EQ(cursor.left(), 6u);
  EXPECT_TRUE(cursor.skip());
  EXPECT_EQ(cursor.left(), 0u);
}

}  // namespace
}  // namespace sallyport
