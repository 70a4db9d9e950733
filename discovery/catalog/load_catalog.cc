// From conf/catalog/<app>/app.yaml to a Catalog: each file read alone, then all checked together.

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <numeric>
#include <system_error>
#include <unordered_map>
#include <unordered_set>

#include "base/yaml/node.h"
#include "discovery/catalog/app_reader.h"
#include "discovery/catalog/catalog.h"
#include "discovery/catalog/imported_apps.h"
#include "discovery/catalog/risk_reader.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxApps = 20'000;
constexpr std::size_t kMaxDomains = 500'000;
constexpr std::size_t kMaxRanges = 100'000;
constexpr std::size_t kMaxDomainsOfApp = 1000;
constexpr std::string_view kFileName = "app.yaml";

std::string show(const Place& place) {
  return fmt::format("{}:{}:{}", place.source ? place.source->name : "", place.line, place.column);
}

// "box" of "catalog/box/app.yaml"; "" where the name has no folder.
std::string folder_of(const Place& place) {
  if (!place.source) return {};
  const fs::path file(place.source->name);
  return file.filename() == kFileName ? file.parent_path().filename().string() : std::string();
}

void add_tag(std::vector<std::string>& sorted, std::string_view tag) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), tag);
  if (at == sorted.end() || *at != tag) sorted.insert(at, std::string(tag));
}

// Reads one app and reports what is wrong with it alone. `risk` may be null.
void add_app(const yaml::Node& node, const yaml::Node* risk, std::size_t rank,
             std::vector<WrittenApp>& apps, Diagnostics& found) {
  Diagnostics own;
  WrittenApp app = read_app(node, own);
  if (risk != nullptr) app.app.factors = read_risk(*risk, own);
  app.rank = rank;
  if (rank > 0) add_tag(app.app.facts.tags, to_string(policy::AppTag::custom_app));
  const std::string folder = folder_of(node.place);
  if (!own.has_errors() && !folder.empty() && folder != app.app.facts.id) {
    own.error(app.app.place, fmt::format("app '{}' lies in folder '{}'", app.app.facts.id, folder),
              "the folder is named as the id");
  }
  // Kept also where faulty, so that clashes with others show in the same run.
  apps.push_back(std::move(app));
  found.append(std::move(own));
}

// Leaves one app per id. REQUIRES: sorted by id, of the same id the highest rank first.
void settle_ids(std::vector<WrittenApp>& apps, Diagnostics& found) {
  std::vector<WrittenApp> kept;
  kept.reserve(apps.size());
  for (WrittenApp& app : apps) {
    const std::string& id = app.app.facts.id;
    if (id.empty() || kept.empty() || kept.back().app.facts.id != id) {
      kept.push_back(std::move(app));
    } else if (kept.back().rank == app.rank) {
      found.error(app.app.place,
                  fmt::format("app '{}' is already in {}", id, show(kept.back().app.place)));
    } else {
      found.warning(kept.back().app.place,
                    fmt::format("app '{}' takes the place of that in {}", id, show(app.app.place)));
    }
  }
  apps = std::move(kept);
}

std::string_view base_of(std::string_view pattern) {
  return pattern.starts_with("*.") ? pattern.substr(2) : pattern;
}

// Where `owner` claims what `domain` would claim.
const Spanned<std::string>& claim_of(const WrittenApp& owner, std::string_view domain) {
  return *std::find_if(owner.domains.begin(), owner.domains.end(),
                       [&](const auto& theirs) { return base_of(*theirs) == base_of(domain); });
}

void claim_domains(std::vector<WrittenApp>& apps, std::uint32_t index, AppIndex& domains,
                   Diagnostics& found) {
  WrittenApp& written = apps[index];
  std::erase_if(written.domains, [&](const Spanned<std::string>& domain) {
    const auto other = domains.claim(*domain, index);
    if (!other) return false;
    if (written.app.imported) return true;
    const WrittenApp& owner = apps[*other];
    const Spanned<std::string>& first = claim_of(owner, *domain);
    if (owner.rank == written.rank) {
      found.error(domain.place, fmt::format("domain '{}' belongs to app '{}' already, by {}",
                                            *domain, owner.app.facts.id, show(first.place)));
      return false;
    }
    found.warning(first.place, fmt::format("domain '{}' is taken from app '{}', which has it in {}",
                                           *first, written.app.facts.id, show(domain.place)));
    return true;
  });
}

// The app of an import, but for its domains.
WrittenApp written_of(ImportedApp& read, std::string id, const ImportOriginPtr& origin) {
  WrittenApp written;
  App& app = written.app;
  app.facts.id = std::move(id);
  app.facts.name = std::move(read.name);
  app.facts.category = std::move(read.category);
  app.facts.tags = {std::string(kImportedTag)};
  app.vendor = std::move(read.vendor);
  app.factors = std::move(read.factors);
  app.sources = {{"imported", origin->date, origin->name}};
  app.imported = origin;
  app.place = {std::make_shared<const Source>(Source{origin->name + ".jsonl", {}}), read.line, 1,
               1};
  if (read.score) {
    app.stated_score =
        StatedScore{*read.score, "as the import " + origin->name + " states it", app.place};
  }
  return written;
}

// Puts what was imported behind `apps`, but for what these know already in whatever way.
// REQUIRES: `apps` sorted by id.
void add_imports(std::vector<CatalogImport> imports, std::vector<WrittenApp>& apps) {
  if (imports.empty()) return;
  AppIndex known;
  std::unordered_set<std::string> ids, taken;
  std::size_t in_all = 0;
  for (std::uint32_t i = 0; i < apps.size(); ++i) {
    ids.insert(apps[i].app.facts.id);
    for (const auto& domain : apps[i].domains) known.claim(*domain, i);
    in_all += apps[i].domains.size();
  }
  const auto is_free = [&](const std::string& domain) {
    const std::size_t slash = std::min(domain.find('/'), domain.size());
    const std::string host = domain.substr(0, slash);
    return known.find(host, domain.substr(slash)).app == AppIndex::kNone && in_all < kMaxDomains &&
           taken.insert(domain).second && ++in_all > 0;
  };
  for (CatalogImport& import : imports) {
    for (ImportedApp& read : import.apps) {
      std::string id = app_id_of(read.name);
      if (apps.size() >= kMaxApps) return;
      if (ids.contains(id)) continue;
      std::vector<Spanned<std::string>> domains;
      for (std::string& domain : read.domains) {
        if (domains.size() < kMaxDomainsOfApp && is_free(domain)) {
          domains.push_back({std::move(domain), {}});
        }
      }
      if (domains.empty()) continue;
      ids.insert(id);
      apps.push_back(written_of(read, std::move(id), import.origin));
      apps.back().domains = std::move(domains);
    }
  }
  std::stable_sort(apps.begin(), apps.end(), [](const WrittenApp& a, const WrittenApp& b) {
    return a.app.facts.id < b.app.facts.id;
  });
}

// Who has which range: of two catalogs the later one.
class RangeClaims {
 public:
  explicit RangeClaims(std::vector<WrittenApp>& apps) : apps_(apps) {}

  void claim(std::uint32_t index, Diagnostics& found) {
    WrittenApp& written = apps_[index];
    std::erase_if(written.ranges, [&](const Spanned<IpPrefix>& range) {
      const auto [at, fresh] = owners_.emplace(*range, Owner{index, range.place});
      if (fresh) return false;
      const WrittenApp& owner = apps_[at->second.app];
      if (owner.rank == written.rank) {
        found.error(range.place,
                    fmt::format("range '{}' belongs to app '{}' already, by {}", range->to_string(),
                                owner.app.facts.id, show(at->second.place)));
        return false;
      }
      found.warning(at->second.place,
                    fmt::format("range '{}' is taken from app '{}', which has it in {}",
                                range->to_string(), written.app.facts.id, show(range.place)));
      return true;
    });
  }

  AppRanges made() const {
    std::vector<AppRanges::Claim> claims;
    claims.reserve(owners_.size());
    for (const auto& [range, owner] : owners_) claims.push_back({range, owner.app});
    return AppRanges(std::move(claims));
  }

 private:
  struct Owner {
    std::uint32_t app;
    Place place;
  };
  std::vector<WrittenApp>& apps_;
  std::map<IpPrefix, Owner> owners_;
};

// Who claims what, by the domain as it is written.
struct Claims {
  struct Owner {
    const WrittenApp* app;
    const Place* place;
  };
  std::unordered_map<std::string_view, Owner> owners;
  std::unordered_set<std::string_view> hosts_with_paths;

  const Owner* find(const std::string& domain) const {
    const auto at = owners.find(domain);
    return at == owners.end() ? nullptr : &at->second;
  }
};

// Who has what `domain` covers if `domain` is left out; null for nobody, and where it is not
// simple: a host without a path keeps paths on the names above it away.
const Claims::Owner* next_owner(const Claims& claims, std::string_view domain) {
  const std::size_t slash = domain.find('/');
  const bool has_path = slash != std::string_view::npos;
  const std::string_view path = has_path ? domain.substr(slash) : std::string_view();
  const bool only_below = domain.starts_with("*.");
  const std::string_view name = base_of(domain.substr(0, slash));
  for (std::string_view host = name; host.find('.') != std::string_view::npos;
       host.remove_prefix(host.find('.') + 1)) {
    if (!has_path && host != name && claims.hosts_with_paths.contains(host)) return nullptr;
    for (std::string_view rest = path;; rest = rest.substr(0, rest.rfind('/'))) {
      const std::string whole = std::string(host) + std::string(rest);
      if (whole != domain) {
        if (const auto* owner = claims.find(whole)) return owner;
      }
      if (only_below || host != name) {
        if ("*." + whole != domain) {
          if (const auto* owner = claims.find("*." + whole)) return owner;
        }
      }
      if (rest.empty()) break;
    }
  }
  return nullptr;
}

// Warns of domains that say nothing: their app has them by a shorter one.
void check_idle_domains(const std::vector<WrittenApp>& apps, Diagnostics& found) {
  Claims claims;
  for (const WrittenApp& app : apps) {
    for (const auto& domain : app.domains) {
      claims.owners.emplace(*domain, Claims::Owner{&app, &domain.place});
      const std::size_t slash = domain->find('/');
      if (slash == std::string::npos) continue;
      claims.hosts_with_paths.insert(base_of(std::string_view(*domain).substr(0, slash)));
    }
  }
  for (const WrittenApp& app : apps) {
    for (const auto& domain : app.domains) {
      if (app.app.imported) continue;  // Others' data; nobody here can mend it.
      const auto* owner = next_owner(claims, *domain);
      if (!owner || owner->app != &app) continue;
      found.warning(domain.place, fmt::format("domain '{}' says nothing: {} has it already",
                                              *domain, show(*owner->place)));
    }
  }
}

Checked<std::shared_ptr<const Catalog>> assemble(std::vector<WrittenApp> written,
                                                 std::vector<CatalogImport> imports,
                                                 Diagnostics found, Diagnostics& warnings) {
  std::stable_sort(written.begin(), written.end(), [](const WrittenApp& a, const WrittenApp& b) {
    return a.app.facts.id != b.app.facts.id ? a.app.facts.id < b.app.facts.id : a.rank > b.rank;
  });
  settle_ids(written, found);
  add_imports(std::move(imports), written);
  std::vector<std::uint32_t> order(written.size());  // Of claiming: who wins comes first.
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
    const bool behind = written[a].app.imported != nullptr;
    const bool other_behind = written[b].app.imported != nullptr;
    return behind != other_behind ? other_behind : written[a].rank > written[b].rank;
  });
  AppIndex domains;
  RangeClaims ranges(written);
  std::size_t in_all = 0, ranges_in_all = 0;
  for (const std::uint32_t i : order) {
    in_all += written[i].domains.size();
    if (in_all > kMaxDomains) {
      found.error(written[i].app.place, fmt::format("more than {} domains in all", kMaxDomains));
      break;
    }
    ranges_in_all += written[i].ranges.size();
    if (ranges_in_all > kMaxRanges) {
      found.error(written[i].app.place, fmt::format("more than {} ranges in all", kMaxRanges));
      break;
    }
    claim_domains(written, i, domains, found);
    ranges.claim(i, found);
  }
  if (found.has_errors()) return std::unexpected(std::move(found));
  check_idle_domains(written, found);
  warnings.append(std::move(found));

  std::vector<App> apps;
  apps.reserve(written.size());
  for (WrittenApp& one : written) {
    for (const auto& domain : one.domains) one.app.domains.push_back(*domain);
    for (const auto& range : one.ranges) one.app.ranges.push_back(*range);
    apps.push_back(std::move(one.app));
  }
  return std::make_shared<const Catalog>(std::move(apps), std::move(domains), ranges.made());
}

// A place in the file as a whole.
Place at_file(std::string name) {
  return {std::make_shared<const Source>(Source{std::move(name), {}}), 0, 0, 1};
}

// The names of the app folders, sorted.
std::vector<std::string> list_folders(const fs::path& directory, Diagnostics& found) {
  std::vector<std::string> names;
  std::error_code failure;
  fs::directory_iterator entries(directory, failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    const std::string name = entries->path().filename().string();
    std::error_code ignored;
    if (!name.starts_with('.') && entries->is_directory(ignored)) names.push_back(name);
    if (names.size() > kMaxApps) {
      found.error(at_file(directory.string()), fmt::format("more than {} apps", kMaxApps));
      break;
    }
  }
  if (failure) {
    found.error(at_file(directory.string()),
                fmt::format("cannot read the folder: {}", failure.message()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Checked<std::shared_ptr<const Catalog>> load_catalog(const std::vector<std::string>& directories,
                                                     std::vector<CatalogImport> imports,
                                                     Diagnostics& warnings) {
  Diagnostics found;
  std::vector<WrittenApp> apps;
  for (std::size_t rank = 0; rank < directories.size(); ++rank) {
    const fs::path root(directories[rank]);
    // "catalog/" also for a directory written with a slash at its end.
    const fs::path shown = root.has_filename() ? root.filename() : root.parent_path().filename();
    for (const std::string& folder : list_folders(root, found)) {
      const auto parsed = yaml::parse_file((root / folder / kFileName).string(),
                                           (shown / folder / kFileName).string());
      if (!parsed) {
        found.append(parsed.error());
        continue;
      }
      const fs::path risk_file = root / folder / kRiskFile;
      std::error_code ignored;
      if (!fs::exists(risk_file, ignored)) {
        add_app(*parsed, nullptr, rank, apps, found);
        continue;
      }
      const auto risk = yaml::parse_file(risk_file.string(), (shown / folder / kRiskFile).string());
      if (!risk) found.append(risk.error());
      add_app(*parsed, risk ? &*risk : nullptr, rank, apps, found);
    }
  }
  return assemble(std::move(apps), std::move(imports), std::move(found), warnings);
}

Checked<std::shared_ptr<const Catalog>> load_catalog(const std::vector<std::string>& directories,
                                                     Diagnostics& warnings) {
  return load_catalog(directories, {}, warnings);
}

Checked<std::shared_ptr<const Catalog>> load_catalog(const std::string& directory,
                                                     Diagnostics& warnings) {
  return load_catalog(std::vector<std::string>{directory}, {}, warnings);
}

Checked<std::shared_ptr<const Catalog>> parse_catalog(const std::vector<SourcePtr>& sources,
                                                      Diagnostics& warnings) {
  return parse_catalog(sources, {}, warnings);
}

Checked<std::shared_ptr<const Catalog>> parse_catalog(const std::vector<SourcePtr>& sources,
                                                      std::vector<CatalogImport> imports,
                                                      Diagnostics& warnings) {
  Diagnostics found;
  std::vector<WrittenApp> apps;
  if (sources.size() > kMaxApps) {
    found.error({}, fmt::format("more than {} apps", kMaxApps));
    return std::unexpected(std::move(found));
  }
  for (const SourcePtr& source : sources) {
    const auto parsed = yaml::parse(source);
    if (parsed) {
      add_app(*parsed, nullptr, 0, apps, found);
    } else {
      found.append(parsed.error());
    }
  }
  return assemble(std::move(apps), std::move(imports), std::move(found), warnings);
}

}  // namespace sallyport::discovery
