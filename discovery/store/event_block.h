#pragma once
// Many events in one piece of bytes: what the store keeps them in. Events of a batch repeat each
// other nearly whole, so that compressed together (Zstandard, RFC 8878) they take a tenth.
//
//   for (const EventBlock& block : writer.write(events)) ...   // a batch, in blocks
//   auto block = OpenBlock::open(ids, data);                   // to look into one
//
// INVARIANT: the events of a block have ids within kBlockSpan, and so have their starts. Whoever
// goes through blocks in the order of their ends therefore knows when nothing older can follow.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "discovery/events/event.h"
#include "discovery/store/event_filter.h"

namespace sallyport::discovery {

constexpr std::chrono::seconds kBlockSpan{10};
constexpr std::int64_t kBlockSpanMillis =
    std::chrono::duration_cast<std::chrono::milliseconds>(kBlockSpan).count();
constexpr std::size_t kMostBlockEvents = 1024;
constexpr std::size_t kMostBlockBytes = 1024 * 1024;      // uncompressed; one event may be more
constexpr std::size_t kMostOpenBytes = 64 * 1024 * 1024;  // uncompressed, of what is read

struct EventBlock {
  Ulid first_id;
  Ulid last_id;
  Time first_time;  // by start
  Time last_time;
  std::uint32_t events = 0;
  std::uint32_t activities = 0;
  std::string filter;  // FilterBuilder's
  std::string ids;     // 16 bytes each, rising
  std::string data;    // the events in that order, packed (discovery/events/pack_event.h)
};

// Milliseconds since 1970 that an id was made at, and the smallest id of a millisecond.
std::int64_t millis_of(const Ulid& id);
Ulid first_id_of(std::int64_t millis);

class BlockWriter {
 public:
  BlockWriter();
  ~BlockWriter();

  // REQUIRES: no id twice. Borrowed until the next call.
  std::span<const EventBlock> write(std::vector<const Event*> events);

 private:
  void write_block(std::span<const Event* const> events);
  void compress(std::string& into);

  struct Zstd;
  std::unique_ptr<Zstd> zstd_;
  FilterBuilder filter_;
  std::vector<EventBlock> blocks_;
  std::string lengths_;
  std::string bodies_;
};

// A block uncompressed. Its events borrow from it.
class OpenBlock {
 public:
  // Refused: what no writer wrote, or more than kMostOpenBytes.
  static Result<OpenBlock> open(std::string_view ids, std::string_view data);

  std::size_t size() const { return ids_.size() / 16; }
  Ulid id(std::size_t at) const;
  std::string_view packed(std::size_t at) const { return packed_[at]; }

 private:
  std::string ids_;
  std::unique_ptr<char[]> bytes_;
  std::vector<std::string_view> packed_;
};

// Where `id` stands among ids of a block; npos: nowhere.
constexpr std::size_t kNotThere = static_cast<std::size_t>(-1);
std::size_t find_id(std::string_view ids, const Ulid& id);

}  // namespace sallyport::discovery
