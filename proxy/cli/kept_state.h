#pragma once
// What is kept while the gateway runs, for commands that read or change it: through the gateway
// where one runs, in the state directory else.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "discovery/store/state_store.h"
#include "discovery/users/user_directory.h"
#include "proxy/app/alert_book.h"
#include "proxy/app/config.h"
#include "proxy/app/standing_book.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/gateway_client.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {

// Who does it: `by`, or else the user of this shell.
std::string who_does(const std::string& by);

// Nothing after a message. `state` becomes the state directory.
std::optional<app::Config> config_of(const CommonOptions& options, std::string& state);

// The snapshot that the files make. Null after a message.
std::shared_ptr<const session::Snapshot> snapshot_of(const app::Config& config);

// The people of the users file, under pseudonyms where names are hidden. Null after a message.
std::shared_ptr<const discovery::Users> people_of(const app::Config& config);

// What to ask for where somebody asks by a user: the pseudonym where names are hidden. "" and "''"
// stay. Nothing after a message.
std::optional<std::string> asked_user(const CommonOptions& options, const std::string& user);

// False after a message. `store` stays null where nothing was ever kept.
bool open_for_reading(const std::string& state, std::unique_ptr<discovery::StateStore>& store);

// Taken while something is changed here, so that no gateway starts meanwhile and misses it.
struct StateToChange {
  std::unique_ptr<app::StateDirectory> directory;
  std::unique_ptr<discovery::StateStore> store;
};
// False after a message.
bool take_state(const std::string& state, StateToChange& taken);

// How alerts are handled, to read.
struct KeptAlerts {
  std::unique_ptr<discovery::StateStore> store;
  std::unique_ptr<app::AlertBook> book;
  // False after a message.
  bool read(const std::string& state);
};

// What a gateway said: `what` is printed where it did it. Nothing where none runs.
std::optional<int> told_by_gateway(const Result<GatewayReply>& reply, std::string_view what);

// The code of a command that was refused, after a message.
int say_refused(const app::StandingBook::Refusal& refusal);

inline constexpr std::string_view kAtNextStart =
    "kept; no gateway runs, so it holds from the next start on\n";

// Empty for a time that is far away or none.
Listing::Cell time_cell(Time time);

}  // namespace sallyport::cli
