#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/inventory/file_inventory.h"
#include "discovery/store/sqlite_store.h"
#include "policy/activity/pack.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {
namespace {

constexpr std::size_t kMostFiles = 1'000'000;  // of which the inventory knows at once

// The command's filters (product.md 4.3). Texts that are "" ask for nothing.
bool wanted(const FilesOptions& options, const discovery::FileEntry& entry) {
  const auto is = [](const std::string& wanted, std::string_view value) {
    return wanted.empty() || iequals(wanted, value);
  };
  const auto like = [](const std::string& pattern, std::string_view value) {
    return pattern.empty() || glob_match(lower(pattern), lower(value));
  };
  if (!is(options.app, entry.app) || !is(options.instance, entry.instance) ||
      !is(options.instance_kind, entry.instance_kind) || !is(options.extension, entry.extension) ||
      !is(options.family, entry.family) || !is(options.sha256, entry.sha256) ||
      !is(options.scan_status, entry.scan_status) || !is(options.sharing, to_string(entry.sharing)) ||
      !like(options.name, entry.name) || !like(options.type, entry.type) ||
      !like(options.owner, entry.owner) || !like(options.user, entry.last_user)) {
    return false;
  }
  if (!options.domain.empty() && !entry.shared_domains.contains(lower(options.domain))) return false;
  if (options.personal && entry.personal_targets.empty()) return false;
  return true;
}

std::string sized(const discovery::FileEntry& entry) {
  return entry.size ? human_bytes(*entry.size) : std::string();
}

}  // namespace

int files(const FilesOptions& options) {
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  if (!options.sharing.empty() && !discovery::parse_sharing(options.sharing)) {
    complain(fmt::format("--sharing '{}' is none of: {}", printable(options.sharing),
                         fmt::join(discovery::sharing_words(), ", ")));
    return kWrongInput;
  }
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
        inventory.add(activity, event.ending == discovery::Ending::blocked);
      });
  if (!read) {
    complain(describe(read.error()));
    return kMachine;
  }
  Listing listing({"last_seen", "app", "name", "type", "size", "sharing", "shared_with", "owner",
                   "last_action", "last_user", "uploads", "downloads", "stopped", "sha256", "instance",
                   "id"});
  std::size_t shown = 0;
  std::size_t left = 0;
  for (const discovery::FileEntry* entry : inventory.sorted()) {
    if (!wanted(options, *entry)) continue;
    if (shown == options.limit) {
      ++left;
      continue;
    }
    ++shown;
    std::vector<std::string> with(entry->shared_domains.begin(), entry->shared_domains.end());
    const bool table = options.format == "table";
    listing.add({Listing::text(format_rfc3339(entry->last).substr(0, 19)),
                 Listing::text(table ? entry->app_name : entry->app), Listing::text(entry->name),
                 Listing::text(entry->type),
                 table || !entry->size ? Listing::text(sized(*entry)) : Listing::number(*entry->size),
                 Listing::text(entry->sharing == discovery::Sharing::unknown
                                   ? std::string_view()
                                   : to_string(entry->sharing)),
                 Listing::text(fmt::format("{}", fmt::join(with, " "))), Listing::text(entry->owner),
                 Listing::text(to_string(entry->last_action)), Listing::text(entry->last_user),
                 Listing::number(entry->uploads), Listing::number(entry->downloads),
                 Listing::number(entry->stopped),
                 Listing::text(table ? entry->sha256.substr(0, 12) : entry->sha256),
                 Listing::text(entry->instance), Listing::text(entry->id)});
  }
  say(listing.render(options.format));
  if (options.format == "table") {
    say("This is what passed the gateway, as it was last seen; not what lies in the apps.\n");
    if (left > 0) say(fmt::format("{} more; see --limit\n", left));
  }
  if (inventory.dropped() > 0) {
    complain(fmt::format("{} files that were seen longest ago are left out", inventory.dropped()));
  }
  return kOk;
}

}  // namespace sallyport::cli
