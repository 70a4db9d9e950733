#pragma once
// Who was there, when, and in how many apps: out of counted use, by whole days (UTC).
//
// Whom nothing is counted of (usage_exclusions.h) is not in it, nor is what is no use of anything.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "discovery/store/usage.h"

namespace sallyport::discovery {

struct UserSeen {
  std::string user;         // never "", which is nobody
  Time first{}, last{};     // to the minute
  std::uint64_t count = 0;  // exchanges and tunnels, those too that were stopped
  std::size_t apps = 0;     // of the catalog
};

struct UsersSeenQuestion {
  UsageQuestion span;
  std::string app;          // only what was done in it (its id, without case); "": in any
  std::size_t limit = 100;  // of how many `apps` is looked up; it is 0 for the rest
};

// Those that `keep` keeps, who was seen last first.
Result<std::vector<UserSeen>> users_seen(UsageReader& store, const UsersSeenQuestion& question,
                                         const std::function<bool(const UserSeen&)>& keep);

}  // namespace sallyport::discovery
