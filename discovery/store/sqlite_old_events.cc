#include "discovery/store/sqlite_old_events.h"

#include <utility>
#include <vector>

#include "base/core/log.h"
#include "base/core/text.h"
#include "discovery/events/decode.h"
#include "policy/activity/pack.h"

namespace sallyport::discovery {
namespace {

constexpr std::int64_t kStep = 1000;

struct Moved {
  std::int64_t last = 0;  // the last row that was read; 0: none was left
  std::uint64_t events = 0;
  std::uint64_t unreadable = 0;
};

// The record has nearly everything; the facts, where they were kept, have all that policies read.
Result<Event> event_of(const SqliteStatement& row) {
  Result<Event> event = parse_event(row.text(1));
  if (!event || row.is_null(2)) return event;
  policy::Activity facts;
  if (policy::unpack(row.text(2), facts)) event->activity = std::move(facts);
  return event;
}

Result<Moved> move_some(const SqliteDatabase& db, SqliteWriter& writer) {
  Moved moved;
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db);
  if (!transaction) return pass_on(std::move(transaction));
  std::vector<Event> events;
  {
    auto rows = db.prepare("SELECT n, record, facts FROM events ORDER BY n LIMIT ?");
    if (!rows) return pass_on(std::move(rows));
    rows->bind(1, kStep);
    while (true) {
      const Result<bool> row = rows->step();
      if (!row) return std::unexpected(row.error());
      if (!*row) break;
      moved.last = rows->integer(0);
      Result<Event> event = event_of(*rows);
      if (event) {
        events.push_back(std::move(*event));
        continue;
      }
      ++moved.unreadable;
      log::error("an event of an older store cannot be read (" + describe(event.error()) +
                 "): " + printable(rows->text(1).substr(0, 2000)));
    }
  }
  Result<void> done = writer.insert(events);
  if (!done) return pass_on(std::move(done));
  auto removed = db.prepare("DELETE FROM events WHERE n <= ?");
  if (!removed) return pass_on(std::move(removed));
  removed->bind(1, moved.last);
  done = removed->run();
  if (done) done = transaction->commit();
  if (!done) return pass_on(std::move(done));
  moved.events = events.size();
  return moved;
}

}  // namespace

Result<void> bring_over_old_events(const SqliteDatabase& db, SqliteWriter& writer) {
  const auto there =
      db.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'events'");
  if (!there) return std::unexpected(there.error());
  if (*there == 0) return {};
  const auto any = db.integer("SELECT count(*) FROM (SELECT n FROM events LIMIT 1)");
  if (!any) return std::unexpected(any.error());
  if (*any != 0)
    log::info("bringing the events of an older store over, which takes some time once");
  std::uint64_t events = 0;
  while (true) {
    const Result<Moved> moved = move_some(db, writer);
    if (!moved) {
      writer.forget();
      return std::unexpected(moved.error());
    }
    if (moved->last == 0) break;
    events += moved->events;
  }
  if (*any != 0) log::info("brought " + std::to_string(events) + " events over");
  return db.execute("DROP TABLE events");
}

}  // namespace sallyport::discovery
