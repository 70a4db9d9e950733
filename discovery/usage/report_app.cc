// The page of one app, or of one domain that belongs to none.

#include <algorithm>
#include <cmath>

#include "discovery/usage/report_cells.h"

namespace sallyport::discovery {
namespace {

void add_book_facts(Report& report, const ReportQuestion& question, const BookedApp& app,
                    Time now) {
  const RiskScore risk = score(app.app->factors, question.book->risk_rules(),
                               std::chrono::floor<std::chrono::days>(now));
  auto& facts = report.facts;
  facts.emplace_back("name", text_cell(app.facts.name));
  facts.emplace_back("category", text_cell(app.facts.category));
  facts.emplace_back("tags", app.facts.tags);
  facts.emplace_back("vendor", text_cell(app.app->vendor));
  facts.emplace_back("headquarters",
                     text_cell(app.facts.risk ? app.facts.risk->headquarters : std::string()));
  facts.emplace_back("domains", app.app->domains);
  facts.emplace_back("risk_score", score_cell(&app));
  facts.emplace_back("risk_level", text_cell(risk_level(app.score())));
  facts.emplace_back("risk_known", ReportShare{risk.known});
  for (const RiskScore::Group& group : risk.groups) {
    ReportCell points;
    if (group.points) points = std::uint64_t(std::llround(*group.points));
    facts.emplace_back("risk_" + std::string(to_string(group.group)), std::move(points));
  }
}

void add_use_facts(Report& report, const UsageRow& total) {
  const UsageCounts& counts = total.counts;
  const std::pair<const char*, ReportCell> use[] = {
      {"first_seen", time_cell(total.first)},
      {"last_seen", time_cell(total.last)},
      {"users", number_cell(total.users.count())},
      {"users_blocked", number_cell(total.blocked_users.count())},
      {"users_asked", number_cell(total.asked_users.count())},
      {"users_continued", number_cell(total.continued_users.count())},
      {"addresses", number_cell(total.addresses.count())},
      {"devices", number_cell(total.devices.count())},
      {"transactions", number_cell(counts.transactions)},
      {"sent", bytes_cell(counts.sent)},
      {"received", bytes_cell(counts.received)},
      {"uploads", number_cell(counts.uploads)},
      {"upload_bytes", bytes_cell(counts.upload_bytes)},
      {"downloads", number_cell(counts.downloads)},
      {"download_bytes", bytes_cell(counts.download_bytes)},
      {"blocked", number_cell(counts.blocked)},
      {"asked", number_cell(counts.asked)},
      {"continued", number_cell(counts.continued)},
  };
  for (const auto& [name, cell] : use) report.facts.emplace_back(name, cell);
}

}  // namespace

Result<Report> report_app(const ReportQuestion& question, const BookedApp* app,
                          const std::string& name, Time now) {
  const AppBook& book = *question.book;
  UsageRoll users(UsageBy::user, book, UsageRoll::Total::yes), addresses(UsageBy::address, book),
      devices(UsageBy::device, book), countries(UsageBy::country, book), days(UsageBy::day, book);
  const auto extent = read_rolls(question, {&users, &addresses, &devices, &countries, &days});
  if (!extent) return std::unexpected(extent.error());
  Report report;
  report.extent = *extent;
  report.beyond_limits = users.beyond_limits();
  report.facts.emplace_back(app != nullptr ? "app" : "domain", name);
  if (app != nullptr) add_book_facts(report, question, *app, now);
  add_use_facts(report, users.total());
  report.tables = {table_by(question, UsageBy::user, users),
                   table_by(question, UsageBy::address, addresses),
                   table_by(question, UsageBy::device, devices),
                   table_by(question, UsageBy::country, countries), days_table(days)};
  auto hours = hours_table(question);
  if (!hours) return std::unexpected(hours.error());
  report.tables.push_back(std::move(*hours));
  for (ReportTable& table : report.tables) {
    if (table.name != "days" && table.name != "hours") table.name = "top_" + table.name;
    // Of one app it says nothing.
    const auto at = std::ranges::find(table.columns, "apps");
    if (at == table.columns.end()) continue;
    const auto column = at - table.columns.begin();
    table.columns.erase(at);
    for (ReportCells& row : table.rows) row.erase(row.begin() + column);
  }
  return report;
}

}  // namespace sallyport::discovery
