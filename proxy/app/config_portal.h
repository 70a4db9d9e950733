#pragma once
// portal: where people answer what policies ask, and how its pages look.
//
//   portal:
//     host: sallyport.internal          # a name that only the gateway answers
//     organisation: Example Corp
//     logo: pages/logo.svg              # PNG or SVG, 64 KiB at most
//     pages: pages                      # a folder with en.yaml, de.yaml, ...; see conf/pages
//     language: en                      # for browsers that ask for none of them
//     enrol: true                       # whoever has no authenticator app may set one up
//     sign_in:                          # a second factor at the organisation's OpenID provider
//       name: Corp Login
//       issuer: https://login.corp.example
//       client_id: sallyport
//       client_secret_file: sign_in.secret
//       user_claim: preferred_username  # or email, sub, upn: the name that people have here
//       acr: [mfa]

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/yaml/reader.h"
#include "proxy/app/config_sign_in.h"
#include "proxy/portal/pages.h"

namespace sallyport::app {

struct PortalConfig {
  std::string host = "sallyport.internal";
  std::string organisation;
  Spanned<std::string> logo;   // "" is none
  Spanned<std::string> pages;  // "" is English, as built in
  Spanned<std::string> language{"en", {}};
  bool enrol = false;

  std::optional<ProviderConfig> sign_in;
};

// `section` is what stands under `portal`; paths are relative to `folder`.
void read_portal(const yaml::Node& section, Diagnostics& diagnostics, const std::string& folder,
                 PortalConfig& into);

// The pages' look, with the files that are named read. `gateway` and `contact` as in Config.
Checked<portal::Look> load_look(const PortalConfig& config, const std::string& gateway,
                                const std::string& contact, Diagnostics& warnings);

// The provider with its secret, and where it sends people back to; nothing where there is none.
Checked<std::optional<portal::ProviderOptions>> load_provider(const PortalConfig& config);

// The host of the provider, where people prove who they are: policy::Standing's ways out.
std::vector<std::string> provider_hosts(const PortalConfig& config);

// All that is wrong with what the portal reads at the start.
void check_portal(const PortalConfig& config, Diagnostics& found);

}  // namespace sallyport::app
