#pragma once
// The governance log, newest first and page by page, for the command line and the API alike.
//
// Thread rule: that of the store.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/state_store.h"
#include "proxy/app/governance_words.h"

namespace sallyport::app {

inline constexpr std::size_t kMostGovernanceLooked = 100'000;  // entries, for one page

struct GovernanceShown {
  discovery::GovernanceEntry entry;
  GovernanceWords words;
};

struct GovernancePage {
  std::vector<GovernanceShown> entries;
  // More may follow: ask again for what stands before this number. A page may be short, or even
  // empty, and not the last: one look goes through kMostGovernanceLooked entries at most.
  std::optional<std::uint64_t> next;
};

// Those before the entry of that number (nothing: all), that the filter keeps, `limit` at most.
Result<GovernancePage> read_governance(discovery::StateStore& store, const GovernanceFilter& filter,
                                       std::optional<std::uint64_t> before, std::size_t limit);

// {"number", "at", "action", "user", "app", "what", "policy", "who", "until", "why"}; what is empty
// is absent.
void append_json(std::string& out, const GovernanceShown& shown);

}  // namespace sallyport::app
