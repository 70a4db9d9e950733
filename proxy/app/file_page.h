#pragma once
// The files that were seen last, out of so many activities that the answer does not wait for the
// rest: an inventory (discovery/inventory/file_inventory.h) of what a reader of a first page wants.
//
// What an entry says is of the activities that were read: those from `read_from` on, all of them.
// Thread rule: any thread; the store is the caller's.

#include <cstddef>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "discovery/inventory/file_inventory.h"
#include "discovery/store/sqlite_store.h"

namespace sallyport::app {

inline constexpr std::size_t kPageEvents = 12'000;  // read for a page, about: some 50 ms

struct FilePageQuestion {
  Time since, until;           // since <= activities < until
  std::size_t enough = 1'000;  // activities with files
  std::size_t events = kPageEvents;
};

// Adds to `inventory`. Says from when on all was read: `since`, or later where that was enough.
Result<Time> read_file_page(discovery::SqliteStore& store, const FilePageQuestion& question,
                            discovery::FileInventory& inventory);

}  // namespace sallyport::app
