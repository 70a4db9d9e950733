#include "discovery/store/sqlite_usage_imports.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

#include "discovery/store/sqlite_store.h"

namespace sallyport::discovery {
namespace {

using std::chrono::sys_days;

// Times that something was put to a day before it is put together; from then on as often as it was
// put together of, so that an entry is not read again and again.
constexpr std::size_t kMostScattered = 16;
constexpr int kDeleteStep = 50;  // chunks

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
Time time_of(std::int64_t micros) { return Time(std::chrono::microseconds(micros)); }
std::int64_t number_of(ImportState state) { return static_cast<std::uint8_t>(state); }

Result<int> take_lock(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (file < 0) {
    return fail(ErrorKind::storage, Side::ours,
                "cannot open " + path + ": " + std::strerror(errno));
  }
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return file;
  ::close(file);
  return fail(ErrorKind::unavailable, Side::ours,
              "another process imports into this store; try again when it is done");
}

Result<std::vector<UsageImport>> read_rows(const SqliteDatabase& db) {
  auto rows = db.prepare(
      "SELECT n, state, begun, ended, who, file, digest, beginning, packing, format, bytes, lines, "
      "records, aside, bad, left_out, first, last, removed_by FROM usage_imports ORDER BY n");
  if (!rows) return pass_on(std::move(rows));
  std::vector<UsageImport> imports;
  const auto count = [&](int column) { return static_cast<std::uint64_t>(rows->integer(column)); };
  while (true) {
    const Result<bool> row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return imports;
    UsageImport& one = imports.emplace_back();
    one.number = rows->integer(0);
    one.state = static_cast<ImportState>(rows->integer(1));
    one.begun = time_of(rows->integer(2));
    one.ended = time_of(rows->integer(3));
    one.who = rows->text(4);
    one.name = rows->text(5);
    one.file.digest = rows->text(6);
    one.file.beginning = rows->text(7);
    one.file.packing = rows->text(8);
    one.file.format = rows->text(9);
    one.file.bytes = count(10);
    one.file.lines = count(11);
    one.file.records = count(12);
    one.file.aside = count(13);
    one.file.bad = count(14);
    one.file.left_out = count(15);
    one.file.first = time_of(rows->integer(16));
    one.file.last = time_of(rows->integer(17));
    one.removed_by = rows->text(18);
  }
}

}  // namespace

SqliteUsageImports::SqliteUsageImports(SqliteDatabase db, int lock, const UsageLimits& limits)
    : db_(std::move(db)), lock_(lock), limits_(limits) {}

SqliteUsageImports::~SqliteUsageImports() { ::close(lock_); }

Result<std::unique_ptr<SqliteUsageImports>> SqliteUsageImports::open(ImportStoreOptions options) {
  Result<int> lock = take_lock(options.lock);
  if (!lock) return pass_on(std::move(lock));
  // Makes the file and brings its schema up to date.
  auto store = SqliteStore::open({.path = options.path, .busy_timeout = options.busy_timeout});
  if (!store) {
    ::close(*lock);
    return pass_on(std::move(store));
  }
  store->reset();
  auto db = SqliteDatabase::open(options.path, SqliteDatabase::Mode::write, options.busy_timeout);
  Result<void> done;
  if (db) done = db->execute("PRAGMA synchronous = NORMAL");
  if (!db || !done) {
    ::close(*lock);
    return std::unexpected(db ? done.error() : db.error());
  }
  return std::unique_ptr<SqliteUsageImports>(
      new SqliteUsageImports(std::move(*db), *lock, options.limits));
}

Result<std::vector<UsageImport>> SqliteUsageImports::list() { return read_rows(db_); }

Result<std::size_t> SqliteUsageImports::clean() {
  const auto imports = list();
  if (!imports) return std::unexpected(imports.error());
  std::size_t cleaned = 0;
  for (const UsageImport& one : *imports) {
    if (one.state == ImportState::in_force || one.number == current_) continue;
    Result<void> done = delete_chunks(one.number);
    if (done && one.state == ImportState::unfinished) {
      done = delete_row(one.number);
      ++cleaned;
    }
    if (!done) return pass_on(std::move(done));
  }
  return cleaned;
}

Result<UsageSource> SqliteUsageImports::begin(const std::string& who, const std::string& name,
                                              Time now) {
  auto insert = db_.prepare(
      "INSERT INTO usage_imports (state, begun, ended, who, file, digest, beginning, packing, "
      "format, bytes, lines, records, aside, bad, left_out, first, last, removed_by) "
      "VALUES (0, ?, 0, ?, ?, x'', x'', '', '', 0, 0, 0, 0, 0, 0, 0, 0, '')");
  if (!insert) return pass_on(std::move(insert));
  insert->bind(1, micros(now));
  insert->bind(2, std::string_view(who));
  insert->bind(3, std::string_view(name));
  Result<void> done = insert->run();
  if (!done) return pass_on(std::move(done));
  const Result<std::int64_t> number = db_.integer("SELECT last_insert_rowid()");
  if (!number) return std::unexpected(number.error());
  auto counter = std::make_unique<SqliteUsageCounter>(db_, limits_, *number);
  done = counter->prepare();
  if (!done) return pass_on(std::move(done));
  counter_ = std::move(counter);
  version_ = 0;
  scattered_.clear();
  current_ = *number;
  return current_;
}

Result<void> SqliteUsageImports::add_all(std::span<const CountedUse> uses,
                                         std::vector<sys_days>& days) {
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db_);
  if (!transaction) return pass_on(std::move(transaction));
  // A gateway may have deleted names since: then this number is another one (SQLite, data_version).
  const Result<std::int64_t> version = db_.integer("PRAGMA data_version");
  if (!version) return std::unexpected(version.error());
  if (std::exchange(version_, *version) != *version) counter_->forget();
  for (const CountedUse& use : uses) {
    Result<void> done = counter_->add(use);
    if (!done) return done;
  }
  auto kept = counter_->keep();
  if (!kept) return std::unexpected(kept.error());
  days = std::move(*kept);
  return transaction->commit();
}

Result<void> SqliteUsageImports::add(std::span<const CountedUse> uses) {
  std::vector<sys_days> days;
  Result<void> done = add_all(uses, days);
  if (!done) {
    counter_->forget();
    return done;
  }
  for (const sys_days day : days) {
    Scattered& scattered = scattered_[day];
    if (++scattered.pieces < std::max(kMostScattered, scattered.gathered)) continue;
    done = gather(day);
    if (!done) return done;
  }
  return {};
}

Result<void> SqliteUsageImports::gather(sys_days day) {
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db_);
  if (!transaction) return pass_on(std::move(transaction));
  Result<void> done = counter_->gather(day);
  if (done) done = transaction->commit();
  if (!done) return done;
  Scattered& scattered = scattered_[day];
  scattered.gathered += std::exchange(scattered.pieces, 0);
  return done;
}

Result<void> SqliteUsageImports::finish(const ImportedFile& file, Time now) {
  for (const auto& [day, scattered] : scattered_) {
    const std::size_t whole = scattered.gathered > 0 ? 1 : 0;
    if (scattered.pieces + whole < 2) continue;
    Result<void> done = gather(day);
    if (!done) return done;
  }
  auto update = db_.prepare(
      "UPDATE usage_imports SET state = 1, ended = ?, digest = ?, beginning = ?, packing = ?, "
      "format = ?, bytes = ?, lines = ?, records = ?, aside = ?, bad = ?, left_out = ?, first = ?, "
      "last = ? WHERE n = ?");
  if (!update) return pass_on(std::move(update));
  update->bind(1, micros(now));
  update->bind_blob(2, file.digest);
  update->bind_blob(3, file.beginning);
  update->bind(4, std::string_view(file.packing));
  update->bind(5, std::string_view(file.format));
  const std::uint64_t counts[] = {file.bytes, file.lines, file.records,
                                  file.aside, file.bad,   file.left_out};
  int column = 6;
  for (const std::uint64_t count : counts) {
    update->bind(column++, static_cast<std::int64_t>(count));
  }
  update->bind(column++, micros(file.first));
  update->bind(column++, micros(file.last));
  update->bind(column, current_);
  Result<void> done = update->run();
  if (!done) return done;
  current_ = kSeenLive;
  counter_.reset();
  return {};
}

Result<void> SqliteUsageImports::give_up() {
  const UsageSource number = std::exchange(current_, kSeenLive);
  counter_.reset();
  Result<void> done = delete_chunks(number);
  return done ? delete_row(number) : done;
}

Result<bool> SqliteUsageImports::remove(UsageSource number, const std::string& who, Time now) {
  auto update = db_.prepare(
      "UPDATE usage_imports SET state = ?, ended = ?, removed_by = ? WHERE n = ? AND state = ?");
  if (!update) return pass_on(std::move(update));
  update->bind(1, number_of(ImportState::removed));
  update->bind(2, micros(now));
  update->bind(3, std::string_view(who));
  update->bind(4, number);
  update->bind(5, number_of(ImportState::in_force));
  Result<void> done = update->run();
  if (!done) return pass_on(std::move(done));
  if (db_.changes() == 0) return false;
  // From here on it counts for nothing; what is left of it goes in steps.
  done = delete_chunks(number);
  if (!done) return pass_on(std::move(done));
  return true;
}

Result<void> SqliteUsageImports::delete_chunks(UsageSource number) {
  auto remove = db_.prepare(
      "DELETE FROM usage_chunks WHERE n IN "
      "(SELECT n FROM usage_chunks WHERE source = ?1 AND source > 0 LIMIT ?2)");
  if (!remove) return pass_on(std::move(remove));
  do {
    remove->bind(1, number);
    remove->bind(2, std::int64_t{kDeleteStep});
    Result<void> done = remove->run();
    if (!done) return done;
  } while (db_.changes() > 0);
  return {};
}

Result<void> SqliteUsageImports::delete_row(UsageSource number) {
  auto remove = db_.prepare("DELETE FROM usage_imports WHERE n = ?");
  if (!remove) return pass_on(std::move(remove));
  remove->bind(1, number);
  return remove->run();
}

Result<std::vector<UsageImport>> read_imports(const std::string& store) {
  if (::access(store.c_str(), F_OK) != 0) return std::vector<UsageImport>();
  // Refuses what is no store, or an older one.
  auto opened = SqliteStore::open_for_reading(store);
  if (!opened) return pass_on(std::move(opened));
  auto db = SqliteDatabase::open(store, SqliteDatabase::Mode::read, std::chrono::seconds(2));
  if (!db) return pass_on(std::move(db));
  return read_rows(*db);
}

}  // namespace sallyport::discovery
