#pragma once
// Inserting and removing blocks of events: statements that are prepared once, and the names of apps
// that are in the table already.
//
// REQUIRES: a transaction is open around insert() and remove(); after one that was taken back,
// forget().

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "discovery/events/event_span.h"
#include "discovery/store/event_block.h"
#include "discovery/store/sqlite_db.h"

namespace sallyport::discovery {

class SqliteWriter {
 public:
  explicit SqliteWriter(const SqliteDatabase& db) : db_(db) {}

  // Once, before anything else.
  Result<void> prepare();

  // Nothing happens with events of whose ids one is kept already.
  Result<void> insert(EventSpan events);
  // A block, by its number.
  Result<void> remove(std::int64_t n);
  void forget() { apps_.clear(); }

 private:
  // Takes out of the rising `events` those that are kept.
  Result<void> leave_out_known(std::vector<const Event*>& events);
  Result<void> insert_block(const EventBlock& block);
  Result<void> remember_app(const policy::AppFacts& app);

  const SqliteDatabase& db_;
  SqliteStatement insert_block_;
  SqliteStatement insert_events_;
  SqliteStatement insert_waiting_;
  SqliteStatement insert_app_;
  SqliteStatement last_n_;
  SqliteStatement near_ids_;
  SqliteStatement delete_waiting_;
  SqliteStatement delete_block_;
  SqliteStatement delete_events_;
  std::set<std::pair<std::string, std::string>> apps_;
  const policy::AppFacts* last_app_ = nullptr;  // during insert(): that of the event before
  BlockWriter blocks_;
};

}  // namespace sallyport::discovery
