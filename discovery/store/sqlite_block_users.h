#pragma once
// The index of users in an SQLite store (block_users.h): written span by span while use is counted,
// which looks at every event anyhow; of blocks that were counted before there was an index, or that
// changed, later and one span at a time.
//
// INVARIANT: of a block that is in a span of block_spans, all users are in the index. Triggers of
// the schema take a span away when one of its blocks changes or another comes into it.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/block_users.h"
#include "discovery/store/sqlite_db.h"

namespace sallyport::discovery {

class SqliteBlockUsers {
 public:
  explicit SqliteBlockUsers(const SqliteDatabase& db) : db_(db) {}

  // Blocks as they are counted, by rising number; add() is of the last that was begun.
  void begin_block(std::int64_t n, std::uint64_t events);
  void add(std::string_view user);
  // Writes a span where there is enough for one. REQUIRES: a transaction is open, in which those
  // blocks are counted; after one that was taken back, forget().
  Result<void> keep();
  void forget();

  // Writes a span of blocks that are counted and in none, in a transaction of its own, and takes
  // away those whose blocks have left. True: there is more to do.
  Result<bool> catch_up();

 private:
  Result<void> insert(std::int64_t first, std::int64_t last, BlockUsersBuilder& builder);
  Result<bool> index_from(std::int64_t behind);

  const SqliteDatabase& db_;
  BlockUsersBuilder builder_;
  std::int64_t first_ = 0, last_ = 0;
  std::uint64_t blocks_ = 0, events_ = 0;
  std::uint64_t caught_up_ = 0;
};

// The blocks that may have something of the user, rising by number; nothing where there are so many
// that they are better looked through in order.
Result<std::optional<std::vector<std::int64_t>>> blocks_with_user(const SqliteDatabase& db,
                                                                  std::string_view user);

}  // namespace sallyport::discovery
