// What is used, and what stands out.

#include "discovery/usage/board_sections.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/usage/board_plots.h"

namespace sallyport::discovery::board {
namespace {

constexpr std::size_t kMostBars = 10;
constexpr std::size_t kMostApps = 12;

const std::vector<PlotSeries> kStandings = {
    {"sanctioned", "Sanctioned"}, {"other", "Neither"}, {"unsanctioned", "Unsanctioned"}};

std::size_t series_of(std::string_view standing) {
  return standing == "sanctioned" ? 0 : standing == "unsanctioned" ? 2 : 1;
}

struct Sums {
  std::uint64_t sanctioned = 0, unsanctioned = 0, other = 0;
  std::uint64_t all() const { return sanctioned + unsanctioned + other; }
};

// Bytes both ways, of apps.
Sums traffic_by_standing(const BoardReport& board) {
  const Table table(board.dashboard, "standings");
  Sums sums;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::uint64_t bytes = table.number(row, "sent") + table.number(row, "received");
    const std::string standing = table.text(row, "standing");
    (standing == "sanctioned"     ? sums.sanctioned
     : standing == "unsanctioned" ? sums.unsanctioned
                                  : sums.other) += bytes;
  }
  return sums;
}

}  // namespace

std::uint64_t leaked(const BoardReport& board) {
  const Table table(board.leakage);
  std::uint64_t bytes = 0;
  for (std::size_t row = 0; row < table.size(); ++row) bytes += table.number(row, "leaked_bytes");
  return bytes;
}

std::string tiles(const BoardReport& board) {
  const Report& all = board.dashboard;
  // Of imports alone nobody knows what was uploaded.
  const bool told = fact(all, "uploads") > 0 || all.extent.imports == 0;
  const std::pair<std::string, std::string> figures[] = {
      {grouped(fact(all, "apps")), "apps in use"},
      {grouped(fact(all, "users")), "people"},
      {human_bytes(fact(all, "sent")), "sent"},
      {human_bytes(fact(all, "received")), "received"},
      {told ? human_bytes(leaked(board)) : "–", "uploaded to apps that are not sanctioned"},
      {grouped(fact(all, "blocked")), "refused by policy"}};
  std::string out = "<div class=\"tiles\">";
  for (const auto& [figure, words] : figures) {
    out += fmt::format("<div><b>{}</b><span>{}</span></div>", html_text(figure), html_text(words));
  }
  return out + "</div>\n";
}

std::string stands_out(const BoardReport& board) {
  std::vector<std::string> points;
  const Sums sums = traffic_by_standing(board);
  if (sums.all() > 0) {
    points.push_back(
        fmt::format("Of the traffic with apps <b>{}</b> goes to sanctioned ones, {} to "
                    "unsanctioned ones; about "
                    "the rest nobody has decided.",
                    percent(sums.sanctioned, sums.all()), percent(sums.unsanctioned, sums.all())));
  }
  const Table leaks(board.leakage);
  if (leaks.size() > 0) {
    points.push_back(
        fmt::format("<b>{}</b> were uploaded to apps that are not sanctioned, most of it in {}.",
                    human_bytes(leaked(board)), html_text(words_of(leaks.text(0, "category")))));
  }
  const Table risks(board.dashboard, "risk_levels");
  for (std::size_t row = 0; row < risks.size(); ++row) {
    if (risks.text(row, "risk") != "high") continue;
    const std::uint64_t bytes = risks.number(row, "sent") + risks.number(row, "received");
    points.push_back(fmt::format("<b>{}</b> of high risk (a score of 0 to 3) {} in use, with {}.",
                                 counted(risks.number(row, "apps"), "app", "apps"),
                                 risks.number(row, "apps") == 1 ? "is" : "are",
                                 human_bytes(bytes)));
  }
  const Table fresh(board.fresh);
  std::vector<std::string> names;
  for (const std::size_t row : fresh_rows(board.fresh)) names.push_back(name_of(fresh, row));
  if (!names.empty()) {
    points.push_back(fmt::format("<b>{}</b> used for the first time: {}.",
                                 counted(names.size(), "app was", "apps were"),
                                 html_text(first_few(names))));
  }
  const Table alternatives(board.alternatives);
  if (alternatives.size() > 0) {
    points.push_back(fmt::format(
        "For <b>{}</b> in use that {} not sanctioned there is a sanctioned one of the same kind.",
        counted(alternatives.size(), "app", "apps"), alternatives.size() == 1 ? "is" : "are"));
  }
  if (points.empty()) return {};
  return fmt::format(
      "<section class=\"points\"><h2>What stands out</h2>\n<ul><li>{}</li></ul></section>\n",
      fmt::join(points, "</li>\n<li>"));
}

std::string categories(const BoardReport& board) {
  const Table table(board.dashboard, "categories");
  std::vector<PlotBar> bars;
  HtmlTable html({{"Category"},
                  {"Apps", true},
                  {"People", true},
                  {"Sanctioned", true},
                  {"Neither", true},
                  {"Unsanctioned", true}});
  for (std::size_t row = 0; row < std::min(table.size(), kMostBars); ++row) {
    const std::string name = words_of(table.text(row, "category"));
    const std::vector<std::uint64_t> parts{table.number(row, "sanctioned_bytes"),
                                           table.number(row, "other_bytes"),
                                           table.number(row, "unsanctioned_bytes")};
    bars.push_back({name, parts, human_bytes(parts[0] + parts[1] + parts[2])});
    html.row({html_text(name), grouped(table.number(row, "apps")),
              grouped(table.number(row, "users")), human_bytes(parts[0]), human_bytes(parts[1]),
              human_bytes(parts[2])});
  }
  if (bars.empty()) return {};
  return section("For what apps are used",
                 "Traffic both ways by category, and how much of it goes to apps that are "
                 "sanctioned, unsanctioned, or neither.",
                 legend_html(kStandings) +
                     bars_svg("Traffic by category and standing", kStandings, bars) +
                     html.finish());
}

std::string top_apps(const BoardReport& board) {
  const Table table(board.dashboard, "top_apps");
  std::vector<PlotBar> bars;
  HtmlTable html({{"App"},
                  {"Category"},
                  {"Standing"},
                  {"Score", true},
                  {"People", true},
                  {"Sent", true},
                  {"Received", true},
                  {"Uploads", true}});
  for (std::size_t row = 0; row < std::min(table.size(), kMostApps); ++row) {
    const std::string_view standing = standing_of(table.list(row, "tags"));
    const std::uint64_t bytes = table.number(row, "sent") + table.number(row, "received");
    std::vector<std::uint64_t> parts(kStandings.size());
    parts[series_of(standing)] = bytes;
    bars.push_back({name_of(table, row), parts, human_bytes(bytes)});
    html.row({html_text(name_of(table, row)), html_text(words_of(table.text(row, "category"))),
              standing_mark(standing), score_badge(table.at(row, "risk_score")),
              grouped(table.number(row, "users")), human_bytes(table.number(row, "sent")),
              human_bytes(table.number(row, "received")),
              human_bytes(table.number(row, "upload_bytes"))});
  }
  if (bars.empty()) return {};
  return section("The most used apps", "By traffic both ways. A score of 10 is the safest.",
                 legend_html(kStandings) +
                     bars_svg("Traffic of the most used apps", kStandings, bars) + html.finish());
}

std::string risk(const BoardReport& board) {
  static constexpr std::pair<std::string_view, std::string_view> kLevels[] = {
      {"high", "High (0 to 3)"},
      {"medium", "Medium (4 to 6)"},
      {"low", "Low (7 to 10)"},
      {"unknown", "Not known"}};
  const Table table(board.dashboard, "risk_levels");
  std::vector<PlotShare> parts;
  std::vector<PlotSeries> series;
  HtmlTable html({{"Risk"},
                  {"Apps", true},
                  {"Transactions", true},
                  {"Sent", true},
                  {"Received", true},
                  {"Uploads", true}});
  for (const auto& [level, words] : kLevels) {
    for (std::size_t row = 0; row < table.size(); ++row) {
      if (table.text(row, "risk") != level) continue;
      series.push_back({level, words});
      parts.push_back({level, table.number(row, "sent") + table.number(row, "received")});
      html.row({html_text(words), grouped(table.number(row, "apps")),
                grouped(table.number(row, "transactions")), human_bytes(table.number(row, "sent")),
                human_bytes(table.number(row, "received")),
                human_bytes(table.number(row, "upload_bytes"))});
    }
  }
  if (parts.empty()) return {};
  return section("Risk",
                 "Traffic both ways by the risk of the app, as the catalog's factors score it.",
                 legend_html(series) + share_svg("Traffic by risk", parts) + html.finish());
}

}  // namespace sallyport::discovery::board
