#include "discovery/store/sqlite_scrub.h"

#include <thread>

namespace sallyport::discovery {

namespace {

constexpr int kMostTries = 5;
constexpr std::chrono::milliseconds kPause{100};
constexpr std::int64_t kMostVacuumed = 128 << 20;  // bytes

}  // namespace

Result<void> empty_log(const SqliteDatabase& db) {
  for (int left = kMostTries; left > 0; --left) {
    // The first column: 1 where somebody was in the way.
    const Result<std::int64_t> busy = db.integer("PRAGMA wal_checkpoint(TRUNCATE)");
    if (!busy) return std::unexpected(busy.error());
    if (*busy == 0) return {};
    std::this_thread::sleep_for(kPause);
  }
  return fail(ErrorKind::unavailable, Side::ours,
              "what was erased may still stand in the write-ahead log, because somebody reads the "
              "store all the time; run it again later");
}

Result<void> scrub(const SqliteDatabase& db) {
  const auto bytes =
      db.integer("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
  if (!bytes) return std::unexpected(bytes.error());
  if (*bytes <= kMostVacuumed) {
    if (Result<void> done = db.execute("VACUUM"); !done) return done;
  }
  return empty_log(db);
}

}  // namespace sallyport::discovery
