#pragma once
// Counting the use that the kept events tell (usage.h), in an SQLite store.
//
// Each block of events waits to be counted from the moment on that it is written, in the same
// transaction; and is counted and waits no longer in one transaction too. So whatever ends the
// process, no event counts twice or not at all. A store that was there before has its blocks wait,
// and they are counted step by step while the gateway runs.
//
// What was counted lies in chunks (usage_chunk.h): each step adds some, and now and then those of a
// day are merged. As it looks at every event, it indexes whose they are, too (block_users.h).

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "discovery/store/sqlite_block_users.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_usage_blocks.h"
#include "discovery/store/sqlite_usage_counter.h"
#include "discovery/store/usage_exclusions.h"

namespace sallyport::discovery {

class SqliteUsage {
 public:
  // Events that a step counts, about.
  static constexpr std::uint64_t kStep = 8192;

  SqliteUsage(const SqliteDatabase& db, const UsageLimits& limits);

  // Once, before anything else.
  Result<void> prepare();

  // Events that wait, about.
  std::uint64_t waiting() const { return waiting_; }
  void add_waiting(std::uint64_t events) { waiting_ += events; }

  // Counts a step's worth of blocks. True: there are more.
  Result<bool> count();

  // One step of putting the months before `day` together (sqlite_usage_chunks.h). True: there is
  // more to do.
  Result<bool> thin(std::chrono::sys_days before) { return counter_.chunks().thin(before); }

  // One step of putting what is counted together by service (sqlite_usage_blocks.h). True: there is
  // more to do.
  Result<bool> put_together(Time now) { return blocks_.step(now); }

  // One step of indexing the users of blocks that were counted before. True: there is more to do.
  Result<bool> index_users() { return users_.catch_up(); }

  // Deletes the days before `oldest`, and the oldest ones while all come to more than `most_bytes`
  // (0: no bound), where what is put together of them does not count. How many bytes are left, with
  // that.
  Result<std::uint64_t> retain(std::chrono::sys_days oldest, std::uint64_t most_bytes);

 private:
  Result<bool> count_blocks();
  Result<void> count_block(std::string_view ids, std::string_view data);
  Result<void> recount_waiting();

  const SqliteDatabase& db_;
  SqliteUsageCounter counter_;
  SqliteUsageBlocks blocks_;
  SqliteBlockUsers users_;
  std::optional<UsageExclusions> exclusions_;  // nothing: not read yet
  std::uint64_t waiting_ = 0;
  std::uint64_t counted_ = 0;  // of those of an older store
  bool catching_up_ = false;
};

}  // namespace sallyport::discovery
