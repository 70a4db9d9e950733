#include "discovery/store/sqlite_usage_view.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "discovery/store/sqlite_usage_blocks.h"
#include "discovery/store/sqlite_usage_reader.h"
#include "discovery/store/usage_chunk.h"

namespace sallyport::discovery {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

class SqliteUsageView final : public UsageView {
 public:
  SqliteUsageView(const SqliteDatabase& db, OneView view) : db_(db), view_(std::move(view)) {}

  Result<void> read(const UsageQuestion& question) {
    family_ = question.family;
    UsagePieces rest;
    const UsageReader::Each each = [&](UsagePeriod period, const UsageEntry& entry,
                                       const UsageNames&) { rest.add(period, entry); };
    UsageReading reading(db_, question, each, [this](UsageSource source, UsagePeriod period) {
      return leaves_.contains({source, period});
    });
    Result<void> done = reading.read_known();
    if (done) done = find_blocks(reading.question());
    if (!done) return done;
    const auto extent = reading.read();
    if (!extent) return std::unexpected(extent.error());
    extent_ = *extent;
    names_ = std::move(reading.names());
    for (auto& [period, data] : rest.take(number_of_nobody(names_))) {
      widest_.push_back(pieces_.size());
      by_period_.push_back(pieces_.size());
      pieces_.push_back({.period = period, .held = std::move(data), .is_held = true});
    }
    return {};
  }

 private:
  Result<void> find_blocks(const UsageQuestion& question);
  Result<std::string> load(const char* sql, std::int64_t n);
  Result<std::string> load_directory(std::int64_t n) override {
    return load("SELECT data FROM usage_block_directories WHERE n = ?", n);
  }
  Result<std::string> load_totals(std::int64_t n) override {
    return load("SELECT data FROM usage_block_totals WHERE n = ?", n);
  }
  Result<std::unique_ptr<KeptParts>> open_parts(std::int64_t n, const Wanted& wanted,
                                                Counts counts) override;

  const SqliteDatabase& db_;
  OneView view_;
  std::set<std::pair<UsageSource, UsagePeriod>> leaves_;
};

Result<void> SqliteUsageView::find_blocks(const UsageQuestion& question) {
  auto blocks = db_.prepare(
      "SELECT n, source, day, days, level FROM usage_blocks "
      "WHERE family = ?2 AND day >= ?3 AND day + days <= ?4 AND (?1 IS NULL OR source = ?1) AND "
      "(source = 0 OR source IN (SELECT n FROM usage_imports WHERE state = 1)) "
      "ORDER BY source, level DESC, day");
  if (!blocks) return pass_on(std::move(blocks));
  if (question.source) blocks->bind(1, *question.source);
  blocks->bind(2, std::int64_t{static_cast<std::uint8_t>(question.family)});
  blocks->bind(3, question.since.time_since_epoch().count());
  blocks->bind(4, question.until.time_since_epoch().count());
  // The days of one source that wider blocks have.
  std::set<std::int64_t> covered;
  std::optional<UsageSource> of_source;
  while (true) {
    const Result<bool> row = blocks->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    const UsageSource source = blocks->integer(1);
    const std::int64_t day = blocks->integer(2);
    const std::int64_t width = blocks->integer(3);
    const std::int64_t level = blocks->integer(4);
    if (source != of_source) covered.clear();
    of_source = source;
    const UsagePeriod period{sys_days(days(day)), static_cast<unsigned>(width)};
    const std::size_t piece = pieces_.size();
    pieces_.push_back({.period = period, .n = blocks->integer(0), .held = {}});
    if (level == kLeafBlock) {
      leaves_.insert({source, period});
      by_period_.push_back(piece);
    }
    // Months are in no wider block.
    const bool is_month = level == kLeafBlock && width > 1;
    if (is_month || !covered.contains(day)) widest_.push_back(piece);
    for (std::int64_t one = day; level > kLeafBlock && one < day + width; ++one)
      covered.insert(one);
  }
}

Result<std::string> SqliteUsageView::load(const char* sql, std::int64_t n) {
  auto section = db_.prepare(sql);
  if (!section) return pass_on(std::move(section));
  section->bind(1, n);
  const Result<bool> row = section->step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return UsageChunk::refusal("a summary is not whole");
  return std::string(section->text(0));
}

// Which parts are wanted is asked first: a row that is passed over would be read whole.
Result<std::unique_ptr<UsageView::KeptParts>> SqliteUsageView::open_parts(std::int64_t n,
                                                                          const Wanted& wanted,
                                                                          Counts counts) {
  class RowParts final : public KeptParts {
   public:
    RowParts(SqliteStatement row, std::vector<std::int64_t> parts)
        : row_(std::move(row)), parts_(std::move(parts)) {}

    Result<bool> next(std::string_view& columns, std::string_view& counts) override {
      if (at_ == parts_.size()) return false;
      row_.reset();
      row_.bind(2, parts_[at_++]);
      const Result<bool> row = row_.step();
      if (!row) return row;
      if (!*row) return UsageChunk::refusal("a summary is not whole");
      columns = row_.text(0);
      counts = row_.text(1);
      return true;
    }

   private:
    SqliteStatement row_;
    const std::vector<std::int64_t> parts_;
    std::size_t at_ = 0;
  };
  auto rows = db_.prepare(
      "SELECT part, first_service, last_service FROM usage_block_parts WHERE block = ? "
      "ORDER BY part");
  if (!rows) return pass_on(std::move(rows));
  rows->bind(1, n);
  std::vector<std::int64_t> parts;
  while (true) {
    const Result<bool> row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    const auto number = [&](int column) { return static_cast<NameNumber>(rows->integer(column)); };
    if (wanted.any_within(number(1), number(2))) parts.push_back(rows->integer(0));
  }
  auto row = db_.prepare(
      "SELECT columns, CASE WHEN ?3 THEN counts END FROM usage_block_parts "
      "WHERE block = ?1 AND part = ?2");
  if (!row) return pass_on(std::move(row));
  row->bind(1, n);
  row->bind(3, std::int64_t{counts == Counts::yes ? 1 : 0});
  return std::unique_ptr<KeptParts>(std::make_unique<RowParts>(std::move(*row), std::move(parts)));
}

}  // namespace

Result<std::unique_ptr<UsageView>> view_usage(const SqliteDatabase& db,
                                              const UsageQuestion& question) {
  Result<OneView> moment = OneView::begin(db);
  if (!moment) return pass_on(std::move(moment));
  auto view = std::make_unique<SqliteUsageView>(db, std::move(*moment));
  Result<void> read = view->read(question);
  if (!read) return pass_on(std::move(read));
  return std::unique_ptr<UsageView>(std::move(view));
}

}  // namespace sallyport::discovery
