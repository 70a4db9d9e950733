// The picture of all use in a span.

#include <algorithm>
#include <map>

#include "discovery/usage/report_cells.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kTopApps = 15;
constexpr std::size_t kTop = 10;

struct Share {
  std::uint64_t services = 0, transactions = 0, sent = 0, received = 0, uploads = 0,
                upload_bytes = 0;
  void add(const UsageRow& row) {
    ++services;
    transactions += row.counts.transactions;
    sent += row.counts.sent;
    received += row.counts.received;
    uploads += row.counts.uploads;
    upload_bytes += row.counts.upload_bytes;
  }
};

// What services come to, put together by a word each.
ReportTable shares_table(std::string name, std::string title, std::string column, std::string count,
                         const std::map<std::string, Share>& shares) {
  ReportTable table{.name = std::move(name), .title = std::move(title)};
  table.columns = {std::move(column), std::move(count), "transactions", "sent",
                   "received",        "uploads",        "upload_bytes"};
  std::vector<const std::pair<const std::string, Share>*> sorted;
  for (const auto& one : shares) sorted.push_back(&one);
  std::ranges::stable_sort(sorted, [](const auto* a, const auto* b) {
    return a->second.sent + a->second.received > b->second.sent + b->second.received;
  });
  for (const auto* one : sorted) {
    const Share& share = one->second;
    table.rows.push_back({text_cell(one->first.empty() ? "(unknown)" : one->first),
                          number_cell(share.services), number_cell(share.transactions),
                          bytes_cell(share.sent), bytes_cell(share.received),
                          number_cell(share.uploads), bytes_cell(share.upload_bytes)});
  }
  return table;
}

struct Shares {
  std::map<std::string, Share> by_standing, by_risk, by_headquarters, others;
  std::uint64_t apps = 0, domains = 0;
};

Shares shares_of(const AppBook& book, const UsageRoll& services) {
  Shares shares;
  for (const UsageRow* row : services.rows()) {
    if (row->kind == NameKind::app) {
      const BookedApp* app = book.find(row->name);
      ++shares.apps;
      shares.by_standing[std::string(app == nullptr ? "other" : app->standing())].add(*row);
      shares.by_risk[std::string(risk_level(app == nullptr ? std::nullopt : app->score()))].add(
          *row);
      shares
          .by_headquarters[app == nullptr || !app->facts.risk ? std::string()
                                                              : app->facts.risk->headquarters]
          .add(*row);
    } else if (row->kind == NameKind::domain) {
      ++shares.domains;
      shares.others["domains of no app"].add(*row);
    } else if (row->kind == NameKind::noise) {
      shares.others[row->name].add(*row);
    } else {
      shares.others[row->name.empty() ? "hosts without a domain" : "(other)"].add(*row);
    }
  }
  return shares;
}

ReportTable top(ReportQuestion question, std::size_t limit, UsageBy by, const UsageRoll& roll) {
  question.limit = std::min(question.limit, limit);
  ReportTable table =
      by == UsageBy::service ? apps_table(question, roll.rows()) : table_by(question, by, roll);
  table.name = "top_" + table.name;
  table.title =
      "Top " + std::string(1, static_cast<char>(table.title[0] | 0x20)) + table.title.substr(1);
  return table;
}

}  // namespace

Result<Report> report_dashboard(const ReportQuestion& question) {
  const AppBook& book = *question.book;
  UsageRoll services(UsageBy::service, book, UsageRoll::Total::yes),
      categories(UsageBy::category, book), users(UsageBy::user, book),
      addresses(UsageBy::address, book), countries(UsageBy::country, book),
      days(UsageBy::day, book);
  const auto extent =
      read_rolls(question, {&services, &categories, &users, &addresses, &countries, &days});
  if (!extent) return std::unexpected(extent.error());
  const Shares shares = shares_of(book, services);
  const UsageRow& total = services.total();
  Report report;
  report.extent = *extent;
  report.beyond_limits = services.beyond_limits();
  report.facts = {{"apps", number_cell(shares.apps)},
                  {"domains", number_cell(shares.domains)},
                  {"users", number_cell(total.users.count())},
                  {"addresses", number_cell(total.addresses.count())},
                  {"devices", number_cell(total.devices.count())},
                  {"transactions", number_cell(total.counts.transactions)},
                  {"sent", bytes_cell(total.counts.sent)},
                  {"received", bytes_cell(total.counts.received)},
                  {"uploads", number_cell(total.counts.uploads)},
                  {"upload_bytes", bytes_cell(total.counts.upload_bytes)},
                  {"downloads", number_cell(total.counts.downloads)},
                  {"download_bytes", bytes_cell(total.counts.download_bytes)},
                  {"blocked", number_cell(total.counts.blocked)},
                  {"asked", number_cell(total.counts.asked)},
                  {"continued", number_cell(total.counts.continued)},
                  {"first_seen", time_cell(total.first)},
                  {"last_seen", time_cell(total.last)},
                  {"imports", number_cell(extent->imports)},
                  {"excluded", extent->excluded}};
  report.tables.push_back(
      shares_table("standings", "By standing", "standing", "apps", shares.by_standing));
  report.tables.push_back(categories_table(question, categories, services));
  report.tables.push_back(shares_table("risk_levels", "By risk", "risk", "apps", shares.by_risk));
  report.tables.push_back(top(question, kTopApps, UsageBy::service, services));
  report.tables.push_back(top(question, kTop, UsageBy::user, users));
  report.tables.push_back(top(question, kTop, UsageBy::address, addresses));
  report.tables.push_back(top(question, kTop, UsageBy::country, countries));
  report.tables.push_back(shares_table("headquarters", "Where apps have their headquarters",
                                       "country", "apps", shares.by_headquarters));
  report.tables.push_back(
      shares_table("beside_apps", "Beside apps", "kind", "services", shares.others));
  report.tables.push_back(days_table(days));
  auto hours = hours_table(question);
  if (!hours) return std::unexpected(hours.error());
  report.tables.push_back(std::move(*hours));
  return report;
}

}  // namespace sallyport::discovery
