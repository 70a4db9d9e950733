#pragma once
// Reading counted use (usage.h) out of an SQLite store: what lies in chunks, and what the blocks
// tell that wait to be counted. One view of the store: a gateway that writes meanwhile changes
// nothing in it.

#include "base/core/result.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/usage.h"

namespace sallyport::discovery {

// While more events than this wait, none of them is in the answer.
constexpr std::uint64_t kMostWaitingRead = 200'000;

Result<UsageExtent> read_usage(const SqliteDatabase& db, const UsageQuestion& question,
                               const UsageReader::Each& each);

}  // namespace sallyport::discovery
