#include "discovery/alerts/sqlite_alert_store.h"

#include <algorithm>
#include <variant>

#include "base/core/text.h"
#include "discovery/alerts/sqlite_alert_rows.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_schema.h"
#include "discovery/store/sqlite_values.h"

namespace sallyport::discovery {
namespace {

using std::chrono::sys_days;

constexpr std::int64_t kRetainStep = 2000;  // alerts that one retain() deletes at most

std::int64_t number_of(sys_days day) { return day.time_since_epoch().count(); }
sys_days day_of(std::int64_t number) {
  return sys_days(std::chrono::days(static_cast<std::int32_t>(number)));
}

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  if (values.empty()) return {};
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : "\n") + text;
  return all;
}

// Runs one statement for each row; `bind` binds and runs it.
template <class Rows, class Bind>
Result<void> write_all(const SqliteDatabase& db, std::string_view sql, const Rows& rows,
                       Bind bind) {
  if (rows.empty()) return {};
  Result<SqliteStatement> statement = db.prepare(sql);
  if (!statement) return pass_on(std::move(statement));
  for (const auto& row : rows) {
    Result<void> done = bind(*statement, row);
    if (!done) return done;
  }
  return {};
}

// Calls `take` on each row until the end.
template <class Take>
Result<void> each_row(SqliteStatement& statement, Take take) {
  while (true) {
    Result<bool> row = statement.step();
    if (!row) return pass_on(std::move(row));
    if (!*row) return {};
    take(statement);
  }
}

SqliteQuery sql_of(const AlertQuery& query) {
  SqliteQuery out{std::string(kAlertColumns), {}};
  auto where = [&out, any = false](std::string_view condition, auto... values) mutable {
    out.sql += any ? " AND " : " WHERE ";
    out.sql += condition;
    any = true;
    (out.values.emplace_back(std::move(values)), ...);
  };
  if (query.policy) where("(policy_id = ? OR policy = ?)", *query.policy, *query.policy);
  if (query.user && query.user->empty()) {
    where("user IS NULL");
  } else if (query.user) {
    where("user = ?", *query.user);
  }
  if (query.app) {
    where("(app = ? OR app_name = ? OR (app IS NULL AND host = ?))", *query.app, *query.app,
          *query.app);
  }
  if (query.severity) where("severity >= ?", static_cast<std::int64_t>(*query.severity));
  if (query.since) where("time >= ?", micros(*query.since));
  if (query.until) where("time < ?", micros(*query.until));
  const bool newest = query.order == Order::newest_first;
  if (query.after) {
    where(newest ? "id < ?" : "id > ?", SqliteBlob{std::string(id_key(*query.after))});
  }
  out.sql += newest ? " ORDER BY id DESC LIMIT ?" : " ORDER BY id LIMIT ?";
  out.values.emplace_back(
      static_cast<std::int64_t>(std::clamp<std::size_t>(query.limit, 1, kMaxRows)));
  return out;
}

}  // namespace

struct SqliteAlertStore::Connection {
  SqliteDatabase db;
};

SqliteAlertStore::SqliteAlertStore(std::unique_ptr<Connection> connection, bool writable)
    : connection_(std::move(connection)), writable_(writable) {}

SqliteAlertStore::~SqliteAlertStore() = default;

Result<std::unique_ptr<SqliteAlertStore>> SqliteAlertStore::open(const std::string& path) {
  Result<SqliteDatabase> db = open_alert_file(path);
  if (!db) return pass_on(std::move(db));
  return std::unique_ptr<SqliteAlertStore>(
      new SqliteAlertStore(std::make_unique<Connection>(std::move(*db)), true));
}

Result<std::unique_ptr<SqliteAlertStore>> SqliteAlertStore::open_for_reading(
    const std::string& path) {
  Result<SqliteDatabase> db = open_alert_file_for_reading(path);
  if (!db) return pass_on(std::move(db));
  return std::unique_ptr<SqliteAlertStore>(
      new SqliteAlertStore(std::make_unique<Connection>(std::move(*db)), false));
}

Result<void> SqliteAlertStore::may_write() const {
  if (writable_) return {};
  return fail(ErrorKind::permission, Side::ours, "the alerts were opened for reading");
}

Result<void> SqliteAlertStore::write(const AlertBatch& batch) {
  if (Result<void> may = may_write(); !may) return may;
  const SqliteDatabase& db = connection_->db;
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db);
  if (!transaction) return pass_on(std::move(transaction));
  Result<void> done = write_all(
      db,
      "INSERT OR IGNORE INTO alerts(n, id, time, policy_id, policy, kind, severity, category, "
      "user, client, app, app_name, host, count, events, text) VALUES(1 + " +
          std::string(kNewestPlace) + ", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      batch.alerts, [](SqliteStatement& row, const Alert& alert) {
        const std::string client = alert.client ? address_key(*alert.client) : std::string();
        const std::string events = bytes_of(alert.events);
        row.bind_blob(1, id_key(alert.id));
        row.bind(2, micros(alert.time));
        row.bind(3, alert.policy_id);
        row.bind(4, alert.policy);
        row.bind(5, to_string(alert.kind));
        row.bind(6, static_cast<std::int64_t>(alert.severity));
        row.bind(7, to_string(alert.category));
        row.bind_or_null(8, alert.user);
        if (alert.client) {
          row.bind_blob(9, client);
        } else {
          row.bind_null(9);
        }
        row.bind_or_null(10, alert.app_id);
        row.bind_or_null(11, alert.app_name);
        row.bind_or_null(12, alert.host);
        row.bind(13, static_cast<std::int64_t>(alert.count));
        row.bind_blob(14, events);
        row.bind(15, alert.text);
        return row.run();
      });
  if (!done) return done;
  done = write_all(
      db, "INSERT OR REPLACE INTO days(day, policy_id, raised, suppressed) VALUES(?, ?, ?, ?)",
      batch.days, [](SqliteStatement& row, const AlertDay& day) {
        row.bind(1, number_of(day.day));
        row.bind(2, day.policy_id);
        row.bind(3, static_cast<std::int64_t>(day.raised));
        row.bind(4, static_cast<std::int64_t>(day.suppressed));
        return row.run();
      });
  if (!done) return done;
  done = write_all(db, "INSERT OR REPLACE INTO fired(policy_id, app, at) VALUES(?, ?, ?)",
                   batch.fired, [](SqliteStatement& row, const AppFired& fired) {
                     row.bind(1, fired.policy_id);
                     row.bind(2, fired.app);
                     row.bind(3, micros(fired.at));
                     return row.run();
                   });
  if (!done) return done;
  done = write_all(db,
                   "INSERT OR REPLACE INTO app_days(day, app, uploaded, downloaded, transactions, "
                   "users, addresses, events, done) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   batch.app_days, [](SqliteStatement& row, const AppDayRecord& app) {
                     const std::string users = bytes_of(app.users);
                     const std::string addresses = bytes_of(app.addresses);
                     const std::string events = bytes_of(app.events);
                     const std::string policies = joined(app.done);
                     row.bind(1, number_of(app.day));
                     row.bind(2, app.app);
                     row.bind(3, static_cast<std::int64_t>(app.uploaded));
                     row.bind(4, static_cast<std::int64_t>(app.downloaded));
                     row.bind(5, static_cast<std::int64_t>(app.transactions));
                     row.bind_blob(6, users);
                     row.bind_blob(7, addresses);
                     row.bind_blob(8, events);
                     row.bind(9, policies);
                     return row.run();
                   });
  if (!done) return done;
  return transaction->commit();
}

Result<AlertBatch> SqliteAlertStore::memory(sys_days day, Time since) {
  AlertBatch batch;
  const SqliteDatabase& db = connection_->db;
  Result<SqliteStatement> days =
      db.prepare("SELECT day, policy_id, raised, suppressed FROM days WHERE day >= ?");
  if (!days) return pass_on(std::move(days));
  days->bind(1, number_of(day));
  Result<void> done = each_row(*days, [&](const SqliteStatement& row) {
    batch.days.push_back({std::string(row.text(1)), day_of(row.integer(0)),
                          static_cast<std::uint64_t>(row.integer(2)),
                          static_cast<std::uint64_t>(row.integer(3))});
  });
  if (!done) return pass_on(std::move(done));
  Result<SqliteStatement> fired =
      db.prepare("SELECT policy_id, app, at FROM fired WHERE at >= ? ORDER BY at");
  if (!fired) return pass_on(std::move(fired));
  fired->bind(1, micros(since));
  done = each_row(*fired, [&](const SqliteStatement& row) {
    batch.fired.push_back(
        {std::string(row.text(0)), std::string(row.text(1)), from_micros(row.integer(2))});
  });
  if (!done) return pass_on(std::move(done));
  Result<SqliteStatement> apps = db.prepare(
      "SELECT day, app, uploaded, downloaded, transactions, users, addresses, events, done "
      "FROM app_days WHERE day >= ? ORDER BY day, app");
  if (!apps) return pass_on(std::move(apps));
  apps->bind(1, number_of(day));
  done = each_row(*apps, [&](const SqliteStatement& row) {
    AppDayRecord app;
    app.day = day_of(row.integer(0));
    app.app = row.text(1);
    app.uploaded = static_cast<std::uint64_t>(row.integer(2));
    app.downloaded = static_cast<std::uint64_t>(row.integer(3));
    app.transactions = static_cast<std::uint64_t>(row.integer(4));
    app.users = values_of<std::uint64_t>(row.text(5));
    app.addresses = values_of<std::uint64_t>(row.text(6));
    app.events = values_of<Ulid>(row.text(7));
    for (const std::string_view id : split(row.text(8), '\n')) {
      if (!id.empty()) app.done.emplace_back(id);
    }
    batch.app_days.push_back(std::move(app));
  });
  if (!done) return pass_on(std::move(done));
  return batch;
}

Result<std::vector<Alert>> SqliteAlertStore::query(const AlertQuery& query) {
  const SqliteQuery sql = sql_of(query);
  Result<SqliteStatement> rows = connection_->db.prepare(sql.sql);
  if (!rows) return pass_on(std::move(rows));
  bind_values(*rows, sql);
  std::vector<Alert> alerts;
  while (true) {
    Result<bool> row = rows->step();
    if (!row) return pass_on(std::move(row));
    if (!*row) return alerts;
    Result<Alert> alert = read_alert(*rows);
    if (!alert) return pass_on(std::move(alert));
    alerts.push_back(std::move(*alert));
  }
}

Result<std::optional<Alert>> SqliteAlertStore::find(const Ulid& id) {
  Result<SqliteStatement> rows =
      connection_->db.prepare(std::string(kAlertColumns) + " WHERE id = ?");
  if (!rows) return pass_on(std::move(rows));
  rows->bind_blob(1, id_key(id));
  Result<bool> row = rows->step();
  if (!row) return pass_on(std::move(row));
  if (!*row) return std::optional<Alert>();
  Result<Alert> alert = read_alert(*rows);
  if (!alert) return pass_on(std::move(alert));
  return std::optional<Alert>(std::move(*alert));
}

// Only the index of ids is read.
Result<AlertCount> SqliteAlertStore::count(const std::function<bool(const Ulid&)>& counts) {
  Result<SqliteStatement> rows = connection_->db.prepare("SELECT id FROM alerts ORDER BY id DESC");
  if (!rows) return pass_on(std::move(rows));
  AlertCount count;
  Result<void> done = each_row(*rows, [&](const SqliteStatement& row) {
    const std::string_view key = row.text(0);
    Ulid id;
    if (key.size() != id.bytes.size()) return;
    std::ranges::copy(key, id.bytes.begin());
    if (!counts(id)) return;
    if (!count.newest) count.newest = id;
    ++count.alerts;
  });
  if (!done) return pass_on(std::move(done));
  return count;
}

Result<std::vector<AlertDay>> SqliteAlertStore::days(std::size_t most, bool suppressed_only) {
  Result<SqliteStatement> rows = connection_->db.prepare(
      "SELECT day, policy_id, raised, suppressed FROM days WHERE suppressed >= ? "
      "ORDER BY day DESC, policy_id LIMIT ?");
  if (!rows) return pass_on(std::move(rows));
  rows->bind(1, std::int64_t{suppressed_only ? 1 : 0});
  rows->bind(2, static_cast<std::int64_t>(std::min(most, kMaxRows)));
  std::vector<AlertDay> days;
  Result<void> done = each_row(*rows, [&](const SqliteStatement& row) {
    days.push_back({std::string(row.text(1)), day_of(row.integer(0)),
                    static_cast<std::uint64_t>(row.integer(2)),
                    static_cast<std::uint64_t>(row.integer(3))});
  });
  if (!done) return pass_on(std::move(done));
  return days;
}

Result<bool> SqliteAlertStore::retain(Time now) {
  if (Result<void> may = may_write(); !may) return pass_on(std::move(may));
  const SqliteDatabase& db = connection_->db;
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db);
  if (!transaction) return pass_on(std::move(transaction));
  const auto today = std::chrono::floor<std::chrono::days>(now);
  Result<SqliteStatement> old = db.prepare(
      "DELETE FROM alerts WHERE n IN (SELECT n FROM alerts WHERE time < ?1 OR "
      "n <= (SELECT max(n) FROM alerts) - ?2 ORDER BY n LIMIT ?3)");
  if (!old) return pass_on(std::move(old));
  old->bind(1, micros(now - kAlertAge));
  old->bind(2, static_cast<std::int64_t>(kMostAlerts));
  old->bind(3, kRetainStep);
  Result<void> done = old->run();
  if (!done) return pass_on(std::move(done));
  const bool more = db.changes() == kRetainStep;
  done = db.execute("DELETE FROM days WHERE day < " + std::to_string(number_of(today - kDayAge)) +
                    "; DELETE FROM fired WHERE at < " + std::to_string(micros(now - kFiredAge)) +
                    "; DELETE FROM app_days WHERE day < " +
                    std::to_string(number_of(today - std::chrono::days(1))));
  if (done) done = transaction->commit();
  if (!done) return pass_on(std::move(done));
  return more;
}

}  // namespace sallyport::discovery
