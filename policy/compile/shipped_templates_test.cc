// The templates and lists that we ship: each can be taken as it is, each is told of, and none is
// left over. What they decide is tested by the cases beside them.

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <set>
#include <sstream>

#include "policy/compile/compile.h"
#include "policy/compile/parse.h"

namespace sallyport::policy {
namespace {

using Names = std::set<std::string>;

const std::string kConf = std::string(SALLYPORT_SOURCE_DIR) + "/conf/";

SourcePtr read(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return std::make_shared<const Source>(
      Source{file.lexically_relative(kConf).string(), text.str()});
}

std::vector<SourcePtr> read_folder(const std::string& folder, std::string_view ending) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kConf + folder)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending) && !name.ends_with(".test.yaml")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<SourcePtr> sources;
  for (const auto& file : files) sources.push_back(read(file));
  return sources;
}

std::map<std::string, SourcePtr, std::less<>> lists() {
  std::map<std::string, SourcePtr, std::less<>> found;
  for (const SourcePtr& source : read_folder("policies/lists", ".txt")) {
    found.emplace(std::filesystem::path(source->name).stem().string(), source);
  }
  return found;
}

std::vector<Policy> templates() {
  std::vector<Policy> all;
  Diagnostics found;
  for (const SourcePtr& source : read_folder("templates", ".yaml")) {
    for (Policy& one : parse_policies(source, found)) all.push_back(std::move(one));
  }
  EXPECT_EQ(render(found), "");
  return all;
}

// Every `word` that stands behind `mark` in `text`, as far as ids and names of lists go.
Names words_behind(std::string_view text, std::string_view mark) {
  Names words;
  for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark, at + 1)) {
    std::string_view rest = text.substr(at + mark.size());
    const auto end = std::find_if_not(rest.begin(), rest.end(), [](unsigned char c) {
      return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-';
    });
    words.emplace(rest.begin(), end);
  }
  words.erase("");
  return words;
}

Names only_in_one(const Names& a, const Names& b) {
  Names odd;
  std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(),
                                std::inserter(odd, odd.end()));
  return odd;
}

TEST(ShippedTemplates, CanEachBeTakenAsItIs) {
  PolicySources sources{
      .policies = {}, .templates = read_folder("templates", ".yaml"), .lists = lists()};
  std::string taken;
  const std::vector<Policy> all = templates();
  for (const Policy& one : all) {
    taken += "- { name: " + **one.id + ", extends: template/" + **one.id + " }\n";
  }
  sources.policies.push_back(std::make_shared<const Source>(Source{"taken.yaml", taken}));
  Diagnostics warnings;
  const auto program = compile(sources, {}, warnings);
  ASSERT_TRUE(program) << render(program.error());
  EXPECT_EQ((*program)->size(), all.size());
  for (const CompiledPolicy& policy : (*program)->policies()) {
    const bool speaks = policy.action == Action::block || asks(policy.action);
    EXPECT_EQ(speaks, !policy.say.empty())
        << policy.id << ": who is stopped is told why, and nobody else is";
    EXPECT_FALSE(policy.when.empty()) << policy.id << " would always hold";
  }
}

TEST(ShippedTemplates, SayWhatTheyAreFor) {
  for (const Policy& one : templates()) {
    EXPECT_TRUE(one.description) << **one.id;
    EXPECT_FALSE(one.name->empty()) << **one.id;
  }
}

TEST(ShippedTemplates, AreAllInTheReadmeAndNoOthers) {
  const SourcePtr readme = read(kConf + "templates/README.md");
  Names ids;
  for (const Policy& one : templates()) ids.insert(**one.id);
  EXPECT_EQ(only_in_one(words_behind(readme->text, "\n| `"), ids), Names());
}

TEST(ShippedLists, AreEachUsedByATemplateAndSayWhenceAndWhen) {
  Names used;
  for (const SourcePtr& source : read_folder("templates", ".yaml")) {
    for (const std::string& name : words_behind(source->text, ": list/")) used.insert(name);
  }
  Names shipped;
  for (const auto& [name, source] : lists()) {
    shipped.insert(name);
    const std::string_view text = source->text;
    const bool dated =
        text.find("# Written by us from ") != text.npos && text.find(", 2026-") != text.npos;
    EXPECT_TRUE(dated || text.find("# Yours: put your ") != text.npos) << name;
  }
  EXPECT_EQ(only_in_one(shipped, used), Names());
}

}  // namespace
}  // namespace sallyport::policy
