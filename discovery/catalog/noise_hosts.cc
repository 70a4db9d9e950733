#include "discovery/catalog/noise_hosts.h"

#include <fmt/format.h>
#include <map>

#include "base/core/check.h"
#include "base/yaml/node.h"
#include "base/yaml/reader.h"
#include "discovery/catalog/app_index.h"

namespace sallyport::discovery {
namespace {

using policy::HostKind;

constexpr std::size_t kMaxHosts = 100'000;

// The kinds that a file may give to hosts.
constexpr HostKind kKinds[] = {HostKind::tracker, HostKind::advertising, HostKind::analytics,
                               HostKind::cdn, HostKind::infrastructure};

std::string show(const Place& place) {
  return fmt::format("{}:{}:{}", place.source ? place.source->name : "", place.line, place.column);
}

// A domain of an app without a path.
std::optional<std::string> canonical_host(std::string_view written) {
  if (written.find('/') != std::string_view::npos) return std::nullopt;
  return canonical_domain(written);
}

}  // namespace

NoiseHosts::Found NoiseHosts::find(std::string_view host) const {
  const HostIndex::Cover cover = index_.find_cover(host);
  if (cover.value == HostIndex::kNone) return {};
  return {static_cast<HostKind>(cover.value), cover.size};
}

Checked<std::shared_ptr<const NoiseHosts>> load_noise(const std::string& path) {
  auto source = yaml::read_source(path);
  if (!source) return std::unexpected(std::move(source.error()));
  return parse_noise(std::move(*source));
}

Checked<std::shared_ptr<const NoiseHosts>> parse_noise(SourcePtr source) {
  const auto parsed = yaml::parse(std::move(source));
  if (!parsed) return std::unexpected(parsed.error());
  Diagnostics found;
  auto made = std::make_shared<NoiseHosts>();
  std::map<std::string, Place, std::less<>> places;  // By name without "*.".
  yaml::MapReader map(*parsed, found, "noise");
  for (const HostKind kind : kKinds) {
    for (const auto& written : map.texts(to_string(kind))) {
      auto host = canonical_host(*written);
      if (!host) {
        found.error(written.place, fmt::format("'{}' is no host", *written),
                    "a name such as 'example.com' or '*.example.com', of two labels at least");
        continue;
      }
      const std::string_view name = std::string_view(*host).substr(host->starts_with("*.") ? 2 : 0);
      const auto [before, fresh] = places.emplace(name, written.place);
      if (!fresh) {
        found.error(written.place,
                    fmt::format("host '{}' is listed already, at {}", *host, show(before->second)));
        continue;
      }
      CHECK(!made->index_.claim(*host, static_cast<std::uint32_t>(kind)));
      made->hosts_.push_back({std::move(*host), written.place});
    }
  }
  map.finish();
  if (made->hosts_.size() > kMaxHosts) {
    found.error(parsed->place, fmt::format("more than {} hosts", kMaxHosts));
  }
  if (found.has_errors()) return std::unexpected(std::move(found));
  return made;
}

void check_noise(const NoiseHosts& noise, const Catalog& catalog, Diagnostics& warnings) {
  for (const auto& host : noise.hosts()) {
    const bool only_below = host->starts_with("*.");
    const std::string name = only_below ? "x" + host->substr(1) : *host;
    const std::size_t size = host->size() - (only_below ? 2 : 0);
    const Catalog::Found found = catalog.find_cover(name);
    if (!found.app || found.size < size) continue;
    warnings.warning(host.place,
                     fmt::format("host '{}' is of app '{}' ({}), which wins", *host,
                                 found.app->facts.id, show(found.app->place)),
                     "take it out here, or name only the part that is noise");
  }
}

}  // namespace sallyport::discovery
