#pragma once
// SQLite's C interface behind two owners. For the sqlite_* files of this folder and of
// discovery/alerts only.
//
// INVARIANT: values reach SQL by binding, never by joining texts.
// Thread rule: a Database and its statements belong to one thread.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sallyport::discovery {

// One prepared statement. Bound texts and blobs are borrowed: they must live until reset() or the
// end.
class SqliteStatement {
 public:
  SqliteStatement() = default;
  ~SqliteStatement();
  SqliteStatement(SqliteStatement&& other) noexcept;
  SqliteStatement& operator=(SqliteStatement&& other) noexcept;

  // Indexes count from 1.
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view text);
  void bind_blob(int index, std::string_view bytes);
  void bind_null(int index);
  // NULL for "".
  void bind_or_null(int index, std::string_view text);

  // True: there is a row. False: done.
  Result<bool> step();
  // Steps to the end, and makes it ready to be bound again.
  Result<void> run();
  void reset();

  // Columns count from 0, and live until the next step(). NULL reads as 0 or "".
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;

 private:
  friend class SqliteDatabase;
  sqlite3_stmt* statement_ = nullptr;
};

class SqliteDatabase {
 public:
  enum class Mode : unsigned char { write, read };

  // Read mode on a directory that cannot be written, with no writer about, opens the file as
  // immutable.
  static Result<SqliteDatabase> open(const std::string& path, Mode mode,
                                     std::chrono::milliseconds busy_timeout);
  ~SqliteDatabase();
  SqliteDatabase(SqliteDatabase&& other) noexcept;
  SqliteDatabase& operator=(SqliteDatabase&&) = delete;

  Result<SqliteStatement> prepare(std::string_view sql) const;
  // Statements without values, such as a schema. Rows are thrown away.
  Result<void> execute(const std::string& sql) const;
  // The first column of the first row.
  Result<std::int64_t> integer(std::string_view sql) const;
  Result<std::string> text(std::string_view sql) const;

  // Whether a transaction is open.
  bool in_transaction() const;
  std::int64_t changes() const;

 private:
  explicit SqliteDatabase(sqlite3* db) : db_(db) {}
  sqlite3* db_ = nullptr;
};

// BEGIN IMMEDIATE now; ROLLBACK at the end of the scope unless commit() came first.
class SqliteTransaction {
 public:
  static Result<SqliteTransaction> begin(const SqliteDatabase& db);
  ~SqliteTransaction();
  SqliteTransaction(SqliteTransaction&& other) noexcept : db_(other.db_) { other.db_ = nullptr; }
  SqliteTransaction& operator=(SqliteTransaction&&) = delete;
  Result<void> commit();

 private:
  explicit SqliteTransaction(const SqliteDatabase* db) : db_(db) {}
  const SqliteDatabase* db_;
};

}  // namespace sallyport::discovery
