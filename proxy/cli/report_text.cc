#include "proxy/cli/report_text.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/usage/report_json.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {
namespace {

using discovery::ReportBytes;
using discovery::ReportCell;
using discovery::ReportShare;
using discovery::ReportTable;

constexpr std::size_t kMostOfList = 3;  // items of a list that a table shows

std::string minute(Time time) { return format_rfc3339(time).substr(0, 16) + "Z"; }

struct ToCell {
  bool people;  // for people, not for programs

  Listing::Cell operator()(std::monostate) const { return Listing::text(""); }
  Listing::Cell operator()(const std::string& text) const { return Listing::text(text); }
  Listing::Cell operator()(std::uint64_t number) const { return Listing::number(number); }
  Listing::Cell operator()(ReportBytes bytes) const {
    if (!people) return Listing::number(bytes.count);
    return {.text = human_bytes(bytes.count), .number = true, .list = {}};
  }
  Listing::Cell operator()(ReportShare share) const {
    if (!people) return {.text = fmt::format("{:.4f}", share.of_one), .number = true, .list = {}};
    return {.text = fmt::format("{:.0f} %", share.of_one * 100), .number = true, .list = {}};
  }
  Listing::Cell operator()(Time time) const { return Listing::text(minute(time)); }
  Listing::Cell operator()(std::vector<std::string> list) const {
    if (people && list.size() > kMostOfList) {
      const std::size_t more = list.size() - kMostOfList;
      list.resize(kMostOfList);
      list.push_back(fmt::format("+{}", more));
    }
    return Listing::texts(std::move(list));
  }
};

std::string render(const ReportTable& table, std::string_view format) {
  Listing listing(table.columns);
  for (const auto& row : table.rows) {
    std::vector<Listing::Cell> cells;
    for (const ReportCell& cell : row) cells.push_back(std::visit(ToCell{format == "table"}, cell));
    listing.add(std::move(cells));
  }
  return listing.render(format);
}

// A line of a page; nothing for what is not known.
std::string line(const std::string& name, const ReportCell& cell) {
  const Listing::Cell shown = std::visit(ToCell{true}, cell);
  const std::string text =
      shown.list.empty() ? shown.text : fmt::format("{}", fmt::join(shown.list, ", "));
  if (text.empty()) return {};
  std::string words = name;
  for (char& c : words) c = c == '_' ? ' ' : c;
  return fmt::format("  {:<16} {}\n", words, printable(text));
}

}  // namespace

std::string render_list(const discovery::Report& report, std::string_view format) {
  return render(report.tables.front(), format);
}

std::string render_page(const discovery::Report& report, std::string_view format) {
  if (format == "json") return page_json(report) + "\n";
  std::string out = line("from", discovery::day_text(report.extent.since)) +
                    line("to", discovery::day_text(report.extent.until - std::chrono::days(1)));
  for (const auto& [name, cell] : report.facts) out += line(name, cell);
  for (const ReportTable& table : report.tables) {
    if (!table.rows.empty()) out += "\n" + table.title + "\n" + render(table, "table");
  }
  return out;
}

}  // namespace sallyport::cli
