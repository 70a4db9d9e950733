#pragma once
// Inserting and removing events: statements that are prepared once, and the names of apps that are
// in the table already.
//
// REQUIRES: a transaction is open around insert() and remove(); after one that was taken back,
// forget().

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "base/core/result.h"
#include "discovery/events/event.h"
#include "discovery/store/sqlite_db.h"

namespace sallyport::discovery {

class SqliteWriter {
 public:
  explicit SqliteWriter(const SqliteDatabase& db) : db_(db) {}

  // Once, before anything else.
  Result<void> prepare();

  // Nothing happens where an event of that id is kept already.
  Result<void> insert(const Event& event);
  // By row number.
  Result<void> remove(std::int64_t n);
  void forget() { apps_.clear(); }

 private:
  Result<void> insert_activities(const Event& event, std::int64_t n);
  Result<void> remember_app(const policy::AppFacts& app);

  const SqliteDatabase& db_;
  SqliteStatement insert_event_;
  SqliteStatement insert_activity_;
  SqliteStatement insert_app_;
  SqliteStatement last_n_;
  SqliteStatement delete_event_;
  SqliteStatement delete_activities_;
  std::set<std::pair<std::string, std::string>> apps_;
  std::string packed_;  // of the event that is being inserted; kept for its room
};

}  // namespace sallyport::discovery
