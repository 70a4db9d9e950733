#pragma once
// What is kept of one user, and who was there at all: put together from the stores of a state
// directory, for the command line (users show, users seen) and the API alike.
//
// Reads all that one user did, or all that is counted, so it takes a while: never on the desk.
// Thread rule: any thread; each call opens the stores for itself, to read.
//
// Errors: what the stores say; not_found where no activities were ever kept.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "discovery/alerts/alert.h"
#include "discovery/inventory/user_picture.h"
#include "discovery/usage/users_seen.h"
#include "discovery/users/user_directory.h"
#include "proxy/app/config_actions.h"

namespace sallyport::app {

inline constexpr std::size_t kMostPageAlerts = 20;  // of one user, the newest
inline constexpr std::chrono::hours kUsualPages = std::chrono::hours(24 * 90);  // of the past

struct UserPage {
  std::string name;                         // canonical
  std::optional<discovery::Person> listed;  // as the users files have them
  std::vector<discovery::Alert> alerts;     // the newest first
  std::vector<std::string> suspended;       // "everywhere, until ...: reason"; what is asked, too
  discovery::UserPicture picture;
  std::vector<std::pair<std::string, std::string>> links;  // where else to look: name, address
};

// `user` is any of their names. since <= activities < until.
Result<UserPage> read_user_page(const std::string& state, const discovery::Users& users,
                                std::string_view user, Time since, Time until, Time now);
// Of users.links, for that user.
std::vector<std::pair<std::string, std::string>> links_for(const std::vector<UserLink>& links,
                                                           std::string_view user);
// One object, without a newline.
std::string render_json(const UserPage& page);

struct SeenQuestion {
  Time since, until;  // whole days of it
  // Only who was not seen from then on; where `app` is "", not by the directory either, and also
  // whom the directory saw before then and the gateway not at all.
  std::optional<Time> idle_since;
  std::string app;              // only what was done in it (its id); "": in any
  std::string group;            // only who is in it; "": anybody
  std::size_t limit = 100'000;  // of `users`
};
struct SeenUser {
  discovery::UserSeen use;
  std::vector<std::string> groups;
  std::optional<std::chrono::sys_days> last_logon;  // as the directory says

  bool was_seen() const { return use.count > 0; }  // else the directory alone knows them
};
struct SeenUsers {
  std::size_t total = 0;
  std::vector<SeenUser> users;  // who was seen last comes first
};
// Of counted use (discovery/usage/users_seen.h).
Result<SeenUsers> read_users_seen(const std::string& state, const discovery::Users& users,
                                  const SeenQuestion& question);
// {"user", "activities", "apps", "groups"}; "first_seen" and "last_seen" of who was seen,
// "last_logon" where the directory tells it
void append_json(std::string& out, const SeenUser& user);

// "2026-11-26T09:30Z"
std::string minute_of(Time time);

}  // namespace sallyport::app
