#include "discovery/store/sqlite_writer.h"

#include "discovery/events/encode.h"
#include "discovery/store/sqlite_query.h"
#include "policy/activity/pack.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kAppsRemembered = 10000;

std::string_view word_or_empty(const std::optional<std::string>& text) {
  return text ? std::string_view(*text) : std::string_view();
}

}  // namespace

Result<void> SqliteWriter::prepare() {
  const std::pair<SqliteStatement*, std::string_view> all[] = {
      {&insert_event_,
       "INSERT OR IGNORE INTO events (id, time, duration, kind, user, client, app, app_name, host, "
       "method, path, type, action, policy, status, bytes_in, bytes_out, ending, record, facts) "
       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
      {&insert_activity_,
       "INSERT INTO activities (event, k, type, action, policy) VALUES (?, ?, ?, ?, ?)"},
      {&insert_app_, "INSERT OR IGNORE INTO apps (name, id) VALUES (?, ?)"},
      {&last_n_, "SELECT last_insert_rowid()"},
      {&delete_event_, "DELETE FROM events WHERE n = ?"},
      {&delete_activities_, "DELETE FROM activities WHERE event = ?"},
  };
  for (const auto& [statement, sql] : all) {
    Result<SqliteStatement> prepared = db_.prepare(sql);
    if (!prepared) return pass_on(std::move(prepared));
    *statement = std::move(*prepared);
  }
  return {};
}

Result<void> SqliteWriter::insert(const Event& event) {
  const policy::Activity& facts = event.activity;
  const std::string client = address_key(facts.client.address);
  std::string record;
  append_json(record, event);
  packed_.clear();
  policy::pack(facts, packed_);

  SqliteStatement& row = insert_event_;
  row.bind_blob(1, id_key(event.id));
  row.bind(2, event.start.time_since_epoch().count());
  row.bind(3, event.duration_us);
  row.bind(4, to_string(event.kind));
  row.bind_or_null(5, word_or_empty(facts.user));
  row.bind_blob(6, client);
  row.bind_or_null(7, facts.app ? std::string_view(facts.app->id) : std::string_view());
  row.bind_or_null(8, facts.app ? std::string_view(facts.app->name) : std::string_view());
  row.bind_or_null(9, facts.host);
  row.bind_or_null(10, word_or_empty(facts.method));
  row.bind_or_null(11, word_or_empty(facts.path));
  row.bind_or_null(12, facts.type ? to_string(*facts.type) : std::string_view());
  row.bind(13, to_string(event.verdict.action));
  row.bind_or_null(14, event.verdict.policy);
  if (facts.status) {
    row.bind(15, std::int64_t{*facts.status});
  } else {
    row.bind_null(15);
  }
  row.bind(16, static_cast<std::int64_t>(event.bytes_in));
  row.bind(17, static_cast<std::int64_t>(event.bytes_out));
  row.bind(18, to_string(event.ending));
  row.bind(19, record);
  row.bind_blob(20, packed_);
  Result<void> inserted = row.run();
  if (!inserted || db_.changes() == 0) return inserted;  // No change: the event is kept already.

  Result<bool> found = last_n_.step();
  if (!found) return pass_on(std::move(found));
  const std::int64_t n = last_n_.integer(0);
  last_n_.reset();
  if (facts.app) {
    Result<void> named = remember_app(*facts.app);
    if (!named) return named;
  }
  return insert_activities(event, n);
}

Result<void> SqliteWriter::insert_activities(const Event& event, std::int64_t n) {
  std::int64_t k = 0;
  for (const ActivityRecord& record : event.activities) {
    insert_activity_.bind(1, n);
    insert_activity_.bind(2, k++);
    insert_activity_.bind(3, to_string(record.type));
    insert_activity_.bind(4, to_string(record.verdict.action));
    insert_activity_.bind_or_null(5, record.verdict.policy);
    Result<void> inserted = insert_activity_.run();
    if (!inserted) return inserted;
  }
  return {};
}

Result<void> SqliteWriter::remember_app(const policy::AppFacts& app) {
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
  delete_activities_.bind(1, n);
  Result<void> removed = delete_activities_.run();
  if (!removed) return removed;
  delete_event_.bind(1, n);
  return delete_event_.run();
}

}  // namespace sallyport::discovery
