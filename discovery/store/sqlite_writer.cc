#include "discovery/store/sqlite_writer.h"

#include <algorithm>

#include "discovery/store/sqlite_values.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kAppsRemembered = 10000;

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }

bool same_app(const policy::AppFacts& a, const policy::AppFacts& b) {
  return a.id == b.id && a.name == b.name;
}

}  // namespace

Result<void> SqliteWriter::prepare() {
  const std::pair<SqliteStatement*, std::string_view> all[] = {
      {&insert_block_,
       "INSERT INTO blocks (first_id, last_id, first_time, last_time, events, activities, filter) "
       "VALUES (?, ?, ?, ?, ?, ?, ?)"},
      {&insert_events_, "INSERT INTO block_events (n, ids, data) VALUES (?, ?, ?)"},
      {&insert_waiting_, "INSERT INTO usage_waiting (n) VALUES (?)"},
      {&insert_app_, "INSERT OR IGNORE INTO apps (name, id) VALUES (?, ?)"},
      {&last_n_, "SELECT last_insert_rowid()"},
      {&near_ids_,
       "SELECT ids FROM blocks JOIN block_events USING (n) "
       "WHERE last_id >= ? AND last_id < ? AND first_id <= ?"},
      {&delete_waiting_, "DELETE FROM usage_waiting WHERE n = ?"},
      {&delete_block_, "DELETE FROM blocks WHERE n = ?"},
      {&delete_events_, "DELETE FROM block_events WHERE n = ?"},
  };
  for (const auto& [statement, sql] : all) {
    Result<SqliteStatement> prepared = db_.prepare(sql);
    if (!prepared) return pass_on(std::move(prepared));
    *statement = std::move(*prepared);
  }
  return {};
}

Result<void> SqliteWriter::insert(EventSpan events) {
  std::vector<const Event*> fresh;
  fresh.reserve(events.size());
  for (const Event& event : events) fresh.push_back(&event);
  std::stable_sort(fresh.begin(), fresh.end(),
                   [](const Event* a, const Event* b) { return a->id < b->id; });
  fresh.erase(std::unique(fresh.begin(), fresh.end(),
                          [](const Event* a, const Event* b) { return a->id == b->id; }),
              fresh.end());
  Result<void> done = leave_out_known(fresh);
  if (!done) return done;
  last_app_ = nullptr;
  for (const Event* event : fresh) {
    if (!event->activity.app) continue;
    done = remember_app(*event->activity.app);
    if (!done) return done;
  }
  for (const EventBlock& block : blocks_.write(std::move(fresh))) {
    done = insert_block(block);
    if (!done) return done;
  }
  return {};
}

Result<void> SqliteWriter::leave_out_known(std::vector<const Event*>& events) {
  if (events.empty()) return {};
  const Ulid first = events.front()->id;
  const Ulid last = events.back()->id;
  const Ulid behind = first_id_of(millis_of(last) + kBlockSpanMillis + 1);
  near_ids_.bind_blob(1, id_key(first));
  near_ids_.bind_blob(2, id_key(behind));
  near_ids_.bind_blob(3, id_key(last));
  while (true) {
    const Result<bool> row = near_ids_.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    const std::string_view ids = near_ids_.text(0);
    std::erase_if(events, [&](const Event* event) { return find_id(ids, event->id) != kNotThere; });
  }
  near_ids_.reset();
  return {};
}

Result<void> SqliteWriter::insert_block(const EventBlock& block) {
  insert_block_.bind_blob(1, id_key(block.first_id));
  insert_block_.bind_blob(2, id_key(block.last_id));
  insert_block_.bind(3, micros(block.first_time));
  insert_block_.bind(4, micros(block.last_time));
  insert_block_.bind(5, std::int64_t{block.events});
  insert_block_.bind(6, std::int64_t{block.activities});
  insert_block_.bind_blob(7, block.filter);
  Result<void> inserted = insert_block_.run();
  if (!inserted) return inserted;
  const Result<bool> found = last_n_.step();
  if (!found) return std::unexpected(found.error());
  const std::int64_t n = last_n_.integer(0);
  last_n_.reset();
  insert_waiting_.bind(1, n);
  inserted = insert_waiting_.run();
  if (!inserted) return inserted;
  insert_events_.bind(1, n);
  insert_events_.bind_blob(2, block.ids);
  insert_events_.bind_blob(3, block.data);
  return insert_events_.run();
}

Result<void> SqliteWriter::remember_app(const policy::AppFacts& app) {
  if (last_app_ != nullptr && same_app(*last_app_, app)) return {};
  last_app_ = &app;
  std::pair<std::string, std::string> key(app.name, app.id);
  if (apps_.contains(key)) return {};
  insert_app_.bind(1, app.name);
  insert_app_.bind(2, app.id);
  Result<void> inserted = insert_app_.run();
  if (!inserted) return inserted;
  if (apps_.size() >= kAppsRemembered) apps_.clear();
  apps_.insert(std::move(key));
  return {};
}

Result<void> SqliteWriter::remove(std::int64_t n) {
  delete_waiting_.bind(1, n);
  Result<void> taken = delete_waiting_.run();
  if (!taken) return taken;
  delete_events_.bind(1, n);
  Result<void> removed = delete_events_.run();
  if (!removed) return removed;
  delete_block_.bind(1, n);
  return delete_block_.run();
}

}  // namespace sallyport::discovery
