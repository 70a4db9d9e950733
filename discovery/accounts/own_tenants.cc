#include "discovery/accounts/own_tenants.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/core/host.h"
#include "base/core/text.h"
#include "base/yaml/node.h"
#include "base/yaml/reader.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

constexpr std::string_view kAny = "any";

bool is_pattern(std::string_view text) { return text.find_first_of("*?") != text.npos; }

// "*." stays where it stands.
std::optional<std::string> canonical_host(std::string_view written) {
  written = trim(written);
  const bool below = written.starts_with("*.");
  const auto host = Host::parse(written.substr(below ? 2 : 0));
  if (!host || host->is_address()) return std::nullopt;
  return (below ? "*." : "") + host->text();
}

std::optional<InstanceKind> find_host(const HostIndex& index, std::string_view host) {
  const auto kind = index.find(host);
  if (!kind) return std::nullopt;
  return static_cast<InstanceKind>(*kind);
}

}  // namespace

std::string_view word_for(InstanceKind kind) {
  return policy::instance_kind_words()[static_cast<std::size_t>(kind)];
}

std::optional<InstanceKind> OwnTenants::Names::find(std::string_view lower_instance) const {
  if (const auto exact = tenants.find(lower_instance); exact != tenants.end()) return exact->second;
  for (const auto& [pattern, kind] : patterns) {
    if (glob_match(pattern, lower_instance)) return kind;
  }
  return std::nullopt;
}

const OwnTenants::Names* OwnTenants::names_of(std::string_view app) const {
  const auto found = of_apps_.find(app);
  return found == of_apps_.end() ? nullptr : &found->second;
}

std::optional<InstanceKind> OwnTenants::of_tenant(std::string_view app, std::string_view instance,
                                                  std::string_view host) const {
  if (empty()) return std::nullopt;
  const std::string small = lower(instance.substr(0, kMostNameBytes + 1));
  const bool known = !small.empty() && small.size() <= kMostNameBytes;
  for (const Names* names : {app.empty() ? nullptr : names_of(app), names_of({})}) {
    if (names == nullptr) continue;
    if (known) {
      if (const auto kind = names->find(small)) return kind;
    }
    if (const auto kind = find_host(names->hosts, host)) return kind;
  }
  return std::nullopt;
}

bool OwnTenants::is_elsewhere(std::string_view app, std::string_view instance) const {
  if (app.empty() || instance.empty()) return false;
  const Names* names = names_of(app);
  return names != nullptr && names->names_own && !of_tenant(app, instance, {});
}

std::optional<InstanceKind> OwnTenants::of_account(std::string_view app,
                                                   std::string_view domain) const {
  if (empty() || domain.empty()) return std::nullopt;
  const auto host = Host::parse(domain);
  if (!host || host->is_address()) return std::nullopt;
  for (const Names* names : {app.empty() ? nullptr : names_of(app), names_of({})}) {
    if (names == nullptr) continue;
    if (const auto kind = find_host(names->domains, host->text())) return kind;
  }
  return std::nullopt;
}

class OwnTenantsReader {
 public:
  static Checked<std::shared_ptr<const OwnTenants>> read(const yaml::Node& node,
                                                         const Catalog& catalog) {
    OwnTenantsReader reader(catalog);
    if (node.kind == yaml::Node::Kind::list) {
      for (const yaml::Node& entry : node.items) reader.read_entry(entry);
    } else if (node.kind != yaml::Node::Kind::null) {
      reader.found_.error(node.place,
                          fmt::format("own tenants must be a list, not {}", to_string(node.kind)),
                          "such as - {app: box, tenants: [corp]}");
    }
    if (reader.found_.has_errors()) return std::unexpected(std::move(reader.found_));
    return std::move(reader.made_);
  }

 private:
  using Written = std::vector<Spanned<std::string>>;

  explicit OwnTenantsReader(const Catalog& catalog) : catalog_(catalog) {
    for (const App& app : catalog.apps()) ids_.push_back(app.facts.id);
    ids_.push_back(kAny);
  }

  void read_entry(const yaml::Node& entry) {
    yaml::MapReader map(entry, found_, "own tenant");
    const Written apps = map.required("app") == nullptr ? Written() : map.texts("app");
    const Written tenants = map.texts("tenants");
    const Written hosts = map.texts("hosts");
    const Written domains = map.texts("domains");
    const auto words = policy::instance_kind_words();
    const auto word = map.word("kind", {words.begin(), words.end()});
    (void)map.text("note");
    map.finish();
    const auto kind = static_cast<InstanceKind>(word.value_or(0));
    if (tenants.empty() && hosts.empty() && domains.empty()) {
      found_.error(entry.place, "own tenant names no 'tenants', no 'hosts' and no 'domains'");
    }
    for (const auto& app : apps) {
      if (*app != kAny && catalog_.find(*app) == nullptr) {
        found_.error(app.place, fmt::format("no app '{}' in the catalog", printable(*app)),
                     did_you_mean(*app, ids_));
        continue;
      }
      OwnTenants::Names& names = made_->of_apps_[*app == kAny ? std::string() : *app];
      for (const auto& tenant : tenants) add_tenant(*app, tenant, kind, names);
      add_hosts(hosts, kind, names.hosts);
      add_hosts(domains, kind, names.domains);
    }
  }

  bool has_room(const Place& place) {
    if (++made_->names_ <= OwnTenants::kMostNames) return true;
    if (made_->names_ == OwnTenants::kMostNames + 1) {
      found_.error(place, fmt::format("more than {} names", OwnTenants::kMostNames));
    }
    return false;
  }

  void add_tenant(const std::string& app, const Spanned<std::string>& written, InstanceKind kind,
                  OwnTenants::Names& names) {
    const std::string name = lower(trim(*written));
    if (name.empty() || name.size() > OwnTenants::kMostNameBytes) {
      found_.error(written.place,
                   fmt::format("a tenant's name has 1 to {} bytes", OwnTenants::kMostNameBytes));
      return;
    }
    if (!has_room(written.place)) return;
    names.names_own |= kind == InstanceKind::corporate;
    if (!is_pattern(name)) {
      if (!names.tenants.emplace(name, kind).second) {
        found_.error(written.place,
                     fmt::format("tenant '{}' of '{}' is listed already", printable(name), app));
      }
      return;
    }
    const auto stars = static_cast<std::size_t>(std::ranges::count(name, '*'));
    if (name.find_first_not_of("*?") == name.npos) {
      found_.error(written.place, fmt::format("'{}' would be every tenant", name));
    } else if (stars > OwnTenants::kMostStars) {
      found_.error(written.place,
                   fmt::format("a pattern has {} stars at most", OwnTenants::kMostStars));
    } else if (names.patterns.size() == OwnTenants::kMostPatterns) {
      found_.error(written.place, fmt::format("app '{}' has more than {} patterns of tenants", app,
                                              OwnTenants::kMostPatterns));
    } else {
      names.patterns.emplace_back(name, kind);
    }
  }

  void add_hosts(const Written& written, InstanceKind kind, HostIndex& into) {
    for (const auto& one : written) {
      const auto host = canonical_host(*one);
      if (!host) {
        found_.error(one.place, fmt::format("'{}' is no host", printable(*one)),
                     "a name such as 'corp.example.com' or '*.corp.example.com'");
        continue;
      }
      if (!has_room(one.place)) return;
      if (into.claim(*host, static_cast<std::uint32_t>(kind))) {
        found_.error(one.place, fmt::format("'{}' is listed already, as another kind", *host));
      }
    }
  }

  const Catalog& catalog_;
  std::vector<std::string_view> ids_;
  Diagnostics found_;
  std::shared_ptr<OwnTenants> made_ = std::make_shared<OwnTenants>();
};

Checked<std::shared_ptr<const OwnTenants>> load_own_tenants(const std::string& path,
                                                            const Catalog& catalog) {
  const auto parsed = yaml::parse_file(path);
  if (!parsed) return std::unexpected(parsed.error());
  return OwnTenantsReader::read(*parsed, catalog);
}

Checked<std::shared_ptr<const OwnTenants>> parse_own_tenants(SourcePtr source,
                                                             const Catalog& catalog) {
  const auto parsed = yaml::parse(std::move(source));
  if (!parsed) return std::unexpected(parsed.error());
  return OwnTenantsReader::read(*parsed, catalog);
}

}  // namespace sallyport::discovery
