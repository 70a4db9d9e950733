#pragma once
// Who may connect: so many connections in all, so many of one client, none while memory is short.
// One for all workers, from any thread, without a lock.
//
//   Admission::Place place;
//   if (admission.enter(peer.address, place) != Admission::Answer::admitted) ...close it...
//   ...the connection counts for as long as `place` lives...
//
// A client is an IPv4 address or an IPv6 /64: whoever has one address of a /64 has them all.
//
// INVARIANT: nobody is admitted while `connections` or more are open.
// The count of one client is exact, with two stated errors, both to its favour: while the same
// client is let in for the first time on several workers in the same instant it may get one more
// for each, and a client whose bucket of the table is full of eight others is not counted by
// itself. The table has four places per connection at the limit that it was made with, 65,536 at
// the least, and its hash is keyed by a secret of this process, so that nobody can choose whom to
// share a bucket with.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/core/address.h"
#include "base/crypto/siphash.h"

namespace sallyport::listen {

class Admission {
 public:
  struct Options {
    std::size_t connections = 20'000;
    std::size_t connections_per_client = 2'000;
  };

  enum class Answer : std::uint8_t { admitted, over_limit, over_client_limit, over_memory };

  // One admitted connection. Leaves when it is destroyed.
  class Place {
   public:
    Place() = default;
    ~Place() { leave(); }
    Place(Place&& other) noexcept { *this = std::move(other); }
    Place& operator=(Place&& other) noexcept;

   private:
    friend class Admission;
    void leave();
    Admission* admission_ = nullptr;
    std::atomic<std::uint64_t>* client_ = nullptr;  // null: not counted by itself
  };

  explicit Admission(const Options& options);
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // `place` must be empty before, and is filled where admitted.
  Answer enter(const IpAddress& client, Place& place);

  // Other limits from now on, for reloads; who is in stays in.
  void limit(const Options& options);

  // Told by whoever measures.
  void set_memory_short(bool is_short) { memory_short_.store(is_short, std::memory_order_relaxed); }
  bool memory_short() const { return memory_short_.load(std::memory_order_relaxed); }

  std::size_t open() const { return open_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kSlots = 8;
  // A client's tag in the upper 40 bits, its connections in the lower 24. A slot without
  // connections is 0, and free.
  struct alignas(64) Bucket {
    std::atomic<std::uint64_t> slots[kSlots]{};
  };

  std::uint64_t hash(const IpAddress& client) const;

  std::atomic<std::size_t> most_;
  std::atomic<std::size_t> most_per_client_;
  std::atomic<std::size_t> open_{0};
  std::atomic<bool> memory_short_{false};
  SipKey key_;
  std::vector<Bucket> buckets_;  // a power of two
};

}  // namespace sallyport::listen
