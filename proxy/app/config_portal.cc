#include "proxy/app/config_portal.h"

#include <filesystem>

#include "base/core/file.h"
#include "base/core/host.h"
#include "base/core/text.h"
#include "proxy/portal/provider_metadata.h"

namespace sallyport::app {

namespace {

using yaml::MapReader;
using yaml::Node;

constexpr std::size_t kLongestName = 200;  // bytes of what pages show in a line

Spanned<std::string> path_of(MapReader& map, std::string_view key, const std::string& folder) {
  Spanned<std::string> path = map.text(key);
  if (!path->empty() && !path->starts_with('/')) {
    path.value = (std::filesystem::path(folder) / *path).lexically_normal().string();
  }
  return path;
}

std::string short_text(MapReader& map, std::string_view key) {
  const Spanned<std::string> text = map.text(key);
  if (text->size() > kLongestName) {
    map.diagnostics().error(text.place, "'" + std::string(key) + "' is longer than 200 bytes");
  }
  return *text;
}

void read_sign_in(const Node& node, Diagnostics& diagnostics, const std::string& folder,
                  ProviderConfig& into) {
  MapReader map(node, diagnostics, "portal.sign_in");
  read_provider(map, "portal.sign_in", folder, into);
  map.finish();
}

}  // namespace

void read_portal(const Node& section, Diagnostics& diagnostics, const std::string& folder,
                 PortalConfig& into) {
  MapReader map(section, diagnostics, "portal");
  const Spanned<std::string> name = map.text("host", into.host);
  const std::optional<Host> host = Host::parse(*name);
  if (!host || host->is_address()) {
    diagnostics.error(name.place, "'" + printable(*name) + "' is no host name");
  } else {
    into.host = host->text();
  }
  into.organisation = short_text(map, "organisation");
  into.logo = path_of(map, "logo", folder);
  into.pages = path_of(map, "pages", folder);
  into.language = map.text("language", *into.language);
  into.enrol = map.boolean("enrol", into.enrol);
  if (const Node* node = map.node("sign_in")) {
    read_sign_in(*node, diagnostics, folder, into.sign_in.emplace());
  }
  map.finish();
}

Checked<portal::Look> load_look(const PortalConfig& config, const std::string& gateway,
                                const std::string& contact, Diagnostics& warnings) {
  Diagnostics faults;
  portal::Look look;
  look.organisation = config.organisation;
  look.gateway = gateway;
  look.contact = contact;
  if (config.sign_in) look.provider = config.sign_in->name;
  if (!config.logo->empty()) {
    const Result<std::string> bytes = read_regular_file(*config.logo, portal::Logo::kLargest);
    if (!bytes) {
      faults.error(config.logo.place, "cannot read the logo: " + bytes.error().detail);
    } else if (!(look.logo = portal::Logo::read(*bytes))) {
      faults.error(config.logo.place, "the logo is neither PNG nor SVG");
    }
  }
  std::error_code unreadable;
  if (!config.pages->empty() && !std::filesystem::is_directory(*config.pages, unreadable)) {
    faults.error(config.pages.place, "there is no folder '" + printable(*config.pages) + "'",
                 "portal.pages has a file per language");
  } else if (!config.pages->empty()) {
    Checked<portal::Languages> languages = portal::Languages::load(*config.pages, warnings);
    if (languages) {
      look.languages = std::move(*languages);
    } else {
      faults.append(std::move(languages.error()));
    }
  }
  if (!faults.has_errors() && !look.languages.set_default(*config.language)) {
    faults.error(config.language.place,
                 "there are no pages in '" + printable(*config.language) + "'",
                 "portal.pages has a file per language");
  }
  if (faults.has_errors()) return std::unexpected(std::move(faults));
  return look;
}

Checked<std::optional<portal::ProviderOptions>> load_provider(const PortalConfig& config) {
  if (!config.sign_in) return std::nullopt;
  Checked<portal::ProviderOptions> provider = load_provider_options(*config.sign_in);
  if (!provider) return std::unexpected(std::move(provider.error()));
  provider->redirect_uri = "https://" + config.host + "/signed-in";
  return std::move(*provider);
}

std::vector<std::string> provider_hosts(const PortalConfig& config) {
  if (!config.sign_in) return {};
  const auto address = portal::WebAddress::parse(config.sign_in->provider.issuer);
  if (!address) return {};
  return {address->authority.host.text()};
}

void check_portal(const PortalConfig& config, Diagnostics& found) {
  auto look = load_look(config, "", "", found);
  if (!look) found.append(std::move(look.error()));
  auto provider = load_provider(config);
  if (!provider) found.append(std::move(provider.error()));
}

}  // namespace sallyport::app
