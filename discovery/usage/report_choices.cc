// What to decide about: alternatives, leakage by uploads, apps that are new, apps that nobody uses.

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "discovery/usage/report_cells.h"

namespace sallyport::discovery {
namespace {

// Rows of apps by id.
using AppRows = std::unordered_map<std::string, const UsageRow*>;

AppRows app_rows(const UsageRoll& roll) {
  AppRows rows;
  for (const UsageRow* row : roll.rows()) {
    if (row->kind == NameKind::app) rows.emplace(row->name, row);
  }
  return rows;
}

const UsageRow* find(const AppRows& rows, const std::string& id) {
  const auto found = rows.find(id);
  return found == rows.end() ? nullptr : found->second;
}

std::uint64_t users_of(const UsageRow* row) { return row == nullptr ? 0 : row->users.count(); }

// The better one first: sanctioned, then by score, then by users.
std::vector<const BookedApp*> alternatives_of(const AppBook& book, const BookedApp& app,
                                              const AppRows& rows) {
  using Rank = std::tuple<bool, int, std::int64_t, std::string_view, const BookedApp*>;
  std::vector<Rank> ranked;
  for (const BookedApp& one : book.apps()) {
    const bool same = one.facts.category == app.facts.category && one.facts.id != app.facts.id;
    if (!same || app.facts.category.empty() || one.unsanctioned()) continue;
    ranked.emplace_back(!one.sanctioned(), -static_cast<int>(one.score().value_or(0)),
                        -static_cast<std::int64_t>(users_of(find(rows, one.facts.id))),
                        one.facts.id, &one);
  }
  std::ranges::sort(ranked);
  std::vector<const BookedApp*> others;
  for (const Rank& one : ranked) others.push_back(std::get<const BookedApp*>(one));
  return others;
}

ReportTable alternatives_to(const ReportQuestion& question, const BookedApp& app,
                            const AppRows& rows) {
  ReportTable table{.name = "alternatives", .title = "Alternatives"};
  table.columns = {"app",   "name",           "category",     "sanctioned", "risk_score", "tags",
                   "users", "share_of_users", "transactions", "sent",       "received"};
  std::uint64_t all = users_of(find(rows, app.facts.id));
  const std::vector<const BookedApp*> others = alternatives_of(*question.book, app, rows);
  for (const BookedApp* one : others) all += users_of(find(rows, one->facts.id));
  for (const BookedApp* one : others) {
    if (table.rows.size() == question.limit) break;
    const UsageRow* row = find(rows, one->facts.id);
    const UsageCounts counts = row == nullptr ? UsageCounts() : row->counts;
    const auto share = all == 0 ? 0 : static_cast<double>(users_of(row)) / static_cast<double>(all);
    table.rows.push_back({one->facts.id, text_cell(one->facts.name), text_cell(one->facts.category),
                          std::string(one->sanctioned() ? "yes" : "no"), score_cell(one),
                          one->facts.tags, number_cell(users_of(row)), ReportShare{share},
                          number_cell(counts.transactions), bytes_cell(counts.sent),
                          bytes_cell(counts.received)});
  }
  return table;
}

// Of each app in use that is not sanctioned, which sanctioned ones there are.
ReportTable sanctioned_alternatives(const ReportQuestion& question, const UsageRoll& roll,
                                    const AppRows& all) {
  ReportTable table{.name = "alternatives", .title = "Alternatives"};
  table.columns = {"app",   "name", "category",     "risk_score",
                   "users", "sent", "upload_bytes", "alternatives"};
  std::vector<const UsageRow*> rows = roll.rows();
  std::map<const UsageRow*, std::vector<std::string>> sanctioned;
  std::map<std::string_view, std::vector<const BookedApp*>> of_category;
  std::erase_if(rows, [&](const UsageRow* row) {
    if (row->kind != NameKind::app || row->counts.transactions == 0) return true;
    const BookedApp* app = question.book->find(row->name);
    if (app == nullptr || app->sanctioned()) return true;
    // An app that is not sanctioned is none of those that are listed.
    const auto [others, fresh] = of_category.try_emplace(app->facts.category);
    if (fresh) {
      others->second = alternatives_of(*question.book, *app, all);
      std::erase_if(others->second, [](const BookedApp* one) { return !one->sanctioned(); });
    }
    for (const BookedApp* one : others->second) sanctioned[row].push_back(one->facts.id);
    return !sanctioned.contains(row);
  });
  for (const UsageRow* row : choose_rows(question, std::move(rows))) {
    const BookedApp* app = question.book->find(row->name);
    table.rows.push_back({row->name, text_cell(app->facts.name), text_cell(app->facts.category),
                          score_cell(app), number_cell(row->users.count()),
                          bytes_cell(row->counts.sent), bytes_cell(row->counts.upload_bytes),
                          sanctioned[row]});
  }
  return table;
}

// All that is counted, up to the end of the question.
ReportQuestion of_all_time(const ReportQuestion& question) {
  ReportQuestion all = question;
  all.since = std::chrono::sys_days(std::chrono::days(0));
  return all;
}

// Who asked for a span is not told of another.
UsageExtent of_span(UsageExtent extent, const ReportQuestion& question) {
  extent.since = question.since;
  extent.until = question.until;
  return extent;
}

}  // namespace

Result<Report> report_alternatives(const ReportQuestion& question, const BookedApp* app) {
  // Of the category, whatever the filter asks of the app itself.
  ReportQuestion wide = question;
  if (app != nullptr) {
    wide.filter.apps = {};
    wide.filter.apps.categories = {app->facts.category};
  }
  UsageRoll roll(UsageBy::service, *question.book);
  const auto extent = read_rolls(wide, {&roll});
  if (!extent) return std::unexpected(extent.error());
  const AppRows rows = app_rows(roll);
  return Report{.tables = {app != nullptr ? alternatives_to(question, *app, rows)
                                          : sanctioned_alternatives(question, roll, rows)},
                .extent = *extent,
                .beyond_limits = roll.beyond_limits()};
}

Result<Report> report_leakage(const ReportQuestion& question) {
  UsageRoll roll(UsageBy::service, *question.book);
  const auto extent = read_rolls(question, {&roll});
  if (!extent) return std::unexpected(extent.error());
  struct Leak {
    std::uint64_t sanctioned = 0, unsanctioned = 0, other = 0, uploads = 0;
    std::vector<const UsageRow*> apps;  // that are not sanctioned
  };
  std::map<std::string, Leak> leaks;
  for (const UsageRow* row : roll.rows()) {
    if (row->kind != NameKind::app || row->counts.upload_bytes == 0) continue;
    const BookedApp* app = question.book->find(row->name);
    Leak& leak = leaks[app == nullptr ? std::string() : app->facts.category];
    if (app != nullptr && app->sanctioned()) {
      leak.sanctioned += row->counts.upload_bytes;
      continue;
    }
    (app != nullptr && app->unsanctioned() ? leak.unsanctioned : leak.other) +=
        row->counts.upload_bytes;
    leak.uploads += row->counts.uploads;
    leak.apps.push_back(row);
  }
  ReportTable table{.name = "leakage", .title = "Uploads to apps that are not sanctioned"};
  table.columns = {"category",    "leaked_bytes",     "unsanctioned_bytes",
                   "other_bytes", "sanctioned_bytes", "uploads",
                   "apps"};
  std::vector<std::pair<std::string, Leak>> sorted(leaks.begin(), leaks.end());
  std::erase_if(sorted, [](const auto& one) { return one.second.apps.empty(); });
  std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) {
    return a.second.unsanctioned + a.second.other > b.second.unsanctioned + b.second.other;
  });
  for (auto& [category, leak] : sorted) {
    if (table.rows.size() == question.limit) break;
    std::ranges::sort(leak.apps, [](const UsageRow* a, const UsageRow* b) {
      return a->counts.upload_bytes > b->counts.upload_bytes;
    });
    std::vector<std::string> names;
    for (const UsageRow* row : leak.apps) names.push_back(row->name);
    table.rows.push_back({text_cell(category), bytes_cell(leak.unsanctioned + leak.other),
                          bytes_cell(leak.unsanctioned), bytes_cell(leak.other),
                          bytes_cell(leak.sanctioned), number_cell(leak.uploads),
                          std::move(names)});
  }
  return Report{
      .tables = {std::move(table)}, .extent = *extent, .beyond_limits = roll.beyond_limits()};
}

Result<Report> report_new(const ReportQuestion& question) {
  UsageRoll roll(UsageBy::service, *question.book);
  const auto extent = read_rolls(of_all_time(question), {&roll});
  if (!extent) return std::unexpected(extent.error());
  std::vector<const UsageRow*> rows = roll.rows();
  std::erase_if(rows, [&](const UsageRow* row) {
    return row->first < Time(question.since.time_since_epoch());
  });
  return Report{.tables = {apps_table(question, std::move(rows))},
                .extent = of_span(*extent, question),
                .beyond_limits = roll.beyond_limits()};
}

Result<Report> report_inactive(const ReportQuestion& question) {
  UsageRoll roll(UsageBy::service, *question.book);
  const auto extent = read_rolls(of_all_time(question), {&roll});
  if (!extent) return std::unexpected(extent.error());
  const AppRows rows = app_rows(roll);
  struct Idle {
    const BookedApp* app;
    const UsageRow* row;
  };
  std::vector<Idle> idle;
  const Time since{question.since.time_since_epoch()};
  for (const BookedApp& app : question.book->apps()) {
    const UsageRow* row = find(rows, app.facts.id);
    if (row == nullptr && !app.sanctioned()) continue;
    if (row != nullptr && row->last >= since) continue;
    if (!question.filter.apps.all() && !question.filter.apps.passes(app)) continue;
    idle.push_back({&app, row});
  }
  // Those that nobody ever used first, then by how long nobody does.
  std::ranges::stable_sort(
      idle, {}, [](const Idle& one) { return one.row == nullptr ? Time() : one.row->last; });
  ReportTable table{.name = "inactive", .title = "Apps that nobody uses"};
  table.columns = {"app",  "name",      "category", "risk_score",
                   "tags", "last_seen", "users",    "transactions"};
  for (const auto& [app, row] : idle) {
    if (table.rows.size() == question.limit) break;
    table.rows.push_back(
        {app->facts.id, text_cell(app->facts.name), text_cell(app->facts.category), score_cell(app),
         app->facts.tags, time_cell(row == nullptr ? Time() : row->last),
         number_cell(users_of(row)), number_cell(row == nullptr ? 0 : row->counts.transactions)});
  }
  return Report{.tables = {std::move(table)},
                .extent = of_span(*extent, question),
                .beyond_limits = roll.beyond_limits()};
}

}  // namespace sallyport::discovery
