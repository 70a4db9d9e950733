// tests/data/addresses/table.txt, row by row: what ranges, feeds and geo data say of an address.

#include <fstream>
#include <gtest/gtest.h>

#include "base/core/file.h"
#include "base/core/text.h"
#include "discovery/geo/geo.h"
#include "discovery/geo/geo_build.h"
#include "discovery/tags/ip_tags.h"

namespace sallyport::discovery {
namespace {

const std::string kFolder = std::string(SALLYPORT_SOURCE_DIR) + "/tests/data/addresses/";

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

// Databases made of the two lists, as `geo build` makes them.
std::shared_ptr<const Geo> load_places(Time now) {
  std::vector<std::string> files;
  for (const auto& [list, kind] : {std::pair{"countries.csv", GeoListKind::country},
                                   std::pair{"systems.csv", GeoListKind::asn}}) {
    const std::string text = read_regular_file(kFolder + list, kMaxGeoList).value();
    const auto built = build_geo(kind, {&text, 1}, now);
    EXPECT_TRUE(built && built->lists.bad_lines == 0) << list;
    if (built) files.push_back(built->bytes);
  }
  const std::vector<GeoSource> sources(files.size());
  const std::vector<std::string_view> views(files.begin(), files.end());
  Diagnostics warnings;
  auto geo = parse_geo(sources, views, now, warnings);
  EXPECT_TRUE(warnings.empty()) << render(warnings);
  return geo;
}

// "address | category | range | tags | country | asn | isp"
std::string row_of(std::string_view address, const Geo& geo, const IpTags& tags) {
  policy::AddressFacts facts;
  geo.describe(IpAddress::parse(address).value(), facts);
  tags.describe(IpAddress::parse(address).value(), facts);
  std::string words;
  for (const auto& tag : facts.tags) words += (words.empty() ? "" : " ") + tag;
  return std::string(address) + " | " + std::string(to_string(facts.category)) + " | " +
         or_dash(facts.range) + " | " + or_dash(words) + " | " + or_dash(facts.country) + " | " +
         (facts.asn == 0 ? "-" : std::to_string(facts.asn)) + " | " + or_dash(facts.isp);
}

TEST(AddressTable, HoldsInEveryRow) {
  Diagnostics warnings;
  const Time now = parse_rfc3339("2026-11-23T22:00:00Z").value();
  const auto geo = load_places(now);
  const auto tags = load_ip_tags(kFolder + "ip_ranges.yaml", now, warnings);
  ASSERT_TRUE(tags) << render(tags.error());
  EXPECT_EQ((*tags)->feeds().size(), 11u);
  for (const FeedStatus& feed : (*tags)->feeds()) {
    EXPECT_TRUE(feed.usable) << feed.name;
    EXPECT_EQ(feed.bad_lines, 0u) << feed.name;
  }

  std::ifstream file(kFolder + "table.txt");
  std::string wrong;
  std::size_t rows = 0;
  std::size_t v6_rows = 0;
  std::size_t placed = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::string address = line.substr(0, line.find(' '));
    ASSERT_TRUE(IpAddress::parse(address)) << line;
    ++rows;
    v6_rows += address.find(':') != std::string::npos;
    placed += !line.ends_with(" | - | - | -");  // country, ASN or ISP
    const std::string found = row_of(address, *geo, **tags);
    if (found != line) wrong += "expected " + line + "\n   found " + found + "\n";
  }
  EXPECT_EQ(wrong, "");
  EXPECT_GE(rows, 200u);
  EXPECT_GE(v6_rows, 80u);
  EXPECT_GE(placed, 100u);
}

}  // namespace
}  // namespace sallyport::discovery
