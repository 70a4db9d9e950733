#include "discovery/catalog/catalog_check.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

constexpr std::chrono::sys_days kToday = std::chrono::year(2026) / 11 / 27;

SourcePtr entry(const std::string& id, const std::string& name, const std::string& domains,
                const std::string& tags = "") {
  return std::make_shared<const Source>(Source{
      "catalog/" + id + "/app.yaml",
      "id: " + id + "\nname: " + name + "\nvendor: V\ncategory: cloud_storage\ndomains: [" +
          domains + "]\ntags: [" + tags + "]\nsources: [{kind: observed, date: 2026-11-23}]\n"});
}

std::string check(const std::vector<SourcePtr>& entries) {
  Diagnostics warnings;
  const auto catalog = parse_catalog(entries, warnings);
  EXPECT_TRUE(catalog) << render(catalog.error());
  return catalog ? render(check_catalog(**catalog, kToday)) : "";
}

TEST(CatalogCheck, NamesTwoAppsOfOneName) {
  EXPECT_EQ(check({entry("box", "Box", "box.com"), entry("box_inc", "BOX!", "box.net")}),
            "catalog/box_inc/app.yaml:1:5: warning: 'box_inc' is called as 'box' is: 'BOX!'\n"
            "id: box_inc\n    ^~~~~~~\n");
  EXPECT_EQ(check({entry("box", "Box", "box.com"), entry("boxy", "Boxy", "box.net")}), "");
}

TEST(CatalogCheck, NamesADomainThatAnotherOneOfTheAppCovers) {
  const std::string said = check({entry("box", "Box", "box.com, api.box.com")});
  EXPECT_NE(said.find("'api.box.com' of 'box' says nothing new"), std::string::npos) << said;
  const std::string path = check({entry("box", "Box", "box.com, box.com/drive")});
  EXPECT_NE(path.find("'box.com/drive' of 'box' says nothing new"), std::string::npos) << path;
  // With another app's in between it is needed.
  EXPECT_EQ(
      check({entry("box", "Box", "box.com, x.api.box.com"), entry("api", "Api", "api.box.com")}),
      "");
  EXPECT_EQ(check({entry("box", "Box", "box.com"), entry("api", "Api", "api.box.com")}), "");
  EXPECT_EQ(check({entry("box", "Box", "box.com/a, box.com/b")}), "");
}

TEST(CatalogCheck, TheShippedCatalogIsClean) {
  Diagnostics warnings;
  const auto catalog = load_catalog(std::string(SALLYPORT_SOURCE_DIR) + "/conf/catalog", warnings);
  ASSERT_TRUE(catalog) << render(catalog.error());
  EXPECT_EQ(render(warnings), "");
  EXPECT_EQ(
      render(check_catalog(**catalog, std::chrono::floor<std::chrono::days>(system_clock().now()))),
      "");
}

}  // namespace
}  // namespace sallyport::discovery
