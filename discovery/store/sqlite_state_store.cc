#include "discovery/store/sqlite_state_store.h"

#include <algorithm>
#include <set>

#include "base/core/text.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_schema.h"
#include "discovery/store/sqlite_scrub.h"

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
// governance: see governance_log.h. previous, hash: 32 bytes. Nothing updates or deletes a row.
constexpr std::string_view kVersion2 = R"sql(
CREATE TABLE governance(
  number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  taken_back INTEGER NOT NULL,
  value TEXT NOT NULL,
  who TEXT NOT NULL,
  until INTEGER,
  previous BLOB NOT NULL,
  hash BLOB NOT NULL
)
)sql";
// emptied: 1 where key and value were taken away with a person.
constexpr std::string_view kVersion3 =
    "ALTER TABLE governance ADD COLUMN emptied INTEGER NOT NULL DEFAULT 0";
constexpr std::string_view kSteps[] = {kVersion1, kVersion2, kVersion3};
constexpr SqliteSchema kSchema{kStateApplicationId, kSteps};

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
Time from_micros(std::int64_t value) { return Time(std::chrono::microseconds(value)); }

std::string_view bytes_of(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// What is no digest reads as one that fits nothing but the beginning.
Sha256Digest digest_of(std::string_view bytes) {
  Sha256Digest digest{};
  if (bytes.size() == digest.size()) std::ranges::copy(bytes, digest.begin());
  return digest;
}

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
  const Result<std::int64_t> version = db->integer("PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  std::unique_ptr<SqliteStateStore> store(
      new SqliteStateStore(std::make_unique<Connection>(std::move(*db)), false));
  store->knows_emptied_ = *version >= 3;
  return store;
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
    if (done && is_governance(entry.kind)) {
      GovernanceEntry link;
      link.at = entry.at;
      link.kind = entry.kind;
      link.key = entry.key;
      if (!is_secret(entry.kind)) link.value = entry.value;
      link.who = entry.who;
      link.until = entry.expires;
      done = append_governance(std::move(link));
    }
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
  Result<SqliteStatement> before =
      connection_->db.prepare("SELECT value FROM entries WHERE kind = ?1 AND key = ?2");
  if (!before) return pass_on(std::move(before));
  before->bind(1, kind);
  before->bind(2, key);
  const Result<bool> there = before->step();
  if (!there) return std::unexpected(there.error());
  std::string value;
  if (*there && !is_secret(kind)) value = before->text(0);
  before->reset();
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
    if (done && is_governance(kind)) {
      GovernanceEntry link;
      link.at = at;
      link.kind = kind;
      link.key = key;
      link.taken_back = true;
      link.value = std::move(value);
      link.who = who;
      done = append_governance(std::move(link));
    }
    if (!done) return done;
  }
  return transaction->commit();
}

Result<void> SqliteStateStore::append_governance(GovernanceEntry entry) {
  const Result<GovernanceHead> head = governance_head();
  if (!head) return std::unexpected(head.error());
  entry.number = head->number + 1;
  entry.previous = head->hash;
  entry.hash = hash_of(entry);
  Result<SqliteStatement> row = connection_->db.prepare(
      "INSERT INTO governance(number, at, kind, key, taken_back, value, who, until, previous, "
      "hash) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
  if (!row) return pass_on(std::move(row));
  row->bind(1, static_cast<std::int64_t>(entry.number));
  row->bind(2, micros(entry.at));
  row->bind(3, entry.kind);
  row->bind(4, entry.key);
  row->bind(5, std::int64_t{entry.taken_back});
  row->bind(6, entry.value);
  row->bind(7, entry.who);
  if (entry.until) {
    row->bind(8, micros(*entry.until));
  } else {
    row->bind_null(8);
  }
  row->bind_blob(9, bytes_of(entry.previous));
  row->bind_blob(10, bytes_of(entry.hash));
  return row->run();
}

Result<GovernanceHead> SqliteStateStore::governance_head() {
  Result<SqliteStatement> row =
      connection_->db.prepare("SELECT number, hash FROM governance ORDER BY number DESC LIMIT 1");
  if (!row) return pass_on(std::move(row));
  const Result<bool> there = row->step();
  if (!there) return std::unexpected(there.error());
  if (!*there) return GovernanceHead();
  return GovernanceHead{static_cast<std::uint64_t>(row->integer(0)), digest_of(row->text(1))};
}

Result<std::vector<GovernanceEntry>> SqliteStateStore::governance(std::uint64_t after,
                                                                  std::size_t most) {
  Result<SqliteStatement> rows = connection_->db.prepare(
      "SELECT number, at, kind, key, taken_back, value, who, until, previous, hash, " +
      std::string(knows_emptied_ ? "emptied" : "0") +
      " FROM governance WHERE number > ?1 ORDER BY number LIMIT ?2");
  if (!rows) return pass_on(std::move(rows));
  rows->bind(1, static_cast<std::int64_t>(after));
  rows->bind(2, static_cast<std::int64_t>(std::min(most, kMostGovernance)));
  std::vector<GovernanceEntry> found;
  while (true) {
    const Result<bool> row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return found;
    GovernanceEntry entry;
    entry.number = static_cast<std::uint64_t>(rows->integer(0));
    entry.at = from_micros(rows->integer(1));
    entry.kind = rows->text(2);
    entry.key = rows->text(3);
    entry.taken_back = rows->integer(4) != 0;
    entry.value = rows->text(5);
    entry.who = rows->text(6);
    if (!rows->is_null(7)) entry.until = from_micros(rows->integer(7));
    entry.previous = digest_of(rows->text(8));
    entry.hash = digest_of(rows->text(9));
    entry.emptied = rows->integer(10) != 0;
    found.push_back(std::move(entry));
  }
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

Result<SqliteStateStore::Erased> SqliteStateStore::erase(const Erasure& erasure) {
  if (Result<void> may = may_write(); !may) return pass_on(std::move(may));
  const SqliteDatabase& db = connection_->db;
  Result<void> done = db.execute("PRAGMA secure_delete = ON");
  if (!done) return pass_on(std::move(done));
  std::vector<std::uint64_t> numbers;
  {
    Result<SqliteTransaction> transaction = SqliteTransaction::begin(db);
    if (!transaction) return pass_on(std::move(transaction));
    Sha256 remains;
    done = erase_entries(erasure);
    if (done) done = erase_changes(erasure);
    if (done) done = empty_governance(erasure, numbers, remains);
    if (!done) return pass_on(std::move(done));
    GovernanceEntry entry;
    entry.at = erasure.at;
    entry.kind = kErasure;
    entry.key = erased_name(erasure.name);
    entry.who = erasure.who;
    JsonWriter json(entry.value);
    json.begin_object();
    erasure.tell(json);
    if (!numbers.empty()) {
      const Sha256Digest digest = remains.finish();
      json.member("numbers", ranges_of(numbers));
      json.member("remains", to_hex(digest.data(), digest.size()));
    }
    json.end_object();
    done = append_governance(std::move(entry));
    if (done) done = transaction->commit();
    if (!done) return pass_on(std::move(done));
  }
  done = scrub(db);
  if (!done && done.error().kind != ErrorKind::unavailable) return pass_on(std::move(done));
  return Erased{numbers.size(), done.has_value()};
}

Result<void> SqliteStateStore::erase_entries(const Erasure& erasure) {
  Result<SqliteStatement> gone =
      connection_->db.prepare("DELETE FROM entries WHERE kind = ?1 AND key = ?2");
  if (!gone) return pass_on(std::move(gone));
  for (const auto& [kind, key] : erasure.entries) {
    gone->bind(1, kind);
    gone->bind(2, key);
    if (Result<void> done = gone->run(); !done) return done;
  }
  return {};
}

Result<void> SqliteStateStore::erase_changes(const Erasure& erasure) {
  const std::set<std::pair<std::string, std::string>> set(erasure.entries.begin(),
                                                          erasure.entries.end());
  std::vector<std::int64_t> theirs;
  {
    Result<SqliteStatement> rows =
        connection_->db.prepare("SELECT n, kind, key, value, who FROM changes");
    if (!rows) return pass_on(std::move(rows));
    while (true) {
      const Result<bool> row = rows->step();
      if (!row) return std::unexpected(row.error());
      if (!*row) break;
      GovernanceEntry said;
      said.kind = rows->text(1);
      said.key = rows->text(2);
      said.value = rows->text(3);
      said.who = rows->text(4);
      if (set.contains({said.kind, said.key}) || erasure.about(said)) {
        theirs.push_back(rows->integer(0));
      }
    }
  }
  Result<SqliteStatement> gone = connection_->db.prepare("DELETE FROM changes WHERE n = ?1");
  if (!gone) return pass_on(std::move(gone));
  for (const std::int64_t n : theirs) {
    gone->bind(1, n);
    if (Result<void> done = gone->run(); !done) return done;
  }
  return {};
}

Result<void> SqliteStateStore::empty_governance(const Erasure& erasure,
                                                std::vector<std::uint64_t>& numbers,
                                                Sha256& remains) {
  const std::set<std::pair<std::string, std::string>> set(erasure.entries.begin(),
                                                          erasure.entries.end());
  Result<SqliteStatement> bare = connection_->db.prepare(
      "UPDATE governance SET key = '', value = '', who = ?1, emptied = 1 WHERE number = ?2");
  if (!bare) return pass_on(std::move(bare));
  std::uint64_t after = 0;
  while (true) {
    Result<std::vector<GovernanceEntry>> page = governance(after, kMostGovernance);
    if (!page) return pass_on(std::move(page));
    if (page->empty()) return {};
    after = page->back().number;
    for (GovernanceEntry& entry : *page) {
      if (entry.emptied || entry.kind == kErasure) continue;
      if (!set.contains({entry.kind, entry.key}) && !erasure.about(entry)) continue;
      entry.key.clear();
      entry.value.clear();
      if (erasure.is_person(entry.who)) entry.who.clear();
      bare->bind(1, entry.who);
      bare->bind(2, static_cast<std::int64_t>(entry.number));
      if (Result<void> done = bare->run(); !done) return done;
      numbers.push_back(entry.number);
      remains.update(remains_of(entry));
    }
  }
}

}  // namespace sallyport::discovery
