#include "discovery/catalog/noise_hosts.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

SourcePtr source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

std::shared_ptr<const NoiseHosts> make(const std::string& text) {
  const auto made = parse_noise(source("tags/noise.yaml", text));
  EXPECT_TRUE(made) << render(made.error());
  return made ? *made : std::make_shared<const NoiseHosts>();
}

std::string kind(const NoiseHosts& noise, std::string_view host) {
  return std::string(to_string(noise.find(host).kind));
}

std::string refusal(const std::string& text) {
  const auto made = parse_noise(source("noise.yaml", text));
  return made ? "" : render(made.error());
}

TEST(NoiseHosts, SayWhatAHostIsFor) {
  const auto noise = make(
      "tracker: t.example\nadvertising: [ads.example, \"*.net.example\"]\nanalytics:\n"
      "  - stats.example\ncdn: [cdn.example]\ninfrastructure: [ocsp.ca.example]\n");
  EXPECT_EQ(kind(*noise, "t.example"), "tracker");
  EXPECT_EQ(kind(*noise, "a.b.ads.example"), "advertising");
  EXPECT_EQ(kind(*noise, "x.net.example"), "advertising");
  EXPECT_EQ(kind(*noise, "net.example"), "unknown");
  EXPECT_EQ(kind(*noise, "stats.example"), "analytics");
  EXPECT_EQ(kind(*noise, "x.cdn.example"), "cdn");
  EXPECT_EQ(kind(*noise, "ocsp.ca.example"), "infrastructure");
  EXPECT_EQ(kind(*noise, "ca.example"), "unknown");
  EXPECT_EQ(kind(NoiseHosts(), "t.example"), "unknown");
  EXPECT_EQ(kind(*make(""), "t.example"), "unknown");
}

TEST(NoiseHosts, LetTheLongerNameSay) {
  const auto noise = make("cdn: [example.com]\nanalytics: [stats.example.com]\n");
  EXPECT_EQ(kind(*noise, "a.example.com"), "cdn");
  EXPECT_EQ(kind(*noise, "a.stats.example.com"), "analytics");
}

TEST(NoiseHosts, RefuseWhatContradictsItselfAndNameBothPlaces) {
  EXPECT_EQ(refusal("cdn:\n  - a.example\n  - b.example\ntracker:\n  - A.example\n"),
            "noise.yaml:2:5: error: host 'a.example' is listed already, at noise.yaml:5:5\n"
            "  - a.example\n"
            "    ^~~~~~~~~\n");
  EXPECT_NE(refusal("cdn: [a.example, \"*.a.example\"]\n").find("is listed already"),
            std::string::npos);
}

TEST(NoiseHosts, RefuseWhatIsNoHostAndKindsThatAreNone) {
  EXPECT_NE(refusal("cdn: [com]\n").find("'com' is no host"), std::string::npos);
  EXPECT_NE(refusal("cdn: [a.example/x]\n").find("'a.example/x' is no host"), std::string::npos);
  EXPECT_NE(refusal("cdn: [192.0.2.1]\n").find("'192.0.2.1' is no host"), std::string::npos);
  EXPECT_NE(refusal("trackers: [a.example]\n").find("did you mean 'tracker'?"), std::string::npos);
  EXPECT_NE(refusal("app: [a.example]\n").find("unknown key 'app'"), std::string::npos);
}

TEST(NoiseHosts, WarnWhereAnAppHasTheSameName) {
  Diagnostics warnings;
  const auto catalog = parse_catalog(
      {source("catalog/stats/app.yaml",
              "id: stats\nname: X\nvendor: X\ncategory: crm\ndomains: [stats.example, b.example]\n"
              "sources: [{kind: observed, date: 2026-11-23}]\n")},
      warnings);
  ASSERT_TRUE(catalog);
  check_noise(*make("analytics:\n  - stats.example\n  - beacon.stats.example\n  - \"*.b.example\"\n"
                    "  - example.com\n"),
              **catalog, warnings);
  EXPECT_EQ(render(warnings),
            "tags/noise.yaml:2:5: warning: host 'stats.example' is of app 'stats' "
            "(catalog/stats/app.yaml:1:5), which wins\n"
            "  - stats.example\n"
            "    ^~~~~~~~~~~~~ take it out here, or name only the part that is noise\n"
            "tags/noise.yaml:4:5: warning: host '*.b.example' is of app 'stats' "
            "(catalog/stats/app.yaml:1:5), which wins\n"
            "  - \"*.b.example\"\n"
            "    ^~~~~~~~~~~~~ take it out here, or name only the part that is noise\n");
}

}  // namespace
}  // namespace sallyport::discovery
