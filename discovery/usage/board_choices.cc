// What there is to decide about, and how it went day by day.

#include <fmt/format.h>
#include <map>
#include <optional>

#include "base/core/text.h"
#include "discovery/usage/board_plots.h"
#include "discovery/usage/board_sections.h"

namespace sallyport::discovery::board {
namespace {

using std::chrono::days;

constexpr std::size_t kMostBars = 10;
constexpr std::size_t kMostApps = 12;

}  // namespace

std::string over_time(const BoardReport& board) {
  const Table table(board.dashboard, "days");
  if (table.size() < 2) return {};
  static const std::vector<PlotSeries> kWays = {{"received", "Received"}, {"sent", "Sent"}};
  static const std::vector<PlotSeries> kPeople = {{"people", "People"}};
  std::vector<PlotColumn> traffic, people;
  std::map<std::string, std::size_t> rows;
  for (std::size_t row = 0; row < table.size(); ++row) rows[table.text(row, "day")] = row;
  HtmlTable html({{"Day"},
                  {"People", true},
                  {"Apps", true},
                  {"Sent", true},
                  {"Received", true},
                  {"Refused", true}});
  const bool months = rows.begin()->first.size() == 7;
  const auto add = [&](const std::string& day, std::optional<std::size_t> row) {
    const auto number = [&](const char* column) { return row ? table.number(*row, column) : 0; };
    const std::string label = months ? day : day.substr(5);
    traffic.push_back({label, {number("received"), number("sent")}});
    people.push_back({label, {number("users")}});
    if (!row) return;
    html.row({html_text(day), grouped(number("users")), grouped(number("apps")),
              human_bytes(number("sent")), human_bytes(number("received")),
              grouped(number("blocked"))});
  };
  if (months) {
    for (const auto& [day, row] : rows) add(day, row);
  } else {
    // Days without use stand there too. From the first one on that has any.
    const auto first = parse_rfc3339(rows.begin()->first + "T00:00:00Z");
    for (auto day = std::chrono::floor<days>(*first); day_text(day) <= rows.rbegin()->first;
         day += days(1)) {
      const auto found = rows.find(day_text(day));
      add(day_text(day), found == rows.end() ? std::nullopt : std::optional(found->second));
    }
  }
  return section("Day by day", "Traffic both ways, and how many people used apps. Days are UTC.",
                 legend_html(kWays) + columns_svg("Traffic by day", kWays, traffic, true) +
                     legend_html(kPeople) + columns_svg("People by day", kPeople, people, false) +
                     "<details><summary>The figures</summary>" + html.finish() + "</details>\n");
}

// Ids of apps as people call them.
std::vector<std::string> named(std::vector<std::string> apps, const BoardReport& board) {
  for (std::string& app : apps) {
    const auto name = board.app_names.find(app);
    if (name != board.app_names.end()) app = name->second;
  }
  return apps;
}

std::string leakage(const BoardReport& board) {
  const Table table(board.leakage);
  if (table.size() == 0) return {};
  static const std::vector<PlotSeries> kWhere = {
      {"sanctioned", "Sanctioned"}, {"other", "Neither"}, {"unsanctioned", "Unsanctioned"}};
  // Sanctioned apps of each category, by the alternatives to those in use.
  std::map<std::string, std::vector<std::string>> instead;
  const Table alternatives(board.alternatives);
  for (std::size_t row = 0; row < alternatives.size(); ++row) {
    instead[alternatives.text(row, "category")] = alternatives.list(row, "alternatives");
  }
  std::vector<PlotBar> bars;
  HtmlTable html({{"Category"},
                  {"Uploaded elsewhere", true},
                  {"To sanctioned", true},
                  {"Uploads", true},
                  {"Apps"},
                  {"Sanctioned instead"}});
  for (std::size_t row = 0; row < std::min(table.size(), kMostBars); ++row) {
    const std::string category = table.text(row, "category");
    const std::vector<std::uint64_t> parts{table.number(row, "sanctioned_bytes"),
                                           table.number(row, "other_bytes"),
                                           table.number(row, "unsanctioned_bytes")};
    bars.push_back({words_of(category), parts, human_bytes(parts[0] + parts[1] + parts[2])});
    const auto found = instead.find(category);
    html.row(
        {html_text(words_of(category)), human_bytes(table.number(row, "leaked_bytes")),
         human_bytes(parts[0]), grouped(table.number(row, "uploads")),
         html_text(first_few(named(table.list(row, "apps"), board))),
         html_text(found == instead.end() ? "none is" : first_few(named(found->second, board)))});
  }
  return section(
      "Uploads, and where they should go",
      "Bytes sent with uploads. What goes to apps that are not sanctioned is out of "
      "reach once it is there.",
      legend_html(kWhere) + bars_svg("Uploads by category", kWhere, bars) + html.finish());
}

std::string compliance(const BoardReport& board) {
  HtmlTable html({{"Known to lack"}, {"Apps in use", true}, {"Which"}});
  bool any = false;
  for (const BoardReport::Lack& lack : board.lacks) {
    const Table apps(lack.apps);
    any = any || apps.size() > 0;
    html.row({html_text(lack.words), grouped(apps.size()),
              apps.size() == 0 ? "–" : html_text(first_few(names_of(apps)))});
  }
  if (!any) return {};
  return section("Compliance",
                 "Apps in use that are known not to have it. Of an app about which nobody wrote it "
                 "down nothing is said here.",
                 html.finish());
}

std::string fresh_apps(const BoardReport& board) {
  const Table table(board.fresh);
  const std::vector<std::size_t> rows = fresh_rows(board.fresh);
  if (rows.empty()) return {};
  HtmlTable html({{"App"},
                  {"Category"},
                  {"Standing"},
                  {"Score", true},
                  {"People", true},
                  {"Sent", true},
                  {"Since"}});
  for (std::size_t n = 0; n < std::min(rows.size(), kMostApps); ++n) {
    const std::size_t row = rows[n];
    const auto* since = std::get_if<Time>(&table.at(row, "first_seen"));
    html.row({html_text(name_of(table, row)), html_text(words_of(table.text(row, "category"))),
              standing_mark(standing_of(table.list(row, "tags"))),
              score_badge(table.at(row, "risk_score")), grouped(table.number(row, "users")),
              human_bytes(table.number(row, "sent")),
              since == nullptr ? "" : format_rfc3339(*since).substr(0, 10)});
  }
  return section("New apps", "First used in this time, of all that is counted.", html.finish());
}

std::string idle_apps(const BoardReport& board) {
  const Table table(board.inactive);
  if (table.size() == 0) return {};
  return section("Not used any more",
                 "Apps that are sanctioned or were used before, and that nobody used in this time.",
                 "<p>" + html_text(first_few(names_of(table))) + ".</p>\n");
}

std::string notes(const BoardReport& board) {
  const UsageExtent& extent = board.dashboard.extent;
  std::vector<std::string> notes{
      "Traffic is what passed between people and apps, in both directions, inside of what was "
      "encrypted; what was refused is no traffic. Groups, standings and scores are those of today.",
      "A sanctioned app is one that the organisation has decided for, an unsanctioned one that it "
      "has decided against."};
  if (extent.imports > 0) {
    notes.push_back(
        fmt::format("The figures hold {} from logs of other gateways, which do not tell "
                    "uploads.",
                    counted(extent.imports, "import", "imports")));
  }
  if (!extent.excluded.empty()) {
    notes.push_back("Not counted by decision: " + html_text(first_few(extent.excluded)) + ".");
  }
  if (extent.uncounted > 0) {
    notes.push_back(counted(extent.uncounted, "event is", "events are") + " not counted yet.");
  }
  if (board.dashboard.beyond_limits > 0) {
    notes.push_back(counted(board.dashboard.beyond_limits, "transaction is", "transactions are") +
                    " beyond the limits of a day and not told apart.");
  }
  return fmt::format(
      "<section class=\"notes\"><h2>How to read it</h2>\n<ul><li>{}</li></ul></section>\n",
      fmt::join(notes, "</li>\n<li>"));
}

}  // namespace sallyport::discovery::board
