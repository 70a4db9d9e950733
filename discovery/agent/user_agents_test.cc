// The table of user_agents.txt: what a client said, and what must be read from it. A row is the
// User-Agent, its hints below it, and the expected facts:
//
//   Mozilla/5.0 (Windows NT 10.0; Win64; x64) ...
//     Sec-CH-UA-Platform: "Windows"
//     => chrome 131 | windows 11 | desktop | browser | outdated_browser
//
// "-" is a fact that cannot be told, \xNN a byte. The table is judged on 2026-11-26.

#include <fstream>
#include <gtest/gtest.h>

#include "base/core/text.h"
#include "discovery/agent/agents.h"

namespace sallyport::discovery {
namespace {

struct TableRow {
  int line = 0;
  std::string user_agent;
  std::map<std::string, std::string> hints;
  std::string expected;
};

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\\x") && i + 3 < text.size()) {
      out += static_cast<char>(hex_value(text[i + 2]) * 16 + hex_value(text[i + 3]));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::vector<TableRow> read_table(const std::string& path) {
  std::vector<TableRow> rows;
  std::ifstream file(path);
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.starts_with("#")) continue;
    const std::string_view text = trim(line);
    if (!line.starts_with("  ")) {
      rows.emplace_back().line = number;
      rows.back().user_agent = unescape(line);
    } else if (text.starts_with("=> ")) {
      rows.back().expected = text.substr(3);
    } else {
      const std::size_t colon = text.find(": ");
      rows.back().hints[std::string(text.substr(0, colon))] = text.substr(colon + 2);
    }
  }
  return rows;
}

std::string shown(const std::string& text) { return text.empty() ? "-" : text; }

std::string describe(const policy::AgentFacts& facts) {
  std::string tags;
  for (const std::string& tag : facts.tags.texts()) tags += (tags.empty() ? "" : " ") + tag;
  return shown(facts.browser) + " " + shown(facts.browser_version) + " | " + shown(facts.os) + " " +
         shown(facts.os_version) + " | " + std::string(to_string(facts.device)) + " | " +
         std::string(to_string(facts.app)) + " | " + shown(tags);
}

TEST(UserAgents, AreReadAsTheTableSays) {
  const std::string root = SALLYPORT_SOURCE_DIR;
  Diagnostics warnings;
  const auto agents =
      load_agents({"/usr/share/uap-core/regexes.yaml", root + "/conf/agents/clients.yaml",
                   root + "/conf/agents/releases.yaml"},
                  warnings);
  ASSERT_TRUE(agents) << render(agents.error());
  ASSERT_EQ(render(warnings), "");
  const Time now = *parse_rfc3339("2026-11-26T00:00:00Z");

  std::vector<TableRow> rows = read_table(root + "/discovery/agent/user_agents.txt");
  EXPECT_GE(rows.size(), 200u);
  for (TableRow& row : rows) {
    AgentClaims claims;
    claims.user_agent = row.user_agent;
    claims.brands = row.hints["Sec-CH-UA"];
    claims.full_versions = row.hints["Sec-CH-UA-Full-Version-List"];
    claims.mobile = row.hints["Sec-CH-UA-Mobile"];
    claims.platform = row.hints["Sec-CH-UA-Platform"];
    claims.platform_version = row.hints["Sec-CH-UA-Platform-Version"];
    claims.model = row.hints["Sec-CH-UA-Model"];
    EXPECT_LE(row.hints.size(), 6u) << "user_agents.txt:" << row.line << ": an unknown hint";
    const auto facts = (*agents)->classify(claims, now);
    ASSERT_TRUE(facts) << "user_agents.txt:" << row.line;
    EXPECT_EQ(describe(*facts), row.expected)
        << "user_agents.txt:" << row.line << ": " << printable(row.user_agent);
  }
}

}  // namespace
}  // namespace sallyport::discovery
