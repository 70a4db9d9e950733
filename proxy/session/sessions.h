#pragma once
// Sessions: what one user did in one app from one address, without a rest of kRest. For policies
// that speak of session.*; counted only where one does.
//
// A session is told by the user (or nobody), the app (of a host that is in none, its registrable
// domain) and the client's address (IPv6: its /64). Its numbers are of exchanges that have ended,
// tunnels left out.
//
// INVARIANT: nobody ends a session by beginning others. Only what has rested is forgotten; of a
// client that has more sessions at once than kMostOfOne, or where there is no more room, the rest
// are one session.
//
// Of any thread.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/core/clock.h"
#include "base/crypto/siphash.h"
#include "policy/activity/activity.h"

namespace sallyport::session {

class Sessions {
 public:
  static constexpr std::chrono::minutes kRest{30};
  static constexpr std::size_t kMostOfOne = 256;

  explicit Sessions(std::size_t most = 262'144);

  class One {
   public:
    void add(std::uint64_t uploaded, std::uint64_t downloaded) {
      uploaded_.fetch_add(uploaded, std::memory_order_relaxed);
      downloaded_.fetch_add(downloaded, std::memory_order_relaxed);
      requests_.fetch_add(1, std::memory_order_relaxed);
    }
    policy::SessionFacts facts(Time now) const;

   private:
    friend class Sessions;
    Time began_{};
    Time last_{};  // with the shard's mutex held
    std::atomic<std::uint64_t> uploaded_{0};
    std::atomic<std::uint64_t> downloaded_{0};
    std::atomic<std::uint64_t> requests_{0};
  };

  // The session that an exchange is of, which goes on with it.
  std::shared_ptr<One> of(const policy::Activity& activity, Time now);
  std::size_t size() const;

 private:
  static constexpr std::size_t kShards = 64;
  using Book = std::unordered_map<std::string, std::shared_ptr<One>>;  // by app
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, Book> of_client;  // by user and address
    std::size_t sessions = 0;
    Time swept{};
  };
  static std::shared_ptr<One> go_on(std::shared_ptr<One>& session, Time now);
  static void drop_rested(Book& book, Time now);
  void sweep(Shard& shard, Time now);

  const std::size_t most_of_shard_;
  SipKey key_{};  // so that nobody can choose whose shard is full
  mutable std::array<Shard, kShards> shards_;
};

}  // namespace sallyport::session
