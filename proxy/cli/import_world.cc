#include "proxy/cli/import_world.h"

#include "proxy/app/config_geo.h"
#include "proxy/app/known_catalog.h"
#include "proxy/cli/commands.h"

namespace sallyport::cli {

namespace {

// What `made` is, or nothing and its faults.
template <class T>
std::shared_ptr<const T> take(Checked<std::shared_ptr<const T>> made, Diagnostics& faults) {
  if (made) return std::move(*made);
  faults.append(std::move(made.error()));
  return nullptr;
}

template <class T>
Checked<std::shared_ptr<const T>> nothing() {
  return std::make_shared<const T>();
}

}  // namespace

std::optional<ImportWorld> import_world(const app::Config& config) {
  const Time now = system_clock().now();
  Diagnostics faults, warnings;
  ImportWorld world;
  world.catalog = take(app::load_known_catalog(config, warnings), faults);
  world.noise = take(
      config.noise.empty() ? nothing<discovery::NoiseHosts>() : discovery::load_noise(config.noise),
      faults);
  world.suffixes = take(discovery::load_public_suffixes(config.public_suffixes), faults);
  world.users = take(discovery::load_users(config.users, config.user_addresses, warnings), faults);
  world.tags = take(config.address_tags.empty()
                        ? nothing<discovery::IpTags>()
                        : discovery::load_ip_tags(config.address_tags, now, warnings),
                    faults);
  world.agents = take(discovery::load_agents(config.agents, warnings), faults);
  // A database that is missing or broken leaves its facts unknown.
  world.geo = discovery::load_geo(app::geo_sources(config), now, warnings);
  if (faults.has_errors()) {
    complain("the files have faults (sallyport check):\n" + render(faults));
    return std::nullopt;
  }
  if (!config.anonymize_users) return world;
  auto names = app::make_names(config.state_directory);
  if (!names) {
    complain(describe(names.error()));
    return std::nullopt;
  }
  world.names = std::move(*names);
  world.users = world.users->hidden_by(world.names);
  return world;
}

}  // namespace sallyport::cli
