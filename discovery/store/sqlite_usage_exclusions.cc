#include "discovery/store/sqlite_usage_exclusions.h"

#include <utility>

namespace sallyport::discovery {

Result<UsageExclusions> read_exclusions(const SqliteDatabase& db) {
  auto rows = db.prepare("SELECT line FROM usage_exclusions ORDER BY n");
  if (!rows) return pass_on(std::move(rows));
  UsageExclusions found;
  while (true) {
    const Result<bool> row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return found;
    if (!found.add_line(rows->text(0))) {
      return fail(ErrorKind::invalid, Side::ours,
                  "there is an exclusion from counted use that this version does not know");
    }
  }
}

Result<void> keep_exclusions(const SqliteDatabase& db, const UsageExclusions& exclusions) {
  const auto kept = read_exclusions(db);
  if (kept && *kept == exclusions) return {};
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db);
  if (!transaction) return pass_on(std::move(transaction));
  Result<void> done = db.execute("DELETE FROM usage_exclusions");
  auto insert = db.prepare("INSERT INTO usage_exclusions (line) VALUES (?)");
  if (!insert) return pass_on(std::move(insert));
  for (const std::string& line : exclusions.lines()) {
    insert->bind(1, std::string_view(line));
    if (done) done = insert->run();
  }
  if (done) done = transaction->commit();
  return done;
}

}  // namespace sallyport::discovery
