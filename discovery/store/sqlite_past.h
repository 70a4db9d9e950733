#pragma once
// The past from an SQLite file, along the index on time: the members of SqliteStore that replay
// asks (store.h).

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/past.h"
#include "discovery/store/sqlite_db.h"

namespace sallyport::discovery {

Result<std::optional<std::string>> find_facts(const SqliteDatabase& db, const Ulid& id);

Result<std::vector<Slice>> slices(const SqliteDatabase& db, Time since, Time until,
                                  std::size_t events_each);

// `step`: the rows that one statement reads at most.
Result<void> read_past(const SqliteDatabase& db, Time since, Time until, std::size_t step,
                       const std::function<void(const PastEvent&)>& each);

}  // namespace sallyport::discovery
