#pragma once
// From single counts to chunks of counted use in an SQLite store: names to numbers, whoever is
// beyond the limits of a day to `other`, the rest summed up.
//
// Of one source: what was seen live, or an import. The limits hold for each of them by itself, so
// that no import hides what is seen.
//
// REQUIRES of all but prepare() and forget(): a transaction is open; after one that was taken back,
// forget().

#include <chrono>
#include <cstddef>
#include <map>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_usage_chunks.h"
#include "discovery/store/sqlite_usage_names.h"
#include "discovery/store/usage_chunk.h"
#include "discovery/store/usage_count.h"

namespace sallyport::discovery {

class SqliteUsageCounter {
 public:
  SqliteUsageCounter(const SqliteDatabase& db, const UsageLimits& limits, UsageSource source);
  ~SqliteUsageCounter();

  // Once, before anything else.
  Result<void> prepare();

  Result<void> add(const CountedUse& use);
  // Puts what was added since the last time into chunks. The days that it was of.
  Result<std::vector<std::chrono::sys_days>> keep();
  // Of what was seen live: merges the days that are due.
  Result<void> merge_due(std::chrono::sys_days newest);
  // Puts all chunks of that day together.
  Result<void> gather(std::chrono::sys_days day);

  SqliteUsageChunks& chunks() { return chunks_; }
  void forget();

 private:
  struct Tally;

  Result<UsageDay*> day(std::chrono::sys_days day);
  void set_entries(std::chrono::sys_days day, std::size_t entries);

  const SqliteDatabase& db_;
  const UsageLimits limits_;
  const UsageSource source_;
  SqliteUsageNames names_;
  SqliteUsageChunks chunks_;
  UsageChunkWriter writer_;
  std::map<std::chrono::sys_days, Tally> tallies_;  // since the last keep()
  std::map<std::chrono::sys_days, UsageDay> days_;  // the last ones that were counted for
};

}  // namespace sallyport::discovery
