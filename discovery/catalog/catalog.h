#pragma once
// The known apps, and which of them a host name, or a path on it, belongs to.
//
// INVARIANT: no host and path belong to two apps. Where one app claims "example.com" and another
// "files.example.com", the longer name wins for what is under it, and so does "example.com/files"
// (app_index.h).
//
// Immutable after making; share it between threads as shared_ptr<const Catalog>. Everything handed
// out lives as long as the Catalog.
//
//   auto catalog = load_catalog("conf/catalog", warnings);
//   if (!catalog) return std::unexpected(catalog.error());
//   const App* app = (*catalog)->find_by_host("files.example.com");
//
// Limits: 20,000 apps, 1,000 domains, 1,000 ranges and 64 tags an app, 500,000 domains and 100,000
// ranges in all. A domain has two to 16 labels and is no address; a range is no wider than /8 of
// IPv4 and /16 of IPv6.

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/diagnostics.h"
#include "discovery/catalog/app.h"
#include "discovery/catalog/app_index.h"
#include "discovery/catalog/app_ranges.h"

namespace sallyport::discovery {

struct CatalogImport;

// What a file of the operator's own says of one app: each tag, and where.
using AppTagPlaces = std::map<std::string, Place, std::less<>>;

class Catalog {
 public:
  Catalog() = default;  // Knows no app.
  // REQUIRES: apps sorted by id, ids unique; every number in `index` is one of `apps`.
  Catalog(std::vector<App> apps, AppIndex index, AppRanges ranges = {},
          std::map<std::string, AppTagPlaces, std::less<>> stated = {})
      : apps_(std::move(apps)),
        index_(std::move(index)),
        ranges_(std::move(ranges)),
        stated_(std::move(stated)) {}

  // The app whose domain is the longest suffix of `host` on label boundaries, and of a host that is
  // an address, whose range holds it; null where none is. What is known at connect: domains with a
  // path do not count.
  // REQUIRES: the spelling of Host::text(). No allocation; perf/results.md has the cost.
  const App* find_by_host(std::string_view host) const;
  // The same once the path is known, in the spelling of http::normal_path().
  const App* find(std::string_view host, std::string_view path) const;
  // find_by_host() with the number of bytes of the domain that covers the host.
  struct Found {
    const App* app = nullptr;
    std::size_t size = 0;
    const IpPrefix* range = nullptr;  // that told the app, where no domain did
  };
  Found find_cover(std::string_view host) const;
  // The same with a path: bytes of the domain's host.
  Found find_cover(std::string_view host, std::string_view path) const;
  // The app whose range holds the address, the longest range first.
  Found find_by_address(const IpAddress& address) const;
  const App* find(std::string_view id) const;
  // Where the operator's own file (load_app_tags) gives this tag to this app; null where it does
  // not.
  const Place* stated(std::string_view app, std::string_view tag) const;
  // The same hosts and tags, other facts of the apps. REQUIRES: the same ids.
  Catalog with(std::vector<App> apps, RiskRules rules) const {
    Catalog made(std::move(apps), index_, ranges_, stated_);
    made.risk_rules_ = std::move(rules);
    return made;
  }
  std::span<const App> apps() const { return apps_; }  // Sorted by id.
  const RiskRules& risk_rules() const { return risk_rules_; }
  const AppIndex& index() const { return index_; }
  const AppRanges& ranges() const { return ranges_; }

 private:
  Found found(std::string_view host, AppIndex::Cover cover) const;

  std::vector<App> apps_;
  AppIndex index_;                                           // To indices of apps_.
  AppRanges ranges_;                                         // likewise
  std::map<std::string, AppTagPlaces, std::less<>> stated_;  // By app.
  RiskRules risk_rules_;
};

// Reads <directory>/<app>/app.yaml of every folder there, and risk.yaml beside it. Other files are
// not looked at; folders whose name starts with '.' are skipped.
Checked<std::shared_ptr<const Catalog>> load_catalog(const std::string& directory,
                                                     Diagnostics& warnings);

// The same from several directories: the catalog that we ship, then those of the operator's own,
// whose apps are tagged `custom_app`. A later directory wins: its app takes the place of one with
// the same id, and its domain is taken from the app that had it. A warning tells of each.
Checked<std::shared_ptr<const Catalog>> load_catalog(const std::vector<std::string>& directories,
                                                     Diagnostics& warnings);

// The same with what was imported (imported_apps.h) on the second tier: an app whose id the
// directories know, and a domain that an app of theirs covers in whatever way, are left out; of two
// imports the first in `imports` wins. What is left out, also beyond the limits, is no fault.
Checked<std::shared_ptr<const Catalog>> load_catalog(const std::vector<std::string>& directories,
                                                     std::vector<CatalogImport> imports,
                                                     Diagnostics& warnings);

// The same from texts, one per app.yaml; an id must equal the folder in the source's name
// ("catalog/box/app.yaml"), where that name has one.
Checked<std::shared_ptr<const Catalog>> parse_catalog(const std::vector<SourcePtr>& sources,
                                                      Diagnostics& warnings);
Checked<std::shared_ptr<const Catalog>> parse_catalog(const std::vector<SourcePtr>& sources,
                                                      std::vector<CatalogImport> imports,
                                                      Diagnostics& warnings);

// The catalog with the operator's tags (conf/tags/apps.yaml) on top:
//
//   sanctioned: [box, microsoft_365]
//   unsanctioned: [mega]
//   approved_by_legal: [box]              # Any word of [a-z0-9_] is a tag.
//
// An app that the catalog does not know is an error, and so is one that the file calls both
// sanctioned and unsanctioned; one of the two replaces the other where the catalog's entry says
// otherwise. A word that is nearly a built-in tag is an error too: "unsanctionned" would quietly
// protect nothing. `catalog` itself is left as it is.
Checked<std::shared_ptr<const Catalog>> load_app_tags(const std::string& path,
                                                      const Catalog& catalog);
Checked<std::shared_ptr<const Catalog>> parse_app_tags(SourcePtr source, const Catalog& catalog);

// The catalog with the risk of each app (risk.h), by the operator's weights and what he knows
// better (conf/tags/app_risk.yaml); "" is none of that:
//
//   weights: {compliance: high, factors: {iso_27001: very_high}}
//   not_applicable_counts: false
//   doubt: 4                              # factors that come to 5, in each group
//   least_known: 5                        # percent of the weight; with less, no score
//   apps:
//     box: {note: "looked at by legal", score: 9, factors: {saml: true}}
Checked<std::shared_ptr<const Catalog>> load_app_risk(const std::string& path,
                                                      const Catalog& catalog,
                                                      std::chrono::sys_days today);
Checked<std::shared_ptr<const Catalog>> parse_app_risk(SourcePtr source, const Catalog& catalog,
                                                       std::chrono::sys_days today);

}  // namespace sallyport::discovery
