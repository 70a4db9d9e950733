#pragma once
// Putting counted use together by service (usage_block.h) in an SQLite store, behind everything
// else: of each day that is over and of each month, then of weeks and of four weeks, so that a long
// span is read from few pieces.
//
// INVARIANT: a block says what the chunks of its days say that are not fresh. Whoever changes one
// of those loses the block (triggers of the schema), and it is made again here. Where a chunk is
// damaged there is none, and whoever reads the chunks is told.

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_usage_counter.h"
#include "discovery/store/usage_block.h"

namespace sallyport::discovery {

// Of `level` in usage_blocks. Weeks and four weeks begin on Thursdays, as 1970 did.
constexpr int kLeafBlock = 0, kWeekBlock = 1, kFourWeekBlock = 2;

class SqliteUsageBlocks {
 public:
  SqliteUsageBlocks(const SqliteDatabase& db, SqliteUsageCounter& counter)
      : db_(db), counter_(counter) {}

  // Makes one block, in a transaction of its own. True: there is more to do.
  Result<bool> step(Time now);

 private:
  struct Place {
    std::int64_t source = kSeenLive;
    std::int64_t family = 0;
    std::int64_t day = 0;
    std::int64_t days = 1;
    int level = kLeafBlock;
  };
  // Merges the fresh chunks of days that are over, once an hour.
  Result<bool> gather(Time now);
  Result<std::optional<Place>> next_leaf(std::int64_t today);
  Result<std::optional<Place>> next_wider(std::int64_t today, int level);
  Result<void> make_leaf(const Place& place);
  Result<void> make_wider(const Place& place);
  Result<void> mark_damaged(const std::vector<std::int64_t>& chunks);
  Result<void> insert(const Place& place, const UsageBlockData& data);
  Result<NameNumber> nobody(const Place& place);

  const SqliteDatabase& db_;
  SqliteUsageCounter& counter_;
  Time gathered_{};
  std::uint64_t made_ = 0;  // since it was last told
  bool told_ = false;
};

}  // namespace sallyport::discovery
