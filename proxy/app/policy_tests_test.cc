// The tests that we ship beside policies and templates, and tests at a reload.

#include "proxy/app/policy_tests.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>

#include "proxy/app/policy_files.h"

namespace sallyport::app {
namespace {

// Policies whose words, redirect or tag no case asserts, though they are in force.
std::string unseen_effects(const policy::TestReport& report, const policy::Coverage& coverage) {
  std::set<std::string> shown, sent, tagged;
  for (const policy::FileReport& file : report.files) {
    for (const policy::TestCase& test : file.file->cases) {
      if (test.policy && test.say) shown.insert(**test.policy);
      if (test.policy && test.redirect) sent.insert(**test.policy);
      for (const auto& id : test.reports) {
        if (test.tag_app) tagged.insert(*id);
      }
    }
  }
  std::set<std::string> unseen;
  for (const policy::CoveredItem& item : coverage.items()) {
    const policy::CompiledPolicy& policy = *item.policy;
    if (policy.rehearse) continue;
    if (!policy.say.empty() && !shown.contains(policy.id)) unseen.insert(policy.id + ": say\n");
    if (!policy.redirect.empty() && !sent.contains(policy.id)) {
      unseen.insert(policy.id + ": redirect\n");
    }
    if (!policy.tag_app.empty() && !tagged.contains(policy.id)) {
      unseen.insert(policy.id + ": tag_app\n");
    }
  }
  std::string text;
  for (const std::string& one : unseen) text += one;
  return text;
}

// Each folder that we ship: every case passes, every condition is seen true and false, and every
// effect is seen.
std::string run_shipped(const std::string& folder) {
  const std::string conf = std::string(SALLYPORT_SOURCE_DIR) + "/conf/";
  Config config;
  config.policies = conf + "policies";
  config.templates = conf + "templates";
  Diagnostics found;
  const auto suite = load_policy_tests(config, conf + folder, {}, found);
  if (suite == nullptr || found.has_errors()) return render(found);
  EXPECT_GT(suite->cases(), 0u);
  policy::TestReport report;
  EXPECT_TRUE(suite->run({}, report.files));
  report.coverage = {&suite->coverage()};
  if (report.failed() == 0 && report.covered() == report.conditions()) {
    return unseen_effects(report, suite->coverage());
  }
  return text_report(report, false);
}

TEST(ShippedTests, ShowAllOfThePolicies) { EXPECT_EQ(run_shipped("policies"), ""); }
TEST(ShippedTests, ShowAllOfTheTemplates) { EXPECT_EQ(run_shipped("templates"), ""); }
TEST(ShippedTests, ShowAllOfTheCookbook) { EXPECT_EQ(run_shipped("policies/cookbook"), ""); }

class PolicyTestsAtReload : public ::testing::Test {
 protected:
  PolicyTestsAtReload() {
    char name[] = "/tmp/sallyport-policy-tests-XXXXXX";
    home_ = ::mkdtemp(name);
    write("a.yaml", "- { id: no-drop, name: No drop, when: { app: drop }, then: block }\n");
  }
  ~PolicyTestsAtReload() override {
    std::error_code ignored;
    std::filesystem::remove_all(home_, ignored);
  }
  void write(const std::string& file, const std::string& text) {
    std::ofstream(home_ + "/" + file) << text;
  }
  // "" where they may come into force; warnings too. The folder is shown as "policies".
  std::string load(policy::Mode mode = policy::Mode::enforce) {
    Diagnostics warnings;
    const auto program = load_policies(home_, "", {.mode = mode, .zone = "UTC"}, warnings);
    std::string text = render(program ? warnings : program.error());
    for (auto at = text.find(home_); at != text.npos; at = text.find(home_)) {
      text.replace(at, home_.size(), "policies");
    }
    return text;
  }
  std::string home_;
};

TEST_F(PolicyTestsAtReload, LetPassWhatTheyDescribe) {
  write("a.test.yaml",
        "- { case: drop is refused, given: { app: drop }, expect: block, policy: no-drop }\n");
  EXPECT_EQ(load(), "");
  // In a rehearsal of all, the cases still say what the policies do by themselves.
  EXPECT_EQ(load(policy::Mode::rehearse), "");
}

TEST_F(PolicyTestsAtReload, RefuseWhatFails) {
  write("a.test.yaml", "- { case: drop is let pass, given: { app: drop } }\n");
  EXPECT_EQ(
      load(),
      "policies/a.test.yaml:1:11: error: the test 'drop is let pass' fails: expected allow by "
      "no policy, got block by no-drop (policies/a.yaml:1:3) at connect\n"
      "- { case: drop is let pass, given: { app: drop } }\n"
      "          ^~~~~~~~~~~~~~~~\n");
}

TEST_F(PolicyTestsAtReload, RefuseATestFileWithFaults) {
  write("a.test.yaml", "- { case: drop, given: { ap: drop } }\n");
  EXPECT_EQ(load(),
            "policies/a.test.yaml:1:26: error: unknown attribute 'ap'\n"
            "- { case: drop, given: { ap: drop } }\n"
            "                         ^~ did you mean 'app'?\n");
}

}  // namespace
}  // namespace sallyport::app
