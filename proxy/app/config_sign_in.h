#pragma once
// Signing in at an OpenID provider: what portal.sign_in and admin_server.sign_in share, and the
// latter.
//
//   admin_server:
//     sign_in:
//       name: Corp Login                   # on the button
//       issuer: https://login.corp.example
//       client_id: sallyport-console
//       client_secret_file: console.secret # left out: a public client
//       scope: openid profile
//       user_claim: preferred_username     # or email, sub, upn
//       roles_claim: groups                # a text, or a list of them
//       roles:                             # whoever has none of these does not come in
//         viewer: [sallyport-readers]
//         analyst: [soc]
//         operator: [sallyport-admins]
//       acr: [mfa]
//       signed_in_within: 8h               # left out: a session at the provider will do
//       url: https://console.corp.example  # where browsers find the console; left out: as asked

#include <map>
#include <optional>
#include <string>

#include "base/core/diagnostics.h"
#include "base/yaml/reader.h"
#include "proxy/admin/role.h"
#include "proxy/portal/openid_client.h"

namespace sallyport::app {

struct ProviderConfig {
  std::string name;
  portal::ProviderOptions provider;  // without its secret and its redirect_uri
  Spanned<std::string> secret_file;  // "" for a public client

  bool operator==(const ProviderConfig& other) const {
    return name == other.name && provider == other.provider && *secret_file == *other.secret_file;
  }
};

struct ConsoleSignInConfig {
  ProviderConfig at;
  // What a value of the claim makes of somebody, by value; the most of them counts.
  std::map<std::string, admin::Role, std::less<>> roles;
  std::string url;  // "https://console.corp.example", "" as asked

  bool operator==(const ConsoleSignInConfig&) const = default;
};

// What both have; `map` goes on with its other keys, and finishes. `section`: its name in messages.
void read_provider(yaml::MapReader& map, std::string_view section, const std::string& folder,
                   ProviderConfig& into);

// `node`: what stands under admin_server.sign_in.
void read_console_sign_in(const yaml::Node& node, Diagnostics& diagnostics,
                          const std::string& folder, ConsoleSignInConfig& into);

// The provider with the client's secret; its redirect_uri is the caller's to set.
Checked<portal::ProviderOptions> load_provider_options(const ProviderConfig& config);

// What a person with these values of the claim may do; nothing where none of them counts.
std::optional<admin::Role> role_of(const ConsoleSignInConfig& config,
                                   const std::vector<std::string>& values);

}  // namespace sallyport::app
