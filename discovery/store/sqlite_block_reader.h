#pragma once
// Opening blocks of events by their number. For the sqlite_* files of this folder.

#include <cstdint>
#include <optional>

#include "base/core/result.h"
#include "discovery/store/event_block.h"
#include "discovery/store/sqlite_db.h"

namespace sallyport::discovery {

class BlockReader {
 public:
  static Result<BlockReader> make(const SqliteDatabase& db);

  // Nothing: it was removed meanwhile.
  Result<std::optional<OpenBlock>> open(std::int64_t n);

  // What is said of an event that cannot be read.
  static std::unexpected<Error> unknown_words();

 private:
  explicit BlockReader(SqliteStatement statement) : statement_(std::move(statement)) {}
  SqliteStatement statement_;
};

}  // namespace sallyport::discovery
