#include "discovery/inventory/instance_inventory.h"

#include <algorithm>

#include "base/core/text.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {

// The case of names of tenants says nothing.
InstanceEntry& InstanceInventory::find(const policy::Activity& activity) {
  std::string key = activity.app->id + '\n' + lower(activity.details->instance);
  const auto known = by_key_.find(key);
  if (known != by_key_.end()) {
    entries_.splice(entries_.end(), entries_, known->second);
    return known->second->entry;
  }
  const Place at = entries_.emplace(entries_.end());
  at->key = key;
  at->entry.app = activity.app->id;
  at->entry.first = activity.at;
  by_key_.emplace(std::move(key), at);
  while (entries_.size() > most_) {
    by_key_.erase(entries_.front().key);
    entries_.pop_front();
    ++dropped_;
  }
  return at->entry;
}

void InstanceInventory::add(const policy::Activity& activity, const Passed& passed) {
  if (!activity.app) return;
  if (!activity.details || activity.details->instance.empty()) {
    ++untold_;
    return;
  }
  const policy::Details& details = *activity.details;
  InstanceEntry& entry = find(activity);
  entry.app_name = activity.app->name;
  entry.instance = details.instance;
  if (!details.instance_kind.empty()) entry.kind = details.instance_kind;
  entry.last = activity.at;
  ++entry.activities;
  if (passed.stopped) ++entry.stopped;
  if (activity.type == policy::ActivityType::upload) ++entry.uploads;
  if (activity.type == policy::ActivityType::download) ++entry.downloads;
  entry.bytes_in += passed.bytes_in;
  entry.bytes_out += passed.bytes_out;
  if (!details.account.empty() && entry.accounts.size() < InstanceEntry::kMostAccounts) {
    entry.accounts.insert(details.account);
  }
  if (!activity.user || activity.user->empty()) return;
  if (entry.users.size() < InstanceEntry::kMostUsers) {
    entry.users.insert(*activity.user);
  } else {
    entry.more_users |= !entry.users.contains(*activity.user);
  }
}

std::vector<const InstanceEntry*> InstanceInventory::sorted() const {
  std::vector<const InstanceEntry*> all;
  all.reserve(entries_.size());
  for (const Kept& kept : entries_) all.push_back(&kept.entry);
  std::ranges::reverse(all);
  return all;
}

}  // namespace sallyport::discovery
