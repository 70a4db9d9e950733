#include "base/json/writer.h"

#include <gtest/gtest.h>
#include <limits>

namespace sallyport {
namespace {

template <class Write>
std::string written(Write write) {
  std::string out;
  JsonWriter json(out);
  write(json);
  EXPECT_TRUE(json.complete()) << out;
  return out;
}

// How a text is quoted.
void check(std::string_view text, std::string_view expected) {
  EXPECT_EQ(written([&](JsonWriter& json) { json.string(text); }),
            '"' + std::string(expected) + '"');
}

std::string number(auto value) {
  return written([&](JsonWriter& json) { json.number(value); });
}

TEST(JsonWriter, WritesNestedValues) {
  EXPECT_EQ(written([](JsonWriter& json) {
              json.begin_object();
              json.member("text", "a");
              json.member("view", std::string_view("b"));
              json.member("string", std::string("c"));
              json.member("int", -5);
              json.member("big", std::uint64_t{18446744073709551615u});
              json.member("small", std::uint8_t{7});
              json.member("double", 0.5);
              json.member("yes", true);
              json.key("list");
              json.begin_array();
              json.number(1);
              json.begin_array();
              json.end_array();
              json.begin_object();
              json.end_object();
              json.null();
              json.boolean(false);
              json.end_array();
              json.end_object();
            }),
            R"({"text":"a","view":"b","string":"c","int":-5,"big":18446744073709551615,"small":7,)"
            R"("double":0.5,"yes":true,"list":[1,[],{},null,false]})");
}

TEST(JsonWriter, AppendsToWhatIsThere) {
  std::string out = "before ";
  JsonWriter json(out);
  json.string("x");
  EXPECT_EQ(out, "before \"x\"");
}

TEST(JsonWriter, EscapesWhatMustNotStandAlone) {
  check("plain / text </script>", "plain / text </script>");
  check("\"\\", "\\\"\\\\");
  check("\b\f\n\r\t", "\\b\\f\\n\\r\\t");
  check(std::string_view("\0\x01\x1f\x7f", 4), "\\u0000\\u0001\\u001f\\u007f");
  // CSI as one character, and a text that runs backwards.
  check("\xc2\x9b\xe2\x80\xae", "\\u009b\\u202e");
  check("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
  check("\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029");
  check("", "");
}

TEST(JsonWriter, EscapesAtEveryPlaceOfATextOfAnyLength) {
  const std::pair<char, std::string> bad[] = {
      {'"', "\\\""},       {'\\', "\\\\"},           {'\x1f', "\\u001f"},
      {'\x7f', "\\u007f"}, {'\x80', "\xef\xbf\xbd"}, {'\xff', "\xef\xbf\xbd"}};
  for (const auto& [byte, escaped] : bad) {
    for (std::size_t size = 1; size < 70; ++size) {
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, 'a');
        text[at] = byte;
        const std::string quoted =
            '"' + std::string(at, 'a') + escaped + std::string(size - at - 1, 'a') + '"';
        std::string out;
        JsonWriter json(out);
        json.begin_object();
        json.member("first", text);
        json.member(text, "plain");
        json.end_object();
        ASSERT_EQ(out, "{\"first\":" + quoted + ',' + quoted + ":\"plain\"}");
      }
    }
  }
}

TEST(JsonWriter, WritesAKnownKeyAsAnyOther) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.known_key("a");
  json.number(1);
  json.known_key("the second");
  json.begin_array();
  json.end_array();
  json.end_object();
  EXPECT_EQ(out, "{\"a\":1,\"the second\":[]}");
}

TEST(JsonWriter, ReplacesBytesThatAreNoUtf8) {
  check(
      "a\xff"
      "b",
      "a\xef\xbf\xbd"
      "b");
  check("\xc3", "\xef\xbf\xbd");
  check("\xc3\"", "\xef\xbf\xbd\\\"");
  check("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  check("\xc0\xa2", "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(JsonWriter, QuotesKeysLikeText) {
  EXPECT_EQ(written([](JsonWriter& json) {
              json.begin_object();
              json.member("a\"\n\xff", 1);
              json.end_object();
            }),
            "{\"a\\\"\\n\xef\xbf\xbd\":1}");
}

TEST(JsonWriter, WritesNumbersThatReadBack) {
  EXPECT_EQ(number(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(number(0u), "0");
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(-0.0), "-0");
  EXPECT_EQ(number(1e300), "1e+300");
  EXPECT_EQ(number(5e-324), "5e-324");
  EXPECT_EQ(number(3.0), "3");
  EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity()), "null");
}

TEST(JsonWriter, HoldsThirtyTwoLevels) {
  std::string expected = std::string(32, '[') + std::string(32, ']');
  EXPECT_EQ(written([](JsonWriter& json) {
              for (int i = 0; i < 32; ++i) json.begin_array();
              for (int i = 0; i < 32; ++i) json.end_array();
            }),
            expected);
}

// Runs in a child for each misuse.
template <class Misuse>
void check_stops(Misuse misuse) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        std::string out;
        JsonWriter json(out);
        misuse(json);
      },
      "CHECK failed");
}

TEST(JsonWriterDeathTest, StopsAtAValueWithoutKey) {
  check_stops([](JsonWriter& json) { json.begin_object(), json.number(1); });
}
TEST(JsonWriterDeathTest, StopsAtAKeyOutsideAnObject) {
  check_stops([](JsonWriter& json) { json.begin_array(), json.key("a"); });
}
TEST(JsonWriterDeathTest, StopsAtTwoKeys) {
  check_stops([](JsonWriter& json) { json.begin_object(), json.key("a"), json.key("b"); });
}
TEST(JsonWriterDeathTest, StopsAtAKeyWithoutValue) {
  check_stops([](JsonWriter& json) { json.begin_object(), json.key("a"), json.end_object(); });
}
TEST(JsonWriterDeathTest, StopsAtTheWrongEnd) {
  check_stops([](JsonWriter& json) { json.begin_object(), json.end_array(); });
}
TEST(JsonWriterDeathTest, StopsAtAnEndWithoutBeginning) {
  check_stops([](JsonWriter& json) { json.end_object(); });
}
TEST(JsonWriterDeathTest, StopsAtASecondValue) {
  check_stops([](JsonWriter& json) { json.null(), json.null(); });
}
TEST(JsonWriterDeathTest, StopsAtTheThirtyThirdLevel) {
  check_stops([](JsonWriter& json) {
    for (int i = 0; i < 33; ++i) json.begin_array();
  });
}

}  // namespace
}  // namespace sallyport
