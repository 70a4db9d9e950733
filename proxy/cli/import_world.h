#pragma once
// The files that imported records are judged by, and no others: a policy with a fault in it is no
// reason not to read a log, and compiling them all takes longer than a small one.

#include <memory>
#include <optional>

#include "discovery/agent/agents.h"
#include "discovery/catalog/catalog.h"
#include "discovery/catalog/noise_hosts.h"
#include "discovery/catalog/registrable.h"
#include "discovery/geo/geo.h"
#include "discovery/tags/ip_tags.h"
#include "discovery/users/user_directory.h"
#include "proxy/app/config.h"
#include "proxy/app/names.h"

namespace sallyport::cli {

struct ImportWorld {
  std::shared_ptr<const discovery::Catalog> catalog;
  std::shared_ptr<const discovery::NoiseHosts> noise;
  std::shared_ptr<const discovery::PublicSuffixes> suffixes;
  std::shared_ptr<const discovery::Users> users;  // under their pseudonyms, where names are hidden
  std::shared_ptr<const discovery::Geo> geo;
  std::shared_ptr<const discovery::IpTags> tags;
  std::shared_ptr<const discovery::Agents> agents;
  app::NameCipherPtr names;  // null: names are not hidden
};

// Nothing after a message with every fault of all of them. Makes the key of names, where they are
// to be hidden and no gateway made it yet.
std::optional<ImportWorld> import_world(const app::Config& config);

}  // namespace sallyport::cli
