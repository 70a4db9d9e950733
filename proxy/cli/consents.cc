// Which apps asked people for rights by OAuth, from the stored activities. Levels are told by the
// lists of now, so that older activities have them too.

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/consents/scope_levels.h"
#include "discovery/inventory/consent_inventory.h"
#include "discovery/store/sqlite_store.h"
#include "policy/activity/pack.h"
#include "policy/activity/words.h"
#include "proxy/app/config.h"
#include "proxy/app/known_catalog.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/kept_state.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {
namespace {

using discovery::ConsentEntry;
using discovery::ScopeLevels;

constexpr std::size_t kMostClients = 100'000;  // of which the inventory knows at once

// Null after a message.
std::shared_ptr<const ScopeLevels> load_levels(const CommonOptions& options) {
  // A state directory of elsewhere may be looked at without its configuration.
  if (!options.state.empty() && !std::filesystem::exists(options.config)) {
    return std::make_shared<const ScopeLevels>();
  }
  Diagnostics warnings;
  const auto config = app::load_config(options.config, warnings);
  if (!config) {
    complain("\n" + render(config.error()));
    return nullptr;
  }
  if (config->consent_scopes.empty()) return std::make_shared<const ScopeLevels>();
  auto catalog = app::load_known_catalog(*config, warnings);
  if (!catalog) {
    complain("\n" + render(catalog.error()));
    return nullptr;
  }
  auto levels = discovery::load_scope_levels(config->consent_scopes, **catalog);
  if (!levels) {
    complain("\n" + render(levels.error()));
    return nullptr;
  }
  return std::move(*levels);
}

struct Judged {
  std::string level;                   // "" where no scope is known
  std::vector<std::string> unchecked;  // scopes that only a shape knows, or nobody
};

Judged judge(const ScopeLevels& levels, const ConsentEntry& entry) {
  Judged judged;
  std::optional<discovery::PermissionLevel> most;
  for (const std::string& scope : entry.scopes) {
    const auto known = levels.find(entry.app, scope);
    if (!known || !known->checked) judged.unchecked.push_back(scope);
    if (known && (!most || known->level > *most)) most = known->level;
  }
  judged.level = most ? word_for(*most) : std::string_view(entry.level);
  return judged;
}

bool wanted(const ConsentsOptions& options, const ConsentEntry& entry, const Judged& judged) {
  const auto like = [](const std::string& pattern, std::string_view value) {
    return glob_match(lower(pattern), lower(value));
  };
  if (!options.app.empty() && !iequals(options.app, entry.app) &&
      !iequals(options.app, entry.app_name)) {
    return false;
  }
  if (!options.client.empty() && !like(options.client, entry.client) &&
      !like(options.client, entry.name) &&
      std::ranges::none_of(entry.hosts,
                           [&](const std::string& host) { return like(options.client, host); })) {
    return false;
  }
  if (!options.level.empty() && options.level != judged.level) return false;
  return options.user.empty() || std::ranges::any_of(entry.users, [&](const std::string& user) {
           return like(options.user, user);
         });
}

std::string stamp(Time time) { return format_rfc3339(time).substr(0, 19); }

std::vector<std::string> texts(const std::set<std::string>& set) {
  return {set.begin(), set.end()};
}

// A few of many, for a table.
Listing::Cell some_of(const std::set<std::string>& set) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> some = texts(set);
  if (some.size() > kShown + 1) {
    const std::size_t more = some.size() - kShown;
    some.resize(kShown);
    some.push_back(fmt::format("+{}", more));
  }
  return Listing::texts(std::move(some));
}

}  // namespace

int consents(const ConsentsOptions& given) {
  ConsentsOptions options = given;
  for (std::string* name : {&options.user}) {
    if (name->find('*') != std::string::npos) continue;
    const auto asked = asked_user(options.common, *name);
    if (!asked) return kMachine;
    *name = *asked;
  }
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  if (!options.level.empty() && !discovery::parse_permission_level(options.level)) {
    complain(fmt::format("--level '{}' is none of: {}", printable(options.level),
                         fmt::join(policy::permission_level_words(), ", ")));
    return kWrongInput;
  }
  std::optional<Time> since;
  std::optional<Time> until;
  if (!read_time(options.since, "--since", since) || !read_time(options.until, "--until", until)) {
    return kWrongInput;
  }
  const auto levels = load_levels(options.common);
  if (levels == nullptr) return kWrongInput;
  auto store = discovery::SqliteStore::open_for_reading(app::store_file(*state));
  if (!store) {
    complain(describe(store.error()));
    return kMachine;
  }
  discovery::ConsentInventory inventory(kMostClients);
  policy::Activity activity;
  const Result<void> read = (*store)->read_past(
      since.value_or(Time{}), until.value_or(system_clock().now() + std::chrono::hours(1)),
      [&](const discovery::PastEvent& event) {
        inventory.note_user(event.user);
        if (!event.facts || !policy::unpack(*event.facts, activity)) return;
        inventory.add(activity, event.ending == discovery::Ending::blocked);
      });
  if (!read) {
    complain(describe(read.error()));
    return kMachine;
  }
  const bool table = options.format == "table";
  std::vector<std::string> columns{"last_seen", "app",      "client",  "name",
                                   "publisher", "level",    "scopes",  "users",
                                   "common",    "requests", "stopped", "first_seen"};
  if (!table) {
    columns.insert(columns.end(), {"unchecked_scopes", "user_names", "admin", "last_user"});
  }
  Listing listing(columns);
  std::size_t shown = 0;
  std::size_t left = 0;
  for (const ConsentEntry* entry : inventory.sorted()) {
    Judged judged = judge(*levels, *entry);
    if (!wanted(options, *entry, judged)) continue;
    if (shown == options.limit) {
      ++left;
      continue;
    }
    ++shown;
    std::vector<Listing::Cell> row{
        Listing::text(stamp(entry->last)),
        Listing::text(table || entry->app.empty() ? entry->app_name : entry->app),
        Listing::text(entry->client),
        Listing::text(entry->name),
        Listing::texts(texts(entry->hosts)),
        Listing::text(judged.level),
        table ? some_of(entry->scopes) : Listing::texts(texts(entry->scopes)),
        Listing::number(entry->users.size()),
        Listing::text(discovery::commonness(entry->users.size(), inventory.users())),
        Listing::number(entry->requests),
        Listing::number(entry->stopped),
        Listing::text(stamp(entry->first))};
    if (!table) {
      row.push_back(Listing::texts(std::move(judged.unchecked)));
      row.push_back(Listing::texts(texts(entry->users)));
      row.push_back(Listing::text(entry->admin ? "true" : ""));
      row.push_back(Listing::text(entry->last_user));
    }
    listing.add(std::move(row));
  }
  if (!note_read(options.common, *state, "consents", options.user, shown)) return kMachine;
  say(listing.render(options.format));
  if (table) {
    say(
        fmt::format("What was asked for through the gateway, not what is granted; common: of {} "
                    "users seen.\n",
                    inventory.users()));
    if (left > 0) say(fmt::format("{} more; see --limit\n", left));
  }
  if (inventory.dropped() > 0) {
    complain(
        fmt::format("{} clients that were seen longest ago are left out", inventory.dropped()));
  }
  return kOk;
}

}  // namespace sallyport::cli
