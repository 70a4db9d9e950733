#include "base/json/selector.h"

#include <gtest/gtest.h>
#include <initializer_list>

namespace sallyport {
namespace {

std::string_view word(JsonFault fault) {
  switch (fault) {
    case JsonFault::none:
      return "whole";
    case JsonFault::broken_off:
      return "broken off";
    case JsonFault::not_json:
      return "not json";
    case JsonFault::too_deep:
      return "too deep";
  }
  return "?";
}

// Everything that is told, in a line: "0: a | b~; 1: ; whole". A cut value has a ~ behind it.
std::string told(const JsonSelector& selector, std::size_t paths) {
  std::string out;
  for (std::size_t path = 0; path < paths; ++path) {
    out += std::to_string(path) + (selector.repeated(path) ? "!:" : ":");
    std::string_view between = " ";
    for (const JsonValue& value : selector.values(path)) {
      out += std::string(between) + value.text + (value.cut ? "~" : "");
      between = " | ";
    }
    out += "; ";
  }
  out += word(selector.fault());
  if (selector.dropped()) out += ", dropped";
  if (selector.trailing()) out += ", trailing";
  return out + " at " + std::to_string(selector.read());
}

std::string select(std::string_view text, std::initializer_list<std::string_view> paths) {
  JsonSelection wanted;
  for (const std::string_view path : paths) EXPECT_TRUE(wanted.add(path)) << path;
  JsonSelector whole(wanted);
  whole.feed(text);
  whole.end();
  const std::string out = told(whole, paths.size());
  // Any split gives the same.
  for (std::size_t size : {1, 2, 3, 7}) {
    JsonSelector pieces(wanted);
    for (std::string_view rest = text; !rest.empty();) {
      const std::string piece(rest.substr(0, size));  // Of its own, so that nothing reads on.
      pieces.feed(piece);
      rest.remove_prefix(piece.size());
    }
    pieces.end();
    EXPECT_EQ(told(pieces, paths.size()), out) << "in pieces of " << size;
  }
  return out;
}

TEST(JsonSelector, TakesMembersElementsAndStructures) {
  constexpr std::string_view kText =
      R"({"item":{"name":"a.txt","size":17,"@odata.type":"#file"},)"
      R"( "recipients": [ {"email":"ana@x.example"}, 5, {"email":"bob@y.example"} ], "send" : true })";
  EXPECT_EQ(select(kText, {"item.name", "item.size", "recipients[].email", "send", "none"}),
            "0: a.txt; 1: 17; 2: ana@x.example | bob@y.example; 3: true; 4:; whole at 148");
  EXPECT_EQ(select(kText, {"recipients[2].email", "recipients[1]", R"(item["@odata.type"])"}),
            "0: bob@y.example; 1: 5; 2: #file; whole at 148");
  EXPECT_EQ(select(kText, {"recipients", "recipients[]", "recipients[0]"}),
            R"(0: [ {"email":"ana@x.example"}, 5, {"email":"bob@y.example"} ]; )"
            R"(1: {"email":"ana@x.example"} | 5 | {"email":"bob@y.example"}; )"
            R"(2: {"email":"ana@x.example"}; whole at 148)");
}

TEST(JsonSelector, TakesTheTop) {
  EXPECT_EQ(select(R"( {"a": [1]} )", {"", "a"}), R"(0: {"a": [1]}; 1: [1]; whole at 11)");
  EXPECT_EQ(select("\"a\"", {""}), "0: a; whole at 3");
  EXPECT_EQ(select("17", {""}), "0: 17; whole at 2");
  EXPECT_EQ(select("-0.5e+3 ", {""}), "0: -0.5e+3; whole at 7");
  EXPECT_EQ(select("true", {""}), "0: true; whole at 4");
  EXPECT_EQ(select("false", {""}), "0: false; whole at 5");
  EXPECT_EQ(select("null", {""}), "0:; whole at 4");
  EXPECT_EQ(select(R"([{"url":"u"},{"url":"v"}])", {"[].url", "[1].url"}),
            "0: u | v; 1: v; whole at 25");
  EXPECT_EQ(select(R"([[1,2],[3]])", {"[][]", "[0][]", "[][0]"}),
            "0: 1 | 2 | 3; 1: 1 | 2; 2: 1 | 3; whole at 11");
}

TEST(JsonSelector, TellsNothingWhereKindsDoNotFit) {
  EXPECT_EQ(
      select(R"({"a":[{"b":1}],"c":{"0":2},"d":null,"e":"x"})", {"a.b", "c[0]", "d", "e.f", "[]"}),
      "0:; 1:; 2:; 3:; 4:; whole at 44");
  // The same names in another place are other members.
  EXPECT_EQ(select(R"({"x":{"name":"no"},"y":[{"name":"no"}],"name":"yes"})", {"name"}),
            "0: yes; whole at 52");
}

TEST(JsonSelector, UndoesEscapesInValuesAndNames) {
  EXPECT_EQ(select(R"({"n\u0061me":"a\"\\\/\n\u00fc\uD83D\uDE00","b":"\u20ac"})", {"name", "b"}),
            "0: a\"\\/\nü😀; 1: €; whole at 56");
  EXPECT_EQ(select(R"({"names":"no","nam":"no","name ":"no"})", {"name"}), "0:; whole at 38");
}

TEST(JsonSelector, TakesInStringsWhateverAnyServerTakes) {
  EXPECT_EQ(
      select("{\"a\":\"x\ty\nz\",\"b\":\"\\q\\'\",\"c\":\"\\ud800x\\udc00\",\"d\":\"\xff\xc3\"}",
             {"a", "b", "c", "d"}),
      "0: x\ty\nz; 1: q'; 2: \ufffdx\ufffd; 3: \ufffd\ufffd; whole at 53");
  EXPECT_EQ(select(R"({"a":"\ud83d\ud83d\ude00\ud83d\n"})", {"a"}),
            "0: \ufffd😀\ufffd\n; whole at 34");
}

TEST(JsonSelector, TellsEveryValueOfARepeatedMember) {
  EXPECT_EQ(select(R"({"a":"one","b":1,"\u0061":"two"})", {"a", "b"}),
            "0!: one | two; 1: 1; whole at 32");
  EXPECT_EQ(select(R"({"a":{"n":1},"a":{"n":2}})", {"a.n", "a.m"}), "0!: 1 | 2; 1!:; whole at 25");
  EXPECT_EQ(select(R"({"a":null,"a":{"n":2}})", {"a.n"}), "0!: 2; whole at 22");
  // One of each element is no repetition.
  EXPECT_EQ(select(R"([{"n":1},{"n":2}])", {"[].n"}), "0: 1 | 2; whole at 17");
  EXPECT_EQ(select(R"([{"n":1},{"n":2,"n":3}])", {"[].n"}), "0!: 1 | 2 | 3; whole at 23");
}

TEST(JsonSelector, KeepsWhatABrokenTextHadBefore) {
  EXPECT_EQ(select(R"({"a":1,"b":"hal)", {"a", "b"}), "0: 1; 1: hal~; broken off at 15");
  EXPECT_EQ(select("{\"a\":\"h\xc3", {"a"}), "0: h~; broken off at 8");
  EXPECT_EQ(select(R"({"a":"h\u00f)", {"a"}), "0: h~; broken off at 12");
  EXPECT_EQ(select(R"({"a":{"b":[1,)", {"a", "a.b"}), R"(0: {"b":[1,~; 1: [1,~; broken off at 13)");
  EXPECT_EQ(select(R"({"a":12)", {"a"}), "0:; broken off at 7");  // of 123, perhaps
  EXPECT_EQ(select(R"({"a":tru)", {"a"}), "0:; broken off at 8");
  EXPECT_EQ(select(R"({"a":"b","a)", {"a"}), "0: b; broken off at 11");
  for (const std::string_view text : {"", " ", "\xef\xbb", ")]}", "f", "nul", "-", "1.", "1e"}) {
    EXPECT_TRUE(select(text, {""}).starts_with("0:; broken off")) << text;
  }
}

TEST(JsonSelector, EndsWhereTheTextIsNoJson) {
  EXPECT_EQ(select(R"({"a":1,"b":2,})", {"a", "b"}), "0: 1; 1: 2; not json at 13");
  EXPECT_EQ(select(R"({"a":{"x":1],"b":2})", {"a", "b"}), R"(0: {"x":1~; 1:; not json at 11)");
  EXPECT_EQ(select(R"({"a":"\u00xx","b":2})", {"a", "b"}), "0:; 1:; not json at 10");
  for (const std::string_view text :
       {"}",     "]",          "[1,]",       "[,1]",      "[1 2]", "{\"a\" 1}",
        "{a:1}", "{\"a\"}",    "{'a':1}",    "[01]",      "[+1]",  "[1.]",
        "[.5]",  "[1e]",       "[-]",        "[nulll]",   "'a'",   "[1}",
        "{]",    "// 1",       "NaN",        "<html>",    "fo(",   "why",
        ")]}",   "\xef\xbb{}", "{\"a\":1,,", "\xff\xfe{", "a=b"}) {
    const std::string out = select(std::string(text) + " ", {"x"});
    EXPECT_TRUE(out.starts_with("0:; not json at ")) << text << " " << out;
  }
}

TEST(JsonSelector, PassesOverMarksGuardsAndWhatFollows) {
  EXPECT_EQ(select("\xef\xbb\xbf {\"a\":1}", {"a"}), "0: 1; whole at 11");
  EXPECT_EQ(select(")]}'\n{\"a\":1}", {"a"}), "0: 1; whole at 12");
  EXPECT_EQ(select(")]}',\n{\"a\":1}", {"a"}), "0: 1; whole at 13");
  EXPECT_EQ(select("for (;;);{\"a\":1}", {"a"}), "0: 1; whole at 16");
  EXPECT_EQ(select("while(1);[1]", {"[]"}), "0: 1; whole at 12");
  EXPECT_EQ(select(",1", {""}), "0:; not json at 0");
  EXPECT_EQ(select("{\"a\":1}\n", {"a"}), "0: 1; whole at 7");
  EXPECT_EQ(select("{\"a\":1}\n{\"a\":2}", {"a"}), "0: 1; whole, trailing at 7");
  EXPECT_EQ(select("{\"a\":1};", {"a"}), "0: 1; whole, trailing at 7");
}

TEST(JsonSelector, BoundsTheDepth) {
  const auto nested = [](std::size_t levels, std::string_view inside) {
    std::string out;
    for (std::size_t i = 0; i < levels; ++i) out += "[";
    out += inside;
    for (std::size_t i = 0; i < levels; ++i) out += "]";
    return out;
  };
  const std::string deepest = R"({"x":)" + nested(1023, "1") + R"(,"a":2})";
  EXPECT_EQ(select(deepest, {"a"}), "0: 2; whole at 2059");
  EXPECT_EQ(select(R"({"x":)" + nested(1024, "1") + R"(,"a":2})", {"a"}), "0:; too deep at 1028");
}

TEST(JsonSelector, CutsLongValues) {
  const std::string most(JsonSelector::kLongestValue, 'x');
  EXPECT_EQ(select("\"" + most + "\"", {""}), "0: " + most + "; whole at 1048578");
  EXPECT_EQ(select("\"" + most + "y\"", {""}), "0: " + most + "~; whole, dropped at 1048579");
  // Whole characters are kept only.
  EXPECT_EQ(select("\"" + most.substr(1) + "ü\"", {""}),
            "0: " + most.substr(1) + "~; whole, dropped at 1048579");
  const std::string list = "[\"" + std::string(JsonSelector::kLongestStructure - 4, 'x') + "\"]";
  EXPECT_EQ(select(list, {""}), "0: " + list + "; whole at 16384");
  EXPECT_EQ(select(list + " ", {""}), "0: " + list + "; whole at 16384");
  const std::string longer = "[ " + list.substr(1);
  EXPECT_EQ(select(longer, {""}), "0: " + longer.substr(0, 16384) + "~; whole, dropped at 16385");
  // Bytes that become longer by being mended stay within the limit, too.
  JsonSelection wanted;
  ASSERT_TRUE(wanted.add(""));
  JsonSelector bad(wanted);
  bad.feed("\"" + std::string(400'000, '\xff') + "\"");
  EXPECT_EQ(bad.values(0)[0].text.size(), 1'048'575u);
  EXPECT_TRUE(bad.values(0)[0].cut);
}

TEST(JsonSelector, BoundsTheNumberOfValuesAndTheirBytes) {
  JsonSelection wanted;
  ASSERT_TRUE(wanted.add("[]"));
  ASSERT_TRUE(wanted.add("[].a"));
  std::string many = "[";
  for (int i = 0; i < 1001; ++i) many += "1,";
  JsonSelector selector(wanted);
  selector.feed(many + "1]");
  EXPECT_EQ(selector.values(0).size(), 1000u);
  EXPECT_TRUE(selector.dropped());
  EXPECT_EQ(selector.fault(), JsonFault::none);

  const std::string big = R"({"a":")" + std::string(10'000, 'x') + R"("},)";
  std::string bigs = "[";
  for (int i = 0; i < 300; ++i) bigs += big;
  JsonSelector bounded(wanted);
  bounded.feed(bigs + "1]");
  std::size_t bytes = 0;
  for (std::size_t path : {0u, 1u}) {
    for (const JsonValue& value : bounded.values(path)) bytes += value.text.size();
  }
  EXPECT_GT(bytes, JsonSelector::kMostBytes - 40'000);
  EXPECT_LE(bytes, JsonSelector::kMostBytes);
  EXPECT_TRUE(bounded.dropped());
}

TEST(JsonSelector, TellsValuesAsSoonAsTheyEnd) {
  JsonSelection wanted;
  ASSERT_TRUE(wanted.add("a"));
  ASSERT_TRUE(wanted.add("b"));
  JsonSelector selector(wanted);
  selector.feed(R"({"a":"on)");
  EXPECT_EQ(selector.values(0).size(), 0u);
  EXPECT_EQ(selector.first(0), "");
  selector.feed(R"(e","b":)");
  EXPECT_EQ(selector.first(0), "one");
  EXPECT_FALSE(selector.complete());
  EXPECT_EQ(selector.fault(), JsonFault::broken_off);
  selector.feed(R"([]})");
  EXPECT_EQ(selector.first(1), "[]");
  EXPECT_EQ(selector.values(1)[0].kind, JsonValue::Kind::array);
  EXPECT_TRUE(selector.complete());
  selector.feed("more");
  EXPECT_TRUE(selector.trailing());
  EXPECT_EQ(selector.read(), 18u);
}

}  // namespace
}  // namespace sallyport
