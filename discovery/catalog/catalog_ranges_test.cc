// Apps by ranges of addresses: how they are written, refused and found.

#include <gtest/gtest.h>

#include "discovery/catalog/catalog.h"
#include "discovery/catalog/catalog_check.h"

namespace sallyport::discovery {
namespace {

// An app.yaml with these lines in it.
SourcePtr app(const std::string& id, const std::string& lines) {
  return std::make_shared<const Source>(Source{
      "catalog/" + id + "/app.yaml", "id: " + id + "\nname: The " + id +
                                         "\nvendor: V\ncategory: cloud_storage\n" + lines +
                                         "\nsources: [{kind: observed, date: 2026-11-23}]\n"});
}

std::shared_ptr<const Catalog> make(const std::vector<SourcePtr>& sources) {
  Diagnostics warnings;
  auto made = parse_catalog(sources, warnings);
  EXPECT_TRUE(made) << render(made.error());
  EXPECT_EQ(render(warnings), "");
  return made ? *made : std::make_shared<const Catalog>();
}

std::string find(const Catalog& catalog, std::string_view host, std::string_view path = {}) {
  const Catalog::Found found =
      path.empty() ? catalog.find_cover(host) : catalog.find_cover(host, path);
  if (found.app == nullptr) return "-";
  return found.app->facts.id + (found.range ? " by " + found.range->to_string() : "");
}

void expect_refused(const std::string& lines, const std::string& expected) {
  Diagnostics warnings;
  const auto made = parse_catalog({app("erp", lines)}, warnings);
  ASSERT_FALSE(made) << lines;
  EXPECT_EQ(render(made.error()), expected);
}

TEST(CatalogRanges, AHostThatIsAnAddressIsOfTheAppWhoseRangeHoldsIt) {
  const auto catalog = make({app("erp", "ranges: [10.20.0.0/16, \"fd00:20::/48\"]"),
                             app("wiki", "domains: [wiki.example]\nranges: [10.20.7.0/24]")});
  EXPECT_EQ(find(*catalog, "10.20.1.1"), "erp by 10.20.0.0/16");
  EXPECT_EQ(find(*catalog, "10.20.7.1"), "wiki by 10.20.7.0/24");
  EXPECT_EQ(find(*catalog, "10.20.7.1", "/any/path"), "wiki by 10.20.7.0/24");
  EXPECT_EQ(find(*catalog, "fd00:20::1"), "erp by fd00:20::/48");
  EXPECT_EQ(find(*catalog, "10.21.0.1"), "-");
  EXPECT_EQ(find(*catalog, "x.wiki.example"), "wiki") << "a domain tells without a range";
  EXPECT_EQ(find(*catalog, "10.20.1.1.example"), "-") << "a name that looks like an address";
  EXPECT_EQ(catalog->find("erp")->ranges.size(), 2u);
}

TEST(CatalogRanges, OneOfThemOrADomainIsNeeded) {
  expect_refused("domains: []",
                 "catalog/erp/app.yaml:5:10: error: an app needs at least one domain, or one of "
                 "'ranges'\ndomains: []\n         ^~\n");
  expect_refused("ranges: []",
                 "catalog/erp/app.yaml:5:9: error: an app needs at least one domain, or one of "
                 "'ranges'\nranges: []\n        ^~\n");
}

TEST(CatalogRanges, WhatIsNoneIsRefusedWithWhatWasMeant) {
  expect_refused("ranges: [10.20.0.1/16]",
                 "catalog/erp/app.yaml:5:10: error: '10.20.0.1/16' has bits behind its first 16\n"
                 "ranges: [10.20.0.1/16]\n"
                 "         ^~~~~~~~~~~~ did you mean '10.20.0.0/16'?\n");
  expect_refused("ranges: [10.0.0.0/33]",
                 "catalog/erp/app.yaml:5:10: error: '10.0.0.0/33' is no range of addresses\n"
                 "ranges: [10.0.0.0/33]\n"
                 "         ^~~~~~~~~~~ such as '192.0.2.0/24' or '2001:db8::/32'\n");
  expect_refused("ranges: [10.0.0.0/7]",
                 "catalog/erp/app.yaml:5:10: error: '10.0.0.0/7' is too wide for the range of an "
                 "app\nranges: [10.0.0.0/7]\n"
                 "         ^~~~~~~~~~ at least /8, such as '10.0.0.0/8'\n");
  expect_refused("ranges: [\"2001:db8::/15\"]",
                 "catalog/erp/app.yaml:5:10: error: '2001:db8::/15' is too wide for the range of "
                 "an app\nranges: [\"2001:db8::/15\"]\n"
                 "         ^~~~~~~~~~~~~~~ at least /16, such as '2001::/16'\n");
}

TEST(CatalogRanges, OneRangeOfTwoAppsIsRefusedWithBothPlaces) {
  Diagnostics warnings;
  const auto made = parse_catalog(
      {app("erp", "ranges: [10.20.0.0/16]"), app("wiki", "ranges: [\"::ffff:10.20.0.0/112\"]")},
      warnings);
  ASSERT_FALSE(made);
  EXPECT_EQ(render(made.error()),
            "catalog/wiki/app.yaml:5:10: error: range '10.20.0.0/16' belongs to app 'erp' already, "
            "by catalog/erp/app.yaml:5:10\nranges: [\"::ffff:10.20.0.0/112\"]\n"
            "         ^~~~~~~~~~~~~~~~~~~~~~\n");
}

TEST(CatalogRanges, TheCheckNamesThoseThatLieInOneAnother) {
  const auto catalog = make({app("erp", "ranges: [10.20.0.0/16, 10.20.9.0/24]"),
                             app("wiki", "ranges: [10.20.7.0/24, 10.21.0.0/16]")});
  const std::string said = render(check_catalog(*catalog, std::chrono::year(2026) / 11 / 28));
  EXPECT_NE(said.find("'10.20.7.0/24' of 'wiki' lies in '10.20.0.0/16' of 'erp': the longer one "
                      "holds there"),
            std::string::npos)
      << said;
  EXPECT_NE(said.find("'10.20.9.0/24' of 'erp' says nothing new: '10.20.0.0/16' holds it"),
            std::string::npos)
      << said;
  EXPECT_EQ(said.find("10.21.0.0"), std::string::npos) << said;
}

}  // namespace
}  // namespace sallyport::discovery
