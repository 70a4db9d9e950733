#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/inventory/file_inventory.h"
#include "discovery/names/name_tags.h"
#include "discovery/names/plain_words.h"
#include "discovery/store/sqlite_store.h"
#include "discovery/users/user_directory.h"
#include "policy/activity/pack.h"
#include "proxy/app/config.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/kept_state.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {
namespace {

using discovery::FileEntry;

constexpr std::size_t kMostFiles = 1'000'000;  // of which the inventory knows at once

// What filters need beside the entries, from the files of now.
struct Beside {
  std::shared_ptr<const discovery::NameTags> tags = std::make_shared<const discovery::NameTags>();
  std::shared_ptr<const discovery::Users> users;  // where a filter asks for groups
  std::optional<Time> changed_since, changed_until, seen_since, seen_until;
};

template <class T>
bool take(Checked<std::shared_ptr<const T>> read, std::shared_ptr<const T>& into) {
  if (read) {
    into = std::move(*read);
  } else {
    complain("\n" + render(read.error()));
  }
  return read.has_value();
}

// False after a message.
bool read_beside(const FilesOptions& options, Beside& beside) {
  if (!read_time(options.changed_since, "--changed-since", beside.changed_since) ||
      !read_time(options.changed_until, "--changed-until", beside.changed_until) ||
      !read_time(options.first_since, "--first-since", beside.seen_since) ||
      !read_time(options.first_until, "--first-until", beside.seen_until)) {
    return false;
  }
  // A state directory of elsewhere may be looked at without its configuration.
  if (!options.common.state.empty() && !std::filesystem::exists(options.common.config)) return true;
  Diagnostics warnings;
  auto config = app::load_config(options.common.config, warnings);
  if (config && !options.common.state.empty()) config->state_directory = options.common.state;
  if (!config) {
    complain("\n" + render(config.error()));
    return false;
  }
  if (!config->file_names.empty() &&
      !take(discovery::load_name_tags(config->file_names), beside.tags)) {
    return false;
  }
  return options.owner_group.empty() || (beside.users = people_of(*config)) != nullptr;
}

bool is_within(const std::optional<Time>& at, const std::optional<Time>& since,
               const std::optional<Time>& until) {
  if (!since && !until) return true;
  return at && (!since || *at >= *since) && (!until || *at < *until);
}

bool has_words(const std::vector<std::string>& wanted, std::string_view name) {
  if (wanted.empty()) return true;
  const std::string words = discovery::plain_words(name, discovery::InnerCapitals::part);
  return std::ranges::any_of(wanted, [&](const std::string& one) {
    const std::string phrase = discovery::plain_words(one, discovery::InnerCapitals::stay);
    return !phrase.empty() && words.find(phrase) != words.npos;
  });
}

bool is_owned_by_group(const Beside& beside, const std::string& group, const FileEntry& entry) {
  if (group.empty()) return true;
  if (beside.users == nullptr || entry.owner.empty()) return false;
  const discovery::Person* owner = beside.users->find(lower(entry.owner));
  return owner != nullptr && std::ranges::find(owner->groups, lower(group)) != owner->groups.end();
}

// The command's filters (product.md 4.3). Texts that are "" ask for nothing.
bool is_wanted(const FilesOptions& options, const Beside& beside, const FileEntry& entry) {
  const auto is = [](const std::string& wanted, std::string_view value) {
    return wanted.empty() || iequals(wanted, value);
  };
  const auto like = [](const std::string& pattern, std::string_view value) {
    return pattern.empty() || glob_match(lower(pattern), lower(value));
  };
  const auto one_of = [&](const std::string& wanted, const std::set<std::string>& values) {
    return wanted.empty() ||
           std::ranges::any_of(values, [&](const std::string& one) { return is(wanted, one); });
  };
  if (!is(options.app, entry.app) || !is(options.instance, entry.instance) ||
      !is(options.instance_kind, entry.instance_kind) || !is(options.extension, entry.extension) ||
      !is(options.family, entry.family) || !is(options.sha256, entry.sha256) ||
      !is(options.scan_status, entry.scan_status) || !is(options.id, entry.id) ||
      !is(options.sharing, to_string(entry.sharing)) || !like(options.name, entry.name) ||
      !like(options.type, entry.type) || !like(options.owner, entry.owner) ||
      !like(options.user, entry.last_user) || !like(options.parent, entry.parent) ||
      !one_of(options.group, entry.shared_groups) || !one_of(options.policy, entry.policies)) {
    return false;
  }
  if (!options.shared_with.empty() && !entry.is_shared_with(options.shared_with)) return false;
  if (!options.not_shared_with.empty() && entry.is_shared_with(options.not_shared_with)) {
    return false;
  }
  if (options.personal && entry.personal_targets.empty()) return false;
  if (options.deleted && !entry.deleted) return false;
  return has_words(options.words, entry.name) &&
         is_within(entry.changed, beside.changed_since, beside.changed_until) &&
         is_within(entry.first, beside.seen_since, beside.seen_until) &&
         is_owned_by_group(beside, options.owner_group, entry);
}

bool is_tagged(const FilesOptions& options, const std::vector<std::string>& tags) {
  if (options.sensitive && tags.empty()) return false;
  return options.name_tag.empty() || std::ranges::find(tags, options.name_tag) != tags.end();
}

std::string stamp(const std::optional<Time>& time) {
  return time ? format_rfc3339(*time).substr(0, 19) : std::string();
}

std::vector<std::string> texts(const std::set<std::string>& set) {
  return {set.begin(), set.end()};
}

std::vector<std::string> columns_of(bool table) {
  std::vector<std::string> columns{
      "last_seen",   "app",    "name",        "type",      "size",     "sharing",
      "shared_with", "owner",  "last_action", "last_user", "uploads",  "downloads",
      "stopped",     "sha256", "instance",    "id",        "name_tags"};
  if (!table) {
    columns.insert(columns.end(),
                   {"path", "parent", "family", "scan_status", "instance_kind", "first_seen",
                    "changed", "deleted", "shared_users", "shared_groups", "policies"});
  }
  return columns;
}

std::vector<Listing::Cell> row_of(const FileEntry& entry, std::vector<std::string> tags,
                                  bool table) {
  using L = Listing;
  const std::string size = !entry.size ? ""
                           : table     ? human_bytes(*entry.size)
                                       : std::to_string(*entry.size);
  std::vector<L::Cell> row{
      L::text(stamp(entry.last)),
      L::text(table ? entry.app_name : entry.app),
      L::text(entry.name),
      L::text(entry.type),
      table || !entry.size ? L::text(size) : L::number(*entry.size),
      L::text(entry.sharing == discovery::Sharing::unknown ? std::string_view()
                                                           : to_string(entry.sharing)),
      L::text(fmt::format("{}", fmt::join(entry.shared_domains, " "))),
      L::text(entry.owner),
      L::text(to_string(entry.last_action)),
      L::text(entry.last_user),
      L::number(entry.uploads),
      L::number(entry.downloads),
      L::number(entry.stopped),
      L::text(table ? entry.sha256.substr(0, 12) : entry.sha256),
      L::text(entry.instance),
      L::text(entry.id),
      L::texts(std::move(tags))};
  if (table) return row;
  for (L::Cell& cell : std::vector<L::Cell>{
           L::text(entry.path), L::text(entry.parent), L::text(entry.family),
           L::text(entry.scan_status), L::text(entry.instance_kind), L::text(stamp(entry.first)),
           L::text(stamp(entry.changed)), L::text(entry.deleted ? "true" : ""),
           L::texts(texts(entry.shared_users)), L::texts(texts(entry.shared_groups)),
           L::texts(texts(entry.policies))}) {
    row.push_back(std::move(cell));
  }
  return row;
}

// False after a message.
bool check_words(const FilesOptions& options, const Beside& beside) {
  if (!options.sharing.empty() && !discovery::parse_sharing(options.sharing)) {
    complain(fmt::format("--sharing '{}' is none of: {}", printable(options.sharing),
                         fmt::join(discovery::sharing_words(), ", ")));
    return false;
  }
  const std::vector<std::string>& tags = beside.tags->tags();
  if (!options.name_tag.empty() && std::ranges::find(tags, options.name_tag) == tags.end()) {
    complain(fmt::format("--name-tag '{}' is none of: {}", printable(options.name_tag),
                         fmt::join(tags, ", ")));
    return false;
  }
  return true;
}

}  // namespace

int files(const FilesOptions& given) {
  FilesOptions options = given;
  for (std::string* name : {&options.user, &options.owner}) {
    if (name->find('*') != std::string::npos) continue;
    const auto asked = asked_user(options.common, *name);
    if (!asked) return kMachine;
    *name = *asked;
  }
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  Beside beside;
  if (!read_beside(options, beside) || !check_words(options, beside)) return kWrongInput;
  std::optional<Time> since;
  std::optional<Time> until;
  if (!read_time(options.since, "--since", since) || !read_time(options.until, "--until", until)) {
    return kWrongInput;
  }
  auto store = discovery::SqliteStore::open_for_reading(app::store_file(*state));
  if (!store) {
    complain(describe(store.error()));
    return kMachine;
  }
  discovery::FileInventory inventory(kMostFiles);
  policy::Activity activity;
  const Result<void> read = (*store)->read_past(
      since.value_or(Time{}), until.value_or(system_clock().now() + std::chrono::hours(1)),
      [&](const discovery::PastEvent& event) {
        if (!event.facts || !policy::unpack(*event.facts, activity)) return;
        inventory.add(activity, event.ending == discovery::Ending::blocked, event.policy);
      });
  if (!read) {
    complain(describe(read.error()));
    return kMachine;
  }
  const bool table = options.format == "table";
  Listing listing(columns_of(table));
  std::size_t shown = 0;
  std::size_t left = 0;
  for (const FileEntry* entry : inventory.sorted()) {
    if (!is_wanted(options, beside, *entry)) continue;
    std::vector<std::string> tags = beside.tags->find(entry->name, entry->extension);
    if (!is_tagged(options, tags)) continue;
    if (shown == options.limit) {
      ++left;
      continue;
    }
    ++shown;
    listing.add(row_of(*entry, std::move(tags), table));
  }
  if (!note_read(options.common, *state, "files", options.user, shown)) return kMachine;
  say(listing.render(options.format));
  if (table) {
    say("This is what passed the gateway, as it was last seen; not what lies in the apps.\n");
    if (left > 0) say(fmt::format("{} more; see --limit\n", left));
  }
  if (inventory.dropped() > 0) {
    complain(fmt::format("{} files that were seen longest ago are left out", inventory.dropped()));
  }
  return kOk;
}

}  // namespace sallyport::cli
