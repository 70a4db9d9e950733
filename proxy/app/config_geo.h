#pragma once
// geo: which databases tell countries and autonomous systems, and under which keys.
//
//   geo:
//     databases:
//       - path: /var/lib/GeoIP/GeoLite2-Country.mmdb
//       - { path: asn.mmdb, asn: [net.number], isp: [net.owner], max_age: 90d }
//
// Left out, it is what `sallyport geo build` writes to the state directory, where it is there. An
// empty list is none.

#include <optional>
#include <string>
#include <vector>

#include "base/yaml/reader.h"
#include "discovery/geo/geo.h"

namespace sallyport::app {

struct Config;

// `section` is what stands under `geo`; paths are relative to `folder`.
void read_geo(const yaml::Node& section, Diagnostics& diagnostics, const std::string& folder,
              std::optional<std::vector<discovery::GeoSource>>& into);

// What to load: the written ones, else the default ones of the state directory.
std::vector<discovery::GeoSource> geo_sources(const Config& config);

}  // namespace sallyport::app
