#pragma once
// Which apps asked people for rights by OAuth, put together from the activities that were kept: an
// entry for each client at each place where such rights are given.
//
// It knows what passed the gateway: that somebody was sent to a consent page, or gave rights
// through an interface. What was granted elsewhere, before, or taken back again is not seen.
//
//   ConsentInventory consents(most);
//   consents.add(activity, stopped);      // in the order of time
//   consents.note_user(user);             // of every event: whom `common` is measured by
//   for (const ConsentEntry* entry : consents.sorted()) ...
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

struct ConsentEntry {
  static constexpr std::size_t kMostUsers = 10'000;
  static constexpr std::size_t kMostScopes = 500;
  static constexpr std::size_t kMostHosts = 20;

  std::string app;  // id of that where rights are given, "" for none of the catalog
  std::string app_name;
  std::string client;
  std::string name;             // as it called itself last
  std::set<std::string> hosts;  // that the rights are sent to: whose it is
  std::set<std::string> scopes;
  std::string level;  // the highest as it was told then

  Time first;
  Time last;
  std::string last_user;
  std::uint64_t requests = 0;
  std::uint64_t stopped = 0;  // of these, by policy
  bool admin = false;         // somebody asked for everybody
  std::set<std::string> users;
  bool more_users = false;  // than there is room for
};

// How many of the organization's users have to do with something (product.md section 10): "rare" is
// one of them or fewer than one in a hundred, "uncommon" fewer than one in ten, else "common".
std::string_view commonness(std::size_t users, std::size_t of_users);

class ConsentInventory {
 public:
  static constexpr std::size_t kMostUsers = 1'000'000;

  explicit ConsentInventory(std::size_t most) : most_(most) {}

  // What is no consent, or failed, is passed over.
  void add(const policy::Activity& activity, bool stopped);
  void note_user(std::string_view user);

  // By the time when they were seen last, the newest first.
  std::vector<const ConsentEntry*> sorted() const;
  std::uint64_t dropped() const { return dropped_; }
  std::size_t users() const { return users_.size(); }

 private:
  struct Kept {
    std::string key;
    ConsentEntry entry;
  };
  using Place = std::list<Kept>::iterator;
  ConsentEntry& find(const policy::Activity& activity);

  std::size_t most_;
  std::list<Kept> entries_;  // that seen longest ago first
  std::map<std::string, Place, std::less<>> by_key_;
  std::set<std::string, std::less<>> users_;
  std::uint64_t dropped_ = 0;
};

}  // namespace sallyport::discovery
