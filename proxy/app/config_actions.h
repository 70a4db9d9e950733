#pragma once
// webhook_actions: what operators may ask of an app's own API, by a webhook of theirs; and
// users.links: where else to look at a user.
//
//   webhook_actions:
//     - name: box-remove
//       description: Takes all collaborators of a user away, in Box
//       url: https://soar.example/hooks/box
//       secret_file: box.secret
//       needs: [user]
//       parameters: { member: "{user}", note: "{reason}" }
//   users:
//     links:
//       - { name: Directory, url: "https://directory.example/people/{user}" }

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/yaml/reader.h"
#include "proxy/app/config_delivery.h"
#include "proxy/delivery/webhook_call.h"

namespace sallyport::app {

struct ActionConfig {
  ReceiverConfig receiver;  // a webhook of that name
  std::string description;
  std::vector<std::string> needs;  // of user, app, alert, reason: what a call must say
  delivery::ActionParameters parameters;
  bool real_names = false;  // the request says who it is, where names are hidden (names.h)

  bool operator==(const ActionConfig&) const = default;
};

struct UserLink {
  std::string name;
  std::string url;  // a template with {user}

  bool operator==(const UserLink&) const = default;
};

inline constexpr std::size_t kMostActions = 50;
inline constexpr std::size_t kMostLinks = 20;

void read_webhook_actions(yaml::MapReader& configuration,
                          const std::function<std::string(const std::string&)>& in_folder,
                          std::vector<ActionConfig>& into);
// `users`: that section.
void read_user_links(yaml::MapReader& users, std::vector<UserLink>& into);

// The receivers of actions, as load_receivers() takes them.
std::vector<ReceiverConfig> receivers_of(const std::vector<ActionConfig>& actions);

}  // namespace sallyport::app
