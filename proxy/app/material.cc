#include "proxy/app/material.h"

#include <fmt/format.h>

#include "proxy/app/loader.h"

namespace sallyport::app {

Checked<Material> load_material(const Config& config, Time now, Diagnostics& warnings) {
  Loader loader(config);
  Loader::Outcome outcome = loader.look(now);
  if (outcome.found.has_errors()) return std::unexpected(std::move(outcome.found));
  warnings.append(std::move(outcome.found));
  return loader.material();
}

std::string describe(const Material& material) {
  const session::Snapshot& snapshot = *material.snapshot;
  std::size_t networks = 0;
  for (const auto& database : snapshot.geo->databases()) {
    if (database.usable) networks += database.networks;
  }
  return fmt::format("{}; {} apps; {} addresses in feeds; {} users; {}; {} networks with a place",
                     snapshot.policy->describe(), snapshot.catalog->apps().size(),
                     snapshot.tags->feed_entries(), snapshot.users->size(),
                     snapshot.agents->describe(), networks);
}

}  // namespace sallyport::app
