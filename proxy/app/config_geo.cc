#include "proxy/app/config_geo.h"

#include <algorithm>
#include <filesystem>

#include "base/core/text.h"
#include "proxy/app/config.h"

namespace sallyport::app {

namespace {

using yaml::MapReader;
using yaml::Node;

constexpr std::size_t kMaxPaths = 16;  // of one fact
constexpr std::size_t kMaxKeys = 8;    // in one path

void read_paths(MapReader& database, std::string_view key, discovery::KeyPaths& into) {
  if (!database.has(key)) return;
  into.clear();
  for (const auto& path : database.texts(key)) {
    const std::vector<std::string_view> keys = split(*path, '.');
    const bool blank = std::ranges::any_of(keys, [](std::string_view one) { return one.empty(); });
    if (blank || keys.size() > kMaxKeys) {
      database.diagnostics().error(path.place, "'" + *path + "' is no path of keys",
                                   "keys joined by dots, as country.iso_code");
    }
    into.push_back(*path);
  }
  if (into.size() > kMaxPaths) {
    database.diagnostics().error(database.place(), "'" + std::string(key) + "' has more than " +
                                                       std::to_string(kMaxPaths) + " paths");
  }
}

}  // namespace

void read_geo(const Node& section, Diagnostics& diagnostics, const std::string& folder,
              std::optional<std::vector<discovery::GeoSource>>& into) {
  MapReader map(section, diagnostics, "geo");
  if (map.has("databases")) into.emplace();
  map.each("databases", [&](const Node& node) {
    MapReader database(node, diagnostics, "a geo database");
    if (database.required("path") == nullptr) return;
    discovery::GeoSource source;
    source.path = database.text("path");
    if (source.path->empty()) {
      diagnostics.error(source.path.place, "a geo database has a path");
    } else if (!source.path->starts_with('/')) {
      source.path.value =
          (std::filesystem::path(folder) / *source.path).lexically_normal().string();
    }
    read_paths(database, "country", source.country);
    read_paths(database, "asn", source.asn);
    read_paths(database, "isp", source.isp);
    read_paths(database, "latitude", source.latitude);
    read_paths(database, "longitude", source.longitude);
    source.max_age = database.duration("max_age", source.max_age);
    database.finish();
    into->push_back(std::move(source));
  });
  if (into && into->size() > discovery::kMaxGeoDatabases) {
    diagnostics.error(section.place, "more than " + std::to_string(discovery::kMaxGeoDatabases) +
                                         " geo databases");
  }
  map.finish();
}

std::vector<discovery::GeoSource> geo_sources(const Config& config) {
  return config.geo ? *config.geo : discovery::default_geo_sources(config.state_directory);
}

}  // namespace sallyport::app
