#pragma once
// Hosts that people do not use but pages and machines load: trackers, advertising, analytics,
// content networks, infrastructure. Discovery counts them apart, so that nobody takes them for
// apps.
//
//   # conf/tags/noise.yaml
//   tracker: [demdex.net]
//   advertising:
//     - doubleclick.net          # itself and below
//     - "*.adserver.example"     # only below
//
// Between a host of the catalog and one of these the longer name wins, and the app where they are
// the same: then a noise entry has no effect, and check_noise() says so.
//
// Immutable after making; share it between threads as shared_ptr<const NoiseHosts>. Limit: 100,000
// hosts.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "discovery/catalog/catalog.h"
#include "discovery/catalog/host_index.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {

class NoiseHosts {
 public:
  NoiseHosts() = default;  // Knows none.

  struct Found {
    policy::HostKind kind = policy::HostKind::unknown;
    std::size_t size = 0;  // bytes of the name that covers the host
  };
  // REQUIRES: the spelling of Host::text(). No allocation.
  Found find(std::string_view host) const;

  // As written: canonical patterns and their places.
  const std::vector<Spanned<std::string>>& hosts() const { return hosts_; }

 private:
  friend Checked<std::shared_ptr<const NoiseHosts>> parse_noise(SourcePtr source);
  HostIndex index_;  // To policy::HostKind.
  std::vector<Spanned<std::string>> hosts_;
};

Checked<std::shared_ptr<const NoiseHosts>> load_noise(const std::string& path);
Checked<std::shared_ptr<const NoiseHosts>> parse_noise(SourcePtr source);

// Warns of each noise host that is an app's domain, with both places.
void check_noise(const NoiseHosts& noise, const Catalog& catalog, Diagnostics& warnings);

}  // namespace sallyport::discovery
