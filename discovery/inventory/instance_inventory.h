#pragma once
// Which instances (tenants, workspaces, sites) of apps are used, put together from the activities
// that were kept: an entry for each instance of each app.
//
// It knows what the exchanges themselves told: an app whose requests do not name the instance has
// none here, and `untold` counts them.
//
//   InstanceInventory instances(most);
//   instances.add(activity, {.stopped = true, .bytes_in = 10, .bytes_out = 20});  // by time
//   for (const InstanceEntry* entry : instances.sorted()) ...
//
// Memory: beyond `most` entries those that were seen longest ago go; the lists of an entry have the
// bounds below.

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

struct InstanceEntry {
  static constexpr std::size_t kMostUsers = 10'000;
  static constexpr std::size_t kMostAccounts = 50;

  std::string app;  // its id
  std::string app_name;
  std::string instance;  // as it was spelt last
  std::string kind;      // "corporate", "personal", "other", or "": as it was told last

  Time first;
  Time last;
  std::set<std::string> users;
  bool more_users = false;         // than there is room for
  std::set<std::string> accounts;  // of the app, by which it was used
  std::uint64_t activities = 0;
  std::uint64_t stopped = 0;  // of these, by policy
  std::uint64_t uploads = 0;
  std::uint64_t downloads = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

class InstanceInventory {
 public:
  explicit InstanceInventory(std::size_t most) : most_(most) {}

  struct Passed {
    bool stopped = false;
    std::uint64_t bytes_in = 0;  // as Event's
    std::uint64_t bytes_out = 0;
  };
  // What is in no app is passed over.
  void add(const policy::Activity& activity, const Passed& passed);

  // By the time when they were seen last, the newest first.
  std::vector<const InstanceEntry*> sorted() const;
  std::uint64_t dropped() const { return dropped_; }
  // Activities in apps of which nothing told the instance.
  std::uint64_t untold() const { return untold_; }

 private:
  struct Kept {
    std::string key;
    InstanceEntry entry;
  };
  using Place = std::list<Kept>::iterator;
  InstanceEntry& find(const policy::Activity& activity);

  std::size_t most_;
  std::list<Kept> entries_;  // that seen longest ago first
  std::map<std::string, Place, std::less<>> by_key_;
  std::uint64_t dropped_ = 0;
  std::uint64_t untold_ = 0;
};

}  // namespace sallyport::discovery
