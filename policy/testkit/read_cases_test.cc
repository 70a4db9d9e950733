#include "policy/testkit/read_cases.h"

#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

#include "policy/activity/attribute_table.h"
#include "policy/testkit/case_keys.h"

namespace sallyport::policy {
namespace {

std::string joined(const Ids& ids) {
  std::string text;
  for (const auto& id : ids) text += (text.empty() ? "" : " ") + *id;
  return text;
}

// A line for each case: its line, name, facts, and what it is about.
std::string read(const std::string& text) {
  Diagnostics found;
  const TestFile file =
      read_cases(std::make_shared<const Source>(Source{"x.test.yaml", text}), found);
  if (!found.empty()) return render(found);
  std::string out;
  for (const TestCase& test : file.cases) {
    out += std::to_string(test.place.line) + " " + test.name + " |";
    for (const Fact& fact : test.given) {
      out += " " + *fact.attribute + "=" + joined(fact.values);
    }
    out += " | " + joined(test.named()) + " | " + joined(test.without) + "\n";
  }
  return out;
}

TEST(ReadCases, TakesDefaultsUntilTheNext) {
  EXPECT_EQ(read("- defaults: { user: ana }\n"
                 "- case: one\n"
                 "- case: two\n"
                 "  given: { user: ben, activity: view }\n"
                 "- defaults: { port: 80 }\n"
                 "- case: three\n"),
            "2 one | user=ana |  | \n"
            "3 two | user=ben activity=view |  | \n"
            "6 three | port=80 |  | \n");
}

TEST(ReadCases, MakesACaseOfEachVariation) {
  EXPECT_EQ(read("- case: a\n"
                 "  given: { app: drop, app.tag: [x, y], activity: upload }\n"
                 "  expect: block\n"
                 "  policy: p\n"
                 "  reports: [r, s]\n"
                 "  without: w\n"
                 "  but:\n"
                 "    - { activity: view }\n"
                 "    - { app: unknown, reports: s }\n"
                 "    - { at: connect, app.tag: [] }\n"
                 "    - { repeat: { times: 3, within: 5m } }\n"),
            "1 a | app=drop app.tag=x y activity=upload | p r s | w\n"
            "8 a, but activity: view | app=drop app.tag=x y activity=view |  | p r s w\n"
            "9 a, but app: unknown | activity=upload app=unknown | s | p r w\n"
            "10 a, but at: connect, app.tag: [] | app=drop activity=upload app.tag= |  | p r s w\n"
            "11 a, but repeat: times 3, within 5m | app=drop app.tag=x y activity=upload |  | "
            "p r s w\n");
}

TEST(ReadCases, KeepsFactsAndKeysApart) {
  for (const CaseKey& key : case_keys()) EXPECT_EQ(find_attribute(key.name), nullptr) << key.name;
}

std::string faults_of(const std::string& text) {
  Diagnostics found;
  read_cases(std::make_shared<const Source>(Source{"x.test.yaml", text}), found);
  return render(found);
}

// The tables of keys, from which the schema and the reference page are made, and the reader name
// the same keys.
TEST(ReadCases, KnowsEachKeyOfTheTables) {
  const auto known = [](const std::string& text) {
    const std::string faults = faults_of(text);
    EXPECT_EQ(faults.find("unknown"), faults.npos) << faults;
  };
  for (const CaseKey& key : case_keys()) {
    known("- { case: a, " + std::string(key.name == "case" ? "at" : key.name) + ": [[x]] }\n");
    if (!key.varies) continue;
    known("- { case: a, but: [{ " + std::string(key.name) + ": [[x]] }] }\n");
  }
  for (const AmountKey& key : repetition_keys()) {
    known("- { case: a, repeat: { " + std::string(key.name) + ": [[x]] } }\n");
  }
  for (const AmountKey& key : day_keys()) {
    known("- { case: a, day: { " + std::string(key.name) + ": [[x]] } }\n");
  }
}

TEST(ReadCases, AsksForNoKeyThatTheTablesLack) {
  std::set<std::string_view> keys = {"defaults"};
  for (const CaseKey& key : case_keys()) keys.insert(key.name);
  for (const AmountKey& key : repetition_keys()) keys.insert(key.name);
  for (const AmountKey& key : day_keys()) keys.insert(key.name);
  for (const AmountKey& key : step_keys()) keys.insert(key.name);
  std::set<std::string> asked;
  for (const char* file : {"read_cases.cc", "read_case_keys.cc", "read_history.cc"}) {
    std::ifstream in(std::string(SALLYPORT_SOURCE_DIR) + "/policy/testkit/" + file);
    std::stringstream text;
    text << in.rdbuf();
    const std::string source = text.str();
    for (const char* call :
         {"map.node(\"", "map.text(\"", "map.texts(\"", "map.has(\"", "map.required(\"",
          "map.bytes(\"", "map.each(\"", "shown(map, \"", "number(map, \"", "span(map, \""}) {
      for (std::size_t at = source.find(call); at != source.npos; at = source.find(call, at + 1)) {
        const std::size_t begin = source.find('"', at) + 1;
        asked.insert(source.substr(begin, source.find('"', begin) - begin));
      }
    }
  }
  for (const std::string& key : asked) EXPECT_TRUE(keys.contains(key)) << key;
  EXPECT_EQ(asked.size(), keys.size());
}

// It was passed over, as a case that never failed.
TEST(ReadCases, RefusesACaseWithoutAWord) {
  EXPECT_EQ(read("- case: a\n  expect: allow\n-\n"),
            "x.test.yaml:3:1: error: a case without any key\n"
            "-\n"
            "^ begin each case with '- case:'\n");
}

TEST(ReadCases, RefusesWhatIsNoList) {
  EXPECT_EQ(read("case: a\n"),
            "x.test.yaml:1:1: error: a test file is a list of cases, not a mapping\n"
            "case: a\n"
            "^ begin each case with '- case:'\n");
  EXPECT_EQ(read("- case: [a]\n"),
            "x.test.yaml:1:9: error: 'case' of case must be text, not a list\n"
            "- case: [a]\n"
            "        ^~~\n");
  EXPECT_EQ(read(""), "");
}

TEST(ReadCases, HasLimits) {
  std::string many = "- case: a\n  given: { app: drop }\n  but:\n";
  for (int i = 0; i < 65; ++i) many += "    - { status: " + std::to_string(200 + i) + " }\n";
  EXPECT_EQ(read(many),
            "x.test.yaml:68:7: error: a case has at most 64 variations\n"
            "    - { status: 264 }\n"
            "      ^~~~~~~~~~~~~~~\n");
}

}  // namespace
}  // namespace sallyport::policy
