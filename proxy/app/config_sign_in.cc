#include "proxy/app/config_sign_in.h"

#include <algorithm>
#include <filesystem>

#include "base/core/file.h"
#include "base/core/host.h"
#include "base/core/text.h"

namespace sallyport::app {

namespace {

using yaml::MapReader;
using yaml::Node;

constexpr std::size_t kLongestSecret = 4096;  // bytes
constexpr std::size_t kLongestName = 200;     // bytes of what pages show in a line
// What says something else of a token than who somebody is.
constexpr std::string_view kNoRoles[] = {"iss", "aud", "azp", "nonce",     "acr",
                                         "exp", "iat", "nbf", "auth_time", "email_verified"};

// A provider on this very machine, for a look at it, may do without TLS.
bool is_loopback(const Host& host) {
  const std::optional<IpAddress>& address = host.address();
  return address && (IpPrefix::parse("127.0.0.0/8")->contains(*address) ||
                     *address == *IpAddress::parse("::1"));
}

void read_roles(const Node& node, Diagnostics& diagnostics, ConsoleSignInConfig& into) {
  MapReader map(node, diagnostics, "admin_server.sign_in.roles");
  for (const admin::Role role :
       {admin::Role::viewer, admin::Role::analyst, admin::Role::operator_}) {
    for (const Spanned<std::string>& value : map.texts(to_string(role))) {
      if (value->empty()) {
        diagnostics.error(value.place, "an empty value would be anybody's");
      } else if (const auto [at, fresh] = into.roles.emplace(*value, role); !fresh) {
        diagnostics.error(value.place, "'" + printable(*value) + "' is " +
                                           std::string(to_string(at->second)) + " already");
      }
    }
  }
  map.finish();
}

}  // namespace

void read_provider(MapReader& map, std::string_view section, const std::string& folder,
                   ProviderConfig& into) {
  Diagnostics& diagnostics = map.diagnostics();
  portal::ProviderOptions& provider = into.provider;
  const Spanned<std::string> name = map.text("name");
  if (name->size() > kLongestName) diagnostics.error(name.place, "'name' is longer than 200 bytes");
  into.name = *name;
  const Spanned<std::string> issuer = map.required_text("issuer");
  const auto address = portal::metadata_address(*issuer);
  if (!issuer->empty() && !address) {
    diagnostics.error(issuer.place, "an issuer is an https address without a query",
                      "as https://login.corp.example");
  } else if (address && !address->tls && !is_loopback(address->authority.host)) {
    diagnostics.error(issuer.place, "a provider is reached by https");
  }
  provider.issuer = *issuer;
  provider.client_id = *map.required_text("client_id");
  into.secret_file = map.text("client_secret_file");
  if (!into.secret_file->empty() && !into.secret_file->starts_with('/')) {
    into.secret_file.value =
        (std::filesystem::path(folder) / *into.secret_file).lexically_normal().string();
  }
  provider.scope = *map.text("scope", provider.scope);
  const std::vector<std::string_view> scopes = split(provider.scope, ' ');
  if (std::ranges::find(scopes, "openid") == scopes.end()) {
    diagnostics.error(map.place(), "the scope of " + std::string(section) + " has 'openid' in it");
  }
  provider.user_claim = *map.text("user_claim", provider.user_claim);
  for (const auto& value : map.texts("acr")) provider.acr.push_back(*value);
  if (map.has("signed_in_within")) {
    provider.signed_in_within = std::chrono::duration_cast<std::chrono::seconds>(
        map.duration("signed_in_within", std::chrono::seconds(600)));
  }
}

void read_console_sign_in(const Node& node, Diagnostics& diagnostics, const std::string& folder,
                          ConsoleSignInConfig& into) {
  constexpr std::string_view kSection = "admin_server.sign_in";
  MapReader map(node, diagnostics, kSection);
  // Who sits at the provider all day signs in once there.
  into.at.provider.signed_in_within.reset();
  read_provider(map, kSection, folder, into.at);
  const Spanned<std::string> claim = map.text("roles_claim", "groups");
  if (claim->empty() || std::ranges::find(kNoRoles, *claim) != std::end(kNoRoles)) {
    diagnostics.error(claim.place, "'" + printable(*claim) + "' is no claim that gives roles",
                      "as groups or roles");
  }
  into.at.provider.roles_claim = *claim;
  if (const Node* roles = map.required("roles")) {
    const std::size_t before = diagnostics.errors();
    read_roles(*roles, diagnostics, into);
    if (into.roles.empty() && diagnostics.errors() == before) {
      diagnostics.error(roles->place, "no value gives a role, so nobody could sign in",
                        "roles: {operator: [a group of the provider]}");
    }
  }
  const Spanned<std::string> url = map.text("url");
  const auto address = portal::WebAddress::parse(*url);
  if (!url->empty() && (!address || address->path != "/")) {
    diagnostics.error(url.place, "'url' is where browsers find the console, without a path",
                      "as https://console.corp.example");
  } else if (address) {
    into.url = address->to_string();
    into.url.pop_back();
  }
  map.finish();
}

Checked<portal::ProviderOptions> load_provider_options(const ProviderConfig& config) {
  portal::ProviderOptions provider = config.provider;
  const Spanned<std::string>& file = config.secret_file;
  if (file->empty()) return provider;
  Result<std::string> secret = read_regular_file(*file, kLongestSecret);
  Diagnostics faults;
  if (secret) {
    while (secret->ends_with('\n') || secret->ends_with('\r')) secret->pop_back();
  }
  if (!secret) {
    faults.error(file.place, "cannot read the client's secret: " + secret.error().detail);
  } else if (secret->empty()) {
    faults.error(file.place, "the file of the client's secret is empty");
  }
  if (faults.has_errors()) return std::unexpected(std::move(faults));
  provider.client_secret = std::move(*secret);
  return provider;
}

std::optional<admin::Role> role_of(const ConsoleSignInConfig& config,
                                   const std::vector<std::string>& values) {
  std::optional<admin::Role> most;
  for (const std::string& value : values) {
    const auto found = config.roles.find(value);
    if (found != config.roles.end() && (!most || found->second > *most)) most = found->second;
  }
  return most;
}

}  // namespace sallyport::app
