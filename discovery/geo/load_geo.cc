// From MMDB files to a Geo: every network's entry becomes a row of facts, equal rows one.

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/core/file.h"
#include "base/core/text.h"
#include "discovery/geo/geo.h"
#include "discovery/mmdb/mmdb.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxNetworks = 16'000'000;
constexpr std::size_t kMaxPlaces = 2'000'000;
constexpr double kMaxLatitude = 90;    // degrees
constexpr double kMaxLongitude = 180;  // degrees

using SplitPaths = std::vector<std::vector<std::string_view>>;

// The paths outlive what is split off them.
SplitPaths split_paths(const KeyPaths& paths) {
  SplitPaths out;
  for (const std::string& path : paths) {
    std::vector<std::string_view>& keys = out.emplace_back();
    std::string_view rest = path;
    while (true) {
      const std::size_t dot = rest.find('.');
      keys.push_back(rest.substr(0, dot));
      if (dot == std::string_view::npos) break;
      rest.remove_prefix(dot + 1);
    }
  }
  return out;
}

// ---- A usable value, or none. What another file means by the same key is another thing.

std::optional<std::string> as_country(const MmdbScalar& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr || text->size() != 2) return std::nullopt;
  std::string code(*text);
  for (char& c : code) c = is_alpha(c) ? static_cast<char>(c & ~32) : c;
  if (!policy::is_country_code(code)) return std::nullopt;
  return code;
}

std::optional<std::uint32_t> as_asn(const MmdbScalar& value) {
  std::optional<std::uint64_t> number;
  if (const auto* written = std::get_if<std::uint64_t>(&value)) number = *written;
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    number = parse_decimal(istarts_with(*text, "AS") ? text->substr(2) : *text);
  }
  if (!number || *number == 0 || *number > 0xffffffff) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

std::optional<std::string> as_name(const MmdbScalar& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr || trim(*text).empty()) return std::nullopt;
  std::string name = printable(trim(text->substr(0, 4 * kMaxIsp)));
  if (name.size() > kMaxIsp) {
    std::size_t end = kMaxIsp;
    while ((static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
    name.resize(end);
  }
  return name;
}

std::optional<double> as_degrees(const MmdbScalar& value, double most) {
  std::optional<double> degrees;
  if (const auto* number = std::get_if<double>(&value)) degrees = *number;
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    degrees = static_cast<double>(*number);
  }
  if (const auto* number = std::get_if<std::uint64_t>(&value)) {
    degrees = static_cast<double>(*number);
  }
  if (const auto* text = std::get_if<std::string_view>(&value)) {  // IPinfo
    double read = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), read);
    if (error == std::errc() && end == text->data() + text->size()) degrees = read;
  }
  // Also no NaN.
  if (!degrees || !(*degrees >= -most && *degrees <= most)) return std::nullopt;
  return degrees;
}

std::string days(std::chrono::milliseconds age) {
  return std::to_string(std::chrono::duration_cast<std::chrono::days>(age).count()) + " days";
}

}  // namespace

// Reads one database after the other into a Geo.
class GeoLoader {
 public:
  GeoLoader(Time now, Diagnostics& warnings) : now_(now), warnings_(warnings) {}

  void add(const GeoSource& source, const Result<std::string_view>& bytes) {
    GeoDatabase& status = geo_->databases_.emplace_back();
    status.path = *source.path;
    status.expected = source.expected;
    status.max_age = source.max_age;
    geo_->files_.push_back(status.path);
    if (geo_->databases_.size() > kMaxGeoDatabases) {
      status.trouble = fmt::format("more than {} databases", kMaxGeoDatabases);
    } else if (!bytes) {
      status.missing = bytes.error().kind == ErrorKind::not_found;
      if (status.missing && !source.expected) return;
      status.trouble = bytes.error().detail;
    } else {
      read(source, *bytes, status);
    }
    tell(source, status);
  }

  std::shared_ptr<const Geo> finish() { return std::move(geo_); }

 private:
  using Key = std::tuple<std::string, std::uint32_t, std::string, bool, double, double>;

  void read(const GeoSource& source, std::string_view bytes, GeoDatabase& status) {
    const Result<Mmdb> db = Mmdb::open(bytes);
    if (!db) {
      status.trouble = db.error().detail;
      return;
    }
    status.type = db->metadata().type;
    status.nodes = db->metadata().nodes;
    if (db->metadata().built != Time()) status.built = db->metadata().built;

    const Paths paths{split_paths(source.country), split_paths(source.asn), split_paths(source.isp),
                      split_paths(source.latitude), split_paths(source.longitude)};
    Geo::Layer layer;
    layer.facts.emplace_back();
    std::unordered_map<Mmdb::Entry, std::uint32_t> by_entry;
    std::map<Key, std::uint32_t> by_facts;
    SpanMap::Ascending spans;
    std::size_t visited = 0;  // Also those of which nothing is told: by_entry grows with them.
    const Result<void> walked = db->walk([&](const IpPrefix& network, Mmdb::Entry entry) {
      const auto [at, fresh] = by_entry.try_emplace(entry, SpanMap::kNothing);
      if (fresh) at->second = number_of(facts_of(*db, entry, paths), layer, by_facts);
      if (at->second != SpanMap::kNothing) {
        ++status.networks;
        spans.add(AddressSpan::of(network), at->second);
      }
      return ++visited <= kMaxNetworks && layer.facts.size() <= kMaxPlaces && !db->exhausted();
    });
    status.places = layer.facts.size() - 1;
    if (!walked) {
      status.trouble = walked.error().detail;
    } else if (visited > kMaxNetworks || layer.facts.size() > kMaxPlaces) {
      status.trouble = fmt::format("more than {} networks or {} places", kMaxNetworks, kMaxPlaces);
    } else if (db->exhausted()) {
      status.trouble = "it would take too long to read";
    } else if (status.places == 0) {
      status.trouble = "nothing that we look for stands under any of its keys";
    }
    if (!status.trouble.empty()) return;
    layer.spans = spans.finish();
    geo_->layers_.push_back(std::move(layer));
    status.usable = true;
  }

  struct Paths {
    SplitPaths country;
    SplitPaths asn;
    SplitPaths isp;
    SplitPaths latitude;
    SplitPaths longitude;
  };

  // What the first path leads to whose value `as` can use.
  template <class As>
  static auto first(const Mmdb& db, Mmdb::Entry entry, const SplitPaths& paths, As as)
      -> decltype(as(MmdbScalar())) {
    for (const auto& path : paths) {
      if (auto value = as(db.find(entry, path))) return value;
    }
    return std::nullopt;
  }

  static Geo::Facts facts_of(const Mmdb& db, Mmdb::Entry entry, const Paths& paths) {
    Geo::Facts facts;
    facts.country = first(db, entry, paths.country, as_country).value_or("");
    facts.asn = first(db, entry, paths.asn, as_asn).value_or(0);
    facts.isp = first(db, entry, paths.isp, as_name).value_or("");
    const auto latitude = first(db, entry, paths.latitude, [](const MmdbScalar& value) {
      return as_degrees(value, kMaxLatitude);
    });
    if (!latitude) return facts;
    const auto longitude = first(db, entry, paths.longitude, [](const MmdbScalar& value) {
      return as_degrees(value, kMaxLongitude);
    });
    if (longitude) facts.location = policy::Coordinates{*latitude, *longitude};
    return facts;
  }

  static std::uint32_t number_of(Geo::Facts facts, Geo::Layer& layer,
                                 std::map<Key, std::uint32_t>& known) {
    if (facts.country.empty() && facts.asn == 0 && facts.isp.empty() && !facts.location) {
      return SpanMap::kNothing;
    }
    const policy::Coordinates at = facts.location.value_or(policy::Coordinates{});
    const auto [place, fresh] =
        known.try_emplace({facts.country, facts.asn, facts.isp, facts.location.has_value(),
                           at.latitude, at.longitude},
                          static_cast<std::uint32_t>(layer.facts.size()));
    if (fresh) layer.facts.push_back(std::move(facts));
    return place->second;
  }

  void tell(const GeoSource& source, const GeoDatabase& status) {
    Place place = source.path.place;
    if (!place.source) {
      place.source = std::make_shared<const Source>(Source{status.path, {}});
    }
    if (!status.usable) {
      warnings_.warning(
          place, fmt::format("the geo database {} cannot be used: {}", status.path, status.trouble),
          "what it would tell stays unknown; sallyport geo build makes one");
      return;
    }
    if (!status.is_stale(now_)) return;
    warnings_.warning(
        place,
        fmt::format("the geo database {} is {} old, more than its max_age of {}", status.path,
                    days(*status.age(now_)), format_duration(source.max_age)),
        "it is used all the same; sallyport geo build makes a new one");
  }

  Time now_;
  Diagnostics& warnings_;
  std::shared_ptr<Geo> geo_ = std::make_shared<Geo>();
};

std::shared_ptr<const Geo> load_geo(std::span<const GeoSource> sources, Time now,
                                    Diagnostics& warnings) {
  GeoLoader loader(now, warnings);
  for (const GeoSource& source : sources) {
    const Result<std::string> bytes = read_regular_file(*source.path, kMaxMmdb);
    if (bytes) {
      loader.add(source, std::string_view(*bytes));
    } else {
      Error error = bytes.error();
      const std::string named = *source.path + ": ";  // The warning says it anyway.
      if (error.detail.starts_with(named)) error.detail.erase(0, named.size());
      loader.add(source, std::unexpected(std::move(error)));
    }
  }
  return loader.finish();
}

std::shared_ptr<const Geo> parse_geo(std::span<const GeoSource> sources,
                                     std::span<const std::string_view> files, Time now,
                                     Diagnostics& warnings) {
  GeoLoader loader(now, warnings);
  for (std::size_t i = 0; i < sources.size(); ++i) loader.add(sources[i], files[i]);
  return loader.finish();
}

}  // namespace sallyport::discovery
