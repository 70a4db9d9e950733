// What one user did, and who was there at all, for a terminal; what it is stands in
// proxy/app/user_pages.h.

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/users/logon_day.h"
#include "discovery/users/user_directory.h"
#include "proxy/app/user_pages.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/kept_state.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {
namespace {

using app::minute_of;
using app::UserPage;
using discovery::Sighting;
using discovery::UserPicture;

struct Asked {
  std::string state;
  std::shared_ptr<const discovery::Users> users;
  std::vector<app::UserLink> links;
  Time since, until;
};

// Nothing after a message.
std::optional<Asked> read_question(const CommonOptions& common, const std::string& since_text,
                                   const std::string& until_text) {
  Asked asked;
  const auto config = config_of(common, asked.state);
  if (!config) return std::nullopt;
  asked.users = people_of(*config);
  if (asked.users == nullptr) return std::nullopt;
  asked.links = config->user_links;
  std::optional<Time> since, until;
  if (!read_time(since_text, "--since", since) || !read_time(until_text, "--until", until)) {
    return std::nullopt;
  }
  const Time now = system_clock().now();
  asked.since = since.value_or(now - app::kUsualPages);
  asked.until = until.value_or(now + std::chrono::hours(1));
  return asked;
}

void line(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out += fmt::format("  {:<13} {}\n", name, printable(value));
}

Listing::Cell when(Time time) { return Listing::text(minute_of(time)); }

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

std::string as_text(const UserPage& page) {
  const UserPicture& picture = page.picture;
  std::string out = printable(page.name) + "\n";
  if (page.listed) {
    std::vector<std::string> others = page.listed->names;
    std::erase(others, page.name);
    line(out, "other names", fmt::format("{}", fmt::join(others, ", ")));
    line(out, "domain", page.listed->domain);
    line(out, "groups", fmt::format("{}", fmt::join(page.listed->groups, ", ")));
    line(out, "manager", page.listed->manager);
    if (page.listed->last_logon) {
      line(out, "last logon",
           discovery::format_logon_day(*page.listed->last_logon) + " (of the directory)");
    }
  } else {
    line(out, "", "in no users file");
  }
  for (const std::string& one : page.suspended) line(out, "suspended", one);
  if (picture.seen.count > 0) {
    line(out, "seen",
         fmt::format("{} to {}", minute_of(picture.seen.first), minute_of(picture.seen.last)));
    line(out, "activities",
         fmt::format("{}, {} of them stopped; sent {}, received {}", picture.seen.count,
                     picture.stopped, human_bytes(picture.bytes_in),
                     human_bytes(picture.bytes_out)));
    line(out, "logins",
         fmt::format("{}, and {} that failed", picture.logins, picture.failed_logins));
  }
  for (const discovery::Alert& alert : page.alerts) {
    line(out, "alert", fmt::format("{} {}", minute_of(alert.time), describe(alert)));
  }
  for (const auto& [name, url] : page.links) line(out, name, url);
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

}  // namespace

int users_show(const UsersShowOptions& options) {
  const auto asked = read_question(options.common, options.since, options.until);
  if (!asked) return kWrongInput;
  auto page = app::read_user_page(asked->state, *asked->users, options.user, asked->since,
                                  asked->until, system_clock().now());
  if (!page) {
    complain(describe(page.error()));
    return kMachine;
  }
  page->links = app::links_for(asked->links, page->name);
  if (!note_read(options.common, asked->state, "users show", page->name,
                 page->picture.seen.count)) {
    return kMachine;
  }
  say(options.format == "json" ? render_json(*page) + "\n" : as_text(*page));
  return page->picture.seen.count > 0 || page->listed ? kOk : kNo;
}

int users_seen(const UsersSeenOptions& options) {
  const auto asked = read_question(options.common, options.since, options.until);
  if (!asked) return kWrongInput;
  app::SeenQuestion question{asked->since, asked->until, {}, options.app, options.group};
  if (!read_time(options.idle, "--idle", question.idle_since)) return kWrongInput;
  const auto seen = app::read_users_seen(asked->state, *asked->users, question);
  if (!seen) {
    complain(describe(seen.error()));
    return kMachine;
  }
  if (!note_read(options.common, asked->state, "users seen", "", seen->total)) return kMachine;
  if (options.format == "json") {
    say(json_array(seen->users));
  } else {
    Listing listing(
        {"user", "first_seen", "last_seen", "last_logon", "activities", "apps", "groups"});
    for (const app::SeenUser& one : seen->users) {
      const discovery::UserSeen& use = one.use;
      const auto seen_at = [&](Time time) {
        return one.was_seen() ? when(time) : Listing::text("");
      };
      listing.add(
          {Listing::text(use.user), seen_at(use.first), seen_at(use.last),
           Listing::text(one.last_logon ? discovery::format_logon_day(*one.last_logon) : ""),
           Listing::number(use.count), Listing::number(use.apps), Listing::texts(one.groups)});
    }
    say(listing.render(options.format));
  }
  return seen->total == 0 ? kNo : kOk;
}

}  // namespace sallyport::cli
