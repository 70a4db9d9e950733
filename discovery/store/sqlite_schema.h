#pragma once
// The tables of an SQLite file of ours, and the steps from each version to the next. The version
// stands in PRAGMA user_version and counts the steps that were taken; application_id tells our
// files from others, and one kind of them from the other.

#include <cstdint>
#include <span>
#include <string_view>

#include "base/core/result.h"
#include "discovery/store/sqlite_db.h"

namespace sallyport::discovery {

struct SqliteSchema {
  std::int64_t application_id;
  // Step n brings version n to n+1. A step that was released is never changed again.
  std::span<const std::string_view> steps;
};

// That of the store of events.
SqliteSchema event_schema();

// Refuses a file of another program or of a newer version.
Result<void> check_schema(const SqliteDatabase& db, const SqliteSchema& schema);

// Takes the steps that are missing, each in a transaction of its own, so that a crash leaves a
// whole version behind. Safe against a second process that does the same.
Result<void> migrate(const SqliteDatabase& db, const SqliteSchema& schema);

}  // namespace sallyport::discovery
