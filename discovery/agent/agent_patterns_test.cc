// uap-core's own tests, which Debian installs beside its patterns, against our reading of them.

#include "discovery/agent/agent_patterns.h"

#include <gtest/gtest.h>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

const std::string kFolder = "/usr/share/uap-core/";

std::string text_at(const yaml::Node& row, std::string_view key) {
  const yaml::Node* value = row.find(key);
  return value == nullptr || value->kind != yaml::Node::Kind::scalar ? "" : value->text;
}

// "Chrome 131.0.6778": the first `parts` parts of the version, up to the first that is missing; ""
// for none.
std::string expected_of(const yaml::Node& row, std::size_t parts) {
  static constexpr std::string_view kParts[] = {"major", "minor", "patch", "patch_minor"};
  const std::string family = text_at(row, "family");
  if (family == "Other") return "";
  std::string version;
  for (std::size_t i = 0; i < parts; ++i) {
    const std::string part = text_at(row, kParts[i]);
    if (part.empty()) break;
    version += (i == 0 ? "" : ".") + part;
  }
  return family + " " + version;
}

// As expected_of() writes it. uap-core's browsers have three parts in its tests; where a pattern
// has a group more, we keep a fourth, which is left out here.
std::string shown(const NamedVersion& named, const std::string& expected) {
  if (named.name.empty() || named.name == "Other") return "";
  const std::string whole = named.name + " " + named.version;
  const std::size_t end = expected.size();
  const bool more = whole.starts_with(expected) && whole.size() > end && whole[end] == '.' &&
                    whole.find('.', end + 1) == std::string::npos;
  return more ? expected : whole;
}

class UapCore : public ::testing::Test {
 protected:
  static std::shared_ptr<const AgentPatterns> patterns() {
    static const auto kMade = [] {
      Diagnostics warnings;
      const auto file = yaml::parse_file(kFolder + "regexes.yaml");
      auto made = file ? AgentPatterns::make(*file, warnings)
                       : Checked<std::shared_ptr<const AgentPatterns>>(nullptr);
      EXPECT_TRUE(made && warnings.empty()) << render(warnings);
      return made ? *made : nullptr;
    }();
    return kMade;
  }

  // Every case of a file; versions are compared up to their first `parts` parts.
  template <class Find>
  void check(const std::string& file, std::size_t parts, std::size_t least, Find find) {
    ASSERT_NE(patterns(), nullptr);
    const auto node = yaml::parse_file(kFolder + file, file);
    ASSERT_TRUE(node) << render(node.error());
    const yaml::Node* cases = node->find("test_cases");
    ASSERT_NE(cases, nullptr);
    EXPECT_GE(cases->items.size(), least);
    for (const yaml::Node& row : cases->items) {
      const std::string agent = text_at(row, "user_agent_string");
      const std::string expected = expected_of(row, parts);
      EXPECT_EQ(shown(find(*patterns(), agent), expected), expected)
          << file << ":" << row.place.line << ": " << agent;
    }
  }
};

TEST_F(UapCore, BrowsersAreReadAsItsOwnTestsSay) {
  check("tests/test_ua.yaml", 3, 1'400,
        [](const AgentPatterns& patterns, const std::string& agent) {
          return patterns.find_browser(agent);
        });
}

TEST_F(UapCore, SystemsAreReadAsItsOwnTestsSay) {
  const auto find = [](const AgentPatterns& patterns, const std::string& agent) {
    return patterns.find_os(agent);
  };
  check("tests/test_os.yaml", 4, 450, find);
  check("test_resources/additional_os_tests.yaml", 4, 10, find);
}

TEST_F(UapCore, MoreBrowsersAreReadAsItsOwnTestsSay) {
  for (const char* file : {"firefox_user_agent_strings.yaml", "opera_mini_user_agent_strings.yaml",
                           "podcasting_user_agent_strings.yaml", "pgts_browser_list.yaml"}) {
    check(std::string("test_resources/") + file, 3, 10,
          [](const AgentPatterns& patterns, const std::string& agent) {
            return patterns.find_browser(agent);
          });
  }
}

}  // namespace
}  // namespace sallyport::discovery
