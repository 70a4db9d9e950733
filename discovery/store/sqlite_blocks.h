#pragma once
// Reading events out of blocks: one of them, those that answer a question, those of a span of time.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/past.h"
#include "discovery/store/query.h"
#include "discovery/store/search.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_values.h"

namespace sallyport::discovery {

// The event of that id, or nothing.
Result<std::optional<Event>> find_event(const SqliteDatabase& db, const Ulid& id);

// The blocks that may hold answers, by their times and ids, in the order of their last ids.
SqliteQuery blocks_of(const Query& query);

// `app_ids`: the ids that `query.app` stands for, itself included.
Result<std::vector<Row>> find_rows(const SqliteDatabase& db, const Query& query,
                                   const std::vector<std::string>& app_ids, Search& search);

// As Store's. Both look at few blocks at once, so that a writer can clean up behind them.
Result<std::vector<Slice>> slices(const SqliteDatabase& db, Time since, Time until,
                                  std::size_t events_each);
Result<void> read_past(const SqliteDatabase& db, Time since, Time until,
                       const std::function<void(const PastEvent&)>& each);
Result<Time> start_of_latest(const SqliteDatabase& db, Time since, Time until, std::size_t events);
// Of one user: only the blocks that may have something of them are opened.
Result<void> read_past_of(const SqliteDatabase& db, const std::string& user, Time since, Time until,
                          const std::function<void(const PastEvent&)>& each);

}  // namespace sallyport::discovery
