// The data in conf/tags/noise.yaml.

#include <gtest/gtest.h>

#include "discovery/catalog/noise_hosts.h"

namespace sallyport::discovery {
namespace {

const std::string kConf = std::string(SALLYPORT_SOURCE_DIR) + "/conf";

std::shared_ptr<const NoiseHosts> shipped() {
  const auto noise = load_noise(kConf + "/tags/noise.yaml");
  EXPECT_TRUE(noise) << render(noise.error());
  return noise ? *noise : std::make_shared<const NoiseHosts>();
}

// An entry that is an app's own domain has no effect: take it out, or name only what is noise.
TEST(ShippedNoise, NamesNoAppsOwnDomain) {
  Diagnostics warnings;
  const auto catalog = load_catalog(kConf + "/catalog", warnings);
  ASSERT_TRUE(catalog) << render(catalog.error());
  check_noise(*shipped(), **catalog, warnings);
  EXPECT_EQ(render(warnings), "");
}

TEST(ShippedNoise, KnowsWhatPagesLoad) {
  const auto noise = shipped();
  EXPECT_GE(noise->hosts().size(), 300u);
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"stats.g.doubleclick.net", "advertising"},
      {"www.google-analytics.com", "analytics"},
      {"www.googletagmanager.com", "analytics"},
      {"dpm.demdex.net", "tracker"},
      {"d111111abcdef8.cloudfront.net", "cdn"},
      {"cdn.jsdelivr.net", "cdn"},
      {"r3.o.lencr.org", "infrastructure"},
      {"ctldl.windowsupdate.com", "infrastructure"},
      {"connectivitycheck.gstatic.com", "infrastructure"},
      {"fonts.gstatic.com", "cdn"},
      {"dns.google", "infrastructure"},
      {"www.example.com", "unknown"},
      {"www.google.com", "unknown"},
  };
  for (const auto& [host, kind] : rows) {
    EXPECT_EQ(to_string(noise->find(host).kind), kind) << host;
  }
}

}  // namespace
}  // namespace sallyport::discovery
