// bucket = (user blocks block*)*
// user   = 16 bits of the hash: the difference to the one before
// block  = of the span: the difference to the one before; the first to the span's first
//
// All numbers are varints (policy/activity/pack_format.h).

#include "discovery/store/block_users.h"

#include <algorithm>

#include "policy/activity/pack_reader.h"

namespace sallyport::discovery {
namespace {

constexpr std::uint32_t kHashBits = 16;

std::uint32_t hash_of(std::uint64_t key) {
  return static_cast<std::uint32_t>(key / kUserBuckets) & ((1u << kHashBits) - 1);
}

void put(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

}  // namespace

void BlockUsersBuilder::add(std::int64_t block, std::uint64_t user) {
  const auto both = static_cast<std::uint32_t>(bucket_of(user)) << kHashBits | hash_of(user);
  pairs_.push_back({both, block});
}

std::vector<std::string> BlockUsersBuilder::build(std::int64_t first) {
  std::ranges::sort(pairs_);
  const auto rest = std::ranges::unique(pairs_);
  pairs_.erase(rest.begin(), rest.end());
  std::vector<std::string> buckets(kUserBuckets);
  std::uint32_t before = 0;
  for (std::size_t at = 0; at < pairs_.size();) {
    const std::uint32_t user = pairs_[at].user;
    std::string& out = buckets[user >> kHashBits];
    if (out.empty()) before = 0;
    const std::uint32_t hash = user & ((1u << kHashBits) - 1);
    const auto end = static_cast<std::size_t>(
        std::ranges::find_if(pairs_.begin() + static_cast<std::ptrdiff_t>(at), pairs_.end(),
                             [&](const Pair& one) { return one.user != user; }) -
        pairs_.begin());
    put(out, hash - before);
    before = hash;
    put(out, end - at);
    std::int64_t block = first;
    for (; at < end; ++at) {
      put(out, static_cast<std::uint64_t>(pairs_[at].block - block));
      block = pairs_[at].block;
    }
  }
  pairs_.clear();
  return buckets;
}

Result<void> find_user_blocks(std::string_view bucket, std::uint64_t user, std::int64_t first,
                              std::vector<std::int64_t>& blocks) {
  policy::packed::Unpacker from(bucket);
  const std::uint32_t wanted = hash_of(user);
  std::uint64_t hash = 0;
  const auto malformed = [] {
    return fail(ErrorKind::invalid, Side::ours,
                "the event store's index of users is damaged; stop the gateway, and put a backup "
                "in its place or move it away (with -wal and -shm)");
  };
  while (!from.at_end()) {
    std::uint64_t step = 0, count = 0;
    if (!from.varint(step) || !from.varint(count)) return malformed();
    if (step > UINT16_MAX || count > kMostSpanBlocks) return malformed();
    hash += step;
    if (hash > wanted) return {};
    std::int64_t block = first;
    for (; count > 0; --count) {
      std::uint64_t more = 0;
      if (!from.varint(more) || more > kMostSpanBlocks) return malformed();
      block += static_cast<std::int64_t>(more);
      if (hash == wanted) blocks.push_back(block);
    }
  }
  return {};
}

}  // namespace sallyport::discovery
