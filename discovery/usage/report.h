#pragma once
// What `sallyport discover` and its API answer: facts and tables, before they become text, JSON or
// CSV.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "discovery/store/usage.h"
#include "discovery/usage/usage_roll.h"

namespace sallyport::discovery {

struct ReportBytes {
  std::uint64_t count = 0;
};
struct ReportShare {
  double of_one = 0;  // 0 to 1
};
// std::monostate: not known. A Time is to the minute.
using ReportCell = std::variant<std::monostate, std::string, std::uint64_t, ReportBytes,
                                ReportShare, Time, std::vector<std::string>>;

struct ReportTable {
  std::string name;   // "top_apps": its key in JSON
  std::string title;  // "Top apps": above it in text
  std::vector<std::string> columns;
  std::vector<std::vector<ReportCell>> rows;  // a cell for every column
};

struct Report {
  std::vector<std::pair<std::string, ReportCell>> facts;  // none: a list
  std::vector<ReportTable> tables;                        // of a list one
  UsageExtent extent;
  std::uint64_t beyond_limits = 0;  // as of UsageRoll
};

struct UsageThreshold {
  const NamedMetric* metric = nullptr;  // never null
  std::uint64_t value = 0;
  bool more = true;  // more than it, or less
};

// A question, with what is needed to answer it. All that it points to outlives the answer.
struct ReportQuestion {
  UsageReader* store = nullptr;
  const AppBook* book = nullptr;
  const Users* users = nullptr;
  std::chrono::sys_days since;        // the first day
  std::chrono::sys_days until;        // the day behind the last
  std::optional<UsageSource> source;  // only what comes from there
  UsageFilter filter;
  std::vector<UsageThreshold> thresholds;  // of lists
  const NamedMetric* sort = nullptr;       // of lists: the most comes first; null: traffic
  std::size_t limit = 100;                 // rows of a table
};

// "2026-11-27"
std::string day_text(std::chrono::sys_days day);

// Reads use once and hands what passes the filter to every roll.
Result<UsageExtent> read_rolls(const ReportQuestion& question,
                               const std::vector<UsageRoll*>& rolls);

// In the order of the question, those within its thresholds, `limit` at most.
std::vector<const UsageRow*> choose_rows(const ReportQuestion& question,
                                         std::vector<const UsageRow*> rows);

// ---- Lists

Result<Report> report_apps(const ReportQuestion& question);   // apps of the catalog
Result<Report> report_hosts(const ReportQuestion& question);  // domains of no app
// user, address, device or country.
Result<Report> report_by(const ReportQuestion& question, UsageBy by);
Result<Report> report_categories(const ReportQuestion& question);
// How much went by uploads to sanctioned and to other apps, by category.
Result<Report> report_leakage(const ReportQuestion& question);
// Apps that were used first in the span asked for, of all that is counted.
Result<Report> report_new(const ReportQuestion& question);
// Apps that are sanctioned, or were used before, and were not used in the span asked for.
Result<Report> report_inactive(const ReportQuestion& question);
// Of `app`, or with null of every app that was used and is not sanctioned, the others of its
// category: sanctioned ones first, then by score. Without `app` only sanctioned ones.
Result<Report> report_alternatives(const ReportQuestion& question, const BookedApp* app);

// ---- Pages

Result<Report> report_dashboard(const ReportQuestion& question);
// REQUIRES: the filter asks for one app, or one domain. `app` is null for a domain, `name`.
Result<Report> report_app(const ReportQuestion& question, const BookedApp* app,
                          const std::string& name, Time now);

}  // namespace sallyport::discovery
