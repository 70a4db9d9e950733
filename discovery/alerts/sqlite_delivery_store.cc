#include "discovery/alerts/sqlite_delivery_store.h"

#include <algorithm>
#include <utility>

#include "base/core/utf8.h"
#include "discovery/alerts/sqlite_alert_rows.h"
#include "discovery/store/sqlite_values.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMostReason = 300;   // bytes
constexpr std::size_t kMostAtOnce = 1000;  // alerts of one page

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

// " AND ..." for what a receiver wants.
void add_choice(SqliteQuery& query, const AlertChoice& choice) {
  if (choice.least != policy::AlertSeverity::informational) {
    query.sql += " AND severity >= ?";
    query.values.emplace_back(static_cast<std::int64_t>(choice.least));
  }
  const auto any_of = [&](std::string_view column, auto&& words) {
    query.sql += column;
    query.sql += " IN (";
    for (std::size_t i = 0; i < words.size(); ++i) {
      query.sql += i == 0 ? "?" : ", ?";
      query.values.emplace_back(std::string(words[i]));
    }
    query.sql += ")";
  };
  if (!choice.categories.empty()) {
    std::vector<std::string_view> words;
    for (const auto category : choice.categories) words.push_back(to_string(category));
    query.sql += " AND ";
    any_of("category", words);
  }
  if (!choice.policies.empty()) {
    query.sql += " AND (";
    any_of("policy_id", choice.policies);
    query.sql += " OR ";
    any_of("policy", choice.policies);
    query.sql += ")";
  }
}

Result<WaitingPage> page_of(const SqliteDatabase& db, const SqliteQuery& query) {
  Result<SqliteStatement> rows = db.prepare(query.sql);
  if (!rows) return pass_on(std::move(rows));
  bind_values(*rows, query);
  WaitingPage page;
  while (true) {
    Result<bool> row = rows->step();
    if (!row) return pass_on(std::move(row));
    if (!*row) return page;
    Result<Alert> alert = read_alert(*rows);
    if (!alert) return pass_on(std::move(alert));
    page.alerts.push_back(
        {static_cast<std::uint64_t>(rows->integer(kAlertPlace)), std::move(*alert)});
  }
}

// The number that a question with one row has for an answer; nothing where it has none.
Result<std::optional<std::uint64_t>> ask(const SqliteDatabase& db, std::string_view sql,
                                         std::string_view receiver) {
  Result<SqliteStatement> row = db.prepare(sql);
  if (!row) return pass_on(std::move(row));
  row->bind(1, receiver);
  Result<bool> there = row->step();
  if (!there) return pass_on(std::move(there));
  if (!*there || row->is_null(0)) return std::optional<std::uint64_t>();
  return std::optional(static_cast<std::uint64_t>(row->integer(0)));
}

}  // namespace

struct SqliteDeliveryStore::Connection {
  SqliteDatabase db;
};

SqliteDeliveryStore::SqliteDeliveryStore(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

SqliteDeliveryStore::~SqliteDeliveryStore() = default;

Result<std::unique_ptr<SqliteDeliveryStore>> SqliteDeliveryStore::open(const std::string& path) {
  Result<SqliteDatabase> db = open_alert_file(path);
  if (!db) return pass_on(std::move(db));
  return std::unique_ptr<SqliteDeliveryStore>(
      new SqliteDeliveryStore(std::make_unique<Connection>(std::move(*db))));
}

Result<std::uint64_t> SqliteDeliveryStore::begin(const std::string& receiver) {
  const SqliteDatabase& db = connection_->db;
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db);
  if (!transaction) return pass_on(std::move(transaction));
  for (const std::string& sql :
       {"INSERT OR IGNORE INTO receivers(name, place) VALUES(?, " + std::string(kNewestPlace) + ")",
        std::string("UPDATE receivers SET gone_at = NULL WHERE name = ?")}) {
    Result<SqliteStatement> row = db.prepare(sql);
    if (!row) return pass_on(std::move(row));
    row->bind(1, receiver);
    if (Result<void> done = row->run(); !done) return pass_on(std::move(done));
  }
  auto place = ask(db, "SELECT place FROM receivers WHERE name = ?", receiver);
  if (!place) return pass_on(std::move(place));
  if (Result<void> done = transaction->commit(); !done) return pass_on(std::move(done));
  return place->value_or(0);
}

Result<void> SqliteDeliveryStore::only(std::span<const std::string> receivers, Time now) {
  const SqliteDatabase& db = connection_->db;
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db);
  if (!transaction) return pass_on(std::move(transaction));
  SqliteQuery gone{"UPDATE receivers SET gone_at = ? WHERE gone_at IS NULL AND name NOT IN (",
                   {micros(now)}};
  for (std::size_t i = 0; i < receivers.size(); ++i) {
    gone.sql += i == 0 ? "?" : ", ?";
    gone.values.emplace_back(receivers[i]);
  }
  gone.sql += ")";
  const SqliteQuery forget{"DELETE FROM receivers WHERE gone_at < ?", {micros(now - kGoneAge)}};
  const SqliteQuery sweep{
      "DELETE FROM aside WHERE receiver NOT IN (SELECT name FROM receivers) "
      "OR place < (SELECT min(n) FROM alerts)",
      {}};
  for (const SqliteQuery* query : {&std::as_const(gone), &forget, &sweep}) {
    Result<SqliteStatement> statement = db.prepare(query->sql);
    if (!statement) return pass_on(std::move(statement));
    bind_values(*statement, *query);
    if (Result<void> done = statement->run(); !done) return done;
  }
  return transaction->commit();
}

Result<std::uint64_t> SqliteDeliveryStore::newest() {
  const Result<std::int64_t> newest =
      connection_->db.integer("SELECT " + std::string(kNewestPlace));
  if (!newest) return std::unexpected(newest.error());
  return static_cast<std::uint64_t>(*newest);
}

Result<WaitingPage> SqliteDeliveryStore::behind(std::uint64_t place, const AlertChoice& choice,
                                                std::size_t most) {
  // Before the question: what is written in between is looked at next time.
  const Result<std::uint64_t> newest = this->newest();
  if (!newest) return std::unexpected(newest.error());
  if (*newest <= place) return WaitingPage{{}, place};
  most = std::clamp<std::size_t>(most, 1, kMostAtOnce);
  SqliteQuery query{std::string(kAlertColumns) + " WHERE n > ? AND n <= ?",
                    {number(place), number(*newest)}};
  add_choice(query, choice);
  query.sql += " ORDER BY n LIMIT ?";
  query.values.emplace_back(number(most));
  Result<WaitingPage> page = page_of(connection_->db, query);
  if (!page) return page;
  page->looked_to = page->alerts.size() < most ? *newest : page->alerts.back().place;
  return page;
}

Result<WaitingPage> SqliteDeliveryStore::again(const std::string& receiver, std::size_t most) {
  const SqliteQuery query{
      std::string(kAlertColumns) +
          " WHERE n IN (SELECT place FROM aside WHERE receiver = ? AND again = 1) "
          "ORDER BY n LIMIT ?",
      {receiver, number(std::clamp<std::size_t>(most, 1, kMostAtOnce))}};
  return page_of(connection_->db, query);
}

Result<Backlog> SqliteDeliveryStore::backlog(const std::string& receiver, std::uint64_t place,
                                             const AlertChoice& choice) {
  SqliteQuery query{"SELECT count(*), min(time) FROM (SELECT time FROM alerts WHERE n > ?",
                    {number(place)}};
  add_choice(query, choice);
  query.sql += " ORDER BY n LIMIT ?)";
  query.values.emplace_back(number(kMostCounted));
  Result<SqliteStatement> row = connection_->db.prepare(query.sql);
  if (!row) return pass_on(std::move(row));
  bind_values(*row, query);
  Result<bool> there = row->step();
  if (!there) return pass_on(std::move(there));
  Backlog backlog;
  backlog.waiting = static_cast<std::uint64_t>(row->integer(0));
  if (backlog.waiting > 0) backlog.oldest = from_micros(row->integer(1));
  auto aside = ask(connection_->db, "SELECT count(*) FROM aside WHERE receiver = ?", receiver);
  if (!aside) return pass_on(std::move(aside));
  backlog.aside = aside->value_or(0);
  return backlog;
}

Result<std::uint64_t> SqliteDeliveryStore::delivered(const std::string& receiver) {
  auto count = ask(connection_->db, "SELECT delivered FROM receivers WHERE name = ?", receiver);
  if (!count) return pass_on(std::move(count));
  return count->value_or(0);
}

Result<void> SqliteDeliveryStore::passed(const std::string& receiver, std::uint64_t place,
                                         std::uint64_t delivered) {
  Result<SqliteStatement> row = connection_->db.prepare(
      "UPDATE receivers SET place = max(place, ?), delivered = delivered + ? WHERE name = ?");
  if (!row) return pass_on(std::move(row));
  row->bind(1, number(place));
  row->bind(2, number(delivered));
  row->bind(3, receiver);
  return row->run();
}

Result<void> SqliteDeliveryStore::put_aside(const std::string& receiver,
                                            std::span<const std::uint64_t> places,
                                            std::string_view reason, Time now) {
  if (places.empty()) return {};
  std::string cut(reason.substr(0, kMostReason));
  drop_cut_character(cut);
  const SqliteDatabase& db = connection_->db;
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db);
  if (!transaction) return pass_on(std::move(transaction));
  Result<SqliteStatement> row =
      db.prepare("INSERT OR REPLACE INTO aside(receiver, place, at, reason) VALUES(?, ?, ?, ?)");
  if (!row) return pass_on(std::move(row));
  for (const std::uint64_t place : places) {
    row->bind(1, receiver);
    row->bind(2, number(place));
    row->bind(3, micros(now));
    row->bind(4, cut);
    if (Result<void> done = row->run(); !done) return done;
  }
  // In one transaction: it is either waited for or put aside. What was asked for again lies before
  // the place anyway.
  Result<SqliteStatement> move =
      db.prepare("UPDATE receivers SET place = max(place, ?) WHERE name = ?");
  if (!move) return pass_on(std::move(move));
  move->bind(1, number(places.back()));
  move->bind(2, receiver);
  if (Result<void> done = move->run(); !done) return done;
  return transaction->commit();
}

Result<std::uint64_t> SqliteDeliveryStore::ask_again(const std::string& receiver) {
  Result<SqliteStatement> row =
      connection_->db.prepare("UPDATE aside SET again = 1 WHERE receiver = ?");
  if (!row) return pass_on(std::move(row));
  row->bind(1, receiver);
  if (Result<void> done = row->run(); !done) return pass_on(std::move(done));
  return static_cast<std::uint64_t>(connection_->db.changes());
}

Result<void> SqliteDeliveryStore::sent_again(const std::string& receiver,
                                             std::span<const std::uint64_t> places) {
  const SqliteDatabase& db = connection_->db;
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db);
  if (!transaction) return pass_on(std::move(transaction));
  Result<SqliteStatement> row = db.prepare("DELETE FROM aside WHERE receiver = ? AND place = ?");
  if (!row) return pass_on(std::move(row));
  for (const std::uint64_t place : places) {
    row->bind(1, receiver);
    row->bind(2, number(place));
    if (Result<void> done = row->run(); !done) return done;
  }
  Result<SqliteStatement> count =
      db.prepare("UPDATE receivers SET delivered = delivered + ? WHERE name = ?");
  if (!count) return pass_on(std::move(count));
  count->bind(1, number(places.size()));
  count->bind(2, receiver);
  if (Result<void> done = count->run(); !done) return done;
  return transaction->commit();
}

}  // namespace sallyport::discovery
