// Lists: apps, hosts, users, addresses, devices, countries, categories.

#include <algorithm>
#include <map>

#include "discovery/usage/block_rolls.h"
#include "discovery/usage/report_cells.h"

namespace sallyport::discovery {

std::string day_text(std::chrono::sys_days day) {
  return format_rfc3339(Time(day.time_since_epoch())).substr(0, 10);
}

Result<UsageExtent> read_rolls(const ReportQuestion& question,
                               const std::vector<UsageRoll*>& rolls) {
  if (asks_for_no_who(question.filter)) return read_block_rolls(question, rolls);
  UsageSieve sieve(*question.book, *question.users, question.filter);
  UsageFeed feed;
  return question.store->read_usage(
      {.since = question.since,
       .until = question.until,
       .source = question.source,
       .user = question.filter.user},
      [&](UsagePeriod period, const UsageEntry& entry, const UsageNames& names) {
        if (!sieve.passes(entry, names)) return;
        const UsageItem item = feed.take(period, entry, names);
        for (UsageRoll* roll : rolls) roll->add(item);
      });
}

std::vector<const UsageRow*> choose_rows(const ReportQuestion& question,
                                         std::vector<const UsageRow*> rows) {
  for (const UsageThreshold& one : question.thresholds) {
    std::erase_if(rows, [&](const UsageRow* row) {
      const std::uint64_t value = one.metric->value(*row);
      return one.more ? value <= one.value : value >= one.value;
    });
  }
  const auto traffic = [](const UsageRow& row) { return row.traffic(); };
  const UsageMetric metric = question.sort != nullptr ? question.sort->value : +traffic;
  std::ranges::sort(rows, [&](const UsageRow* a, const UsageRow* b) {
    const std::uint64_t left = metric(*a);
    const std::uint64_t right = metric(*b);
    return left != right ? left > right : a->name < b->name;
  });
  if (rows.size() > question.limit) rows.resize(question.limit);
  return rows;
}

Result<Report> report_apps(const ReportQuestion& question) {
  UsageRoll roll(UsageBy::service, *question.book);
  const auto extent = read_rolls(question, {&roll});
  if (!extent) return std::unexpected(extent.error());
  return Report{.tables = {apps_table(question, roll.rows())},
                .extent = *extent,
                .beyond_limits = roll.beyond_limits()};
}

Result<Report> report_by(const ReportQuestion& question, UsageBy by) {
  UsageRoll roll(by, *question.book);
  const auto extent = read_rolls(question, {&roll});
  if (!extent) return std::unexpected(extent.error());
  return Report{.tables = {table_by(question, by, roll)},
                .extent = *extent,
                .beyond_limits = roll.beyond_limits()};
}

Result<Report> report_hosts(const ReportQuestion& question) {
  UsageRoll roll(UsageBy::service, *question.book);
  const auto extent = read_rolls(question, {&roll});
  if (!extent) return std::unexpected(extent.error());
  ReportTable table{.name = "hosts", .title = "Hosts of no app"};
  table.columns = {"domain", "users", "addresses"};
  add_count_columns(table.columns);
  table.columns.emplace_back("first_seen");
  table.columns.emplace_back("last_seen");
  std::vector<const UsageRow*> rows = roll.rows();
  std::erase_if(rows, [](const UsageRow* row) {
    return row->kind != NameKind::domain && row->kind != NameKind::unnamed;
  });
  for (const UsageRow* row : choose_rows(question, std::move(rows))) {
    ReportCells cells{row->name.empty() ? std::string("(no domain)") : row->name,
                      number_cell(row->users.count()), number_cell(row->addresses.count())};
    add_count_cells(cells, *row);
    cells.push_back(time_cell(row->first));
    cells.push_back(time_cell(row->last));
    table.rows.push_back(std::move(cells));
  }
  return Report{
      .tables = {std::move(table)}, .extent = *extent, .beyond_limits = roll.beyond_limits()};
}

Result<Report> report_categories(const ReportQuestion& question) {
  UsageRoll roll(UsageBy::category, *question.book);
  UsageRoll services(UsageBy::service, *question.book);
  const auto extent = read_rolls(question, {&roll, &services});
  if (!extent) return std::unexpected(extent.error());
  return Report{.tables = {categories_table(question, roll, services)},
                .extent = *extent,
                .beyond_limits = roll.beyond_limits()};
}

ReportTable categories_table(const ReportQuestion& question, const UsageRoll& roll,
                             const UsageRoll& services) {
  struct Split {
    std::size_t apps = 0, sanctioned = 0, unsanctioned = 0;
    std::uint64_t to_sanctioned = 0, to_unsanctioned = 0, to_other = 0;  // bytes, both ways
  };
  std::map<std::string, Split> splits;
  for (const UsageRow* row : services.rows()) {
    if (row->kind != NameKind::app) continue;
    const BookedApp* app = question.book->find(row->name);
    Split& split = splits[app == nullptr ? std::string() : app->facts.category];
    ++split.apps;
    const bool sanctioned = app != nullptr && app->sanctioned();
    const bool unsanctioned = app != nullptr && !sanctioned && app->unsanctioned();
    split.sanctioned += sanctioned ? 1 : 0;
    split.unsanctioned += unsanctioned ? 1 : 0;
    (sanctioned     ? split.to_sanctioned
     : unsanctioned ? split.to_unsanctioned
                    : split.to_other) += row->traffic();
  }
  ReportTable table{.name = "categories", .title = "Categories"};
  table.columns = {"category",   "apps",      "sanctioned",       "unsanctioned",
                   "users",      "addresses", "sanctioned_bytes", "unsanctioned_bytes",
                   "other_bytes"};
  add_count_columns(table.columns);
  for (const UsageRow* row : choose_rows(question, roll.rows())) {
    const Split& split = splits[row->name];
    ReportCells cells{shown_name(UsageBy::category, *row), number_cell(split.apps),
                      number_cell(split.sanctioned),       number_cell(split.unsanctioned),
                      number_cell(row->users.count()),     number_cell(row->addresses.count()),
                      bytes_cell(split.to_sanctioned),     bytes_cell(split.to_unsanctioned),
                      bytes_cell(split.to_other)};
    add_count_cells(cells, *row);
    table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace sallyport::discovery
