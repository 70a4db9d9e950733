// Any text as a list of either kind; what is read makes a database that a Geo can read.

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/core/check.h"
#include "discovery/geo/geo.h"
#include "discovery/geo/geo_build.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::discovery;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  for (const GeoListKind kind : {GeoListKind::country, GeoListKind::asn}) {
    std::optional<GeoRange> last;
    const auto read = parse_geo_list(text, kind, [&](const GeoRange& range) {
      CHECK(range.first.is_v4() == range.last.is_v4() && range.first <= range.last);
      CHECK(range.country.empty() != (range.asn == 0));
      last = range;
    });
    CHECK(read.has_value());
    const auto built = build_geo(kind, {&text, 1}, Time());
    CHECK(built.has_value() == last.has_value());
    if (!built) continue;
    const GeoSource sources[] = {{}};
    const std::string_view files[] = {built->bytes};
    Diagnostics warnings;
    const auto geo = parse_geo(sources, files, Time(), warnings);
    CHECK(geo->databases().front().usable);
    policy::AddressFacts facts;
    if (last->last.embedded_v4()) continue;
    // Nobody's: databases have the addresses of IPv4 where these two are.
    if (last->last.to_string() == "::" || last->last.to_string() == "::1") continue;
    geo->describe(last->last, facts);
    CHECK(facts.country == last->country && facts.asn == last->asn);
  }
  return 0;
}
