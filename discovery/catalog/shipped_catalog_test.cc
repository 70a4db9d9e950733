// The data in conf/catalog: what must hold of all of it, and the rows of conf/catalog/tests.yaml.

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "base/yaml/node.h"
#include "discovery/catalog/catalog.h"

namespace sallyport::discovery {
namespace {

const std::string kConf = std::string(SALLYPORT_SOURCE_DIR) + "/conf";

class ShippedCatalog : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = load_catalog(kConf + "/catalog", warnings_);
    ASSERT_TRUE(loaded) << render(loaded.error());
    catalog_ = *loaded;
  }

  // The app of "example.com" at connect, or of "example.com/path" from the request on; "-" for
  // none.
  std::string find(const std::string& place) const {
    const auto slash = place.find('/');
    const App* found = slash == std::string::npos
                           ? catalog_->find_by_host(place)
                           : catalog_->find(place.substr(0, slash), place.substr(slash));
    return found ? found->facts.id : "-";
  }

  Diagnostics warnings_;
  std::shared_ptr<const Catalog> catalog_;
};

bool has_path(const std::string& domain) { return domain.find('/') != std::string::npos; }

// "example.com" of "www.example.com"; "" of "com".
std::string parent_of(const std::string& host) {
  const auto dot = host.find('.');
  return dot == std::string::npos ? std::string() : host.substr(dot + 1);
}

TEST_F(ShippedCatalog, LoadsWithItsTagsWithoutAWarning) {
  EXPECT_EQ(render(warnings_), "");
  const auto tagged = load_app_tags(kConf + "/tags/apps.yaml", *catalog_);
  ASSERT_TRUE(tagged) << render(tagged.error());
  const App* mega = (*tagged)->find_by_host("g.api.mega.co.nz");
  ASSERT_NE(mega, nullptr);
  EXPECT_EQ(mega->facts.tags, std::vector<std::string>{"unsanctioned"});
}

TEST_F(ShippedCatalog, FindsEveryAppByEachOfItsDomains) {
  for (const App& app : catalog_->apps()) {
    for (const std::string& domain : app.domains) {
      const std::string place = domain.starts_with("*.") ? "x" + domain.substr(1) : domain;
      EXPECT_EQ(find(place), app.facts.id) << domain;
    }
  }
}

TEST_F(ShippedCatalog, TakesNoLookAlikeOfADomainForTheApp) {
  for (const App& app : catalog_->apps()) {
    for (const std::string& domain : app.domains) {
      if (has_path(domain)) continue;
      const std::string host = domain.starts_with("*.") ? domain.substr(2) : domain;
      EXPECT_EQ(find("not" + host), find(parent_of(host)));
      EXPECT_EQ(find(host + ".evil.example"), "-");
      EXPECT_EQ(find(host + "-login.example"), "-");
    }
  }
}

// A path is only worth an entry where the host alone would say something else.
TEST_F(ShippedCatalog, HasNoPathThatItsHostAlreadyCovers) {
  for (const App& app : catalog_->apps()) {
    for (const std::string& domain : app.domains) {
      if (!has_path(domain)) continue;
      EXPECT_NE(find(domain.substr(0, domain.find('/'))), app.facts.id) << domain;
    }
  }
}

TEST_F(ShippedCatalog, HasAWebsiteAndSaysSomethingOnceOfEveryApp) {
  std::set<std::string> names;
  for (const App& app : catalog_->apps()) {
    EXPECT_TRUE(app.website.starts_with("http")) << app.facts.id;
    EXPECT_TRUE(names.insert(app.facts.name).second) << "two apps are called " << app.facts.name;
    for (const std::string& domain : app.domains) {
      // A domain below another one of the same app says nothing.
      if (has_path(domain) || domain.starts_with("*.")) continue;
      for (std::string above = parent_of(domain); !above.empty(); above = parent_of(above)) {
        const bool said =
            std::find(app.domains.begin(), app.domains.end(), above) != app.domains.end();
        // It does where another app stands between the two.
        EXPECT_FALSE(said && find(parent_of(domain)) == app.facts.id) << domain;
      }
    }
  }
}

// What a policy of a category must reach. The shipped one refuses nothing that is not in here.
TEST_F(ShippedCatalog, KnowsTheAppsThatAPolicyWouldName) {
  std::map<std::string, std::size_t, std::less<>> known;
  for (const App& app : catalog_->apps()) ++known[app.facts.category];
  const std::pair<std::string_view, std::size_t> wanted[] = {
      {"cloud_storage", 50},     {"file_transfer", 40},  {"paste", 25},
      {"webmail", 45},           {"generative_ai", 100}, {"code_hosting", 10},
      {"development_tools", 40}, {"remote_access", 25},  {"vpn_and_proxy", 40},
      {"social_network", 20},    {"online_meetings", 20}};
  for (const auto& [category, least] : wanted)
    EXPECT_GE(known[std::string(category)], least) << category;
  EXPECT_GE(catalog_->apps().size(), 300u);
}

TEST_F(ShippedCatalog, ReadsEveryRowOfItsTable) {
  const auto table = yaml::parse_file(kConf + "/catalog/tests.yaml");
  ASSERT_TRUE(table) << render(table.error());
  const yaml::Node* apps = table->find("apps");
  const yaml::Node* none = table->find("none");
  ASSERT_TRUE(apps && none);
  EXPECT_GE(apps->entries.size(), 150u);
  EXPECT_GE(none->items.size(), 60u);
  for (const auto& [id, places] : apps->entries) {
    EXPECT_NE(catalog_->find(*id), nullptr) << *id;
    EXPECT_FALSE(places.items.empty()) << *id;
    for (const yaml::Node& place : places.items) EXPECT_EQ(find(place.text), *id) << place.text;
  }
  for (const yaml::Node& place : none->items) EXPECT_EQ(find(place.text), "-") << place.text;
}

}  // namespace
}  // namespace sallyport::discovery
