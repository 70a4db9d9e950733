#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/yaml/node.h"

namespace sallyport::yaml {
namespace {

SourcePtr source(std::string text) {
  return std::make_shared<const Source>(Source{"a.yaml", std::move(text)});
}

std::string where(const Place& place) {
  return "@" + std::to_string(place.line) + ":" + std::to_string(place.column) + "+" +
         std::to_string(place.length);
}

// The tree in one line: {key@1:1+3: 'text'@1:6+4, ...}. Quoted text in double quotes.
std::string show(const Node& node, bool places) {
  std::string out;
  if (node.kind == Node::Kind::null) out = "null";
  if (node.kind == Node::Kind::scalar) {
    const char quote = node.quoted ? '"' : '\'';
    out = quote + node.text + quote;
  }
  if (node.kind == Node::Kind::list) {
    for (const Node& item : node.items) out += (out.empty() ? "" : ", ") + show(item, places);
    out = '[' + out + ']';
  }
  if (node.kind == Node::Kind::map) {
    for (const auto& [key, value] : node.entries) {
      out += (out.empty() ? "" : ", ") + key.value + (places ? where(key.place) : "") + ": " +
             show(value, places);
    }
    out = '{' + out + '}';
  }
  return places ? out + where(node.place) : out;
}

std::string parsed(std::string text, bool places) {
  const auto node = parse(source(std::move(text)));
  return node ? show(*node, places) : render(node.error());
}

void check(std::string text, std::string_view expected) {
  EXPECT_EQ(parsed(std::move(text), false), expected);
}
void check_places(std::string text, std::string_view expected) {
  EXPECT_EQ(parsed(std::move(text), true), expected);
}
// The first line that is shown for a text that is refused.
void check_refused(std::string text, std::string_view expected) {
  const std::string shown = parsed(std::move(text), false);
  EXPECT_EQ(shown.substr(0, shown.find('\n')), expected);
}

TEST(Yaml, KeepsTextAsWritten) {
  check("a: no\nb: 017\nc: 1e3\nd: 2026-11-23\ne: ~\nf: \"~\"\ng: 'x''y'\nh: \"\\u00e4\\n\"\n",
        "{a: 'no', b: '017', c: '1e3', d: '2026-11-23', e: null, f: \"~\", g: \"x'y\", h: "
        "\"\xc3\xa4\n\"}");
  check("- a\n- [b, {c: d}]\n-\n- |\n  x\n  y\n- >\n  x\n  y\n",
        "['a', ['b', {c: 'd'}], null, \"x\ny\n\", \"x y\n\"]");
  check("a: x\n  y\n", "{a: 'x y'}");
  check("a: '*.example.com'\nb: c # d\n", "{a: \"*.example.com\", b: 'c'}");
  check("'a b': 1\n", "{a b: '1'}");
}

TEST(Yaml, TakesAnEmptyDocumentForNothing) {
  check("", "null");
  check("\n\n# only a comment\n", "null");
  check("---\n", "null");
  check("\xef\xbb\xbf", "null");
}

TEST(Yaml, KnowsWhereEverythingStands) {
  check_places("a: bc\nlonger: 'x y'\n",
               "{a@1:1+1: 'bc'@1:4+2, longer@2:1+6: \"x y\"@2:9+5}@1:1+1");
  check_places("- when: { app.categry: cloud_storage }\n  then: block\n",
               "[{when@1:3+4: {app.categry@1:11+11: 'cloud_storage'@1:24+13}@1:9+30, then@2:3+4: "
               "'block'@2:9+5}@1:3+1]@1:1+1");
  check_places("a: [x, \"y]\", z]\n",
               "{a@1:1+1: ['x'@1:5+1, \"y]\"@1:8+4, 'z'@1:14+1]@1:4+12}@1:1+1");
  check_places("\"k\": \"a\\\"b\"\n'l': 'c''d'\n",
               "{k@1:1+3: \"a\"b\"@1:6+6, l@2:1+3: \"c'd\"@2:6+6}@1:1+1");
  check_places("\xc3\xa4: b\n", "{\xc3\xa4@1:1+2: 'b'@1:5+1}@1:1+1");
  check_places(
      "\xef\xbb\xbf"
      "a: b\nc: d\n",
      "{a@1:4+1: 'b'@1:7+1, c@2:1+1: 'd'@2:4+1}@1:4+1");
  check_places("a: b\r\nc: d\r\n", "{a@1:1+1: 'b'@1:4+1, c@2:1+1: 'd'@2:4+1}@1:1+1");
}

TEST(Yaml, UnderlinesOneByteOfWhatGoesOn) {
  check_places("a: |\n  x\n", "{a@1:1+1: \"x\n\"@1:4+1}@1:1+1");
  check_places("a: [x,\n  y]\n", "{a@1:1+1: ['x'@1:5+1, 'y'@2:3+1]@1:4+1}@1:1+1");
  check_places("a: \"x\n  y\"\n", "{a@1:1+1: \"x y\"@1:4+1}@1:1+1");
}

TEST(Yaml, PlacesWhatWasLeftOutWhereItsKeyStands) {
  check_places("a:\nb: c\n", "{a@1:1+1: null@1:1+1, b@2:1+1: 'c'@2:4+1}@1:1+1");
  check_places("a:\n'null': c\n", "{a@1:1+1: null@1:1+1, null@2:1+6: 'c'@2:9+1}@1:1+1");
  check_places("abc:\n", "{abc@1:1+3: null@1:1+3}@1:1+1");
  check_places("a: ~\nb: null\n", "{a@1:1+1: null@1:4+1, b@2:1+1: null@2:4+4}@1:1+1");
  check_places("- a\n-\n- b\n", "['a'@1:3+1, null@2:1+1, 'b'@3:3+1]@1:1+1");
  check_places("{a: , b: d}\n", "{a@1:2+1: null@1:2+1, b@1:7+1: 'd'@1:10+1}@1:1+11");
}

TEST(Yaml, ReportsEveryDuplicateKey) {
  check("a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}\n",
        "a.yaml:3:1: error: the key 'a' is written twice\n"
        "a: 3\n"
        "^ first on line 1\n"
        "a.yaml:4:11: error: the key 'd' is written twice\n"
        "c: {d: 1, d: 2}\n"
        "          ^ first on line 4\n");
  check("- a: 1\n- a: 1\n", "[{a: '1'}, {a: '1'}]");
}

TEST(Yaml, RefusesAnchorsAliasesAndTagsAllAtOnce) {
  check("a: &x 1\nb: *x\nc: !!str 1\nd: !mine\ne: ! 5\n",
        "a.yaml:1:4: error: anchors are not accepted\n"
        "a: &x 1\n"
        "   ^ quote a text that begins with '&'\n"
        "a.yaml:2:4: error: aliases are not accepted\n"
        "b: *x\n"
        "   ^ quote a text that begins with '*'\n"
        "a.yaml:3:4: error: tags are not accepted\n"
        "c: !!str 1\n"
        "   ^ quote a text that begins with '!'\n"
        "a.yaml:4:4: error: tags are not accepted\n"
        "d: !mine\n"
        "   ^ quote a text that begins with '!'\n"
        "a.yaml:5:4: error: tags are not accepted\n"
        "e: ! 5\n"
        "   ^ quote a text that begins with '!'\n");
  check("hosts: [*.example.com]\n",
        "a.yaml:1:9: error: aliases are not accepted\n"
        "hosts: [*.example.com]\n"
        "        ^ quote a text that begins with '*'\n");
  check_refused("a: &x [*x]\n", "a.yaml:1:4: error: anchors are not accepted");
  check_refused("a: !<tag:x> 1\n", "a.yaml:1:4: error: tags are not accepted");
}

TEST(Yaml, RefusesSeveralDocuments) {
  check("a: 1\n---\nb: 2\n",
        "a.yaml:2:1: error: a second document begins here\n"
        "---\n"
        "^~~ put it into a file of its own\n");
  check("---\na: 1\n...\n", "{a: '1'}");
}

TEST(Yaml, RefusesKeysThatAreNoText) {
  check_refused("? [a, b]\n: c\n", "a.yaml:1:3: error: a key must be text, not a list");
  check_refused("{{a: b}: c}\n", "a.yaml:1:2: error: a key must be text, not a mapping");
  check_refused("~: c\n", "a.yaml:1:1: error: a key must be text");
}

TEST(Yaml, SaysWhatIsWrongWithTabs) {
  check("a:\n\tb: 1\n",
        "a.yaml:2:1: error: a tab in the indentation\n"
        "?b: 1\n"
        "^ indent with spaces\n");
  check_refused("a:\n  - b\n\t- c\n", "a.yaml:3:1: error: a tab in the indentation");
  check_refused("a:\n  b: 1\n \tc: 2\n", "a.yaml:3:2: error: a tab in the indentation");
  check("a:\tb\n", "{a: 'b'}");
}

TEST(Yaml, ExplainsTheUsualSlips) {
  check("a: b: c\n",
        "a.yaml:1:5: error: a second ': ' in one line\n"
        "a: b: c\n"
        "    ^ quote a text that holds ': '\n");
  check("x: 1\na: \"b\nc: d\n",
        "a.yaml:2:4: error: a quoted text does not end\n"
        "a: \"b\n"
        "   ^ is a closing quote missing?\n");
  check("a: x\nbcd\n",
        "a.yaml:2:1: error: the key 'bcd' has no value\n"
        "bcd\n"
        "^~~ is a ':' missing?\n");
  check_refused("{a, b: c}\n", "a.yaml:1:2: error: the key 'a' has no value");
  check_refused("{a:b}\n", "a.yaml:1:2: error: the key 'a:b' has no value");
  check_refused("'a b' : x\n? c\n", "a.yaml:2:3: error: the key 'c' has no value");
  check("a: [b\n",
        "a.yaml:2:1: error: a list in brackets does not go on like this\n"
        "  is a ',' or ']' missing?\n");
  check("[b\n",
        "a.yaml:1:1: error: a key must be text, not a list\n"
        "[b\n"
        "^ is a closing bracket missing?\n");
  check_refused("a: [b, c\nd: e\n",
                "a.yaml:2:2: error: a list in brackets does not go on like this");
  check_refused("a: {b: c\n", "a.yaml:2:1: error: a mapping in braces does not go on like this");
  check_refused("a: @b\n", "a.yaml:1:4: error: a character that no text can begin with");
  check("a: 1\n b: 2\n",
        "a.yaml:2:3: error: a ':' inside a text that began further up\n"
        " b: 2\n"
        "  ^ is a ':' missing in a line above, or is this one indented too far?\n");
  check("a: \"x\"\n\xef\xbb\xbf" "b: 2\n",
        "a.yaml:2:1: error: a byte order mark inside the text\n"
        "\xef\xbb\xbf" "b: 2\n"
        "^ it is invisible; remove it\n");
  check_refused("a: x\xe2\x80\x8by\n", "a.yaml:1:5: error: the invisible character U+200B");
  check_refused("a: 1\n- b\n", "a.yaml:2:1: error: this does not belong to the mapping above");
  check_refused("- b\na: 1\n", "a.yaml:2:1: error: text after the end of the document");
  check("a: \"\\q\"\n",
        "a.yaml:1:7: error: a backslash before a character that needs none\n"
        "a: \"\\q\"\n"
        "      ^ write '\\\\' for a backslash, or use single quotes\n");
}

TEST(Yaml, RefusesTextThatAPersonCannotSee) {
  check(std::string("a: b\nc: \x04"
                    "d\n"),
        "a.yaml:2:4: error: the invisible character U+0004\n"
        "c: ?d\n"
        "   ^ write it as \"\\u0004\" if it is meant\n");
  check_refused(std::string("a\0: b", 5), "a.yaml:1:2: error: the invisible character U+0000");
  check_refused(
      "a: \xe2\x80\xae"
      "b\n",
      "a.yaml:1:4: error: the invisible character U+202E");
  check_refused("a: \xff\n", "a.yaml:1:4: error: a byte that is no UTF-8");
  check_refused(
      "\xff\xfe"
      "a",
      "a.yaml:1:1: error: a byte that is no UTF-8");
  check_refused("a: b\rc: d\n", "a.yaml:1:5: error: a carriage return without a line feed");
}

std::string repeated(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Yaml, HoldsItsLimits) {
  check_refused(std::string((4 << 20) + 1, ' '), "a.yaml: error: the text is longer than 4 MiB");
  check(std::string(4 << 20, ' '), "null");

  const auto nested = [](int depth) { return repeated("[", depth) + repeated("]", depth); };
  check(nested(64), nested(64));
  check_refused(nested(65), "a.yaml:1:65: error: nested deeper than 64 levels");
  check_refused(repeated("[", 5000), "a.yaml:1:1: error: a key must be text, not a list");
  check_refused(repeated("[", 1 << 20), "a.yaml:1:10001: error: too many brackets");
  check_refused(repeated("{a: ", 1 << 18), "a.yaml:1:40001: error: too many brackets");
  check_refused("a: [" + repeated("[],", 1 << 20) + "]",
                "a.yaml:1:600004: error: too many brackets");
  check_refused(repeated("- ", 1 << 18), "a.yaml:1:129: error: nested deeper than 64 levels");
  check_refused(repeated("? ", 1 << 12), "a.yaml:1:3: error: a key must be text, not a mapping");

  const std::string full = parsed("[" + repeated("a,", 199'999) + "]", false);
  EXPECT_TRUE(full.starts_with("['a', 'a'"));
  check_refused("[" + repeated("a,", 200'000) + "]",
                "a.yaml:1:400000: error: more than 200000 values");
}

TEST(Yaml, StopsCountingErrorsAtAHundred) {
  const auto node = parse(source("[" + repeated("!a b,", 1000) + "]"));
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().errors(), 101u);
  EXPECT_NE(render(node.error()).find("too many errors"), std::string::npos);
}

// yaml-cpp 0.7 takes the end of the text for the closing quote, if a line break comes before it.
TEST(Yaml, RefusesQuotesThatNeverEnd) {
  for (const char* text :
       {"a: \"b\nc: d\n", "a: 'b\nc: d\n", "- 'it is\n", "a: [b, \"c]\n", "\"a: b\n"}) {
    EXPECT_NE(parsed(text, false).find("error: a quoted text does not end"), std::string::npos)
        << text;
  }
}

TEST(Yaml, CountsNoBracketsInsideText) {
  const std::string text = "a:\n" + repeated("- '[['\n- x[[[\n- \"{\\\"[\"\n- '[{'\n", 12'000);
  EXPECT_TRUE(parsed(text, false).starts_with("{a: [\"[[\", 'x[[[', \"{\"[\", \"[{\", \"[[\""));
}

TEST(Yaml, FindsByKey) {
  const auto node = parse(source("a: 1\nb: 2\n"));
  ASSERT_TRUE(node);
  EXPECT_EQ(node->find("b")->text, "2");
  EXPECT_EQ(node->find("c"), nullptr);
}

class YamlFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "yaml_test.XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override {
    ::unlink(path("x.yaml").c_str());
    ::rmdir(directory_.c_str());
  }
  std::string path(std::string_view name) const { return directory_ + '/' + std::string(name); }
  void write(std::string_view text) {
    const int file = ::open(path("x.yaml").c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
    ASSERT_EQ(::write(file, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(file);
  }
  static std::string shown(const Checked<Node>& node) {
    return node ? show(*node, false) : render(node.error());
  }

  std::string directory_;
};

TEST_F(YamlFile, IsReadUnderTheNameThatIsShown) {
  write("a: 1\n");
  const auto node = parse_file(path("x.yaml"), "conf/x.yaml");
  ASSERT_TRUE(node);
  EXPECT_EQ(show(*node, false), "{a: '1'}");
  EXPECT_EQ(node->place.source->name, "conf/x.yaml");
}

TEST_F(YamlFile, ThatCannotBeReadIsADiagnostic) {
  EXPECT_EQ(shown(parse_file(path("none.yaml"), "none.yaml")),
            "none.yaml: error: the file cannot be read: No such file or directory\n");
  EXPECT_EQ(shown(parse_file(directory_, "folder")),
            "folder: error: the file cannot be read: Is a directory\n");
  ASSERT_EQ(::mkfifo(path("x.yaml").c_str(), 0600), 0);
  EXPECT_EQ(shown(parse_file(path("x.yaml"), "pipe")),
            "pipe: error: the file cannot be read: not a regular file\n");
}

TEST_F(YamlFile, ThatIsTooLongIsNotReadToTheEnd) {
  write(std::string(5 << 20, '#'));
  EXPECT_EQ(shown(parse_file(path("x.yaml"), "x.yaml")),
            "x.yaml: error: the text is longer than 4 MiB\n  split it into several files\n");
}

}  // namespace
}  // namespace sallyport::yaml
