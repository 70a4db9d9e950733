#include "discovery/store/sqlite_state_store.h"

#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_schema.h"

namespace sallyport::discovery {

namespace {

constexpr std::int64_t kStateApplicationId = 0x53505354;  // "SPST"
constexpr std::chrono::milliseconds kBusy{2000};

constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE entries(
  n INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order they were set in
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  who TEXT NOT NULL,
  at INTEGER NOT NULL,                  -- microseconds since 1970
  expires INTEGER,
  UNIQUE(kind, key)
);
CREATE INDEX entries_expires ON entries(expires) WHERE expires IS NOT NULL;
CREATE TABLE changes(
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT,                           -- NULL: taken back
  who TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX changes_kind ON changes(kind, n)
)sql";
constexpr std::string_view kSteps[] = {kVersion1};
constexpr SqliteSchema kSchema{kStateApplicationId, kSteps};

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
Time from_micros(std::int64_t value) { return Time(std::chrono::microseconds(value)); }

}  // namespace

struct SqliteStateStore::Connection {
  SqliteDatabase db;
};

SqliteStateStore::SqliteStateStore(std::unique_ptr<Connection> connection, bool writable)
    : connection_(std::move(connection)), writable_(writable) {}

SqliteStateStore::~SqliteStateStore() = default;

Result<std::unique_ptr<SqliteStateStore>> SqliteStateStore::open(const std::string& path) {
  Result<SqliteDatabase> db = SqliteDatabase::open(path, SqliteDatabase::Mode::write, kBusy);
  if (!db) return pass_on(std::move(db));
  Result<void> done = check_schema(*db, kSchema);
  if (done) done = db->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  if (done) done = migrate(*db, kSchema);
  if (!done) return pass_on(std::move(done));
  return std::unique_ptr<SqliteStateStore>(
      new SqliteStateStore(std::make_unique<Connection>(std::move(*db)), true));
}

Result<std::unique_ptr<SqliteStateStore>> SqliteStateStore::open_for_reading(
    const std::string& path) {
  Result<SqliteDatabase> db = SqliteDatabase::open(path, SqliteDatabase::Mode::read, kBusy);
  if (!db) return pass_on(std::move(db));
  const Result<void> checked = check_schema(*db, kSchema);
  if (!checked) return std::unexpected(checked.error());
  return std::unique_ptr<SqliteStateStore>(
      new SqliteStateStore(std::make_unique<Connection>(std::move(*db)), false));
}

Result<void> SqliteStateStore::may_write() const {
  if (writable_) return {};
  return fail(ErrorKind::permission, Side::ours, "the state was opened for reading");
}

Result<std::vector<StateEntry>> SqliteStateStore::entries(std::string_view kind, Time now) {
  Result<SqliteStatement> rows = connection_->db.prepare(
      "SELECT key, value, who, at, expires FROM entries "
      "WHERE kind = ?1 AND (expires IS NULL OR expires > ?2) ORDER BY n");
  if (!rows) return pass_on(std::move(rows));
  rows->bind(1, kind);
  rows->bind(2, micros(now));
  std::vector<StateEntry> found;
  while (true) {
    Result<bool> row = rows->step();
    if (!row) return pass_on(std::move(row));
    if (!*row) return found;
    StateEntry entry;
    entry.kind = kind;
    entry.key = rows->text(0);
    entry.value = rows->text(1);
    entry.who = rows->text(2);
    entry.at = from_micros(rows->integer(3));
    if (!rows->is_null(4)) entry.expires = from_micros(rows->integer(4));
    found.push_back(std::move(entry));
  }
}

Result<void> SqliteStateStore::put(std::span<const StateEntry> entries) {
  if (Result<void> may = may_write(); !may) return may;
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(connection_->db);
  if (!transaction) return pass_on(std::move(transaction));
  Result<SqliteStatement> set = connection_->db.prepare(
      "INSERT OR REPLACE INTO entries(kind, key, value, who, at, expires) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
  if (!set) return pass_on(std::move(set));
  Result<SqliteStatement> note = connection_->db.prepare(
      "INSERT INTO changes(kind, key, value, who, at) VALUES(?1, ?2, ?3, ?4, ?5)");
  if (!note) return pass_on(std::move(note));
  for (const StateEntry& entry : entries) {
    for (SqliteStatement* statement : {&*set, &*note}) {
      statement->bind(1, entry.kind);
      statement->bind(2, entry.key);
      statement->bind(3, entry.value);
      statement->bind(4, entry.who);
      statement->bind(5, micros(entry.at));
    }
    if (entry.expires) {
      set->bind(6, micros(*entry.expires));
    } else {
      set->bind_null(6);
    }
    Result<void> done = set->run();
    if (done) done = note->run();
    if (!done) return done;
  }
  Result<void> done =
      connection_->db.execute("DELETE FROM changes WHERE n <= (SELECT max(n) FROM changes) - " +
                              std::to_string(kMostChanges));
  if (!done) return done;
  return transaction->commit();
}

Result<void> SqliteStateStore::remove(std::string_view kind, std::string_view key,
                                      std::string_view who, Time at) {
  if (Result<void> may = may_write(); !may) return may;
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(connection_->db);
  if (!transaction) return pass_on(std::move(transaction));
  Result<SqliteStatement> gone =
      connection_->db.prepare("DELETE FROM entries WHERE kind = ?1 AND key = ?2");
  if (!gone) return pass_on(std::move(gone));
  gone->bind(1, kind);
  gone->bind(2, key);
  Result<void> done = gone->run();
  if (!done) return done;
  if (connection_->db.changes() > 0) {
    Result<SqliteStatement> note = connection_->db.prepare(
        "INSERT INTO changes(kind, key, value, who, at) VALUES(?1, ?2, NULL, ?3, ?4)");
    if (!note) return pass_on(std::move(note));
    note->bind(1, kind);
    note->bind(2, key);
    note->bind(3, who);
    note->bind(4, micros(at));
    done = note->run();
    if (!done) return done;
  }
  return transaction->commit();
}

Result<std::vector<StateChange>> SqliteStateStore::changes(std::string_view kind,
                                                           std::size_t most) {
  Result<SqliteStatement> rows = connection_->db.prepare(
      "SELECT key, value, who, at FROM changes WHERE kind = ?1 ORDER BY n DESC LIMIT ?2");
  if (!rows) return pass_on(std::move(rows));
  rows->bind(1, kind);
  rows->bind(2, static_cast<std::int64_t>(most));
  std::vector<StateChange> found;
  while (true) {
    Result<bool> row = rows->step();
    if (!row) return pass_on(std::move(row));
    if (!*row) return found;
    StateChange change;
    change.kind = kind;
    change.key = rows->text(0);
    if (!rows->is_null(1)) change.value = rows->text(1);
    change.who = rows->text(2);
    change.at = from_micros(rows->integer(3));
    found.push_back(std::move(change));
  }
}

Result<std::size_t> SqliteStateStore::expire(Time now) {
  if (Result<void> may = may_write(); !may) return pass_on(std::move(may));
  Result<SqliteStatement> gone =
      connection_->db.prepare("DELETE FROM entries WHERE expires IS NOT NULL AND expires <= ?1");
  if (!gone) return pass_on(std::move(gone));
  gone->bind(1, micros(now));
  Result<void> done = gone->run();
  if (!done) return pass_on(std::move(done));
  return static_cast<std::size_t>(connection_->db.changes());
}

}  // namespace sallyport::discovery
