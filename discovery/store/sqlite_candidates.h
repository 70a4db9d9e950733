#pragma once
// The blocks of events that may hold answers to a question, in the order of their last ids: all of
// its span, or those of the user that it names. For sqlite_blocks.cc.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/query.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_values.h"

namespace sallyport::discovery {

class Candidates {
 public:
  // Both outlive it.
  Candidates(const SqliteDatabase& db, const Query& query);

  Result<void> prepare();

  // False: there are no more.
  Result<bool> next();
  // REQUIRES of these: next()
  std::int64_t n() const { return blocks_.integer(0); }
  Ulid last_id() const { return id_from_key(blocks_.text(1)); }
  std::string_view filter() const { return blocks_.text(2); }

 private:
  struct One {
    std::int64_t n;
    Ulid last_id;
  };
  // Those of them that are in the question's span.
  Result<void> list(const std::vector<std::int64_t>& numbers);

  const SqliteDatabase& db_;
  const Query& query_;
  const SqliteQuery asked_;
  SqliteStatement blocks_;
  std::optional<std::vector<One>> listed_;
  std::size_t at_ = 0;
};

}  // namespace sallyport::discovery
