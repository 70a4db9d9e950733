#include "discovery/inventory/file_inventory.h"

#include <algorithm>
#include <array>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

using policy::ActivityType;

constexpr std::array<std::string_view, 4> kSharing = {"unknown", "internal", "external", "anyone"};

bool opens(ActivityType type) {
  return type == ActivityType::share || type == ActivityType::invite;
}

bool has(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

// Of an activity that opens something: to whom.
Sharing sharing_of(const policy::Details& details) {
  if (has(details.target_links, "anyone")) return Sharing::anyone;
  for (const std::string_view outside : {"external", "personal", "disposable"}) {
    if (has(details.target_classes, outside)) return Sharing::external;
  }
  if (has(details.target_classes, "internal") || has(details.target_links, "organization")) {
    return Sharing::internal;
  }
  // A domain of which nobody said whose it is.
  return details.target_domains.empty() ? Sharing::unknown : Sharing::external;
}

bool changes(ActivityType type) {
  switch (type) {
    case ActivityType::upload:
    case ActivityType::create:
    case ActivityType::edit:
    case ActivityType::rename:
    case ActivityType::move:
    case ActivityType::delete_:
      return true;
    default:
      return false;
  }
}

void insert(std::set<std::string>& into, const std::string& text, std::size_t most) {
  if (into.size() < most) into.insert(text);
}

void note_sharing(const policy::Details& details, FileEntry& entry) {
  for (const std::string& mail : details.target_emails) {
    insert(entry.shared_users, mail, FileEntry::kMostTargets);
  }
  for (const std::string& user : details.target_users) {
    insert(entry.shared_users, user, FileEntry::kMostTargets);
  }
  for (const std::string& group : details.target_groups) {
    insert(entry.shared_groups, group, FileEntry::kMostTargets);
  }
  const Sharing sharing = sharing_of(details);
  if (sharing == Sharing::unknown) return;
  entry.sharing = sharing;
  if (sharing == Sharing::external) {
    entry.shared_domains.insert(details.target_domains.begin(), details.target_domains.end());
  }
  if (has(details.target_classes, "personal")) {
    entry.personal_targets.insert(details.target_emails.begin(), details.target_emails.end());
  }
}

void set(std::string& field, const std::string& value) {
  if (!value.empty()) field = value;
}

}  // namespace

bool FileEntry::is_shared_with(std::string_view who) const {
  const std::string wanted = lower(who);
  const auto is_meant = [&](std::string_view text, bool domain) {
    const std::size_t at = domain ? text.rfind('@') : text.npos;
    if (domain && at == text.npos) return false;
    return iequals(domain ? text.substr(at + 1) : text, wanted);
  };
  const bool domain = wanted.find('@') == wanted.npos;
  if (shared_domains.contains(wanted)) return true;
  return std::ranges::any_of(shared_users, [&](const std::string& user) {
    return is_meant(user, domain) || (domain && is_meant(user, false));
  });
}

std::string_view to_string(Sharing sharing) { return kSharing[static_cast<std::size_t>(sharing)]; }

std::optional<Sharing> parse_sharing(std::string_view word) {
  const auto at = std::ranges::find(kSharing, word);
  if (at == kSharing.end()) return std::nullopt;
  return static_cast<Sharing>(at - kSharing.begin());
}

std::span<const std::string_view> sharing_words() { return kSharing; }

FileInventory::Place FileInventory::find(const policy::Activity& activity, std::string_view id,
                                         std::string_view path, std::string_view name) {
  std::string place = activity.app ? activity.app->id : activity.host;
  place += '\n';
  if (activity.details) place += activity.details->instance;
  place += '\n';
  std::vector<std::string> keys;
  if (!id.empty()) keys.push_back(place + "id\n" + std::string(id));
  if (!path.empty()) {
    keys.push_back(place + "path\n" + std::string(path));
  } else if (id.empty()) {
    keys.push_back(place + "name\n" + std::string(name));
  }
  Place at = entries_.end();
  for (const std::string& key : keys) {
    if (const auto known = by_key_.find(key); known != by_key_.end()) {
      at = known->second;
      break;
    }
  }
  if (at == entries_.end()) {
    at = entries_.emplace(entries_.end());
    at->entry.first = activity.at;
  } else {
    entries_.splice(entries_.end(), entries_, at);
  }
  for (std::string& key : keys) {
    if (by_key_.emplace(key, at).second) at->keys.push_back(std::move(key));
  }
  while (entries_.size() > most_) {
    for (const std::string& key : entries_.front().keys) by_key_.erase(key);
    entries_.pop_front();
    ++dropped_;
  }
  return at;
}

void FileInventory::add(const policy::Activity& activity, bool stopped, std::string_view policy) {
  const ActivityType type = activity.type.value_or(ActivityType::other);
  const bool carried = type == ActivityType::upload || type == ActivityType::download;
  const policy::Details* details = activity.details ? &*activity.details : nullptr;
  const bool of_folder = details != nullptr && details->object_kind == "folder" && !carried &&
                         type != ActivityType::view && type != ActivityType::other;
  const bool of_file = details != nullptr && (details->object_kind == "file" || of_folder);
  if (!of_file && !(carried && activity.file)) return;
  if (details != nullptr && details->outcome == "failed") return;
  // Of a transfer in several requests the one that ends it tells all.
  const bool step = details != nullptr && !details->transfer_step.empty();
  if (step && details->transfer_step != "finish" && !stopped) return;
  const std::string id = of_file ? details->object_id : "";
  std::string path = of_file ? details->object_name : "";
  std::string name = activity.file ? activity.file->name : "";
  if (name.empty()) name = path.substr(path.rfind('/') + 1);
  if (path == name) path.clear();
  if (id.empty() && path.empty() && name.empty()) return;

  FileEntry& entry = find(activity, id, path, name)->entry;
  entry.last = activity.at;
  entry.last_action = type;
  set(entry.last_user, activity.user.value_or(""));
  if (!policy.empty()) {
    insert(entry.policies, std::string(policy), FileEntry::kMostPolicies);
  }
  if (stopped) {
    ++entry.stopped;
  } else {
    if (changes(type)) entry.changed = activity.at;
    entry.deleted = type == ActivityType::delete_;
    ++(type == ActivityType::upload     ? entry.uploads
       : type == ActivityType::download ? entry.downloads
                                        : entry.others);
  }
  entry.app = activity.app ? activity.app->id : "";
  entry.app_name = activity.app ? activity.app->name : activity.host;
  set(entry.id, id);
  set(entry.name, name);
  set(entry.path, path);
  if (of_folder) entry.family = "folder";
  if (path.rfind('/') != path.npos) entry.parent = path.substr(0, path.rfind('/'));
  if (details != nullptr) {
    set(entry.parent, details->object_parent);
    set(entry.instance, details->instance);
    set(entry.instance_kind, details->instance_kind);
    if (type == ActivityType::upload || entry.owner.empty()) set(entry.owner, details->account);
    if (!stopped && opens(type)) note_sharing(*details, entry);
    if (!stopped && type == ActivityType::unshare) {
      entry.sharing = Sharing::unknown;
      entry.shared_domains.clear();
      entry.personal_targets.clear();
      entry.shared_users.clear();
      entry.shared_groups.clear();
    }
  }
  if (!activity.file) return;
  const policy::FileFacts& file = *activity.file;
  set(entry.extension, file.extension);
  set(entry.type, file.sniffed_type.empty() ? file.type : file.sniffed_type);
  set(entry.family, file.family);
  set(entry.sha256, file.sha256);
  set(entry.scan_status, file.scan_status);
  if (file.size) entry.size = file.size;
}

std::vector<const FileEntry*> FileInventory::sorted() const {
  std::vector<const FileEntry*> all;
  all.reserve(entries_.size());
  for (const Kept& kept : entries_) all.push_back(&kept.entry);
  std::ranges::reverse(all);
  return all;
}

}  // namespace sallyport::discovery
