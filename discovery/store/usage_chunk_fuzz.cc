// Any bytes as a chunk of counted use, compressed and uncompressed: refused, or entries that rise
// and that a writer puts into the same ones again.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>
#include <zstd.h>

#include "base/core/check.h"
#include "discovery/store/usage_chunk.h"

namespace {

using namespace sallyport::discovery;

void read(std::string_view bytes) {
  auto skipped = UsageChunk::open(bytes);
  if (!skipped) return;
  skipped->skip_to(3);
  UsageEntry behind;
  while (skipped->next(behind)) {
  }
  auto chunk = UsageChunk::open(bytes);
  if (!chunk) return;
  std::vector<UsageEntry> entries;
  UsageEntry entry;
  while (entries.size() < kMostChunkEntries && chunk->next(entry)) {
    CHECK(entry.first <= entry.last && entry.last < kPeriodMinutes);
    CHECK(entries.empty() || before(entries.back(), entry));
    entries.push_back(entry);
  }
  if (entries.empty()) return;
  UsageChunkWriter writer;
  for (const UsageEntry& one : entries) writer.add(one);
  auto again = UsageChunk::open(writer.finish());
  CHECK(again.has_value());
  for (const UsageEntry& one : entries) CHECK(again->next(entry) && entry == one);
  CHECK(!again->next(entry) && !again->damaged());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  read(text);
  std::string chunk(ZSTD_compressBound(size), '\0');
  const std::size_t length = ZSTD_compress(chunk.data(), chunk.size(), bytes, size, 1);
  CHECK(ZSTD_isError(length) == 0);
  chunk.resize(length);
  read(chunk);
  return 0;
}
