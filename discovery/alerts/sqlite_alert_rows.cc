#include "discovery/alerts/sqlite_alert_rows.h"

#include <algorithm>

#include "discovery/store/sqlite_schema.h"
#include "discovery/store/sqlite_values.h"

namespace sallyport::discovery {
namespace {

constexpr std::int64_t kAlertApplicationId = 0x5350414c;  // "SPAL"
constexpr std::chrono::milliseconds kBusy{2000};

// id: a ULID's 16 bytes, and `events` one behind the other. time, at: microseconds since 1970. day:
// days since 1970. severity: its number, so that "this or higher" is a comparison. client: as in
// the store of events. users, addresses: marks of 8 bytes, in the machine's order. done: ids of
// policies with a newline between.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE alerts(
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  time INTEGER NOT NULL,
  policy_id TEXT NOT NULL COLLATE NOCASE,
  policy TEXT NOT NULL COLLATE NOCASE,
  kind TEXT NOT NULL,
  severity INTEGER NOT NULL,
  category TEXT NOT NULL,
  user TEXT COLLATE NOCASE,
  client BLOB,
  app TEXT COLLATE NOCASE,
  app_name TEXT COLLATE NOCASE,
  host TEXT COLLATE NOCASE,
  count INTEGER NOT NULL,
  events BLOB NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX alerts_time ON alerts(time);
CREATE INDEX alerts_policy ON alerts(policy_id, id);
CREATE INDEX alerts_user ON alerts(user, id);
CREATE INDEX alerts_app ON alerts(app, id);
CREATE TABLE days(
  day INTEGER NOT NULL,
  policy_id TEXT NOT NULL,
  raised INTEGER NOT NULL,
  suppressed INTEGER NOT NULL,
  PRIMARY KEY(day, policy_id)
) WITHOUT ROWID;
CREATE TABLE fired(
  policy_id TEXT NOT NULL,
  app TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY(policy_id, app)
) WITHOUT ROWID;
CREATE TABLE app_days(
  day INTEGER NOT NULL,
  app TEXT NOT NULL,
  uploaded INTEGER NOT NULL,
  downloaded INTEGER NOT NULL,
  transactions INTEGER NOT NULL,
  users BLOB NOT NULL,
  addresses BLOB NOT NULL,
  events BLOB NOT NULL,
  done TEXT NOT NULL,
  PRIMARY KEY(day, app)
)
)sql";
// Where receivers of alerts stand (delivery_store.h). place: an alert's n. gone_at: when the
// configuration was first seen without it. again: somebody asked that it is sent once more.
// last_place: the highest place of what was deleted, so that none is given twice.
constexpr std::string_view kVersion2 = R"sql(
CREATE TABLE receivers(
  name TEXT PRIMARY KEY,
  place INTEGER NOT NULL,
  delivered INTEGER NOT NULL DEFAULT 0,
  gone_at INTEGER
) WITHOUT ROWID;
CREATE TABLE aside(
  receiver TEXT NOT NULL,
  place INTEGER NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  again INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(receiver, place)
) WITHOUT ROWID;
CREATE TABLE last_place(n INTEGER NOT NULL);
INSERT INTO last_place VALUES(0);
CREATE TRIGGER alerts_deleted AFTER DELETE ON alerts BEGIN
  UPDATE last_place SET n = max(n, old.n);
END
)sql";
constexpr std::string_view kSteps[] = {kVersion1, kVersion2};
constexpr SqliteSchema kSchema{kAlertApplicationId, kSteps};

}  // namespace

Result<SqliteDatabase> open_alert_file(const std::string& path) {
  Result<SqliteDatabase> db = SqliteDatabase::open(path, SqliteDatabase::Mode::write, kBusy);
  if (!db) return db;
  Result<void> done = check_schema(*db, kSchema);
  if (done) done = db->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  if (done) done = migrate(*db, kSchema);
  if (!done) return pass_on(std::move(done));
  return db;
}

Result<SqliteDatabase> open_alert_file_for_reading(const std::string& path) {
  Result<SqliteDatabase> db = SqliteDatabase::open(path, SqliteDatabase::Mode::read, kBusy);
  if (!db) return db;
  Result<void> checked = check_schema(*db, kSchema);
  if (!checked) return pass_on(std::move(checked));
  return db;
}

Result<Alert> read_alert(const SqliteStatement& row) {
  Alert alert;
  const std::string_view id = row.text(0);
  const auto kind = parse_alert_kind(row.text(4));
  const auto category = policy::parse_risk_category(row.text(6));
  const std::int64_t severity = row.integer(5);
  const auto severities = static_cast<std::int64_t>(policy::alert_severity_words().size());
  if (id.size() != alert.id.bytes.size() || !kind || !category || severity < 0 ||
      severity >= severities) {
    return fail(ErrorKind::invalid, Side::ours,
                "a row of the alert store has words that this version does not know");
  }
  std::copy(id.begin(), id.end(), alert.id.bytes.begin());
  alert.time = from_micros(row.integer(1));
  alert.policy_id = row.text(2);
  alert.policy = row.text(3);
  alert.kind = *kind;
  alert.severity = static_cast<policy::AlertSeverity>(severity);
  alert.category = *category;
  alert.user = row.text(7);
  if (!row.is_null(8)) alert.client = address_from_key(row.text(8));
  alert.app_id = row.text(9);
  alert.app_name = row.text(10);
  alert.host = row.text(11);
  alert.count = static_cast<std::uint64_t>(row.integer(12));
  alert.events = values_of<Ulid>(row.text(13));
  alert.text = row.text(14);
  return alert;
}

}  // namespace sallyport::discovery
