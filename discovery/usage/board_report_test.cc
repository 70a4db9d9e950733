#include "discovery/usage/board_report.h"

#include <gtest/gtest.h>

#include "discovery/usage/board_plots.h"

namespace sallyport::discovery {
namespace {

using std::chrono::sys_days;

constexpr sys_days kDay = std::chrono::year(2026) / 11 / 20;

ReportTable table(const char* name, std::vector<std::string> columns,
                  std::vector<std::vector<ReportCell>> rows) {
  return {.name = name, .title = name, .columns = std::move(columns), .rows = std::move(rows)};
}

ReportCell text(const char* value) { return std::string(value); }
ReportCell number(std::uint64_t value) { return value; }
ReportCell bytes(std::uint64_t value) { return ReportBytes{value}; }

BoardReport board() {
  BoardReport made;
  made.dashboard.extent = {.since = kDay, .until = kDay + std::chrono::days(3)};
  made.dashboard.facts = {{"apps", number(1234)}, {"users", number(7)}, {"sent", bytes(2048)}};
  made.dashboard.tables = {
      table("standings", {"standing", "sent", "received"},
            {{text("sanctioned"), bytes(300), bytes(300)},
             {text("unsanctioned"), bytes(400), bytes(0)}}),
      table("categories",
            {"category", "apps", "users", "sanctioned_bytes", "other_bytes", "unsanctioned_bytes"},
            {{text("cloud_storage"), number(2), number(5), bytes(1024), bytes(0), bytes(1024)}}),
      table("top_apps", {"app", "name", "category", "tags", "risk_score", "users", "sent"},
            {{text("evil"), text("<script>alert(1)</script>"), text("cloud_storage"),
              std::vector<std::string>{"unsanctioned"}, number(2), number(3), bytes(100)}}),
      table("risk_levels", {"risk", "apps", "sent", "received"},
            {{text("high"), number(2), bytes(100), bytes(0)},
             {text("low"), number(1), bytes(300), bytes(0)}}),
      table("days", {"day", "users", "apps", "sent", "received", "blocked"},
            {{text("2026-11-20"), number(3), number(1), bytes(10), bytes(20), number(0)},
             {text("2026-11-22"), number(5), number(1), bytes(10), bytes(20), number(0)}})};
  made.leakage.tables = {table("leakage",
                               {"category", "leaked_bytes", "unsanctioned_bytes", "other_bytes",
                                "sanctioned_bytes", "uploads", "apps"},
                               {{text("cloud_storage"), bytes(4096), bytes(4096), bytes(0),
                                 bytes(0), number(9), std::vector<std::string>{"evil"}}})};
  made.alternatives.tables = {
      table("alternatives", {"app", "category", "alternatives"},
            {{text("evil"), text("cloud_storage"), std::vector<std::string>{"box"}}})};
  made.app_names = {{"evil", "Evil & Sons"}};
  made.lacks.push_back({"soc_2", "SOC 2", {}});
  made.lacks.back().apps.tables = {table("apps", {"app", "name"}, {{text("evil"), text("Evil")}})};
  return made;
}

bool has(const std::string& page, const char* words) {
  return page.find(words) != std::string::npos;
}

TEST(BoardReport, SaysWhatABoardAsks) {
  const std::string page = board_html(board(), *parse_rfc3339("2026-11-27T20:00:00Z"));
  for (const char* words :
       {"2026-11-20 to 2026-11-22", "<b>1,234</b><span>apps in use</span>",
        "Of the traffic with apps <b>60 %</b> goes to sanctioned ones, 40 % to unsanctioned ones",
        "<b>4.0 KiB</b> were uploaded to apps that are not sanctioned, most of it in Cloud storage",
        "<b>2 apps</b> of high risk", "<td>SOC 2</td><td class=\"n\">1</td><td>Evil</td>",
        "<td>Evil &amp; Sons</td><td>box</td>", "<span class=\"mark\"><i",
        "Made by Sallyport on 2026-11-27 20:00 UTC"}) {
    EXPECT_TRUE(has(page, words)) << words;
  }
}

TEST(BoardReport, NeedsNothingElseAndEscapesWhatIsOfStrangers) {
  const std::string page = board_html(board(), {});
  for (const char* words : {"<script", "http://", "https://", "src=", "url(", "@import"}) {
    EXPECT_FALSE(has(page, words)) << words;
  }
  EXPECT_TRUE(has(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_TRUE(has(page, "default-src 'none'"));
}

TEST(BoardReport, ShowsDaysWithoutUseToo) {
  const std::string page = board_html(board(), {});
  EXPECT_TRUE(has(page, ">11-20</text>"));
  EXPECT_TRUE(has(page, ">11-21</text>"));
  EXPECT_TRUE(has(page, ">11-22</text>"));
}

TEST(BoardReport, OfNothingSaysSo) {
  BoardReport empty;
  empty.dashboard.extent = {.since = kDay, .until = kDay + std::chrono::days(1)};
  const std::string page = board_html(empty, {});
  EXPECT_TRUE(has(page, "Nothing was used in this time"));
  EXPECT_FALSE(has(page, "<svg"));
}

TEST(BoardPlots, PartsComeToTheWholeAndNothingDividesByIt) {
  const std::vector<PlotSeries> series = {{"a", "A"}, {"b", "B"}};
  const std::string bars = bars_svg("t", series, {{"x", {50, 50}, "100"}, {"y", {0, 0}, "0"}});
  EXPECT_TRUE(has(bars, "width=\"209.0\"")) << bars;  // half of 420, but for the gap
  EXPECT_TRUE(has(bars, "width=\"210.0\"")) << bars;
  EXPECT_EQ(share_svg("t", {{"a", 0}}), "");
  EXPECT_TRUE(has(columns_svg("t", series, {}, false), "<svg"));
  EXPECT_TRUE(has(columns_svg("t", series, {{"d", {0, 0}}}, true), "<svg"));
  const std::string huge = columns_svg("t", series, {{"d", {~0ull / 4, 1}}}, true);
  EXPECT_TRUE(has(huge, "EiB"));
  EXPECT_LT(huge.size(), 4000u);
}

TEST(BoardPlots, LabelsAreCutAtCharacters) {
  const std::string label = "Ünïcödé näméd äpp wïth ä löng nämé";
  const std::string bars = bars_svg("t", {{"a", "A"}}, {{label, {1}, "1"}});
  EXPECT_TRUE(has(bars, "Ünïcödé näméd äpp wïth ä l…")) << bars;
}

}  // namespace
}  // namespace sallyport::discovery
