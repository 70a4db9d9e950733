#pragma once
// What files and folders passed, put together from the activities that were kept: an entry for each
// one of an app's instance, with what was last done to it and whom it was last opened to. Folders
// that were only looked at are passed over.
//
// It knows what passed the gateway, not what lies in the app: a file that somebody else shared, or
// that was shared from another network, looks private here.
//
//   FileInventory files(most);
//   store.read_past(..., [&](const PastEvent& event) { ... files.add(activity, user, stopped); });
//   for (const FileEntry* entry : files.sorted()) ...
//
// Two activities are of one file where app, instance and the app's id of it agree, or, where an
// activity knows no id, its path or name. Memory: about 1 KB an entry; beyond `most` entries those
// that were seen longest ago go.

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

// Whom it was last opened to, as far as it was seen (product.md 4.2).
enum class Sharing : std::uint8_t { unknown, internal, external, anyone };
std::string_view to_string(Sharing sharing);
std::optional<Sharing> parse_sharing(std::string_view word);
std::span<const std::string_view> sharing_words();

struct FileEntry {
  static constexpr std::size_t kMostTargets = 100;  // of each list below
  static constexpr std::size_t kMostPolicies = 20;

  std::string app;  // id
  std::string app_name;
  std::string instance;
  std::string instance_kind;
  std::string id;  // as the app numbers it
  std::string name;
  std::string path;    // as the app names it, where it is more than the name
  std::string parent;  // the folder that it lies in: the app's id of it, or its path
  std::string extension;
  std::string type;    // as the bytes show it, else as it was declared
  std::string family;  // "folder" of a folder
  std::string sha256;
  std::string scan_status;
  std::optional<std::uint64_t> size;
  std::string owner;  // the account that put it there, as last seen

  std::uint64_t uploads = 0;
  std::uint64_t downloads = 0;
  std::uint64_t others = 0;   // shares, renames, ...
  std::uint64_t stopped = 0;  // of all, those that policy stopped
  Time first;
  Time last;
  std::optional<Time> changed;  // when something was last done that changes it, its name or place
  bool deleted = false;         // that was the last thing that happened to it
  policy::ActivityType last_action = policy::ActivityType::other;
  std::string last_user;

  Sharing sharing = Sharing::unknown;
  std::set<std::string> shared_domains;    // outside of one's own
  std::set<std::string> personal_targets;  // addresses of free mail
  std::set<std::string> shared_users;      // addresses, and names as the app has them
  std::set<std::string> shared_groups;
  std::set<std::string> policies;  // names of those that decided

  // "ana@partner.example", or a domain that something was shared with.
  bool is_shared_with(std::string_view who) const;
};

class FileInventory {
 public:
  explicit FileInventory(std::size_t most) : most_(most) {}

  // What is of no file is passed over. `stopped`: policy let it not happen; then it changes only
  // the count and the time. `policy`: the name of the one that decided, or "". In the order of
  // time.
  void add(const policy::Activity& activity, bool stopped, std::string_view policy = {});

  // By the time when they were seen last, the newest first.
  std::vector<const FileEntry*> sorted() const;
  // Entries that went because there were too many.
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Kept {
    FileEntry entry;
    std::vector<std::string> keys;
  };
  using Place = std::list<Kept>::iterator;

  Place find(const policy::Activity& activity, std::string_view id, std::string_view path,
             std::string_view name);

  std::size_t most_;
  std::list<Kept> entries_;  // that seen longest ago first
  std::map<std::string, Place, std::less<>> by_key_;
  std::uint64_t dropped_ = 0;
};

}  // namespace sallyport::discovery
