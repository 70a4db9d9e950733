#pragma once
// A table of marks that end by themselves, of fixed size, written and read by all workers at once
// without a lock.
//
// A key is a keyed hash of whatever is marked; a mark is the moment at which it ends. The table is
// buckets of eight cells, one cache line each; where a bucket is full, the mark that would have
// ended first goes.
//
// What it may get wrong, and who uses it has to be content with that: a key is told from others in
// its bucket by 24 bits, so about one look-up in two million of a full table finds somebody else's
// mark; two threads that mark a new key in the same instant may keep one of the two; and a full
// bucket forgets. It never blocks, grows or fails.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sallyport::auth {

class ExpiringTable {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  using Span = std::chrono::milliseconds;

  // `cells` is a power of two, at least 8. Moments before `begin` do not occur.
  ExpiringTable(std::size_t cells, Moment begin);
  ExpiringTable(const ExpiringTable&) = delete;
  ExpiringTable& operator=(const ExpiringTable&) = delete;

  // For how long the key is still marked; zero where it is not.
  Span left(std::uint64_t key, Moment now) const;
  // Marks it for `by` more: from the end of its mark, or from now.
  void extend(std::uint64_t key, Span by, Moment now);
  // Marks it until `now + span`, whether that is later or earlier than before.
  void mark(std::uint64_t key, Span span, Moment now);
  void clear(std::uint64_t key);

 private:
  using Cell = std::atomic<std::uint64_t>;  // tag above, end below; 0 is free
  static constexpr std::size_t kWays = 8;
  struct alignas(64) Bucket {
    Cell cells[kWays]{};
  };

  const Bucket& bucket_of(std::uint64_t key) const { return buckets_[key & mask_]; }
  Bucket& bucket_of(std::uint64_t key) { return buckets_[key & mask_]; }
  std::uint64_t at(Moment now) const;  // milliseconds since `begin_`, from 1
  template <class End>
  void put(std::uint64_t key, std::uint64_t now, End end);

  std::vector<Bucket> buckets_;
  std::size_t mask_;
  Moment begin_;
};

}  // namespace sallyport::auth
