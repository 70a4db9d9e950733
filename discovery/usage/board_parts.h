#pragma once
// What the sections of the executive report are made of. For the board_*.cc files.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/usage/report.h"

namespace sallyport::discovery::board {

std::string grouped(std::uint64_t number);  // "12,431"
std::string words_of(std::string text);     // "Cloud storage"
std::string counted(std::uint64_t number, std::string_view one, std::string_view many);
std::string percent(std::uint64_t part, std::uint64_t all);  // "12 %", "less than 1 %"
std::uint64_t number_of(const ReportCell& cell);             // 0: it is none
std::string text_of(const ReportCell& cell);                 // "": it is none
std::vector<std::string> list_of(const ReportCell& cell);
std::uint64_t fact(const Report& report, std::string_view name);
std::string first_few(std::vector<std::string> names);  // "Box, Mega and 7 more"

// A report's table by the names of its columns. Without such a table it has no rows.
class Table {
 public:
  Table(const Report& report, std::string_view name) {
    const auto found = std::ranges::find(report.tables, name, &ReportTable::name);
    if (found != report.tables.end()) table_ = &*found;
  }
  explicit Table(const Report& list) {
    if (!list.tables.empty()) table_ = &list.tables.front();
  }
  std::size_t size() const { return table_ == nullptr ? 0 : table_->rows.size(); }
  const ReportCell& at(std::size_t row, std::string_view column) const {
    static const ReportCell kNone;
    const auto found = std::ranges::find(table_->columns, column);
    if (found == table_->columns.end()) return kNone;
    return table_->rows[row][static_cast<std::size_t>(found - table_->columns.begin())];
  }
  std::uint64_t number(std::size_t row, std::string_view column) const {
    return number_of(at(row, column));
  }
  std::string text(std::size_t row, std::string_view column) const {
    return text_of(at(row, column));
  }
  std::vector<std::string> list(std::size_t row, std::string_view column) const {
    return list_of(at(row, column));
  }

 private:
  const ReportTable* table_ = nullptr;
};

// Of a list of apps.
std::string name_of(const Table& apps, std::size_t row);
std::vector<std::string> names_of(const Table& apps);
// Rows of new apps, but for those of the first week that is counted at all: then everything is new.
std::vector<std::size_t> fresh_rows(const Report& fresh);
std::string_view standing_of(const std::vector<std::string>& tags);

// A column of a table; numbers stand to the right.
struct Column {
  std::string_view title;
  bool number = false;
};

class HtmlTable {
 public:
  explicit HtmlTable(const std::vector<Column>& columns);
  // Cells are HTML, one for every column.
  void row(const std::vector<std::string>& cells);
  std::string finish() { return out_ + "</tbody></table>\n"; }

 private:
  const std::vector<Column> columns_;
  std::string out_;
};

// HTML.
std::string section(std::string_view title, std::string_view lead, const std::string& inside);
std::string score_badge(const ReportCell& cell);
std::string standing_mark(std::string_view standing);

}  // namespace sallyport::discovery::board
