#pragma once
// Exclusions from counted use in an SQLite store.

#include "base/core/result.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/usage_exclusions.h"

namespace sallyport::discovery {

Result<UsageExclusions> read_exclusions(const SqliteDatabase& db);
// These and no others, in a transaction of its own; nothing is written where they stand there.
Result<void> keep_exclusions(const SqliteDatabase& db, const UsageExclusions& exclusions);

}  // namespace sallyport::discovery
