// What one user did, and who was there at all: from the store of activities, with what the files
// and the state directory know of them.

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/json/writer.h"
#include "discovery/alerts/sqlite_alert_store.h"
#include "discovery/inventory/user_picture.h"
#include "discovery/store/sqlite_store.h"
#include "discovery/users/user_directory.h"
#include "discovery/users/user_name.h"
#include "policy/activity/pack.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/kept_state.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {
namespace {

using discovery::Sighting;
using discovery::UserPicture;

constexpr std::size_t kMostAlerts = 20;
constexpr const char* kUsual = "90d";  // of the past, where nothing else is asked for

// Everything that is known of a user beside what they did.
struct Known {
  std::string name;
  const discovery::Person* person = nullptr;
  std::vector<discovery::Alert> alerts;  // the newest first
  std::vector<std::string> suspended;    // "everywhere until ...: reason"
};

struct Asked {
  std::string state;
  std::shared_ptr<const discovery::Users> users;
  Time since, until;
};

// Nothing after a message.
std::optional<Asked> read_question(const CommonOptions& common, const std::string& since_text,
                                   const std::string& until_text) {
  Asked asked;
  const auto config = config_of(common, asked.state);
  if (!config) return std::nullopt;
  Diagnostics warnings;
  auto users = discovery::load_users(config->users, config->user_addresses, warnings);
  if (!users) {
    complain("errors:\n" + render(users.error()));
    return std::nullopt;
  }
  asked.users = std::move(*users);
  std::optional<Time> since, until;
  if (!read_time(since_text.empty() ? kUsual : since_text, "--since", since) ||
      !read_time(until_text, "--until", until)) {
    return std::nullopt;
  }
  asked.since = *since;
  asked.until = until.value_or(system_clock().now() + std::chrono::hours(1));
  return asked;
}

std::string stamp(Time time) { return format_rfc3339(time).substr(0, 16) + "Z"; }

// False after a message.
bool add_kept(const Asked& asked, Known& known) {
  std::error_code none;
  if (std::filesystem::exists(app::alerts_file(asked.state), none)) {
    auto store = discovery::SqliteAlertStore::open_for_reading(app::alerts_file(asked.state));
    if (!store) {
      complain(describe(store.error()));
      return false;
    }
    auto alerts = (*store)->query({.user = known.name, .since = asked.since, .limit = kMostAlerts});
    if (!alerts) {
      complain(describe(alerts.error()));
      return false;
    }
    known.alerts = std::move(*alerts);
  }
  std::unique_ptr<discovery::StateStore> store;
  if (!open_for_reading(asked.state, store)) return false;
  if (store == nullptr) return true;
  app::StandingBook book(*store);
  const Time now = system_clock().now();
  if (const Result<void> loaded = book.load(now); !loaded) {
    complain(describe(loaded.error()));
    return false;
  }
  for (const auto& [id, one] : book.suspensions()) {
    if (one.suspension.user != known.name) continue;
    const policy::Suspension& suspension = one.suspension;
    if (suspension.until <= now) continue;
    std::string text(suspension.app.empty() ? to_string(suspension.reach) : suspension.app);
    if (suspension.until != Time::max()) text += ", until " + stamp(suspension.until);
    if (!one.reason.empty()) text += ": " + one.reason;
    known.suspended.push_back(std::move(text));
  }
  return true;
}

// ---- Text

void line(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out += fmt::format("  {:<13} {}\n", name, printable(value));
}

Listing::Cell when(Time time) { return Listing::text(stamp(time)); }

std::string sightings(std::string_view title, std::string column,
                      const std::map<std::string, Sighting>& seen) {
  if (seen.empty()) return {};
  std::vector<std::pair<std::string, Sighting>> sorted(seen.begin(), seen.end());
  std::ranges::stable_sort(
      sorted, [](const auto& a, const auto& b) { return a.second.last > b.second.last; });
  Listing listing({std::move(column), "first_seen", "last_seen", "activities"});
  for (const auto& [what, one] : sorted) {
    listing.add({Listing::text(what), when(one.first), when(one.last), Listing::number(one.count)});
  }
  return fmt::format("\n{}\n{}", title, listing.render("table"));
}

std::string apps_table(const UserPicture& picture) {
  if (picture.apps.empty()) return {};
  std::vector<const UserPicture::App*> sorted;
  for (const auto& [id, app] : picture.apps) sorted.push_back(&app);
  std::ranges::stable_sort(
      sorted, [](const auto* a, const auto* b) { return a->seen.count > b->seen.count; });
  Listing listing({"app", "category", "first_seen", "last_seen", "activities", "uploads", "sent",
                   "downloads", "received", "shares", "admin", "stopped", "instances", "accounts"});
  for (const UserPicture::App* app : sorted) {
    listing.add({Listing::text(app->name), Listing::text(app->category), when(app->seen.first),
                 when(app->seen.last), Listing::number(app->seen.count),
                 Listing::number(app->uploads), Listing::text(human_bytes(app->bytes_in)),
                 Listing::number(app->downloads), Listing::text(human_bytes(app->bytes_out)),
                 Listing::number(app->shares), Listing::number(app->admin),
                 Listing::number(app->stopped),
                 Listing::texts({app->instances.begin(), app->instances.end()}),
                 Listing::texts({app->accounts.begin(), app->accounts.end()})});
  }
  return "\nApps\n" + listing.render("table");
}

std::string addresses_table(const UserPicture& picture) {
  if (picture.addresses.empty()) return {};
  std::vector<std::pair<std::string, UserPicture::Address>> sorted(picture.addresses.begin(),
                                                                   picture.addresses.end());
  std::ranges::stable_sort(
      sorted, [](const auto& a, const auto& b) { return a.second.seen.last > b.second.seen.last; });
  Listing listing(
      {"address", "category", "country", "isp", "first_seen", "last_seen", "activities"});
  for (const auto& [text, one] : sorted) {
    listing.add({Listing::text(text), Listing::text(one.category), Listing::text(one.country),
                 Listing::text(one.isp), when(one.seen.first), when(one.seen.last),
                 Listing::number(one.seen.count)});
  }
  return "\nAddresses\n" + listing.render("table");
}

std::string as_text(const Known& known, const UserPicture& picture) {
  std::string out = printable(known.name) + "\n";
  if (known.person != nullptr) {
    std::vector<std::string> others = known.person->names;
    std::erase(others, known.name);
    line(out, "other names", fmt::format("{}", fmt::join(others, ", ")));
    line(out, "domain", known.person->domain);
    line(out, "groups", fmt::format("{}", fmt::join(known.person->groups, ", ")));
    line(out, "manager", known.person->manager);
  } else {
    line(out, "", "in no users file");
  }
  for (const std::string& one : known.suspended) line(out, "suspended", one);
  if (picture.seen.count > 0) {
    line(out, "seen", fmt::format("{} to {}", stamp(picture.seen.first), stamp(picture.seen.last)));
    line(out, "activities",
         fmt::format("{}, {} of them stopped; sent {}, received {}", picture.seen.count,
                     picture.stopped, human_bytes(picture.bytes_in),
                     human_bytes(picture.bytes_out)));
    line(out, "logins",
         fmt::format("{}, and {} that failed", picture.logins, picture.failed_logins));
  }
  for (const discovery::Alert& alert : known.alerts) {
    line(out, "alert", fmt::format("{} {}", stamp(alert.time), describe(alert)));
  }
  out += apps_table(picture);
  out += addresses_table(picture);
  out += sightings("Countries", "country", picture.countries);
  out += sightings("Devices", "device", picture.devices);
  out += sightings("Administration", "what", picture.administration);
  out += sightings("Opened to", "domain", picture.opened_to);
  out += sightings("Accounts of their own", "account", picture.personal);
  if (picture.left_out > 0)
    out += fmt::format("\n{} more than there is room for\n", picture.left_out);
  return out;
}

// ---- JSON

void members(JsonWriter& json, const Sighting& seen) {
  json.member("first_seen", format_rfc3339(seen.first));
  json.member("last_seen", format_rfc3339(seen.last));
  json.member("activities", seen.count);
}

void list(JsonWriter& json, std::string_view name, const auto& values) {
  json.key(name);
  json.begin_array();
  for (const std::string& value : values) json.string(value);
  json.end_array();
}

void list(JsonWriter& json, std::string_view name, std::string_view what,
          const std::map<std::string, Sighting>& seen) {
  json.key(name);
  json.begin_array();
  for (const auto& [text, one] : seen) {
    json.begin_object();
    json.member(what, text);
    members(json, one);
    json.end_object();
  }
  json.end_array();
}

std::string as_json(const Known& known, const UserPicture& picture) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("user", known.name);
  json.member("listed", known.person != nullptr);
  if (known.person != nullptr) {
    list(json, "names", known.person->names);
    json.member("domain", known.person->domain);
    list(json, "groups", known.person->groups);
    json.member("manager", known.person->manager);
  }
  list(json, "suspended", known.suspended);
  if (picture.seen.count > 0) members(json, picture.seen);
  json.member("stopped", picture.stopped);
  json.member("bytes_in", picture.bytes_in);
  json.member("bytes_out", picture.bytes_out);
  json.member("logins", picture.logins);
  json.member("failed_logins", picture.failed_logins);
  json.key("alerts");
  json.begin_array();
  for (const discovery::Alert& alert : known.alerts) {
    json.begin_object();
    write_members(json, alert);
    json.end_object();
  }
  json.end_array();
  json.key("apps");
  json.begin_array();
  for (const auto& [id, app] : picture.apps) {
    json.begin_object();
    json.member("app", id);
    json.member("name", app.name);
    json.member("category", app.category);
    members(json, app.seen);
    json.member("uploads", app.uploads);
    json.member("downloads", app.downloads);
    json.member("shares", app.shares);
    json.member("admin", app.admin);
    json.member("stopped", app.stopped);
    json.member("bytes_in", app.bytes_in);
    json.member("bytes_out", app.bytes_out);
    list(json, "instances", app.instances);
    list(json, "accounts", app.accounts);
    json.end_object();
  }
  json.end_array();
  json.key("addresses");
  json.begin_array();
  for (const auto& [text, one] : picture.addresses) {
    json.begin_object();
    json.member("address", text);
    json.member("category", one.category);
    json.member("country", one.country);
    json.member("isp", one.isp);
    members(json, one.seen);
    json.end_object();
  }
  json.end_array();
  list(json, "countries", "country", picture.countries);
  list(json, "devices", "device", picture.devices);
  list(json, "administration", "what", picture.administration);
  list(json, "opened_to", "domain", picture.opened_to);
  list(json, "personal_accounts", "account", picture.personal);
  json.member("left_out", picture.left_out);
  json.end_object();
  return out + "\n";
}

bool is_in(const discovery::Person* person, const std::string& group) {
  return person != nullptr && std::ranges::find(person->groups, group) != person->groups.end();
}

}  // namespace

int users_show(const UsersShowOptions& options) {
  const auto asked = read_question(options.common, options.since, options.until);
  if (!asked) return kWrongInput;
  Known known;
  known.person = asked->users->find(options.user);
  const auto name = discovery::normal_user_name(options.user);
  known.name = name ? asked->users->canonical(*name) : options.user;
  if (!add_kept(*asked, known)) return kMachine;
  auto store = discovery::SqliteStore::open_for_reading(app::store_file(asked->state));
  if (!store) {
    complain(describe(store.error()));
    return kMachine;
  }
  UserPicture picture;
  policy::Activity activity;
  const Result<void> read =
      (*store)->read_past(asked->since, asked->until, [&](const discovery::PastEvent& event) {
        if (!iequals(event.user, known.name) || !event.facts) return;
        activity = {};
        if (!policy::unpack(*event.facts, activity)) return;
        picture.add(activity, {.at = event.time,
                               .stopped = event.ending == discovery::Ending::blocked,
                               .bytes_in = event.bytes_in,
                               .bytes_out = event.bytes_out});
      });
  if (!read) {
    complain(describe(read.error()));
    return kMachine;
  }
  say(options.format == "json" ? as_json(known, picture) : as_text(known, picture));
  return picture.seen.count > 0 || known.person != nullptr ? kOk : kNo;
}

int users_seen(const UsersSeenOptions& options) {
  const auto asked = read_question(options.common, options.since, options.until);
  if (!asked) return kWrongInput;
  std::optional<Time> idle_since;
  if (!read_time(options.idle, "--idle", idle_since)) return kWrongInput;
  auto store = discovery::SqliteStore::open_for_reading(app::store_file(asked->state));
  if (!store) {
    complain(describe(store.error()));
    return kMachine;
  }
  discovery::UserRoll roll;
  const Result<void> read =
      (*store)->read_past(asked->since, asked->until, [&](const discovery::PastEvent& event) {
        if (!options.app.empty() && !iequals(options.app, event.app_id)) return;
        roll.add(event.user, event.app_id, event.time);
      });
  if (!read) {
    complain(describe(read.error()));
    return kMachine;
  }
  const std::string group = lower(options.group);
  std::vector<std::pair<std::string, discovery::UserRoll::Entry>> rows;
  for (const auto& [name, entry] : roll.users()) {
    if (!group.empty() && !is_in(asked->users->find(name), group)) continue;
    if (idle_since && entry.seen.last >= *idle_since) continue;
    rows.emplace_back(name, entry);
  }
  std::ranges::stable_sort(
      rows, [](const auto& a, const auto& b) { return a.second.seen.last > b.second.seen.last; });
  Listing listing({"user", "first_seen", "last_seen", "activities", "apps", "groups"});
  for (const auto& [name, entry] : rows) {
    const discovery::Person* person = asked->users->find(name);
    listing.add({Listing::text(name), when(entry.seen.first), when(entry.seen.last),
                 Listing::number(entry.seen.count), Listing::number(entry.apps.size()),
                 Listing::texts(person == nullptr ? std::vector<std::string>() : person->groups)});
  }
  say(listing.render(options.format));
  return rows.empty() ? kNo : kOk;
}

}  // namespace sallyport::cli
