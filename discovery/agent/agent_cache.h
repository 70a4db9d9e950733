#pragma once
// The answers of Agents that one worker has had, so that a known User-Agent costs a hash and a
// comparison. The least recently used of 1,024 is forgotten first. An answer is kept for the day on
// which it was made, because what is outdated depends on the date, and for the Agents that gave it.
//
// At most about 4 MiB: 1,024 keys of 4,099 bytes, if all are as long as they can be. Belongs to one
// worker.

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/core/clock.h"
#include "discovery/agent/agents.h"

namespace sallyport::discovery {

class AgentCache {
 public:
  static constexpr std::size_t kDefaultCapacity = 1024;

  struct Stats {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
  };

  explicit AgentCache(std::size_t capacity = kDefaultCapacity);  // At least 1.

  // Null where nothing is known. The facts live until the next call. `agents` may be null.
  const policy::AgentFacts* find(const std::shared_ptr<const Agents>& agents,
                                 const AgentClaims& claims, Time now);

  std::size_t size() const { return index_.size(); }
  const Stats& stats() const { return stats_; }

 private:
  struct Entry {
    std::string key;
    policy::AgentFacts facts;
  };
  using Entries = std::list<Entry>;  // The most recent first.

  std::size_t capacity_;
  std::shared_ptr<const Agents> agents_;  // Held, so that its address is nobody else's.
  std::chrono::sys_days day_{};
  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> index_;  // Views into Entry::key.
  std::string key_;                                                // Room for the next key.
  Stats stats_;
};

}  // namespace sallyport::discovery
