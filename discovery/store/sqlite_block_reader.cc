#include "discovery/store/sqlite_block_reader.h"

#include <utility>

namespace sallyport::discovery {

Result<BlockReader> BlockReader::make(const SqliteDatabase& db) {
  auto statement = db.prepare("SELECT ids, data FROM block_events WHERE n = ?");
  if (!statement) return pass_on(std::move(statement));
  return BlockReader(std::move(*statement));
}

Result<std::optional<OpenBlock>> BlockReader::open(std::int64_t n) {
  statement_.bind(1, n);
  const Result<bool> row = statement_.step();
  if (!row) return std::unexpected(row.error());
  std::optional<OpenBlock> opened;
  if (*row) {
    Result<OpenBlock> block = OpenBlock::open(statement_.text(0), statement_.text(1));
    if (!block) return pass_on(std::move(block));
    opened = std::move(*block);
  }
  statement_.reset();
  return opened;
}

std::unexpected<Error> BlockReader::unknown_words() {
  return fail(ErrorKind::invalid, Side::ours,
              "an event of the store is damaged, or has words that this version does not know");
}

}  // namespace sallyport::discovery
