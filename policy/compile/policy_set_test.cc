#include "policy/compile/policy_set.h"

#include <gtest/gtest.h>

namespace sallyport::policy {
namespace {

SourcePtr source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

KeptPolicies sample() {
  KeptPolicies set;
  set.options = CompileOptions{.mode = Mode::rehearse, .zone = "Europe/Vienna"};
  set.sources.policies = {source("p/a.yaml", "- { name: a, then: block }\n"),
                          source("p/b.yaml", "")};
  set.sources.templates = {source("t/x.yaml", "no newline at the end")};
  set.sources.lists.emplace("paste", source("p/lists/paste.txt", "end\nmode enforce\n"));
  return set;
}

TEST(PolicySet, IsWrittenAsOneText) {
  EXPECT_EQ(write_policy_set(sample()),
            "sallyport policies 1\n"
            "mode rehearse\n"
            "zone 13\n"
            "Europe/Vienna\n"
            "policies 8 27\n"
            "p/a.yaml- { name: a, then: block }\n\n"
            "policies 8 0\n"
            "p/b.yaml\n"
            "templates 8 21\n"
            "t/x.yamlno newline at the end\n"
            "list 5 17 17\n"
            "pastep/lists/paste.txtend\nmode enforce\n\n"
            "end\n");
}

TEST(PolicySet, ReadsBackWhatWasWritten) {
  const std::string text = write_policy_set(sample());
  const auto set = read_policy_set(text);
  ASSERT_TRUE(set);
  EXPECT_EQ(write_policy_set(*set), text);
  EXPECT_EQ(set->options.mode, Mode::rehearse);
  EXPECT_EQ(set->options.zone, "Europe/Vienna");
  ASSERT_EQ(set->sources.policies.size(), 2u);
  EXPECT_EQ(set->sources.policies[0]->name, "p/a.yaml");
  EXPECT_EQ(set->sources.policies[0]->text, "- { name: a, then: block }\n");
  EXPECT_EQ(set->sources.lists.at("paste")->text, "end\nmode enforce\n");
}

TEST(PolicySet, RefusesWhateverIsNotWhole) {
  const std::string text = write_policy_set(sample());
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(read_policy_set(text.substr(0, size))) << size;
  }
  EXPECT_FALSE(read_policy_set(text + "x"));
  EXPECT_FALSE(read_policy_set("sallyport policies 2\nmode enforce\nzone 3\nUTC\nend\n"));
  EXPECT_FALSE(
      read_policy_set("sallyport policies 1\nmode enforce\nzone 99999999999999999999\nUTC\nend\n"));
  EXPECT_FALSE(
      read_policy_set("sallyport policies 1\nmode enforce\nzone 3\nUTC\npolicies 5 5\nab\nend\n"));
  EXPECT_TRUE(read_policy_set("sallyport policies 1\nmode enforce\nzone 3\nUTC\nend\n"));
}

}  // namespace
}  // namespace sallyport::policy
