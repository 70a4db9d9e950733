#pragma once
// What people change while the gateway runs: tags of apps set by hand, suspensions of users, and
// what people answered where a policy asked (grants). With who and when, kept over restarts, apart
// from events: those grow old.
//
// INVARIANT: put() and remove() are durable when they return, and all or none.
// Thread rule: the desk's.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "discovery/store/governance_log.h"

namespace sallyport::discovery {

// One thing that was set. `kind` and `key` name it; setting it again replaces it.
struct StateEntry {
  std::string kind;   // "app_tag"
  std::string key;    // "mega/unsanctioned"
  std::string value;  // "add"; what it means is the kind's affair
  std::string who;    // may be empty: nobody said
  Time at;
  std::optional<Time> expires;

  bool operator==(const StateEntry&) const = default;
};

// What was ever done: `value` absent means that it was taken back.
struct StateChange {
  std::string kind;
  std::string key;
  std::optional<std::string> value;
  std::string who;
  Time at;

  bool operator==(const StateChange&) const = default;
};

// INVARIANT: of each kind that is_governance(), every put() and every remove() of something that
// was there has an entry in the governance log (governance_log.h), in the same transaction.
class StateStore {
 public:
  virtual ~StateStore() = default;

  // Those of a kind that have not expired at `now`, in the order they were set.
  virtual Result<std::vector<StateEntry>> entries(std::string_view kind, Time now) = 0;
  virtual Result<void> put(std::span<const StateEntry> entries) = 0;
  // What is not there is no error.
  virtual Result<void> remove(std::string_view kind, std::string_view key, std::string_view who,
                              Time at) = 0;
  // Newest first. The last kMostChanges are kept.
  virtual Result<std::vector<StateChange>> changes(std::string_view kind, std::size_t most) = 0;
  // Entries of the governance log behind `after`, oldest first; at most kMostGovernance.
  virtual Result<std::vector<GovernanceEntry>> governance(std::uint64_t after,
                                                          std::size_t most) = 0;
  virtual Result<GovernanceHead> governance_head() = 0;
  // Forgets what has expired; how many that were.
  virtual Result<std::size_t> expire(Time now) = 0;

  static constexpr std::size_t kMostChanges = 100'000;
  static constexpr std::size_t kMostGovernance = 10'000;
};

}  // namespace sallyport::discovery
