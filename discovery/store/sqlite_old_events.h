#pragma once
// Bringing over what versions 1 and 2 of the schema kept, a row per event, into blocks.

#include "base/core/result.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_writer.h"

namespace sallyport::discovery {

// Nothing where there is nothing of the kind. Each step is a transaction that moves some events, so
// that a crash in the middle loses none and the next call goes on. About 20 us an event; says in
// the log that it works and what it could not read.
Result<void> bring_over_old_events(const SqliteDatabase& db, SqliteWriter& writer);

}  // namespace sallyport::discovery
