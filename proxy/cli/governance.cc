// governance log, store verify: what people and policies did, and whether the record of it is
// whole.

#include <deque>
#include <fmt/format.h>

#include "base/core/text.h"
#include "proxy/app/governance_words.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/kept_state.h"

namespace sallyport::cli {

namespace {

using discovery::GovernanceEntry;
using discovery::StateStore;

// Calls `take` on every entry, oldest first, a bounded number of them in memory. False after a
// message.
template <class Take>
bool each_entry(StateStore& store, Take take) {
  std::uint64_t after = 0;
  while (true) {
    const auto page = store.governance(after, StateStore::kMostGovernance);
    if (!page) {
      complain(describe(page.error()));
      return false;
    }
    for (const GovernanceEntry& entry : *page) take(entry);
    if (page->size() < StateStore::kMostGovernance) return true;
    after = page->back().number;
  }
}

}  // namespace

int governance_log(const GovernanceOptions& options) {
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  app::GovernanceFilter filter{options.action, options.user, options.app, options.who, {}, {}};
  if (!read_time(options.since, "--since", filter.since) ||
      !read_time(options.until, "--until", filter.until)) {
    return kWrongInput;
  }
  std::unique_ptr<StateStore> store;
  if (!open_for_reading(*state, store)) return kMachine;
  struct Shown {
    GovernanceEntry entry;
    app::GovernanceWords words;
  };
  std::deque<Shown> newest;
  if (store != nullptr && !each_entry(*store, [&](const GovernanceEntry& entry) {
        app::GovernanceWords words = app::words_of(entry);
        if (!filter.keeps(entry, words)) return;
        newest.push_back({entry, std::move(words)});
        if (newest.size() > options.limit) newest.pop_front();
      })) {
    return kMachine;
  }
  Listing listing(
      {"number", "at", "action", "user", "app", "what", "policy", "who", "until", "why"});
  for (auto one = newest.rbegin(); one != newest.rend(); ++one) {
    const auto& [entry, words] = *one;
    listing.add({Listing::number(entry.number), time_cell(entry.at), Listing::text(words.action),
                 Listing::text(words.user), Listing::text(words.app), Listing::text(words.what),
                 Listing::text(words.policy), Listing::text(entry.who),
                 time_cell(entry.until.value_or(Time{})), Listing::text(words.why)});
  }
  say(listing.render(options.format));
  return kOk;
}

int store_verify(const VerifyStoreOptions& options) {
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  std::optional<discovery::GovernanceHead> anchor;
  if (!options.head.empty()) {
    anchor = discovery::parse_governance_head(options.head);
    if (!anchor) {
      complain("--head is a number, a colon and 64 hexadecimal digits, as this command prints it");
      return kWrongInput;
    }
  }
  std::unique_ptr<StateStore> store;
  if (!open_for_reading(*state, store)) return kMachine;
  discovery::GovernanceCheck check(anchor);
  if (store != nullptr &&
      !each_entry(*store, [&check](const GovernanceEntry& entry) { check.take(entry); })) {
    return kMachine;
  }
  check.finish();
  if (check.fault_count() == 0) {
    say(fmt::format("the governance log is whole; its head: {}\n", to_string(check.head())));
    return kOk;
  }
  for (const std::string& fault : check.faults()) complain("governance log: " + fault);
  if (check.fault_count() > check.faults().size()) {
    complain(fmt::format("and {} faults more", check.fault_count() - check.faults().size()));
  }
  return kNo;
}

}  // namespace sallyport::cli
