#include "discovery/geo/geo.h"

namespace sallyport::discovery {

void Geo::describe(const IpAddress& address, policy::AddressFacts& out) const {
  out.country.clear();
  out.asn = 0;
  out.isp.clear();
  out.location.reset();
  if (layers_.empty()) return;
  const IpAddress asked = address.embedded_v4().value_or(address);
  for (const Layer& layer : layers_) {
    const std::uint32_t number = layer.spans.find(asked);
    if (number == SpanMap::kNothing) continue;
    const Facts& facts = layer.facts[number];
    if (out.country.empty()) out.country = facts.country;
    if (out.asn == 0) out.asn = facts.asn;
    if (out.isp.empty()) out.isp = facts.isp;
    if (!out.location) out.location = facts.location;
  }
}

bool GeoSource::operator==(const GeoSource& other) const {
  return path.value == other.path.value && expected == other.expected && country == other.country &&
         asn == other.asn && isp == other.isp && latitude == other.latitude &&
         longitude == other.longitude && max_age == other.max_age;
}

std::string country_database(const std::string& state) { return state + "/geo/country.mmdb"; }
std::string asn_database(const std::string& state) { return state + "/geo/asn.mmdb"; }

std::vector<GeoSource> default_geo_sources(const std::string& state) {
  std::vector<GeoSource> out(2);
  out[0].path.value = country_database(state);
  out[1].path.value = asn_database(state);
  for (GeoSource& source : out) source.expected = false;
  return out;
}

}  // namespace sallyport::discovery
