#pragma once
// The single counts of a block in an SQLite store, one by one: by service, then by who.

#include <cstdint>
#include <memory>

#include "base/core/result.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/usage_block.h"

namespace sallyport::discovery {

class SqliteBlockEntries {
 public:
  // `minutes`: from the beginning of what is read together to that of the block.
  static Result<std::unique_ptr<SqliteBlockEntries>> open(const SqliteDatabase& db, std::int64_t n,
                                                          std::int64_t minutes);

  bool any() const { return at_ < part_.size(); }
  // REQUIRES of all: any()
  NameNumber service() const { return part_.runs[run_].service; }
  UsageEntry entry() const;
  Result<void> advance();

 private:
  explicit SqliteBlockEntries(std::int64_t minutes) : minutes_(minutes) {}
  Result<void> next_part();

  SqliteStatement parts_;
  UsageTotals totals_;  // whose addresses the parts mean
  UsagePart part_;
  std::size_t run_ = 0, at_ = 0;
  const std::int64_t minutes_;
};

}  // namespace sallyport::discovery
