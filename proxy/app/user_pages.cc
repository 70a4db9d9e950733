#include "proxy/app/user_pages.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <unordered_set>

#include "base/core/text.h"
#include "base/json/writer.h"
#include "discovery/alerts/sqlite_alert_store.h"
#include "discovery/store/sqlite_state_store.h"
#include "discovery/store/sqlite_store.h"
#include "discovery/users/logon_day.h"
#include "discovery/users/user_name.h"
#include "policy/activity/pack.h"
#include "proxy/app/standing_book.h"
#include "proxy/app/state_directory.h"
#include "proxy/delivery/call_template.h"

namespace sallyport::app {

using discovery::Sighting;
using discovery::UserPicture;

namespace {

bool is_there(const std::string& file) {
  std::error_code none;
  return std::filesystem::exists(file, none);
}

Result<void> add_alerts(const std::string& state, Time since, UserPage& page) {
  if (!is_there(alerts_file(state))) return {};
  auto store = discovery::SqliteAlertStore::open_for_reading(alerts_file(state));
  if (!store) return pass_on(std::move(store));
  auto alerts = (*store)->query({.user = page.name, .since = since, .limit = kMostPageAlerts});
  if (!alerts) return pass_on(std::move(alerts));
  page.alerts = std::move(*alerts);
  return {};
}

Result<void> add_suspensions(const std::string& state, Time now, UserPage& page) {
  if (!is_there(hand_file(state))) return {};
  auto store = discovery::SqliteStateStore::open_for_reading(hand_file(state));
  if (!store) return pass_on(std::move(store));
  StandingBook book(**store);
  if (Result<void> loaded = book.load(now); !loaded) return loaded;
  for (const auto& [id, one] : book.suspensions()) {
    const policy::Suspension& suspension = one.suspension;
    if (suspension.user != page.name || suspension.until <= now) continue;
    std::string text(suspension.app.empty() ? to_string(suspension.reach) : suspension.app);
    if (suspension.action == policy::Action::step_up) text += ", until a second factor is shown";
    if (suspension.action == policy::Action::sign_in_again) text += ", until signed in again";
    if (suspension.until != Time::max()) text += ", until " + minute_of(suspension.until);
    if (!one.reason.empty()) text += ": " + one.reason;
    page.suspended.push_back(std::move(text));
  }
  return {};
}

Result<void> add_activities(const std::string& state, Time since, Time until, UserPage& page) {
  auto store = discovery::SqliteStore::open_for_reading(store_file(state));
  if (!store) return pass_on(std::move(store));
  policy::Activity activity;
  return (*store)->read_past_of(page.name, since, until, [&](const discovery::PastEvent& event) {
    if (!event.facts) return;
    activity = {};
    if (!policy::unpack(*event.facts, activity)) return;
    page.picture.add(activity, {.at = event.time,
                                .stopped = event.ending == discovery::Ending::blocked,
                                .bytes_in = event.bytes_in,
                                .bytes_out = event.bytes_out});
  });
}

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

}  // namespace

std::string minute_of(Time time) { return format_rfc3339(time).substr(0, 16) + "Z"; }

Result<UserPage> read_user_page(const std::string& state, const discovery::Users& users,
                                std::string_view user, Time since, Time until, Time now) {
  UserPage page;
  if (const discovery::Person* person = users.find(user)) page.listed = *person;
  const auto name = discovery::normal_user_name(user);
  page.name = name ? users.canonical(*name) : std::string(user);
  Result<void> done = add_activities(state, since, until, page);
  if (done) done = add_alerts(state, since, page);
  if (done) done = add_suspensions(state, now, page);
  if (!done) return pass_on(std::move(done));
  return page;
}

std::vector<std::pair<std::string, std::string>> links_for(const std::vector<UserLink>& links,
                                                           std::string_view user) {
  const delivery::TemplateValue value{"user", user};
  std::vector<std::pair<std::string, std::string>> made;
  for (const UserLink& link : links) {
    made.emplace_back(link.name, delivery::fill_template(link.url, std::span(&value, 1),
                                                         delivery::TemplateKind::url));
  }
  return made;
}

std::string render_json(const UserPage& page) {
  const UserPicture& picture = page.picture;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("user", page.name);
  json.member("listed", page.listed.has_value());
  if (page.listed) {
    list(json, "names", page.listed->names);
    json.member("domain", page.listed->domain);
    list(json, "groups", page.listed->groups);
    json.member("manager", page.listed->manager);
    if (page.listed->last_logon) {
      json.member("last_logon", discovery::format_logon_day(*page.listed->last_logon));
    }
  }
  json.key("links");
  json.begin_array();
  for (const auto& [name, url] : page.links) {
    json.begin_object();
    json.member("name", name);
    json.member("url", url);
    json.end_object();
  }
  json.end_array();
  list(json, "suspended", page.suspended);
  if (picture.seen.count > 0) members(json, picture.seen);
  json.member("stopped", picture.stopped);
  json.member("bytes_in", picture.bytes_in);
  json.member("bytes_out", picture.bytes_out);
  json.member("logins", picture.logins);
  json.member("failed_logins", picture.failed_logins);
  json.key("alerts");
  json.begin_array();
  for (const discovery::Alert& alert : page.alerts) {
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
  return out;
}

Result<SeenUsers> read_users_seen(const std::string& state, const discovery::Users& users,
                                  const SeenQuestion& question) {
  auto store = discovery::SqliteStore::open_for_reading(store_file(state));
  if (!store) return pass_on(std::move(store));
  using std::chrono::days;
  const std::string group = lower(question.group);
  // Where an account is used at all, it is not idle; in one app it may be.
  const bool asks_directory = question.idle_since && question.app.empty();
  const auto is_asked_for = [&](const discovery::Person* person) {
    if (asks_directory && person != nullptr && person->last_logon &&
        *person->last_logon + days(1) > *question.idle_since) {
      return false;
    }
    return group.empty() ||
           (person != nullptr && std::ranges::find(person->groups, group) != person->groups.end());
  };
  std::unordered_set<const discovery::Person*> there;
  const auto keep = [&](const discovery::UserSeen& one) {
    const discovery::Person* const person = users.find(one.user);
    if (person != nullptr) there.insert(person);
    if (question.idle_since && one.last >= *question.idle_since) return false;
    return is_asked_for(person);
  };
  const discovery::UsersSeenQuestion asked{
      .span = {.since = std::chrono::floor<days>(question.since),
               .until = std::chrono::ceil<days>(question.until),
               .source = discovery::kSeenLive},
      .app = question.app,
      .limit = question.limit};
  auto seen = users_seen(**store, asked, keep);
  if (!seen) return pass_on(std::move(seen));
  // Whom only the directory knows, behind all others: who signed in there last comes first.
  std::vector<const discovery::Person*> never;
  if (asks_directory) {
    for (const discovery::Person& person : users.people()) {
      if (person.last_logon && !there.contains(&person) && is_asked_for(&person)) {
        never.push_back(&person);
      }
    }
    std::ranges::stable_sort(never, std::greater(), &discovery::Person::last_logon);
  }
  SeenUsers found{.total = seen->size() + never.size()};
  seen->resize(std::min(seen->size(), question.limit));
  never.resize(std::min(never.size(), question.limit - seen->size()));
  for (discovery::UserSeen& one : *seen) {
    const discovery::Person* const person = users.find(one.user);
    found.users.push_back({.use = std::move(one)});
    if (person == nullptr) continue;
    found.users.back().groups = person->groups;
    found.users.back().last_logon = person->last_logon;
  }
  for (const discovery::Person* person : never) {
    found.users.push_back({.use = {.user = person->name},
                           .groups = person->groups,
                           .last_logon = person->last_logon});
  }
  return found;
}

void append_json(std::string& out, const SeenUser& user) {
  JsonWriter json(out);
  json.begin_object();
  json.member("user", user.use.user);
  if (user.was_seen()) {
    json.member("first_seen", format_rfc3339(user.use.first));
    json.member("last_seen", format_rfc3339(user.use.last));
  }
  if (user.last_logon) {
    json.member("last_logon", discovery::format_logon_day(*user.last_logon));
  }
  json.member("activities", user.use.count);
  json.member("apps", user.use.apps);
  list(json, "groups", user.groups);
  json.end_object();
}

}  // namespace sallyport::app
