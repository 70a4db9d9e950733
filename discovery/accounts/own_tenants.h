#pragma once
// Which tenants of apps are the organization's own, and which are known to be somebody else's.
//
//   # conf/tags/own_tenants.yaml
//   - app: microsoft_365                        # an app's id, several, or any
//     tenants: [9f3e0000-..., "contoso*"]       # as the fact `instance` has them
//     hosts: ["contoso.sharepoint.com"]         # that this tenant alone has
//     domains: [contoso.example]                # of accounts, where the tenant is not known
//     kind: corporate                           # the default; or other, personal
//
// What an app's entries say goes before those of `any`; a tenant's whole name goes before patterns,
// and of patterns the first written says. Case of ASCII counts not.
//
// Immutable after making; share it between threads. Limits: kMostNames names, kMostPatterns
// patterns of an app, kMostStars stars in one, names of kMostNameBytes.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/diagnostics.h"
#include "discovery/catalog/catalog.h"
#include "discovery/catalog/host_index.h"

namespace sallyport::discovery {

// In the order of policy::instance_kind_words().
enum class InstanceKind : std::uint8_t { corporate, personal, other };
std::string_view word_for(InstanceKind kind);

class OwnTenants {
 public:
  static constexpr std::size_t kMostNames = 50'000;
  static constexpr std::size_t kMostPatterns = 100;
  static constexpr std::size_t kMostStars = 4;
  static constexpr std::size_t kMostNameBytes = 256;

  OwnTenants() = default;  // Knows none.
  bool empty() const { return of_apps_.empty(); }
  std::size_t names() const { return names_; }

  // What an exchange in `app` ("" for none of the catalog) is in. `instance` may be "".
  // REQUIRES: `host` as Host::text() has it.
  std::optional<InstanceKind> of_tenant(std::string_view app, std::string_view instance,
                                        std::string_view host) const;
  // Whether own tenants of this very app are named, and `instance` is none of them.
  bool is_elsewhere(std::string_view app, std::string_view instance) const;
  // What an account of this mail domain is in, where nothing tells the tenant.
  std::optional<InstanceKind> of_account(std::string_view app, std::string_view domain) const;

 private:
  friend class OwnTenantsReader;
  struct Names {
    std::map<std::string, InstanceKind, std::less<>> tenants;    // in small letters
    std::vector<std::pair<std::string, InstanceKind>> patterns;  // likewise
    HostIndex hosts;                                             // To InstanceKind.
    HostIndex domains;
    bool names_own = false;  // tenants that are corporate

    std::optional<InstanceKind> find(std::string_view lower_instance) const;
  };
  const Names* names_of(std::string_view app) const;

  std::map<std::string, Names, std::less<>> of_apps_;  // "": of any
  std::size_t names_ = 0;
};

Checked<std::shared_ptr<const OwnTenants>> load_own_tenants(const std::string& path,
                                                            const Catalog& catalog);
Checked<std::shared_ptr<const OwnTenants>> parse_own_tenants(SourcePtr source,
                                                             const Catalog& catalog);

}  // namespace sallyport::discovery
