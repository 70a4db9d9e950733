// The tests that we ship beside policies and templates, and tests at a reload.

#include "proxy/app/policy_tests.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "proxy/app/policy_files.h"

namespace sallyport::app {
namespace {

// Each folder that we ship: every case passes, and every condition is seen true and false.
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
  if (report.failed() == 0 && report.covered() == report.conditions()) return "";
  return text_report(report, false);
}

TEST(ShippedTests, ShowAllOfThePolicies) { EXPECT_EQ(run_shipped("policies"), ""); }
TEST(ShippedTests, ShowAllOfTheTemplates) { EXPECT_EQ(run_shipped("templates"), ""); }

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
