#include "discovery/store/sqlite_db.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/core/check.h"

namespace sallyport::discovery {
namespace {

std::string file_of(sqlite3* db) {
  const char* name = db != nullptr ? sqlite3_db_filename(db, "main") : nullptr;
  return name != nullptr ? name : "";
}

// The sentence for whoever runs the gateway: what it is, and what to do where that is not plain.
Error error_of(sqlite3* db, int code, std::string path) {
  if (path.empty()) path = file_of(db);
  std::string text = path + ": ";
  text +=
      db != nullptr && sqlite3_errcode(db) != SQLITE_OK ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  ErrorKind kind = ErrorKind::storage;
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      kind = ErrorKind::invalid;
      text +=
          "; the file is damaged or no event store: stop the gateway, move it away (with -wal and "
          "-shm) and start again, or put a backup in its place; 'sqlite3 FILE .recover' may save "
          "most of it";
      break;
    case SQLITE_FULL:
      text += "; free some space or lower the store's bounds";
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      kind = ErrorKind::unavailable;
      text += "; another process holds it";
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      kind = ErrorKind::permission;
      break;
    case SQLITE_CANTOPEN:
      text += "; the file or its directory is missing or not accessible";
      break;
    default:
      break;
  }
  return Error{kind, Side::ours, false, std::move(text)};
}

std::unexpected<Error> failed(sqlite3* db, int code, std::string path = {}) {
  return std::unexpected(error_of(db, code, std::move(path)));
}

// The file name as SQLite's URI.
std::string immutable_uri(const std::string& path) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '?' || c == '#' || c == '%') {
      uri += '%';
      uri += kDigits[static_cast<unsigned char>(c) >> 4];
      uri += kDigits[static_cast<unsigned char>(c) & 15];
    } else {
      uri += c;
    }
  }
  return uri + "?mode=ro&immutable=1";
}

}  // namespace

SqliteStatement::~SqliteStatement() { sqlite3_finalize(statement_); }

SqliteStatement::SqliteStatement(SqliteStatement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)) {}

SqliteStatement& SqliteStatement::operator=(SqliteStatement&& other) noexcept {
  std::swap(statement_, other.statement_);
  return *this;
}

void SqliteStatement::bind(int index, std::int64_t value) {
  CHECK(sqlite3_bind_int64(statement_, index, value) == SQLITE_OK);
}

void SqliteStatement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL.
  const char* data = text.data() != nullptr ? text.data() : "";
  CHECK(sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8) ==
        SQLITE_OK);
}

void SqliteStatement::bind_blob(int index, std::string_view bytes) {
  CHECK(sqlite3_bind_blob64(statement_, index, bytes.data(), bytes.size(), SQLITE_STATIC) ==
        SQLITE_OK);
}

void SqliteStatement::bind_null(int index) {
  CHECK(sqlite3_bind_null(statement_, index) == SQLITE_OK);
}

void SqliteStatement::bind_or_null(int index, std::string_view text) {
  if (text.empty()) {
    bind_null(index);
  } else {
    bind(index, text);
  }
}

Result<bool> SqliteStatement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Error error = error_of(sqlite3_db_handle(statement_), code, {});
  sqlite3_reset(statement_);
  return std::unexpected(std::move(error));
}

Result<void> SqliteStatement::run() {
  while (true) {
    const Result<bool> row = step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
  }
  reset();
  return {};
}

void SqliteStatement::reset() { sqlite3_reset(statement_); }

bool SqliteStatement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view SqliteStatement::text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return {static_cast<const char*>(data), data != nullptr ? static_cast<std::size_t>(size) : 0};
}

Result<SqliteDatabase> SqliteDatabase::open(const std::string& path, Mode mode,
                                            std::chrono::milliseconds busy_timeout) {
  if (mode == Mode::write) {
    // Made here for its mode; SQLite gives -wal and -shm the same. One that is there is not opened:
    // to close it would end every lock that this process has on it (fcntl(2), POSIX), and another
    // process that closes it would take itself for the last one, and take -wal and -shm away from
    // under us.
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (fd >= 0) {
      ::close(fd);
    } else if (errno != EEXIST || ::access(path.c_str(), R_OK | W_OK) != 0) {
      const ErrorKind kind =
          errno == EACCES || errno == EROFS ? ErrorKind::permission : ErrorKind::storage;
      return fail(kind, Side::ours, path + " cannot be opened: " + std::strerror(errno));
    }
  } else if (::access(path.c_str(), R_OK) != 0) {
    const ErrorKind kind = errno == ENOENT ? ErrorKind::not_found : ErrorKind::permission;
    return fail(kind, Side::ours, path + " cannot be read: " + std::strerror(errno));
  }
  const int flags = (mode == Mode::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  sqlite3* raw = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  SqliteDatabase db(raw);
  if (code != SQLITE_OK) return failed(raw, code, path);
  sqlite3_busy_timeout(raw, static_cast<int>(busy_timeout.count()));
  // The file is read here for the first time.
  code = sqlite3_exec(raw, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return db;
  const std::string wal = path + "-wal";
  // WAL needs a file beside this one, which a reader may not make where the directory is not its
  // own. Without a -wal nobody writes, so the file may be read as it is.
  const bool no_wal = (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY;
  if (mode == Mode::read && no_wal && ::access(wal.c_str(), F_OK) != 0) {
    sqlite3* again = nullptr;
    code = sqlite3_open_v2(immutable_uri(path).c_str(), &again, flags | SQLITE_OPEN_URI, nullptr);
    SqliteDatabase immutable(again);
    if (code == SQLITE_OK) {
      code = sqlite3_exec(again, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr);
    }
    if (code == SQLITE_OK) return immutable;
    return failed(again, code, path);
  }
  return failed(raw, code, path);
}

SqliteDatabase::~SqliteDatabase() { sqlite3_close_v2(db_); }

SqliteDatabase::SqliteDatabase(SqliteDatabase&& other) noexcept
    : db_(std::exchange(other.db_, nullptr)) {}

Result<SqliteStatement> SqliteDatabase::prepare(std::string_view sql) const {
  SqliteStatement statement;
  const int code = sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()),
                                      &statement.statement_, nullptr);
  if (code != SQLITE_OK) return failed(db_, code);
  CHECK(statement.statement_ != nullptr);
  return statement;
}

Result<void> SqliteDatabase::execute(const std::string& sql) const {
  const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failed(db_, code);
  return {};
}

Result<std::int64_t> SqliteDatabase::integer(std::string_view sql) const {
  Result<SqliteStatement> statement = prepare(sql);
  if (!statement) return pass_on(std::move(statement));
  Result<bool> row = statement->step();
  if (!row) return pass_on(std::move(row));
  return *row ? statement->integer(0) : 0;
}

Result<std::string> SqliteDatabase::text(std::string_view sql) const {
  Result<SqliteStatement> statement = prepare(sql);
  if (!statement) return pass_on(std::move(statement));
  Result<bool> row = statement->step();
  if (!row) return pass_on(std::move(row));
  return *row ? std::string(statement->text(0)) : std::string();
}

bool SqliteDatabase::in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

std::int64_t SqliteDatabase::changes() const { return sqlite3_changes64(db_); }

Result<SqliteTransaction> SqliteTransaction::begin(const SqliteDatabase& db) {
  Result<void> begun = db.execute("BEGIN IMMEDIATE");
  if (!begun) return pass_on(std::move(begun));
  return SqliteTransaction(&db);
}

SqliteTransaction::~SqliteTransaction() {
  // SQLite has rolled back by itself after some errors (a full disk).
  if (db_ != nullptr && db_->in_transaction()) static_cast<void>(db_->execute("ROLLBACK"));
}

Result<void> SqliteTransaction::commit() {
  Result<void> committed = db_->execute("COMMIT");
  if (committed) db_ = nullptr;
  return committed;
}

}  // namespace sallyport::discovery
