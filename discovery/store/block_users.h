#pragma once
// Which blocks of events have something of a user: of a span of blocks, by the hash of the user's
// name. So that whoever asks for one person opens that person's blocks, and looks at no other's
// filter.
//
// INVARIANT: every block of the span that has an event of the user is found; of others about one in
// a million is found too, so events are looked at all the same. Hashes stand in files.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"

namespace sallyport::discovery {

// Users are dealt into so many buckets, so that one question reads a small part.
constexpr std::size_t kUserBuckets = 64;
constexpr std::size_t kMostSpanBlocks = 64 * 1024;

// Of a FilterKey of a user (event_filter.h).
constexpr std::size_t bucket_of(std::uint64_t key) { return key % kUserBuckets; }

class BlockUsersBuilder {
 public:
  // Blocks by rising number. `user`: a key of one who is in it, as often as one likes.
  void add(std::int64_t block, std::uint64_t user);
  bool empty() const { return pairs_.empty(); }
  // The bytes of each bucket; "" for nobody in it. `first`: the number of the span's first block.
  // Empties the builder.
  std::vector<std::string> build(std::int64_t first);

 private:
  struct Pair {
    std::uint32_t user;  // bucket, then hash
    std::int64_t block;
    auto operator<=>(const Pair&) const = default;
  };
  std::vector<Pair> pairs_;
};

// Adds the numbers of the blocks that have the user, rising, to `blocks`. Refused: what no builder
// built.
Result<void> find_user_blocks(std::string_view bucket, std::uint64_t user, std::int64_t first,
                              std::vector<std::int64_t>& blocks);

}  // namespace sallyport::discovery
