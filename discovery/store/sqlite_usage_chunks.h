#pragma once
// The chunks of counted use in an SQLite store: put there, merged, thinned out, deleted.
//
// Chunks are sums of what they hold, so any number of them may lie beside each other, and putting
// some together changes no answer. Fresh ones of a day are merged when there are many or the day is
// over. A month all of whose days are old becomes one period: of a user who does the same every day
// it then says so once. That happens chunk by chunk, each with those of the month that have the
// same users, so that no step lasts.
//
// Chunks of different sources stay apart, whatever is done with them. Those of imports are never
// fresh: whoever imports puts them together (gather()), and the gateway leaves them alone until
// they are thinned out.
//
// What is damaged stays as it is, so that whoever reads it is told.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/usage_chunk.h"

namespace sallyport::discovery {

class SqliteUsageChunks {
 public:
  // `source`: of what is put there and merged. Thinning and deleting are for all of them.
  explicit SqliteUsageChunks(const SqliteDatabase& db, UsageSource source = kSeenLive)
      : db_(db), source_(source) {}

  // Once, before anything else.
  Result<void> prepare();

  // REQUIRES of all three: a transaction is open.
  // What `chunk` has, as a fresh chunk of that day; nothing where it has nothing.
  Result<void> insert_fresh(std::chrono::sys_days day, UsageFamily family, UsageChunkWriter& chunk);
  // Merges those of days that are due. The days of UsageFamily::who that were, with the number of
  // their entries now.
  using Merged = std::vector<std::pair<std::chrono::sys_days, std::size_t>>;
  Result<Merged> merge_due(std::chrono::sys_days newest);

  // Puts the chunks of that day and family together. How many entries that makes; nothing where one
  // is damaged.
  Result<std::optional<std::size_t>> gather(std::chrono::sys_days day, UsageFamily family);

  // One step of putting the months before `day` together. True: there is more to do.
  Result<bool> thin(std::chrono::sys_days before);

  // The first day that is to stay so that nothing older than `oldest` does, and not more than
  // `most_bytes` (0: any); nothing where all stays.
  Result<std::optional<std::chrono::sys_days>> first_to_keep(std::chrono::sys_days oldest,
                                                             std::uint64_t most_bytes);
  // REQUIRES: a transaction is open.
  Result<void> remove_before(std::chrono::sys_days day);

 private:
  struct Place {
    UsagePeriod period;
    UsageFamily family = UsageFamily::who;
    int level = 0;
    UsageSource source = kSeenLive;
  };
  struct Source {
    std::int64_t n = 0;
    std::chrono::sys_days day;
  };
  struct Made {
    std::size_t entries = 0;
    NameNumber first_user = kOther;
    NameNumber last_user = kOther;
    std::string data;
  };
  static Made make(UsageChunkWriter& writer);
  Result<void> insert(const Place& place, const Made& chunk);
  // Puts the sources together at `place`, in their place. How many entries that makes; nothing
  // where one is damaged.
  Result<std::optional<std::size_t>> rewrite(const std::vector<Source>& sources,
                                             const Place& place);
  Result<std::vector<Source>> sources(SqliteStatement& statement);
  Result<void> remove(const std::vector<Source>& sources);
  Result<void> mark_damaged(const std::vector<Source>& sources);

  const SqliteDatabase& db_;
  const UsageSource source_;
  SqliteStatement insert_;
  SqliteStatement read_;
  SqliteStatement remove_;
  SqliteStatement mark_;
  UsageChunkWriter writer_;
};

}  // namespace sallyport::discovery
