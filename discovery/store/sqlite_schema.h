#pragma once
// The tables of the SQLite store, and the steps from each version to the next. The version stands
// in PRAGMA user_version and counts the steps that were taken; application_id tells our files from
// others.

#include <cstdint>
#include <span>
#include <string_view>

#include "base/core/result.h"
#include "discovery/store/sqlite_db.h"

namespace sallyport::discovery {

constexpr std::int64_t kApplicationId = 0x53504556;  // "SPEV"

// Step n brings version n to n+1. A step that was released is never changed again.
std::span<const std::string_view> store_migrations();

// Refuses a file of another program or of a newer version.
Result<void> check_schema(const SqliteDatabase& db, std::size_t newest);

// Takes the steps that are missing, each in a transaction of its own, so that a crash leaves a
// whole version behind. Safe against a second process that does the same.
Result<void> migrate(const SqliteDatabase& db, std::span<const std::string_view> steps);

}  // namespace sallyport::discovery
