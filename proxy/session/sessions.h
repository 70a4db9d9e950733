#pragma once
// Sessions: what one user did in one app from one address, without a rest of kRest. For policies
// that speak of session.*; counted only where one does.
//
// A session is told by the user (or nobody), the app (of a host that is in none, its registrable
// domain) and the client's address. Its numbers are of exchanges that have ended, tunnels left out.
//
// Of any thread. Bounded: of more than `most` sessions the one that has rested longest in its shard
// is forgotten, and begins anew.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/core/clock.h"
#include "policy/activity/activity.h"

namespace sallyport::session {

class Sessions {
 public:
  static constexpr std::chrono::minutes kRest{30};

  explicit Sessions(std::size_t most = 262'144) : most_of_shard_(most / kShards) {}

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
  struct Entry {
    std::string key;
    std::shared_ptr<One> session;
  };
  struct Shard {
    std::mutex mutex;
    std::list<Entry> by_use;  // the latest first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key;
  };

  const std::size_t most_of_shard_;
  mutable std::array<Shard, kShards> shards_;
};

}  // namespace sallyport::session
