#include "discovery/usage/board_parts.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/usage/board_plots.h"

namespace sallyport::discovery::board {
namespace {

constexpr std::size_t kMostNames = 6;  // of a list in a sentence or a cell
constexpr std::chrono::days kTimeToKnow{7};

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string words_of(std::string text) {
  static constexpr std::string_view kShort[] = {"ai", "crm", "erp", "hr", "it", "iot", "vpn"};
  std::string out;
  for (const std::string_view word : split(text, '_')) {
    const bool is_short = std::ranges::find(kShort, word) != std::end(kShort);
    if (!out.empty()) out += ' ';
    const std::size_t at = out.size();
    out += word;
    for (std::size_t i = at; i < out.size() && (is_short || i == 0); ++i) {
      if (out[i] >= 'a' && out[i] <= 'z') out[i] = static_cast<char>(out[i] - 'a' + 'A');
    }
  }
  return out;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", grouped(number), number == 1 ? one : many);
}

std::uint64_t number_of(const ReportCell& cell) {
  if (const auto* number = std::get_if<std::uint64_t>(&cell)) return *number;
  if (const auto* bytes = std::get_if<ReportBytes>(&cell)) return bytes->count;
  return 0;
}

std::string text_of(const ReportCell& cell) {
  const auto* text = std::get_if<std::string>(&cell);
  return text == nullptr ? std::string() : *text;
}

std::vector<std::string> list_of(const ReportCell& cell) {
  const auto* list = std::get_if<std::vector<std::string>>(&cell);
  return list == nullptr ? std::vector<std::string>() : *list;
}

std::uint64_t fact(const Report& report, std::string_view name) {
  for (const auto& [key, cell] : report.facts) {
    if (key == name) return number_of(cell);
  }
  return 0;
}

std::string first_few(std::vector<std::string> names) {
  const std::size_t more = names.size() > kMostNames ? names.size() - kMostNames : 0;
  names.resize(names.size() - more);
  std::string text = fmt::format("{}", fmt::join(names, ", "));
  return more == 0 ? text : text + fmt::format(" and {} more", more);
}

std::string name_of(const Table& apps, std::size_t row) {
  const std::string name = apps.text(row, "name");
  return name.empty() ? apps.text(row, "app") : name;
}

std::vector<std::string> names_of(const Table& apps) {
  std::vector<std::string> names;
  for (std::size_t row = 0; row < apps.size(); ++row) names.push_back(name_of(apps, row));
  return names;
}

std::vector<std::size_t> fresh_rows(const Report& fresh) {
  const Table apps(fresh);
  const Time known = Time((fresh.extent.first_day + kTimeToKnow).time_since_epoch());
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < apps.size(); ++row) {
    const auto* since = std::get_if<Time>(&apps.at(row, "first_seen"));
    if (since != nullptr && (!fresh.extent.any || *since >= known)) rows.push_back(row);
  }
  return rows;
}

std::string_view standing_of(const std::vector<std::string>& tags) {
  const auto has = [&](const char* tag) { return std::ranges::find(tags, tag) != tags.end(); };
  return has("sanctioned") ? "sanctioned" : has("unsanctioned") ? "unsanctioned" : "other";
}

std::string percent(std::uint64_t part, std::uint64_t all) {
  const double share = all == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(all);
  if (share > 0 && share < 1) return "less than 1 %";
  if (share > 99 && share < 100) return "more than 99 %";
  return fmt::format("{:.0f} %", share);
}

HtmlTable::HtmlTable(const std::vector<Column>& columns) : columns_(columns) {
  out_ = "<table><thead><tr>";
  for (const Column& column : columns) {
    out_ +=
        fmt::format("<th{}>{}</th>", column.number ? " class=\"n\"" : "", html_text(column.title));
  }
  out_ += "</tr></thead><tbody>\n";
}

void HtmlTable::row(const std::vector<std::string>& cells) {
  out_ += "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    out_ += fmt::format("<td{}>{}</td>", columns_[i].number ? " class=\"n\"" : "", cells[i]);
  }
  out_ += "</tr>\n";
}

std::string section(std::string_view title, std::string_view lead, const std::string& inside) {
  return fmt::format("<section><h2>{}</h2>\n<p class=\"lead\">{}</p>\n{}</section>\n",
                     html_text(title), lead, inside);
}

std::string score_badge(const ReportCell& cell) {
  const auto* score = std::get_if<std::uint64_t>(&cell);
  if (score == nullptr) return "<span class=\"score none\">–</span>";
  const std::string_view level = risk_level(static_cast<std::uint32_t>(*score));
  return fmt::format("<span class=\"score {}\">{}</span>", level, *score);
}

std::string standing_mark(std::string_view standing) {
  return fmt::format("<span class=\"mark\"><i class=\"{}\"></i>{}</span>", standing,
                     html_text(standing == "other" ? "neither" : standing));
}

}  // namespace sallyport::discovery::board
