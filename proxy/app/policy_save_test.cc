// Writing a file of policies: when it is written, and when it is not.

#include "proxy/app/policy_save.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "base/core/file.h"
#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOld = "- {id: a, name: A, when: {app: mega}, then: block}\n";
constexpr std::string_view kNew = "- {id: b, name: B, when: {app: box}, then: block}\n";
constexpr std::string_view kBroken = "- {id: b, name: B, when: {app.categry: x}, then: block}\n";

class PolicySaveTest : public ::testing::Test {
 protected:
  PolicySaveTest() {
    fs::create_directory(policies_);
    fs::create_directory(state_);
    put("a.yaml", kOld);
  }
  void put(const std::string& file, std::string_view text) {
    std::ofstream(policies_ + "/" + file) << text;
  }
  std::string text(const std::string& file = "a.yaml") {
    return read_regular_file(policies_ + "/" + file, 1 << 20).value_or("(none)");
  }
  PolicySave wish(std::string_view new_text, std::string if_match = policy_tag(kOld)) {
    PolicySave made;
    made.folder = policies_;
    made.name = "a.yaml";
    made.text = new_text;
    made.if_match = std::move(if_match);
    made.author = "ana";
    return made;
  }
  PolicySaved save(const PolicySave& wish) {
    PolicySaved out;
    save_policies(state_, wish, out);
    EXPECT_TRUE(fs::is_empty(state_)) << "the trial stays";
    return out;
  }

  testkit::TemporaryFolder home_;
  const std::string policies_ = home_.path() + "/policies";
  const std::string state_ = home_.path() + "/state";
};

TEST_F(PolicySaveTest, WritesWhatCompilesAndIsAsItsEditorSawIt) {
  const PolicySaved saved = save(wish(kNew));
  EXPECT_TRUE(saved.done);
  EXPECT_FALSE(saved.error);
  EXPECT_EQ(text(), kNew);
  EXPECT_EQ(saved.commit, std::nullopt);
  EXPECT_NE(saved.no_commit.find("git init"), std::string::npos);
}

TEST_F(PolicySaveTest, WritesNothingOverWhatSomebodyElseChanged) {
  EXPECT_EQ(save(wish(kNew, policy_tag("other"))).refused, 412);
  EXPECT_EQ(save(wish(kNew, "")).refused, 428);
  PolicySave fresh = wish(kNew, "");
  fresh.must_be_new = true;
  EXPECT_EQ(save(fresh).refused, 412);
  EXPECT_EQ(text(), kOld);
  fresh.name = "b.yaml";
  EXPECT_TRUE(save(fresh).done);
  EXPECT_EQ(text("b.yaml"), kNew);
  PolicySave gone = wish(kNew);
  gone.name = "c.yaml";
  EXPECT_EQ(save(gone).refused, 412);
}

TEST_F(PolicySaveTest, WritesNothingThatTheGatewayCouldNotUse) {
  const PolicySaved broken = save(wish(kBroken));
  EXPECT_FALSE(broken.done);
  ASSERT_TRUE(broken.found.has_errors());
  EXPECT_TRUE(broken.found.sorted()[0].place.source->name.starts_with(broken.trial));
  // Nor what the tests beside it refuse, or what repeats another file's id.
  put("a.test.yaml", "- {case: stays, given: {app: mega}, expect: block}\n");
  EXPECT_TRUE(save(wish(kNew)).found.has_errors());
  fs::remove(policies_ + "/a.test.yaml");
  put("b.yaml", kNew);
  EXPECT_TRUE(save(wish(kNew)).found.has_errors());
  EXPECT_EQ(text(), kOld);
}

TEST_F(PolicySaveTest, ADryRunTellsAndWritesNothing) {
  PolicySave dry = wish(kBroken, "");
  dry.dry_run = true;
  EXPECT_TRUE(save(dry).found.has_errors());
  dry.text = kNew;
  const PolicySaved saved = save(dry);
  EXPECT_FALSE(saved.found.has_errors());
  EXPECT_FALSE(saved.done);
  EXPECT_EQ(saved.refused, 0);
  EXPECT_EQ(text(), kOld);
}

TEST_F(PolicySaveTest, WritesThroughALinkAndCommitsNone) {
  const std::string real = home_.path() + "/real.yaml";
  std::ofstream(real) << kOld;
  fs::remove(policies_ + "/a.yaml");
  fs::create_symlink(real, policies_ + "/a.yaml");
  const PolicySaved saved = save(wish(kNew));
  EXPECT_TRUE(saved.done);
  EXPECT_TRUE(fs::is_symlink(policies_ + "/a.yaml"));
  EXPECT_EQ(text("../real.yaml"), kNew);
  EXPECT_EQ(saved.no_commit, "the file is a link");
}

TEST(PolicyFileName, IsOneRightInTheFolder) {
  for (const char* name : {"a.yaml", "20-ours.yaml", "x.test.yaml", "A_b.yaml"}) {
    EXPECT_TRUE(is_policy_file_name(name)) << name;
  }
  for (const char* name :
       {".yaml", ".a.yaml", "a.yml", "../a.yaml", "a/b.yaml", "a b.yaml", "a.yaml\n", ""}) {
    EXPECT_FALSE(is_policy_file_name(name)) << name;
  }
}

}  // namespace
}  // namespace sallyport::app
