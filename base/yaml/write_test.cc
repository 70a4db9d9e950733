#include "base/yaml/write.h"

#include <gtest/gtest.h>
#include <memory>

#include "base/yaml/extent.h"

namespace sallyport::yaml {
namespace {

Node parsed(const std::string& text) {
  auto root = parse(std::make_shared<const Source>(Source{"x.yaml", text}));
  EXPECT_TRUE(root) << render(root.error()) << text;
  return root ? *root : Node{};
}

// What a text is laid out as. It must mean the same, and laying it out again changes nothing.
std::string laid_out(const std::string& text) {
  const Node root = parsed(text);
  const std::string once = write(piece_of(root));
  const Node again = parsed(once);
  EXPECT_TRUE(same_nodes(root, again)) << once;
  EXPECT_EQ(Extents(root).comments().size(), Extents(again).comments().size()) << once;
  EXPECT_EQ(write(piece_of(again)), once);
  return once;
}

TEST(YamlWriting, PutsWhatFitsIntoBracketsAndTheRestOnLinesOfItsOwn) {
  EXPECT_EQ(laid_out("- a:   [x,  y]\n"
                     "  b:\n"
                     "      c: 1\n"
                     "      d: {e: f}\n"
                     "- a:\n"
                     "   - {b: c, d: e}\n"
                     "   - b: c\n"),
            "- a: [x, y]\n"
            "  b: { c: 1, d: { e: f } }\n"
            "\n"
            "- a:\n"
            "    - { b: c, d: e }\n"
            "    - b: c\n");
}

TEST(YamlWriting, BreaksWhatIsTooLongForALine) {
  const std::string word(40, 'w');
  EXPECT_EQ(laid_out("a: [" + word + ", " + word + ", " + word + "]\n"),
            "a:\n  - " + word + "\n  - " + word + "\n  - " + word + "\n");
  EXPECT_EQ(laid_out("a: " + word + " " + word + " " + word + " x\n"),
            "a: >-\n  " + word + " " + word + "\n  " + word + " x\n");
}

TEST(YamlWriting, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(laid_out("a: \"plain\"\n"
                     "b: '> 400'\n"
                     "c: \"443\"\n"
                     "d: 443\n"
                     "e: \"*.example.com\"\n"
                     "f: \"a: b\"\n"
                     "g: 'say \"no\"'\n"
                     "h: \"~ ^/v[0-9]+\\\\d\"\n"
                     "i: \"\"\n"
                     "j: \"null\"\n"
                     "k: [\"a, b\", \"c\"]\n"
                     "l: \"no\"\n"
                     "m: \"x #y\"\n"
                     "n: 'it''s'\n"
                     "o: \"bell\\a\"\n"
                     "p: \"2027-01-31\"\n"),
            "a: plain\n"
            "b: \"> 400\"\n"
            "c: \"443\"\n"
            "d: 443\n"
            "e: \"*.example.com\"\n"
            "f: \"a: b\"\n"
            "g: say \"no\"\n"
            "h: ~ ^/v[0-9]+\\d\n"
            "i: \"\"\n"
            "j: \"null\"\n"
            "k: [\"a, b\", c]\n"
            "l: \"no\"\n"
            "m: \"x #y\"\n"
            "n: it's\n"
            "o: \"bell\\x07\"\n"
            "p: 2027-01-31\n");
}

TEST(YamlWriting, KeepsEveryCommentAtWhatItSpeaksOf) {
  EXPECT_EQ(laid_out("# file\n"
                     "\n"
                     "# first\n"
                     "- a: 1   # behind\n"
                     "  # above b\n"
                     "  b: [x]   # list\n"
                     "  c:  # open\n"
                     "     - x # one\n"
                     "     # last of c\n"
                     "  # last of the first\n"
                     "# second\n"
                     "-   a: 2\n"
                     "    b: [x, # in brackets\n"
                     "        # own line\n"
                     "        y\n"
                     "        ]  # behind the bracket\n"
                     "\n"
                     "# end\n"),
            "# file\n"
            "\n"
            "# first\n"
            "- a: 1  # behind\n"
            "  # above b\n"
            "  b: [x]  # list\n"
            "  c:  # open\n"
            "    - x  # one\n"
            "    # last of c\n"
            "  # last of the first\n"
            "\n"
            "# second\n"
            "- a: 2\n"
            "  b:  # behind the bracket\n"
            "    - x  # in brackets\n"
            "    # own line\n"
            "    - y\n"
            "\n"
            "# end\n");
}

TEST(YamlWriting, KnowsACommentFromTextThatLooksLikeOne) {
  EXPECT_EQ(laid_out("a: \"x # y\"\n"
                     "b: x#y\n"
                     "c: |  # why\n"
                     "  # no comment\n"
                     "  text\n"
                     "d: 'it''s # none'  # one\n"),
            "a: \"x # y\"\n"
            "b: x#y\n"
            "c: |  # why\n"
            "  # no comment\n"
            "  text\n"
            "d: \"it's # none\"  # one\n");
}

TEST(YamlWriting, KeepsTheLinesOfATextThatHasThem) {
  EXPECT_EQ(laid_out("a: |\n    one\n      two\n\n    three\nb: >\n  x\n  y\nc: |+\n  z\n\nd: 1\n"),
            "a: |\n  one\n    two\n\n  three\nb: |\n  x y\nc: \"z\\n\\n\"\nd: 1\n");
}

TEST(YamlWriting, TakesWindowsLineEndsMarksAndMissingLastLines) {
  EXPECT_EQ(laid_out("\xef\xbb\xbf# c\r\na: 1 # d\r\nb: |\r\n  x\r\n"), "# c\na: 1  # d\nb: |\n  x\n");
  EXPECT_EQ(laid_out("a: b # c"), "a: b  # c\n");
  EXPECT_EQ(laid_out("# nothing\n\n# else"), "# nothing\n\n# else\n");
  EXPECT_EQ(laid_out(""), "");
}

TEST(YamlExtents, ReachToTheLastByteOfWhatIsWritten) {
  const std::string text =
      "a: {b: [c, \"d\" ,], # x\n  e: f}\ng:\n  - h\n  - multi\n    line\ni: |\n  j\n\nk: ~\n";
  const Node root = parsed(text);
  const Extents extents(root);
  std::string shown;
  for (const NodeEntry& entry : root.entries) {
    const Extent extent = extents.of(entry);
    shown += '<' + text.substr(extent.begin, extent.end - extent.begin) + ">\n";
  }
  EXPECT_EQ(shown,
            "<a: {b: [c, \"d\" ,], # x\n  e: f}>\n"
            "<g:\n  - h\n  - multi\n    line>\n"
            "<i: |\n  j>\n"
            "<k: ~>\n");
}

}  // namespace
}  // namespace sallyport::yaml
