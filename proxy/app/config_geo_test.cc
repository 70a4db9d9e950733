// geo: what it may say, and how it is told what is wrong.

#include "proxy/app/config_geo.h"

#include <gtest/gtest.h>

#include "proxy/app/config.h"

namespace sallyport::app {
namespace {

Checked<Config> read(const std::string& text) {
  Diagnostics warnings;
  return parse_config(std::make_shared<const Source>(Source{"sallyport.yaml", text}),
                      "/etc/sallyport", warnings);
}

TEST(ConfigGeo, LooksInTheStateDirectoryWhereNothingIsWritten) {
  const auto config = read("state: { directory: /var/lib/sallyport }\n");
  const auto sources = geo_sources(*config);
  ASSERT_EQ(sources.size(), 2u);
  EXPECT_EQ(*sources[0].path, "/var/lib/sallyport/geo/country.mmdb");
  EXPECT_EQ(*sources[1].path, "/var/lib/sallyport/geo/asn.mmdb");
  EXPECT_FALSE(sources[0].expected);
  EXPECT_TRUE(geo_sources(*read("geo: { databases: [] }\n")).empty());
}

TEST(ConfigGeo, ReadsPathsOfFilesAndOfKeys) {
  const auto config = read(
      "geo:\n"
      "  databases:\n"
      "    - path: /srv/country.mmdb\n"
      "    - { path: geo/asn.mmdb, asn: net.number, isp: [net.owner, owner], country: [],\n"
      "        max_age: 30d }\n");
  ASSERT_TRUE(config) << render(config.error());
  const auto sources = geo_sources(*config);
  ASSERT_EQ(sources.size(), 2u);
  EXPECT_EQ(*sources[0].path, "/srv/country.mmdb");
  EXPECT_TRUE(sources[0].expected);
  EXPECT_EQ(sources[0].country, discovery::GeoSource().country);
  EXPECT_EQ(*sources[1].path, "/etc/sallyport/geo/asn.mmdb");
  EXPECT_EQ(sources[1].asn, discovery::KeyPaths{"net.number"});
  EXPECT_EQ(sources[1].isp, (discovery::KeyPaths{"net.owner", "owner"}));
  EXPECT_TRUE(sources[1].country.empty());
  EXPECT_EQ(sources[1].max_age, std::chrono::days(30));
}

TEST(ConfigGeo, SaysEveryFault) {
  const auto config = read(
      "geo:\n"
      "  databases:\n"
      "    - { path: a.mmdb, contry: [x] }\n"
      "    - { country: [country.iso_code] }\n"
      "    - { path: b.mmdb, asn: [net..number] }\n"
      "  database: x\n");
  ASSERT_FALSE(config);
  EXPECT_EQ(render(config.error()),
            "sallyport.yaml:3:23: error: unknown key 'contry' in a geo database\n"
            "    - { path: a.mmdb, contry: [x] }\n"
            "                      ^~~~~~ did you mean 'country'?\n"
            "sallyport.yaml:4:7: error: a geo database needs 'path'\n"
            "    - { country: [country.iso_code] }\n"
            "      ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
            "sallyport.yaml:5:29: error: 'net..number' is no path of keys\n"
            "    - { path: b.mmdb, asn: [net..number] }\n"
            "                            ^~~~~~~~~~~ keys joined by dots, as country.iso_code\n"
            "sallyport.yaml:6:3: error: unknown key 'database' in geo\n"
            "  database: x\n"
            "  ^~~~~~~~ did you mean 'databases'?\n");
}

}  // namespace
}  // namespace sallyport::app
