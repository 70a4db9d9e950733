#include "base/yaml/reader.h"

#include <gtest/gtest.h>

namespace sallyport::yaml {
namespace {

using namespace std::chrono_literals;

// Reads `text` with `take` and tells what was reported.
template <class Take>
std::string reported(std::string text, Take take) {
  const auto node = parse(std::make_shared<const Source>(Source{"a.yaml", std::move(text)}));
  if (!node) return render(node.error());
  Diagnostics diagnostics;
  MapReader map(*node, diagnostics, "listener");
  take(map);
  return render(diagnostics);
}

// The message of the only diagnostic, with its place and hint.
template <class Take>
void check(std::string text, Take take, std::string_view expected) {
  const std::string excerpt = text.substr(0, text.find('\n'));
  std::string shown = reported(std::move(text), take);
  if (const auto at = shown.find('\n' + excerpt + '\n'); at != std::string::npos) {
    shown.erase(at, excerpt.size() + 1);
  }
  EXPECT_EQ(shown, expected);
}

TEST(MapReader, TakesValuesOrTheirDefaults) {
  const std::string shown = reported(
      "address: 192.0.2.1\nworkers: 4\nidle: 90s\nlimit: 64 KiB\nstrict: true\nmode: rehearse\n"
      "hosts: [a, b]\none: c\nempty:\nquoted: \"7\"\n",
      [](MapReader& map) {
        EXPECT_EQ(*map.text("address", "x"), "192.0.2.1");
        EXPECT_EQ(map.text("address").place.column, 10u);
        EXPECT_EQ(map.integer("workers", 0, 1, 256), 4);
        EXPECT_EQ(map.integer("quoted", 0, 1, 256), 7);
        EXPECT_EQ(map.duration("idle", 0ms), 90s);
        EXPECT_EQ(map.bytes("limit", 0), 65536u);
        EXPECT_TRUE(map.boolean("strict", false));
        EXPECT_EQ(map.word("mode", {"enforce", "rehearse"}), 1u);
        EXPECT_EQ(map.texts("hosts").size(), 2u);
        EXPECT_EQ(map.texts("one")[0].value, "c");
        EXPECT_TRUE(map.has("empty"));
        map.each("empty", [](const Node&) { FAIL(); });
        EXPECT_EQ(*map.text("absent", "x"), "x");
        EXPECT_EQ(map.integer("absent", -3, 1, 256), -3);
        EXPECT_EQ(map.duration("absent", 5ms), 5ms);
        EXPECT_EQ(map.bytes("absent", 9), 9u);
        EXPECT_TRUE(map.boolean("absent", true));
        EXPECT_EQ(map.word("absent", {"enforce"}), std::nullopt);
        EXPECT_TRUE(map.texts("absent").empty());
        map.each("absent", [](const Node&) { FAIL(); });
        EXPECT_EQ(map.node("absent"), nullptr);
        map.finish();
      });
  EXPECT_EQ(shown, "");
}

TEST(MapReader, ReportsEveryFaultAtOnce) {
  EXPECT_EQ(
      reported("workers: many\nadress: x\nstrict: yes\nhosts: {a: b}\n",
               [](MapReader& map) {
                 EXPECT_EQ(*map.required_text("address"), "");
                 EXPECT_EQ(map.integer("workers", 7, 1, 256), 7);
                 EXPECT_FALSE(map.boolean("strict", false));
                 EXPECT_TRUE(map.texts("hosts").empty());
                 map.finish();
               }),
      "a.yaml:1:1: error: listener needs 'address'\n"
      "workers: many\n"
      "^\n"
      "a.yaml:1:10: error: 'workers' of listener must be a whole number from 1 to 256, not 'many'\n"
      "workers: many\n"
      "         ^~~~\n"
      "a.yaml:2:1: error: unknown key 'adress' in listener\n"
      "adress: x\n"
      "^~~~~~ did you mean 'address'?\n"
      "a.yaml:3:9: error: 'strict' of listener must be true or false, not 'yes'\n"
      "strict: yes\n"
      "        ^~~ write true\n"
      "a.yaml:4:8: error: 'hosts' of listener must be text or a list of texts, not a mapping\n"
      "hosts: {a: b}\n"
      "       ^~~~~~\n");
}

TEST(MapReader, HoldsNumbersToTheirRange) {
  const auto take = [](MapReader& map) { EXPECT_EQ(map.integer("n", 5, -2, 10), 5); };
  for (const char* text : {"n: 11", "n: -3", "n: 1.0", "n: 0x5", "n: +5", "n: 9223372036854775808",
                           "n: 99999999999999999999", "n: '-'", "n: ''", "n: 1_0", "n: ' 7'"}) {
    EXPECT_NE(reported(text, take).find("must be a whole number from -2 to 10"), std::string::npos)
        << text;
  }
  EXPECT_EQ(reported("n: -2", [](MapReader& map) { EXPECT_EQ(map.integer("n", 5, -2, 10), -2); }),
            "");
}

TEST(MapReader, SaysWhatKindItWanted) {
  check(
      "a: [x]\n", [](MapReader& map) { EXPECT_EQ(*map.text("a", "d"), "d"); },
      "a.yaml:1:4: error: 'a' of listener must be text, not a list\n   ^~~\n");
  check(
      "a:\n", [](MapReader& map) { map.required_text("a"); },
      "a.yaml:1:1: error: 'a' of listener must be text, not nothing\n^\n");
  check(
      "a:\n", [](MapReader& map) { map.texts("a"); },
      "a.yaml:1:1: error: 'a' of listener must be text or a list of texts, not nothing\n^\n");
  check(
      "a: [x, [y]]\n", [](MapReader& map) { EXPECT_EQ(map.texts("a").size(), 1u); },
      "a.yaml:1:8: error: an item of 'a' of listener must be text, not a list\n       ^~~\n");
  check(
      "a: x\n", [](MapReader& map) { map.each("a", [](const Node&) { FAIL(); }); },
      "a.yaml:1:4: error: 'a' of listener must be a list, not a value\n   ^\n");
  check(
      "a: 5x\n", [](MapReader& map) { EXPECT_EQ(map.duration("a", 1s), 1s); },
      "a.yaml:1:4: error: 'a' of listener must be a duration, not '5x'\n"
      "   ^~ such as 250ms, 90s, 15m, 24h or 7d\n");
  check(
      "a: 5x\n", [](MapReader& map) { EXPECT_EQ(map.bytes("a", 1), 1u); },
      "a.yaml:1:4: error: 'a' of listener must be a number of bytes, not '5x'\n"
      "   ^~ such as 4096, 64 KiB or 2 GB\n");
}

TEST(MapReader, SuggestsWordsAndLists) {
  const auto take = [](MapReader& map) { EXPECT_FALSE(map.word("mode", {"enforce", "rehearse"})); };
  check("mode: enforec\n", take,
        "a.yaml:1:7: error: 'mode' of listener cannot be 'enforec'\n"
        "      ^~~~~~~ did you mean 'enforce'?\n");
  check("mode: x\n", take,
        "a.yaml:1:7: error: 'mode' of listener cannot be 'x'\n      ^ one of: enforce, rehearse\n");
}

TEST(MapReader, TellsOnceThatItGotNoMapping) {
  EXPECT_EQ(reported("- a\n",
                     [](MapReader& map) {
                       EXPECT_EQ(map.required("address"), nullptr);
                       EXPECT_EQ(*map.text("x", "d"), "d");
                       map.finish();
                     }),
            "a.yaml:1:1: error: listener must be a mapping, not a list\n- a\n^\n");
  EXPECT_EQ(reported("", [](MapReader& map) { map.finish(); }), "");
  EXPECT_EQ(reported("", [](MapReader& map) { map.required("address"); }),
            "a.yaml: error: listener needs 'address'\n");
}

TEST(ParseBytes, ReadsBothKindsOfUnits) {
  EXPECT_EQ(parse_bytes("17"), 17u);
  EXPECT_EQ(parse_bytes("0"), 0u);
  EXPECT_EQ(parse_bytes("64 KiB"), 65536u);
  EXPECT_EQ(parse_bytes("1MiB"), 1048576u);
  EXPECT_EQ(parse_bytes("2 GB"), 2'000'000'000u);
  EXPECT_EQ(parse_bytes("1 kib"), 1024u);
  EXPECT_EQ(parse_bytes("16777215 TiB"), 16777215ull << 40);
  for (const char* text : {"", "KiB", "1.5 MiB", "-1", "+1", "1 K", "1 EB", "0x10", "16777216 TiB",
                           " 1", "1 KiB x", "18446744073709551616"}) {
    EXPECT_EQ(parse_bytes(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sallyport::yaml
