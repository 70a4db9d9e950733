#pragma once
// A view of counted use (usage_view.h) out of an SQLite store: its blocks (sqlite_usage_blocks.h),
// and what lies in no block yet.

#include <memory>

#include "base/core/result.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/usage_view.h"

namespace sallyport::discovery {

// `db` outlives the view, which holds a transaction open for reading.
Result<std::unique_ptr<UsageView>> view_usage(const SqliteDatabase& db,
                                              const UsageQuestion& question);

}  // namespace sallyport::discovery
