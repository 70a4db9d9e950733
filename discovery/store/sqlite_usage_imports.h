#pragma once
// Imports of use into an SQLite store, one file at a time, beside a gateway that has it open.
//
//   auto imports = SqliteUsageImports::open(options);
//   const auto n = imports->begin(who, name, now);
//   while (...) imports->add(uses);                 // a transaction of a moment each
//   imports->finish(file, now);                     // from here on it counts
//
// INVARIANT: what is not finished counts for nothing, whatever ends the process; finish() is one
// transaction. What an import that was stopped left behind goes with the next open().
//
// No transaction lasts: a batch of add() is for the caller to keep small, and what is put together
// or deleted goes day by day, or chunk by chunk.
//
// Thread rule: one thread. One process at a time imports into a store.

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_usage_counter.h"
#include "discovery/store/usage_count.h"
#include "discovery/store/usage_imports.h"

namespace sallyport::discovery {

struct ImportStoreOptions {
  std::string path;  // of the store
  std::string lock;  // a file, made where it is missing
  UsageLimits limits = {};
  std::chrono::milliseconds busy_timeout{20'000};
};

class SqliteUsageImports {
 public:
  // Makes the store where there is none. `unavailable`: another process imports.
  static Result<std::unique_ptr<SqliteUsageImports>> open(ImportStoreOptions options);
  ~SqliteUsageImports();
  SqliteUsageImports(const SqliteUsageImports&) = delete;
  SqliteUsageImports& operator=(const SqliteUsageImports&) = delete;

  // By number.
  Result<std::vector<UsageImport>> list();
  // Deletes what imports left behind that were stopped in the middle. How many there were.
  Result<std::size_t> clean();

  // REQUIRES: none was begun and is neither finished nor given up.
  Result<UsageSource> begin(const std::string& who, const std::string& name, Time now);
  // REQUIRES of these three: one was begun.
  Result<void> add(std::span<const CountedUse> uses);
  Result<void> finish(const ImportedFile& file, Time now);
  Result<void> give_up();

  // Takes back an import that is in force. False: there is none of that number.
  Result<bool> remove(UsageSource number, const std::string& who, Time now);

 private:
  SqliteUsageImports(SqliteDatabase db, int lock, const UsageLimits& limits);

  Result<void> add_all(std::span<const CountedUse> uses, std::vector<std::chrono::sys_days>& days);
  Result<void> gather(std::chrono::sys_days day);
  Result<void> delete_chunks(UsageSource number);
  Result<void> delete_row(UsageSource number);

  SqliteDatabase db_;
  const int lock_;
  const UsageLimits limits_;
  UsageSource current_ = kSeenLive;
  std::unique_ptr<SqliteUsageCounter> counter_;  // of the current one
  std::int64_t version_ = 0;  // of the store, as others change it; 0: not looked at yet
  // Of one of its days, the times that something was put there.
  struct Scattered {
    std::size_t pieces = 0;    // since it was put together
    std::size_t gathered = 0;  // before
  };
  std::map<std::chrono::sys_days, Scattered> scattered_;
};

// For whoever only reads; nothing where there is no store.
Result<std::vector<UsageImport>> read_imports(const std::string& store);

}  // namespace sallyport::discovery
