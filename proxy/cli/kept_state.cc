#include "proxy/cli/kept_state.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "discovery/store/sqlite_state_store.h"
#include "proxy/app/loader.h"
#include "proxy/app/names.h"

namespace sallyport::cli {

std::string who_does(const std::string& by) {
  if (!by.empty()) return by;
  const passwd* entry = ::getpwuid(::getuid());
  return entry != nullptr ? entry->pw_name : "";
}

std::optional<app::Config> config_of(const CommonOptions& options, std::string& state) {
  Diagnostics warnings;
  auto config = app::load_config(options.config, warnings);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return std::nullopt;
  }
  state = options.state.empty() ? config->state_directory : options.state;
  config->state_directory = state;
  return std::move(*config);
}

std::shared_ptr<const session::Snapshot> snapshot_of(const app::Config& config) {
  Diagnostics warnings;
  auto material = app::load_material(config, system_clock().now(), warnings);
  if (material) return material->snapshot;
  complain("the files have faults (sallyport check):\n" + render(material.error()));
  return nullptr;
}

std::shared_ptr<const discovery::Users> people_of(const app::Config& config) {
  Diagnostics warnings;
  auto users = discovery::load_users(config.users, config.user_addresses, warnings);
  if (!users) {
    complain("errors:\n" + render(users.error()));
    return nullptr;
  }
  const auto names = app::names_of(config);
  if (!names) {
    complain(describe(names.error()));
    return nullptr;
  }
  return *names == nullptr ? *users : (*users)->hidden_by(*names);
}

std::optional<std::string> asked_user(const CommonOptions& options, const std::string& user) {
  if (user.empty() || user == "''") return user;
  Diagnostics warnings;
  auto config = app::load_config(options.config, warnings);
  if (!config) return user;  // The default holds: names are not hidden.
  if (!options.state.empty()) config->state_directory = options.state;
  const auto names = app::names_of(*config);
  if (!names) {
    complain(describe(names.error()));
    return std::nullopt;
  }
  if (*names == nullptr) return user;
  const auto people = people_of(*config);  // By whichever of their names.
  return people == nullptr ? std::nullopt : std::optional(people->canonical(user));
}

bool open_for_reading(const std::string& state, std::unique_ptr<discovery::StateStore>& store) {
  const std::string file = app::hand_file(state);
  if (::access(file.c_str(), F_OK) != 0) return true;  // nothing yet
  auto opened = discovery::SqliteStateStore::open_for_reading(file);
  if (!opened) {
    complain(describe(opened.error()));
    return false;
  }
  store = std::move(*opened);
  return true;
}

bool take_state(const std::string& state, StateToChange& taken) {
  auto directory = app::StateDirectory::open(state);
  if (!directory) {
    complain("not done: " + directory.error().detail);
    return false;
  }
  taken.directory = std::move(*directory);
  auto store = discovery::SqliteStateStore::open(app::hand_file(state));
  if (!store) {
    complain(describe(store.error()));
    return false;
  }
  taken.store = std::move(*store);
  return true;
}

std::optional<int> told_by_gateway(const Result<GatewayReply>& reply, std::string_view what) {
  if (!reply && reply.error().kind == ErrorKind::not_found) return std::nullopt;
  if (!reply) {
    complain(describe(reply.error()));
    return kMachine;
  }
  if (reply->status == 200) {
    say(fmt::format("{}\n", what));
    return kOk;
  }
  complain("not done: " + detail_of(*reply));
  return reply->status == 503 ? kMachine : kNo;
}

int say_refused(const app::StandingBook::Refusal& refusal) {
  complain("not done: " + refusal.detail);
  return refusal.status == 503 ? kMachine : kNo;
}

Listing::Cell time_cell(Time time) {
  if (time == Time::max() || time == Time{}) return Listing::text("");
  return Listing::text(format_rfc3339(time).substr(0, 19) + "Z");
}

}  // namespace sallyport::cli
