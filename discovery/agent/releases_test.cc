#include "discovery/agent/releases.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

Checked<Releases> read(const std::string& text, Diagnostics& warnings) {
  auto node = yaml::parse(std::make_shared<const Source>(Source{"releases.yaml", text}));
  if (!node) return std::unexpected(std::move(node.error()));
  return Releases::read(*node, warnings);
}

// The versions of `asked` that are outdated on that day.
std::string outdated(const std::string& text, const std::string& day,
                     const std::vector<std::string>& asked) {
  Diagnostics warnings;
  const auto releases = read(text, warnings);
  if (!releases) return render(releases.error());
  std::string out;
  const Time now = *parse_rfc3339(day + "T12:00:00Z");
  for (const std::string& version : asked) {
    if (releases->is_browser_outdated("chrome", version, now)) {
      out += (out.empty() ? "" : " ") + version;
    }
  }
  return out;
}

std::string chrome(const std::string& rules, const std::string& rows) {
  return "browsers:\n  chrome:\n    source: test\n" + rules + "    releases:\n" + rows;
}

const std::string kRows =
    "      - {version: 120, date: 2024-01-01}\n"
    "      - {version: 121, date: 2024-02-01, sure: month}\n"
    "      - {version: 123, date: 2024-04-01, note: 122 was skipped}\n"
    "      - {version: 124, date: 2024-05-01, sure: planned}\n";

TEST(Releases, AreOutdatedOnceTheirSuccessorHasBeenOutForLong) {
  const std::string text = chrome("    superseded: 30d\n", kRows);
  const std::vector<std::string> all = {"100", "120", "121.0.1", "122", "123", "124", "200"};
  EXPECT_EQ(outdated(text, "2024-01-30", all), "");
  EXPECT_EQ(outdated(text, "2024-01-31", all), "100");
  EXPECT_EQ(outdated(text, "2024-03-01", all), "100");
  EXPECT_EQ(outdated(text, "2024-03-02", all), "100 120");
  // 122 is not listed: it counts as 121, which 123 superseded.
  EXPECT_EQ(outdated(text, "2024-05-02", all), "100 120 121.0.1 122");
  // Whatever the day, the newest that we know of, and what is newer, is not.
  EXPECT_EQ(outdated(text, "2034-01-01", all), "100 120 121.0.1 122 123");
}

TEST(Releases, AreOutdatedBehindTooManyThatAreOut) {
  const std::string text = chrome("    behind: 1\n", kRows);
  const std::vector<std::string> all = {"100", "120", "121", "123", "124"};
  EXPECT_EQ(outdated(text, "2024-01-15", all), "");
  EXPECT_EQ(outdated(text, "2024-02-15", all), "100");
  EXPECT_EQ(outdated(text, "2024-04-15", all), "100 120");
  EXPECT_EQ(outdated(text, "2024-06-01", all), "100 120 121");
}

TEST(Releases, FollowTheMakersEndWhereItIsKnown) {
  const std::string rows =
      "      - {version: 8, date: 2012-01-01, ended: 2016-01-12}\n"
      "      - {version: 8.1, date: 2013-01-01, ended: 2023-01-10}\n"
      "      - {version: 10, date: 2015-01-01}\n";
  const std::string text = chrome("    superseded: 1d\n", rows);
  const std::vector<std::string> all = {"7", "8", "8.1", "8.2", "9", "10"};
  EXPECT_EQ(outdated(text, "2016-01-13", all), "7 8");
  EXPECT_EQ(outdated(text, "2023-01-11", all), "7 8 8.1 8.2 9");
}

TEST(Releases, SayNothingWithoutARule) {
  EXPECT_EQ(outdated(chrome("", kRows), "2034-01-01", {"1", "120", "124"}), "");
  EXPECT_EQ(outdated("", "2034-01-01", {"1"}), "");
}

TEST(Releases, CompareNoMoreThanNumbers) {
  const std::string text = chrome("    superseded: 30d\n", kRows);
  EXPECT_EQ(outdated(text, "2034-01-01",
                     {"", "XP", "-1", ".1", "1234567890", "120beta", "120.99999999999"}),
            "120beta 120.99999999999");
}

TEST(Releases, SayWhatIsWrongAndWhere) {
  Diagnostics warnings;
  const auto made = read(
      "browsers:\n  chrom:\n    source: x\n    superseded: soon\n    releases:\n"
      "      - {version: 2, date: 2024-13-01}\n"
      "      - {version: new, date: 2024-01-01, sure: maybe}\n"
      "      - {version: 5, date: 2024-01-01}\n"
      "      - {version: 4, date: 2024-01-01}\n"
      "  edge: {releases: []}\n",
      warnings);
  ASSERT_FALSE(made);
  const std::string shown = render(made.error());
  for (const char* part :
       {"releases.yaml:2:3: warning: 'chrom' is no name that we know", "did you mean 'chrome'?",
        "'2024-13-01' is no date", "'new' is no version", "cannot be 'maybe'",
        "versions are listed from the oldest to the newest", "edge needs 'source'",
        "'edge' lists no release"}) {
    EXPECT_NE(shown.find(part), std::string::npos) << part << "\n" << shown;
  }
}

TEST(ShippedReleases, AreReadAndErrToOneSide) {
  Diagnostics warnings;
  const auto node =
      yaml::parse_file(SALLYPORT_SOURCE_DIR "/conf/agents/releases.yaml", "releases.yaml");
  ASSERT_TRUE(node);
  const auto releases = Releases::read(*node, warnings);
  ASSERT_TRUE(releases) << render(releases.error());
  EXPECT_EQ(render(warnings), "");
  const Time now = *parse_rfc3339("2026-11-26T00:00:00Z");
  // What came after our memory ended is nobody's fault.
  for (const char* browser : {"chrome", "edge", "firefox", "opera"}) {
    EXPECT_FALSE(releases->is_browser_outdated(browser, "160", now)) << browser;
    EXPECT_TRUE(releases->is_browser_outdated(browser, "90", now)) << browser;
  }
  EXPECT_FALSE(releases->is_browser_outdated("safari", "26.0", now));
  EXPECT_TRUE(releases->is_browser_outdated("internet_explorer", "11.0", now));
  EXPECT_FALSE(releases->is_os_outdated("windows", "11", now));
  EXPECT_TRUE(releases->is_os_outdated("windows", "10", now));
  EXPECT_FALSE(releases->is_os_outdated("macos", "14.7.1", now));
  EXPECT_TRUE(releases->is_os_outdated("macos", "13.7", now));
  EXPECT_FALSE(releases->is_os_outdated("ios", "18.7", now));
  EXPECT_TRUE(releases->is_os_outdated("ios", "17.7.2", now));
  EXPECT_FALSE(releases->is_os_outdated("android", "13", now));
  EXPECT_TRUE(releases->is_os_outdated("android", "12.0.0", now));
  EXPECT_FALSE(releases->is_os_outdated("linux", "2", now));
}

}  // namespace
}  // namespace sallyport::discovery
