#include "discovery/usage/report_cells.h"

#include <algorithm>
#include <array>
#include <utility>

#include "discovery/store/usage_view.h"

namespace sallyport::discovery {

ReportCell time_cell(Time time) {
  if (time == Time()) return {};
  return time;
}

ReportCell score_cell(const BookedApp* app) {
  if (app == nullptr || !app->score()) return {};
  return std::uint64_t{*app->score()};
}

std::string shown_name(UsageBy by, const UsageRow& row) {
  if (!row.name.empty()) return row.name;
  return by == UsageBy::user ? "(nobody)" : "(unknown)";
}

void add_count_columns(std::vector<std::string>& columns) {
  for (const char* name :
       {"transactions", "sent", "received", "uploads", "upload_bytes", "downloads", "blocked"}) {
    columns.emplace_back(name);
  }
}

void add_count_cells(ReportCells& cells, const UsageRow& row) {
  const UsageCounts& counts = row.counts;
  cells.push_back(number_cell(counts.transactions));
  cells.push_back(bytes_cell(counts.sent));
  cells.push_back(bytes_cell(counts.received));
  cells.push_back(number_cell(counts.uploads));
  cells.push_back(bytes_cell(counts.upload_bytes));
  cells.push_back(number_cell(counts.downloads));
  cells.push_back(number_cell(counts.blocked));
}

ReportTable table_by(const ReportQuestion& question, UsageBy by, const UsageRoll& roll) {
  struct Named {
    UsageBy by;
    const char* column;
    const char* name;
    const char* title;
  };
  static constexpr Named kAll[] = {{UsageBy::user, "user", "users", "Users"},
                                   {UsageBy::address, "address", "addresses", "Addresses"},
                                   {UsageBy::device, "device", "devices", "Devices"},
                                   {UsageBy::country, "country", "countries", "Countries"}};
  const Named& named = *std::ranges::find(kAll, by, &Named::by);
  ReportTable table{.name = named.name, .title = named.title, .columns = {named.column}};
  if (by == UsageBy::user) table.columns.emplace_back("groups");
  table.columns.emplace_back("apps");
  if (by != UsageBy::user) table.columns.emplace_back("users");
  add_count_columns(table.columns);
  table.columns.emplace_back("first_seen");
  table.columns.emplace_back("last_seen");
  for (const UsageRow* row : choose_rows(question, roll.rows())) {
    ReportCells cells{shown_name(by, *row)};
    if (by == UsageBy::user) {
      const Person* person = question.users->find(row->name);
      cells.push_back(person == nullptr ? ReportCell() : ReportCell(person->groups));
    }
    cells.push_back(number_cell(row->services.count()));
    if (by != UsageBy::user) cells.push_back(number_cell(row->users.count()));
    add_count_cells(cells, *row);
    cells.push_back(time_cell(row->first));
    cells.push_back(time_cell(row->last));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

ReportTable apps_table(const ReportQuestion& question, std::vector<const UsageRow*> rows) {
  ReportTable table{.name = "apps", .title = "Apps"};
  table.columns = {"app", "name", "category", "risk_score", "tags", "users", "addresses"};
  add_count_columns(table.columns);
  table.columns.emplace_back("first_seen");
  table.columns.emplace_back("last_seen");
  std::erase_if(rows, [](const UsageRow* row) { return row->kind != NameKind::app; });
  for (const UsageRow* row : choose_rows(question, std::move(rows))) {
    const BookedApp* app = question.book->find(row->name);
    ReportCells cells{row->name,
                      text_cell(app == nullptr ? "" : app->facts.name),
                      text_cell(app == nullptr ? "" : app->facts.category),
                      score_cell(app),
                      app == nullptr ? ReportCell() : ReportCell(app->facts.tags),
                      number_cell(row->users.count()),
                      number_cell(row->addresses.count())};
    add_count_cells(cells, *row);
    cells.push_back(time_cell(row->first));
    cells.push_back(time_cell(row->last));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

ReportTable days_table(const UsageRoll& roll) {
  ReportTable table{.name = "days", .title = "By day (UTC)"};
  table.columns = {"day", "users", "apps"};
  add_count_columns(table.columns);
  std::vector<const UsageRow*> rows = roll.rows();
  std::ranges::sort(rows, {}, &UsageRow::name);
  for (const UsageRow* row : rows) {
    ReportCells cells{row->name, number_cell(row->users.count()),
                      number_cell(row->services.count())};
    add_count_cells(cells, *row);
    table.rows.push_back(std::move(cells));
  }
  return table;
}

namespace {

// Users of these counts are the hours of a day.
Result<void> add_hours(const ReportQuestion& question, UsageView& view,
                       std::array<UsageRow, 24>& hours) {
  UsageSieve sieve(*question.book, *question.users, question.filter);
  const UsageServices wanted = sieve.services(view.names());
  if (wanted.is_all()) view.expect_totals(view.widest());
  for (const std::size_t piece : view.widest()) {
    if (wanted.is_all()) {
      const auto totals = view.totals(piece);
      if (!totals) return std::unexpected(totals.error());
      for (const auto& [hour, total] : totals->users) hours[hour].counts += total.counts;
      continue;
    }
    Result<void> read = view.each_part(piece, wanted, UsagePart::Columns::few,
                                       UsageView::Counts::yes, [&](const UsagePart& part) {
                                         for (std::size_t i = 0; i < part.size(); ++i) {
                                           hours[part.users[i]].counts += part.totals[i].counts;
                                         }
                                       });
    if (!read) return read;
  }
  return {};
}

}  // namespace

Result<ReportTable> hours_table(const ReportQuestion& question) {
  const UsageFilter& asked = question.filter;
  const bool of_some = asked.user || !asked.group.empty() || asked.address ||
                       !asked.country.empty() || !asked.device.empty();
  ReportTable table{.name = "hours", .title = "By hour of the day (UTC)"};
  table.columns = {"hour"};
  add_count_columns(table.columns);
  if (of_some) return table;
  std::array<UsageRow, 24> hours;
  const auto view = question.store->view_usage({.since = question.since,
                                                .until = question.until,
                                                .family = UsageFamily::hour,
                                                .source = question.source});
  if (!view) return std::unexpected(view.error());
  Result<void> read = add_hours(question, **view, hours);
  if (!read) return pass_on(std::move(read));
  for (std::size_t hour = 0; hour < hours.size(); ++hour) {
    if (hours[hour].counts == UsageCounts()) continue;
    ReportCells cells{number_cell(hour)};
    add_count_cells(cells, hours[hour]);
    table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace sallyport::discovery
