#pragma once
// Cells and columns that several reports share. For the report_*.cc files.

#include <string>
#include <string_view>
#include <vector>

#include "discovery/usage/report.h"

namespace sallyport::discovery {

using ReportCells = std::vector<ReportCell>;

inline ReportCell text_cell(std::string_view text) {
  if (text.empty()) return {};
  return std::string(text);
}
inline ReportCell number_cell(std::uint64_t number) { return number; }
inline ReportCell bytes_cell(std::uint64_t bytes) { return ReportBytes{bytes}; }
ReportCell time_cell(Time time);  // nothing for no time
ReportCell score_cell(const BookedApp* app);
// Of nobody "(nobody)", of a device that says nothing "(unknown)".
std::string shown_name(UsageBy by, const UsageRow& row);

// transactions, sent, received, uploads, upload_bytes, downloads, blocked
void add_count_columns(std::vector<std::string>& columns);
void add_count_cells(ReportCells& cells, const UsageRow& row);

// A table by user, address, device or country.
ReportTable table_by(const ReportQuestion& question, UsageBy by, const UsageRoll& roll);
// Of the rows of a roll by service, the apps.
ReportTable apps_table(const ReportQuestion& question, std::vector<const UsageRow*> rows);
// `services`: by service, of the same entries.
ReportTable categories_table(const ReportQuestion& question, const UsageRoll& roll,
                             const UsageRoll& services);
ReportTable days_table(const UsageRoll& roll);
// By the hour of the day (UTC). Without rows where the question asks for some people alone: of
// hours it is not known whose they were.
Result<ReportTable> hours_table(const ReportQuestion& question);

}  // namespace sallyport::discovery
