// Any bytes as a database: what is told of an address is bounded and fit to be shown.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/core/check.h"
#include "base/core/utf8.h"
#include "discovery/geo/geo.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::discovery;
  const GeoSource sources[] = {{}};
  const std::string_view files[] = {{reinterpret_cast<const char*>(bytes), size}};
  Diagnostics warnings;
  const auto geo = parse_geo(sources, files, Time(), warnings);
  CHECK(geo->databases().front().usable == warnings.empty());
  for (const std::string_view text : {"0.0.0.0", "1.2.3.4", "192.0.2.1", "255.255.255.255",
                                      "::", "2001:db8::1", "2002:c000:201::", "64:ff9b::1.2.3.4"}) {
    policy::AddressFacts facts;
    geo->describe(*IpAddress::parse(text), facts);
    CHECK(facts.country.empty() || policy::is_country_code(facts.country));
    CHECK(facts.isp.size() <= kMaxIsp && find_not_utf8(facts.isp) == std::string::npos);
    if (facts.location) {
      CHECK(std::abs(facts.location->latitude) <= 90 && std::abs(facts.location->longitude) <= 180);
    }
  }
  return 0;
}
