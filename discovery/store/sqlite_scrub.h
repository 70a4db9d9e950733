#pragma once
// That nothing of what was deleted is left in a SQLite file or in its write-ahead log. For the
// sqlite_* files of this folder and of discovery/alerts only.
//
// REQUIRES: PRAGMA secure_delete was ON when it was deleted.

#include "base/core/result.h"
#include "discovery/store/sqlite_db.h"

namespace sallyport::discovery {

// Writes the log into the file and cuts it to nothing; waits some seconds for those who read.
// `unavailable` where somebody reads for longer.
Result<void> empty_log(const SqliteDatabase& db);

// The same, and writes the whole file anew before, so that what was deleted long ago without care
// is gone as well. A file of more than 128 MiB keeps such pages: whoever writes to it would have to
// wait for too long. Likewise `unavailable`.
Result<void> scrub(const SqliteDatabase& db);

}  // namespace sallyport::discovery
