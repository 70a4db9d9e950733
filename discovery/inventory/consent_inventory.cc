#include "discovery/inventory/consent_inventory.h"

#include <algorithm>

#include "base/core/text.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

void insert(std::set<std::string>& into, const std::string& text, std::size_t most) {
  if (!text.empty() && into.size() < most) into.insert(text);
}

std::ptrdiff_t rank(std::string_view level) {
  const auto words = policy::permission_level_words();
  const auto at = std::ranges::find(words, level);
  return at == words.end() ? -1 : at - words.begin();
}

}  // namespace

std::string_view commonness(std::size_t users, std::size_t of_users) {
  if (users <= 1 || users * 100 < of_users) return "rare";
  return users * 10 < of_users ? "uncommon" : "common";
}

ConsentEntry& ConsentInventory::find(const policy::Activity& activity) {
  const std::string place = activity.app ? activity.app->id : activity.host;
  std::string key = place + '\n' + lower(activity.details->consent_client);
  const auto known = by_key_.find(key);
  if (known != by_key_.end()) {
    entries_.splice(entries_.end(), entries_, known->second);
    return known->second->entry;
  }
  const Place at = entries_.emplace(entries_.end());
  at->key = key;
  at->entry.first = activity.at;
  at->entry.client = activity.details->consent_client;
  by_key_.emplace(std::move(key), at);
  while (entries_.size() > most_) {
    by_key_.erase(entries_.front().key);
    entries_.pop_front();
    ++dropped_;
  }
  return at->entry;
}

void ConsentInventory::add(const policy::Activity& activity, bool stopped) {
  if (activity.type != policy::ActivityType::consent || !activity.details) return;
  const policy::Details& details = *activity.details;
  if (details.consent_client.empty() || details.outcome == "failed") return;
  ConsentEntry& entry = find(activity);
  entry.app = activity.app ? activity.app->id : "";
  entry.app_name = activity.app ? activity.app->name : activity.host;
  entry.last = activity.at;
  ++entry.requests;
  if (stopped) ++entry.stopped;
  if (!details.consent_name.empty()) entry.name = details.consent_name;
  insert(entry.hosts, details.consent_redirect, ConsentEntry::kMostHosts);
  for (const std::string& scope : details.consent_scopes) {
    insert(entry.scopes, scope, ConsentEntry::kMostScopes);
  }
  if (rank(details.consent_level) > rank(entry.level)) entry.level = details.consent_level;
  entry.admin |= activity.admin.value_or(false);
  if (!activity.user || activity.user->empty()) return;
  entry.last_user = *activity.user;
  if (entry.users.size() < ConsentEntry::kMostUsers) {
    entry.users.insert(*activity.user);
  } else {
    entry.more_users |= !entry.users.contains(*activity.user);
  }
}

void ConsentInventory::note_user(std::string_view user) {
  if (user.empty() || users_.size() == kMostUsers || users_.contains(user)) return;
  users_.emplace(user);
}

std::vector<const ConsentEntry*> ConsentInventory::sorted() const {
  std::vector<const ConsentEntry*> all;
  all.reserve(entries_.size());
  for (const Kept& kept : entries_) all.push_back(&kept.entry);
  std::ranges::reverse(all);
  return all;
}

}  // namespace sallyport::discovery
