#include "discovery/store/sqlite_read_audit.h"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "base/crypto/random.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_schema.h"
#include "discovery/store/sqlite_scrub.h"

namespace sallyport::discovery {

namespace {

constexpr std::int64_t kAuditApplicationId = 0x53504155;  // "SPAU"
constexpr std::chrono::milliseconds kBusy{5000};
constexpr int kOpenTries = 5;
constexpr std::chrono::milliseconds kOpenPause{50};
constexpr std::uint64_t kRetainEvery = 128;      // entries
constexpr std::int64_t kRetainStep = 2'000;      // entries at once
constexpr std::size_t kEmptyStep = kMostRanges;  // entries in one transaction

// emptied: 1 where about, question and reason were taken away, and salt with them.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE reads(
  number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  who TEXT NOT NULL,
  via TEXT NOT NULL,
  what TEXT NOT NULL,
  about TEXT NOT NULL,
  question TEXT NOT NULL,
  reason TEXT NOT NULL,
  answered INTEGER NOT NULL,
  times INTEGER NOT NULL,
  emptied INTEGER NOT NULL,
  salt BLOB NOT NULL,
  seal BLOB NOT NULL,
  previous BLOB NOT NULL,
  hash BLOB NOT NULL
)
)sql";
constexpr std::string_view kSteps[] = {kVersion1};
constexpr SqliteSchema kSchema{kAuditApplicationId, kSteps};

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }

template <std::size_t N>
std::string_view bytes_of(const std::array<std::uint8_t, N>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What has another size reads as zeros, which fit nothing.
template <std::size_t N>
void read_bytes(std::string_view bytes, std::array<std::uint8_t, N>& into) {
  if (bytes.size() == N) std::ranges::copy(bytes, into.begin());
}

AuditEntry entry_of(const SqliteStatement& row) {
  AuditEntry entry;
  entry.number = static_cast<std::uint64_t>(row.integer(0));
  entry.at = Time(std::chrono::microseconds(row.integer(1)));
  // A word of nobody's fits no hash, whatever it is read as.
  entry.kind = parse_audit_kind(row.text(2)).value_or(AuditKind::read);
  entry.note.who = row.text(3);
  entry.note.via = row.text(4);
  entry.note.what = row.text(5);
  entry.note.about = row.text(6);
  entry.note.question = row.text(7);
  entry.note.reason = row.text(8);
  entry.note.rows = static_cast<std::uint64_t>(row.integer(9));
  entry.times = static_cast<std::uint64_t>(row.integer(10));
  entry.emptied = row.integer(11) != 0;
  read_bytes(row.text(12), entry.salt);
  read_bytes(row.text(13), entry.seal);
  read_bytes(row.text(14), entry.previous);
  read_bytes(row.text(15), entry.hash);
  return entry;
}

// A command of root's may be the first to write it: it belongs to whoever the directory belongs to,
// or the gateway could not write it later. What cannot be made here SQLite says.
void make_for_owner(const std::string& path) {
  if (::geteuid() != 0) return;
  struct stat folder{};
  const std::string parent = std::filesystem::path(path).parent_path().string();
  if (::stat(parent.empty() ? "." : parent.c_str(), &folder) != 0) return;
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (file < 0) return;
  if (::fchown(file, folder.st_uid, folder.st_gid) != 0) {
    // It stays root's, and the gateway will say so.
  }
  ::close(file);
}

}  // namespace

struct SqliteReadAudit::Connection {
  SqliteDatabase db;
};

SqliteReadAudit::SqliteReadAudit(std::unique_ptr<Connection> connection, ReadAuditOptions options,
                                 bool writable)
    : connection_(std::move(connection)), options_(options), writable_(writable) {}

SqliteReadAudit::~SqliteReadAudit() = default;

namespace {

Result<SqliteDatabase> open_file(const std::string& path) {
  Result<SqliteDatabase> db = SqliteDatabase::open(path, SqliteDatabase::Mode::write, kBusy);
  if (!db) return db;
  Result<void> done = check_schema(*db, kSchema);
  if (done) {
    done = db->execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON");
  }
  if (done) done = migrate(*db, kSchema);
  if (!done) return pass_on(std::move(done));
  return db;
}

}  // namespace

Result<std::unique_ptr<SqliteReadAudit>> SqliteReadAudit::open(const std::string& path,
                                                               ReadAuditOptions options) {
  make_for_owner(path);
  for (int left = kOpenTries;; --left) {
    Result<SqliteDatabase> db = open_file(path);
    if (db) {
      return std::unique_ptr<SqliteReadAudit>(
          new SqliteReadAudit(std::make_unique<Connection>(std::move(*db)), options, true));
    }
    // Where two make it at once SQLite lets one of them fail, without a wait.
    if (left == 0 || db.error().kind != ErrorKind::unavailable) return pass_on(std::move(db));
    std::this_thread::sleep_for(kOpenPause);
  }
}

Result<std::unique_ptr<SqliteReadAudit>> SqliteReadAudit::open_for_reading(
    const std::string& path) {
  Result<SqliteDatabase> db = SqliteDatabase::open(path, SqliteDatabase::Mode::read, kBusy);
  if (!db) return pass_on(std::move(db));
  Result<void> checked = check_schema(*db, kSchema);
  if (!checked) return pass_on(std::move(checked));
  return std::unique_ptr<SqliteReadAudit>(
      new SqliteReadAudit(std::make_unique<Connection>(std::move(*db)), {}, false));
}

Result<void> SqliteReadAudit::may_write() const {
  if (writable_) return {};
  return fail(ErrorKind::permission, Side::ours, "the record of reads was opened for reading");
}

Result<GovernanceHead> SqliteReadAudit::head() {
  Result<SqliteStatement> row =
      connection_->db.prepare("SELECT number, hash FROM reads ORDER BY number DESC LIMIT 1");
  if (!row) return pass_on(std::move(row));
  const Result<bool> there = row->step();
  if (!there) return std::unexpected(there.error());
  GovernanceHead head;
  if (!*there) return head;
  head.number = static_cast<std::uint64_t>(row->integer(0));
  read_bytes(row->text(1), head.hash);
  return head;
}

// REQUIRES: a transaction is open.
Result<void> SqliteReadAudit::add(AuditEntry entry) {
  const Result<GovernanceHead> before = head();
  if (!before) return std::unexpected(before.error());
  entry.number = before->number + 1;
  entry.previous = before->hash;
  random_bytes(entry.salt);
  entry.seal = seal_of(entry);
  entry.hash = hash_of(entry);
  Result<SqliteStatement> row = connection_->db.prepare(
      "INSERT INTO reads(number, at, kind, who, via, what, about, question, reason, answered, "
      "times, emptied, salt, seal, previous, hash) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, ?12, ?13, ?14, ?15)");
  if (!row) return pass_on(std::move(row));
  row->bind(1, static_cast<std::int64_t>(entry.number));
  row->bind(2, micros(entry.at));
  row->bind(3, to_string(entry.kind));
  row->bind(4, entry.note.who);
  row->bind(5, entry.note.via);
  row->bind(6, entry.note.what);
  row->bind(7, entry.note.about);
  row->bind(8, entry.note.question);
  row->bind(9, entry.note.reason);
  row->bind(10, static_cast<std::int64_t>(entry.note.rows));
  row->bind(11, static_cast<std::int64_t>(entry.times));
  row->bind_blob(12, bytes_of(entry.salt));
  row->bind_blob(13, bytes_of(entry.seal));
  row->bind_blob(14, bytes_of(entry.previous));
  row->bind_blob(15, bytes_of(entry.hash));
  return row->run();
}

Result<void> SqliteReadAudit::append(const ReadNote& note, std::uint64_t times, Time at) {
  if (Result<void> may = may_write(); !may) return may;
  AuditEntry entry;
  entry.at = at;
  entry.times = times;
  entry.note = note;
  for (std::string* text : {&entry.note.who, &entry.note.via, &entry.note.what, &entry.note.about,
                            &entry.note.question, &entry.note.reason}) {
    *text = audit_text(*text);
  }
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(connection_->db);
  if (!transaction) return pass_on(std::move(transaction));
  Result<void> done = add(std::move(entry));
  if (done) done = retain(at);
  if (!done) return done;
  return transaction->commit();
}

// REQUIRES: a transaction is open.
Result<void> SqliteReadAudit::retain(Time now) {
  const Result<GovernanceHead> newest = head();
  if (!newest) return std::unexpected(newest.error());
  if (newest->number % kRetainEvery != 0) return {};
  Result<SqliteStatement> oldest = connection_->db.prepare(
      "SELECT number, at, hash FROM reads WHERE number < ?1 ORDER BY number LIMIT ?2");
  if (!oldest) return pass_on(std::move(oldest));
  oldest->bind(1, static_cast<std::int64_t>(newest->number));
  oldest->bind(2, kRetainStep);
  const std::int64_t least = micros(now - options_.max_age);
  GovernanceHead last;
  while (true) {
    const Result<bool> row = oldest->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    const auto number = static_cast<std::uint64_t>(oldest->integer(0));
    if (oldest->integer(1) >= least && number + options_.max_entries > newest->number) break;
    last.number = number;
    read_bytes(oldest->text(2), last.hash);
  }
  oldest->reset();
  if (last.number == 0) return {};
  AuditEntry entry;
  entry.at = now;
  entry.kind = AuditKind::retain;
  entry.note.what = "retention";
  entry.note.question = to_string(last);
  if (Result<void> done = add(std::move(entry)); !done) return done;
  Result<SqliteStatement> gone = connection_->db.prepare("DELETE FROM reads WHERE number <= ?1");
  if (!gone) return pass_on(std::move(gone));
  gone->bind(1, static_cast<std::int64_t>(last.number));
  return gone->run();
}

Result<std::vector<AuditEntry>> SqliteReadAudit::rows(std::string_view condition,
                                                      std::uint64_t number, std::size_t most) {
  Result<SqliteStatement> rows = connection_->db.prepare(
      "SELECT number, at, kind, who, via, what, about, question, reason, answered, times, emptied, "
      "salt, seal, previous, hash FROM reads WHERE " +
      std::string(condition) + " LIMIT ?2");
  if (!rows) return pass_on(std::move(rows));
  constexpr std::uint64_t kLast = INT64_MAX;
  rows->bind(1, static_cast<std::int64_t>(std::min(number, kLast)));
  rows->bind(2, static_cast<std::int64_t>(std::min(most, kMostEntries)));
  std::vector<AuditEntry> found;
  while (true) {
    const Result<bool> row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return found;
    found.push_back(entry_of(*rows));
  }
}

Result<std::vector<AuditEntry>> SqliteReadAudit::entries(std::uint64_t after, std::size_t most) {
  return rows("number > ?1 ORDER BY number", after, most);
}

Result<std::vector<AuditEntry>> SqliteReadAudit::before(std::uint64_t number, std::size_t most) {
  return rows("number < ?1 ORDER BY number DESC", number, most);
}

Result<std::uint64_t> SqliteReadAudit::empty(const NameMatch& person, const ReadNote& note,
                                             Time at) {
  if (Result<void> may = may_write(); !may) return pass_on(std::move(may));
  Result<SqliteStatement> bare = connection_->db.prepare(
      "UPDATE reads SET about = '', question = '', reason = '', salt = x'', emptied = 1 "
      "WHERE number = ?1");
  if (!bare) return pass_on(std::move(bare));
  std::uint64_t emptied = 0;
  std::uint64_t after = 0;
  while (true) {
    const auto page = entries(after, kMostEntries);
    if (!page) return std::unexpected(page.error());
    if (page->empty()) break;
    after = page->back().number;
    std::vector<std::uint64_t> theirs;
    for (const AuditEntry& one : *page) {
      if (one.kind != AuditKind::read || one.emptied) continue;
      const ReadNote& said = one.note;
      if (person.in(said.about) || person.in(said.question) || person.in(said.reason)) {
        theirs.push_back(one.number);
      }
    }
    for (std::size_t from = 0; from < theirs.size(); from += kEmptyStep) {
      const std::size_t to = std::min(theirs.size(), from + kEmptyStep);
      Result<SqliteTransaction> transaction = SqliteTransaction::begin(connection_->db);
      if (!transaction) return pass_on(std::move(transaction));
      AuditEntry entry;
      entry.at = at;
      entry.kind = AuditKind::erase;
      entry.note = note;
      entry.note.about.clear();
      entry.note.reason.clear();
      std::vector<NumberRange> ranges;
      for (std::size_t i = from; i < to; ++i) {
        ranges.emplace_back(theirs[i], theirs[i]);
        bare->bind(1, static_cast<std::int64_t>(theirs[i]));
        if (Result<void> done = bare->run(); !done) return pass_on(std::move(done));
      }
      entry.note.question = to_string(ranges);
      entry.note.rows = ranges.size();
      Result<void> done = add(std::move(entry));
      if (done) done = transaction->commit();
      if (!done) return pass_on(std::move(done));
      emptied += ranges.size();
    }
  }
  if (Result<void> done = empty_log(connection_->db); !done) return pass_on(std::move(done));
  return emptied;
}

}  // namespace sallyport::discovery
