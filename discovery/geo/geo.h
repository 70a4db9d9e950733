#pragma once
// Where in the world an address is, and whose network it is in: country, autonomous system, its
// organisation, coordinates. From MMDB files of the operator's choice, in whatever layout: each
// fact has a list of paths of keys, and the first that leads to a usable value is taken. Of several
// databases the first that knows a fact tells it.
//
// Files are read once, as a whole, into maps of our own; nothing stays open or mapped, so that a
// file may be replaced, truncated or removed at any time. A database that is missing, broken or
// older than its max_age is a warning, never an error: its facts stay unknown (of an old one they
// are used), traffic goes on.
//
// An IPv6 address that carries an IPv4 address (NAT64, 6to4) is where that one is.
//
// Immutable after loading; share it between threads as shared_ptr<const Geo>.
//
// Limits: 16 databases, 512 MiB each, 16 million networks, 2 million different places; texts of
// strangers are made printable and cut at kMaxIsp bytes. A country is one of ISO 3166-1 or unknown.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/address.h"
#include "base/core/clock.h"
#include "base/core/diagnostics.h"
#include "base/core/result.h"
#include "discovery/geo/geo_status.h"
#include "discovery/tags/span_map.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

constexpr std::size_t kMaxGeoDatabases = 16;
constexpr std::size_t kMaxIsp = 128;  // bytes

// Where in an entry a fact stands: "country.iso_code", "subdivisions.0.iso_code".
using KeyPaths = std::vector<std::string>;

// One database and how it is read. The defaults know MaxMind, DB-IP, IPinfo, ip-location-db and
// what `sallyport geo build` writes.
struct GeoSource {
  Spanned<std::string> path;
  bool expected = true;  // False: one that we look for by default; it need not be there.
  KeyPaths country{"country.iso_code", "country_code", "country"};
  KeyPaths asn{"autonomous_system_number", "traits.autonomous_system_number", "asn"};
  KeyPaths isp{"autonomous_system_organization", "traits.autonomous_system_organization", "isp",
               "as_name", "name"};
  KeyPaths latitude{"location.latitude", "latitude", "lat"};
  KeyPaths longitude{"location.longitude", "longitude", "lng"};
  std::chrono::milliseconds max_age = std::chrono::days(180);  // 0: never old

  bool operator==(const GeoSource& other) const;  // But for the place.
};

class Geo {
 public:
  Geo() = default;  // Knows nothing.

  // Sets country, asn, isp and location of `out`, and nothing else. No allocation beyond the texts
  // that are copied.
  void describe(const IpAddress& address, policy::AddressFacts& out) const;

  const std::vector<GeoDatabase>& databases() const { return databases_; }
  // What it was made from, also what was not there: a change of one of them is a reason to load.
  const std::vector<std::string>& files() const { return files_; }

 private:
  friend class GeoLoader;

  // What holds in some networks.
  struct Facts {
    std::string country;
    std::uint32_t asn = 0;
    std::string isp;
    std::optional<policy::Coordinates> location;
  };
  struct Layer {
    SpanMap spans;
    std::vector<Facts> facts;  // [SpanMap::kNothing] is "nothing known"
  };
  std::vector<Layer> layers_;
  std::vector<GeoDatabase> databases_;
  std::vector<std::string> files_;
};

// What `geo build` writes, in the state directory.
std::string country_database(const std::string& state);  // DIR/geo/country.mmdb
std::string asn_database(const std::string& state);      // DIR/geo/asn.mmdb
// Both, not expected.
std::vector<GeoSource> default_geo_sources(const std::string& state);

// Never fails; what could not be used is in `warnings` and in databases().
std::shared_ptr<const Geo> load_geo(std::span<const GeoSource> sources, Time now,
                                    Diagnostics& warnings);
// The same from bytes in memory instead of files, in the order of `sources`.
std::shared_ptr<const Geo> parse_geo(std::span<const GeoSource> sources,
                                     std::span<const std::string_view> files, Time now,
                                     Diagnostics& warnings);

}  // namespace sallyport::discovery
