// governance log, store verify: what people and policies did, and whether the record of it is
// whole.

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <vector>

#include "base/core/text.h"
#include "proxy/app/governance_page.h"
#include "proxy/cli/audited.h"
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

// What is in force, by the log: what was set last and not taken back. Whoever changes the state
// past the log leaves a difference.
class InForce {
 public:
  void take(const GovernanceEntry& entry) {
    if (!first_) first_ = entry.at;
    // What was erased is not in force, and an erasure sets nothing.
    if (entry.emptied || entry.kind == discovery::kErasure) return;
    if (entry.taken_back) {
      set_.erase({entry.kind, entry.key});
    } else {
      set_[{entry.kind, entry.key}] = entry;
    }
  }

  // False after a message. Of what was set before there was a log nothing is known but how much.
  bool compare(StateStore& store, Time now, std::vector<std::string>& faults,
               std::size_t& older) const {
    auto left = set_;
    for (const std::string_view kind : discovery::governance_kinds()) {
      const auto entries = store.entries(kind, now);
      if (!entries) {
        complain(describe(entries.error()));
        return false;
      }
      for (const discovery::StateEntry& entry : *entries) {
        const auto logged = left.find({entry.kind, entry.key});
        if (logged == left.end()) {
          if (first_ && entry.at >= *first_) {
            faults.push_back(fmt::format("{} {} is in force, and the log knows nothing of it",
                                         entry.kind, printable(entry.key)));
          } else {
            ++older;
          }
          continue;
        }
        const GovernanceEntry& said = logged->second;
        if ((!discovery::is_secret(kind) && said.value != entry.value) || said.who != entry.who ||
            said.at != entry.at || said.until != entry.expires) {
          faults.push_back(fmt::format("{} {} is in force as another than entry {} says",
                                       entry.kind, printable(entry.key), said.number));
        }
        left.erase(logged);
      }
    }
    for (const auto& [name, entry] : left) {
      if (entry.until && *entry.until <= now) continue;
      faults.push_back(fmt::format("{} {} of entry {} is not in force, and nobody took it back",
                                   entry.kind, printable(entry.key), entry.number));
    }
    return true;
  }

 private:
  std::map<std::pair<std::string, std::string>, GovernanceEntry> set_;  // by kind and key
  std::optional<Time> first_;
};

constexpr int kMostTries = 5;           // while somebody does something
constexpr std::size_t kMostShown = 20;  // faults

}  // namespace

int governance_log(const GovernanceOptions& options) {
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  const auto user = asked_user(options.common, options.user);
  if (!user) return kMachine;
  app::GovernanceFilter filter{options.action, *user, options.app, options.who, {}, {}};
  if (!read_time(options.since, "--since", filter.since) ||
      !read_time(options.until, "--until", filter.until)) {
    return kWrongInput;
  }
  std::unique_ptr<StateStore> store;
  if (!open_for_reading(*state, store)) return kMachine;
  std::vector<app::GovernanceShown> shown;
  std::optional<std::uint64_t> before;
  while (store != nullptr && shown.size() < options.limit) {
    auto page = app::read_governance(*store, filter, before, options.limit - shown.size());
    if (!page) {
      complain(describe(page.error()));
      return kMachine;
    }
    std::ranges::move(page->entries, std::back_inserter(shown));
    before = page->next;
    if (!before) break;
  }
  if (options.format == "json") {
    say(json_array(shown));
    return kOk;
  }
  Listing listing(
      {"number", "at", "action", "user", "app", "what", "policy", "who", "until", "why"});
  for (const auto& [entry, words] : shown) {
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
  const int reads = verify_reads(*state, options.reads_head);
  if (store == nullptr && !anchor) {
    say("there is no governance log: nobody has done anything yet\n");
    return reads;
  }
  discovery::GovernanceCheck check(anchor);
  std::vector<std::string> faults;
  std::size_t older = 0;
  for (int left = kMostTries; store != nullptr && left > 0; --left) {
    check = discovery::GovernanceCheck(anchor);
    faults.clear();
    older = 0;
    InForce state_by_log;
    if (!each_entry(*store,
                    [&](const GovernanceEntry& entry) {
                      check.take(entry);
                      state_by_log.take(entry);
                    }) ||
        !state_by_log.compare(*store, system_clock().now(), faults, older)) {
      return kMachine;
    }
    // A gateway may have done something in between.
    const auto head = store->governance_head();
    if (!head) {
      complain(describe(head.error()));
      return kMachine;
    }
    if (*head == check.head()) break;
  }
  check.finish();
  if (check.fault_count() == 0 && faults.empty()) {
    say(fmt::format("the governance log is whole; its head: {}\n", to_string(check.head())));
    if (older > 0) say(fmt::format("{} things in force are older than the log\n", older));
    return reads;
  }
  for (const std::string& fault : check.faults()) complain("governance log: " + fault);
  if (check.fault_count() > check.faults().size()) {
    complain(fmt::format("and {} faults more", check.fault_count() - check.faults().size()));
  }
  for (std::size_t i = 0; i < std::min(faults.size(), kMostShown); ++i) {
    complain("state: " + faults[i]);
  }
  if (faults.size() > kMostShown) {
    complain(fmt::format("and {} differences more", faults.size() - kMostShown));
  }
  return std::max(reads, kNo);
}

}  // namespace sallyport::cli
