#include "discovery/catalog/catalog.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

SourcePtr source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

// A faultless app.yaml.
SourcePtr app(const std::string& id, const std::string& domains, const std::string& tags = "[]") {
  return source("catalog/" + id + "/app.yaml",
                "id: " + id + "\nname: The " + id +
                    "\nvendor: Somebody\ncategory: cloud_storage\n" + "domains: [" + domains +
                    "]\ntags: " + tags + "\nsources: [{kind: observed, date: 2026-11-23}]\n");
}

std::shared_ptr<const Catalog> make(const std::vector<SourcePtr>& sources) {
  Diagnostics warnings;
  auto made = parse_catalog(sources, warnings);
  EXPECT_TRUE(made) << render(made.error());
  EXPECT_EQ(render(warnings), "");
  return made ? *made : std::make_shared<const Catalog>();
}

std::string find(const Catalog& catalog, std::string_view host) {
  const App* found = catalog.find_by_host(host);
  return found ? found->facts.id : "-";
}

std::string find(const Catalog& catalog, std::string_view host, std::string_view path) {
  const App* found = catalog.find(host, path);
  return found ? found->facts.id : "-";
}

// Every part of `expected`, one a line, stands in what is reported.
void expect_refused(const std::vector<SourcePtr>& sources,
                    const std::vector<std::string>& expected) {
  Diagnostics warnings;
  const auto made = parse_catalog(sources, warnings);
  ASSERT_FALSE(made);
  const std::string shown = render(made.error());
  EXPECT_EQ(made.error().errors(), expected.size()) << shown;
  for (const std::string& part : expected) {
    EXPECT_NE(shown.find(part), std::string::npos) << "no '" << part << "' in:\n" << shown;
  }
}

TEST(Catalog, FindsAppsByHostAndId) {
  const auto catalog =
      make({app("zeta", "zeta.example"), app("alpha", "alpha.example, \"*.ALPHA.test\"")});
  EXPECT_EQ(find(*catalog, "www.zeta.example"), "zeta");
  EXPECT_EQ(find(*catalog, "x.alpha.test"), "alpha");
  EXPECT_EQ(find(*catalog, "alpha.test"), "-");
  EXPECT_EQ(find(*catalog, "other.example"), "-");
  ASSERT_EQ(catalog->apps().size(), 2u);
  EXPECT_EQ(catalog->apps()[0].facts.id, "alpha");
  EXPECT_EQ(catalog->apps()[0].domains[1], "*.alpha.test");
  ASSERT_NE(catalog->find("zeta"), nullptr);
  EXPECT_EQ(catalog->find("zeta")->facts.name, "The zeta");
  EXPECT_EQ(catalog->find("zet"), nullptr);
}

TEST(Catalog, KnowsNothingWhenEmpty) {
  EXPECT_EQ(find(Catalog(), "example.com"), "-");
  EXPECT_EQ(Catalog().find("box"), nullptr);
  EXPECT_TRUE(make({})->apps().empty());
}

TEST(Catalog, LetsALongerNameOfAnotherAppWin) {
  const auto catalog = make({app("suite", "example.com"), app("drive", "drive.example.com")});
  EXPECT_EQ(find(*catalog, "mail.example.com"), "suite");
  EXPECT_EQ(find(*catalog, "a.drive.example.com"), "drive");
}

TEST(Catalog, RefusesADomainOfTwoAppsAndNamesBothPlaces) {
  expect_refused(
      {app("alpha", "a.example, shared.example"), app("beta", "shared.example")},
      {"catalog/beta/app.yaml:5:11: error: domain 'shared.example' belongs to app 'alpha' "
       "already, by catalog/alpha/app.yaml:5:22"});
  expect_refused({app("alpha", "\"*.shared.example\""), app("beta", "shared.example")},
                 {"domain 'shared.example' belongs to app 'alpha' already"});
}

TEST(Catalog, LetsAPathOfAnotherAppWinOnceItIsKnown) {
  const auto catalog =
      make({app("docs", "docs.example.com"), app("forms", "docs.example.com/Forms/"),
            app("maps", "www.example.com/maps")});
  EXPECT_EQ(catalog->find("forms")->domains[0], "docs.example.com/forms");
  EXPECT_EQ(find(*catalog, "docs.example.com"), "docs");
  EXPECT_EQ(find(*catalog, "docs.example.com", "/"), "docs");
  EXPECT_EQ(find(*catalog, "docs.example.com", "/forms/d/1"), "forms");
  EXPECT_EQ(find(*catalog, "www.example.com"), "-");
  EXPECT_EQ(find(*catalog, "www.example.com", "/search"), "-");
  EXPECT_EQ(find(*catalog, "www.example.com", "/maps"), "maps");
}

TEST(Catalog, RefusesAPathOfTwoAppsAndNamesBothPlaces) {
  expect_refused({app("alpha", "shared.example/a"), app("beta", "b.example, shared.example/A/")},
                 {"catalog/beta/app.yaml:5:22: error: domain 'shared.example/a' belongs to app "
                  "'alpha' already, by catalog/alpha/app.yaml:5:11"});
  expect_refused({app("alpha", "\"*.shared.example/a\""), app("beta", "shared.example/a")},
                 {"domain 'shared.example/a' belongs to app 'alpha' already"});
}

TEST(Catalog, RefusesPathsThatHaveASecondSpelling) {
  expect_refused(
      {app("alpha",
           "a.example/, a.example/b//c, a.example/../b, \"a.example/%41\", \"a.example/a?b\", "
           "a.example/a;b, a.example/1/2/3/4/5/6/7/8/9")},
      {"'a.example/' has an empty path", "the path of 'a.example/b//c' is none of an app",
       "the path of 'a.example/../b' is none", "the path of 'a.example/%41' is none",
       "the path of 'a.example/a?b' is none", "the path of 'a.example/a;b' is none",
       "the path of 'a.example/1/2/3/4/5/6/7/8/9' is none"});
  expect_refused({app("alpha", "https://a.example/b")}, {"'https://a.example/b' is no domain"});
}

TEST(Catalog, RefusesTheSameIdTwice) {
  const auto again = source("more/alpha/app.yaml", app("alpha", "b.example")->text);
  expect_refused({app("alpha", "a.example"), again},
                 {"error: app 'alpha' is already in catalog/alpha/app.yaml:1:5"});
}

TEST(Catalog, RefusesAnIdThatDiffersFromItsFolder) {
  expect_refused({source("catalog/beta/app.yaml", app("alpha", "a.example")->text)},
                 {"catalog/beta/app.yaml:1:5: error: app 'alpha' lies in folder 'beta'"});
}

TEST(Catalog, RefusesHostsThatAreNone) {
  expect_refused(
      {app("alpha", "a.example, exa mple.com, 192.0.2.1, com, \"*.*.com\", http://a.example")},
      {"'exa mple.com' is no domain", "'192.0.2.1' is no domain", "'com' is no domain",
       "'*.*.com' is no domain", "'http://a.example' is no domain"});
}

TEST(Catalog, SuggestsTheCategoryThatWasMeant) {
  expect_refused({source("catalog/a/app.yaml",
                         "id: a\nname: A\nvendor: V\ncategory: cloud_storge\n"
                         "domains: [a.example]\n"
                         "sources: [{kind: observed, date: 2026-11-23}]\n")},
                 {"did you mean 'cloud_storage'?"});
}

TEST(Catalog, ReportsEveryFaultOfAnEntryAtOnce) {
  expect_refused(
      {source("catalog/a/app.yaml",
              "id: A\nname: ''\nvendr: V\ncategory: crm\ndomains: []\nwebsite: a.example\n"
              "tags: [Big]\nsources: [{kind: rumour, date: 2026-13-01}]\n")},
      {"'A' is no id of an app", "the app's name is empty", "app needs 'vendor'",
       "unknown key 'vendr'", "'a.example' is no address of a website", "'Big' is no tag",
       "cannot be 'rumour'", "'2026-13-01' is no date"});
}

TEST(Catalog, WantsDomainsAndADatedSource) {
  expect_refused({source("x.yaml",
                         "id: a\nname: A\nvendor: V\ncategory: crm\ndomains: []\n"
                         "sources: [{kind: observed, date: 2026-11-23}]\n")},
                 {"an app needs at least one domain"});
  expect_refused(
      {source("x.yaml", "id: a\nname: A\nvendor: V\ncategory: crm\ndomains: [a.example]\n")},
      {"app needs 'sources'"});
}

TEST(Catalog, RefusesTagsThatContradictOrNearlySayWhatTheyMean) {
  expect_refused({app("alpha", "a.example", "[sanctioned, unsanctioned]")},
                 {"an app cannot be sanctioned and unsanctioned"});
  expect_refused({app("alpha", "a.example", "[unsanctionned]")}, {"did you mean 'unsanctioned'?"});
}

TEST(Catalog, WarnsOfADomainListedTwice) {
  Diagnostics warnings;
  ASSERT_TRUE(parse_catalog({app("alpha", "a.example, A.EXAMPLE")}, warnings));
  EXPECT_NE(render(warnings).find("warning: domain 'a.example' is listed twice, first in line 5"),
            std::string::npos);
}

// The domains that are reported to say nothing, each with who has it.
std::string idle(const std::vector<SourcePtr>& sources) {
  Diagnostics warnings;
  EXPECT_TRUE(parse_catalog(sources, warnings));
  std::string shown;
  for (const Diagnostic& one : warnings.sorted()) shown += one.message + "\n";
  return shown;
}

TEST(Catalog, WarnsOfDomainsThatSayNothing) {
  EXPECT_EQ(idle({app("alpha", "a.example, www.a.example, \"*.x.a.example\"")}),
            "domain 'www.a.example' says nothing: catalog/alpha/app.yaml:5:11 has it already\n"
            "domain '*.x.a.example' says nothing: catalog/alpha/app.yaml:5:11 has it already\n");
  EXPECT_EQ(idle({app("alpha", "a.example, a.example/b, a.example/b/c, \"*.a.example\"")}),
            "domain 'a.example/b' says nothing: catalog/alpha/app.yaml:5:11 has it already\n"
            "domain 'a.example/b/c' says nothing: catalog/alpha/app.yaml:5:22 has it already\n"
            "domain '*.a.example' says nothing: catalog/alpha/app.yaml:5:11 has it already\n");
  EXPECT_EQ(idle({app("alpha", "\"*.a.example\", x.a.example/b")}),
            "domain 'x.a.example/b' says nothing: catalog/alpha/app.yaml:5:11 has it already\n");
}

TEST(Catalog, KeepsDomainsThatTakeSomethingFromAnotherApp) {
  EXPECT_EQ(idle({app("alpha", "a.example, y.x.a.example"), app("beta", "x.a.example")}), "");
  EXPECT_EQ(idle({app("alpha", "a.example, a.example/b/c"), app("beta", "a.example/b")}), "");
  EXPECT_EQ(idle({app("alpha", "a.example, www.a.example"), app("beta", "a.example/b")}), "");
  EXPECT_EQ(idle({app("alpha", "\"*.a.example\", a.example")}),
            "domain '*.a.example' says nothing: catalog/alpha/app.yaml:5:26 has it already\n");
  EXPECT_EQ(idle({app("alpha", "a.example/b, x.a.example")}), "");
}

class CatalogFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "catalog-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  std::filesystem::path root_;
};

TEST_F(CatalogFolder, LoadsOneAppPerFolderAndIgnoresTheRest) {
  write("catalog/alpha/app.yaml", app("alpha", "a.example")->text);
  write("catalog/alpha/tests.yaml", "[");
  write("catalog/README.md", "hello");
  write("catalog/.git/app.yaml", "[");
  Diagnostics warnings;
  const auto loaded = load_catalog((root_ / "catalog/").string(), warnings);
  ASSERT_TRUE(loaded) << render(loaded.error());
  EXPECT_EQ((*loaded)->apps().size(), 1u);
}

TEST_F(CatalogFolder, NamesFilesAsTheOperatorKnowsThem) {
  write("catalog/alpha/app.yaml", app("beta", "a.example")->text);
  std::filesystem::create_directories(root_ / "catalog/empty");
  Diagnostics warnings;
  const auto loaded = load_catalog((root_ / "catalog").string(), warnings);
  ASSERT_FALSE(loaded);
  const std::string shown = render(loaded.error());
  EXPECT_NE(shown.find("catalog/alpha/app.yaml:1:5: error: app 'beta' lies in folder 'alpha'"),
            std::string::npos)
      << shown;
  EXPECT_NE(shown.find("catalog/empty/app.yaml"), std::string::npos) << shown;
}

TEST_F(CatalogFolder, ReportsAFolderThatIsNotThere) {
  Diagnostics warnings;
  const auto loaded = load_catalog((root_ / "nowhere").string(), warnings);
  ASSERT_FALSE(loaded);
  EXPECT_NE(render(loaded.error()).find("cannot read the folder"), std::string::npos);
}

// "alpha: a.example +x" a line, of the apps in two catalogs, ours and theirs; then the warnings.
class OwnCatalog : public CatalogFolder {
 protected:
  std::string apps() {
    Diagnostics warnings;
    const auto loaded =
        load_catalog(std::vector{(root_ / "catalog").string(), (root_ / "own").string()}, warnings);
    if (!loaded) return render(loaded.error());
    std::string shown;
    for (const App& one : (*loaded)->apps()) {
      shown += one.facts.id + ":";
      for (const auto& domain : one.domains) shown += " " + domain;
      for (const auto& tag : one.facts.tags) shown += " +" + tag;
      shown += "\n";
    }
    catalog_ = *loaded;
    return shown + render(warnings);
  }
  std::shared_ptr<const Catalog> catalog_;
};

TEST_F(OwnCatalog, AddsAppsAndTagsThem) {
  write("catalog/alpha/app.yaml", app("alpha", "a.example")->text);
  write("own/intranet/app.yaml", app("intranet", "i.example", "[legal]")->text);
  EXPECT_EQ(apps(), "alpha: a.example\nintranet: i.example +custom_app +legal\n");
}

TEST_F(OwnCatalog, TakesThePlaceOfAnAppOfOurs) {
  write("catalog/alpha/app.yaml", app("alpha", "a.example, b.example")->text);
  write("own/alpha/app.yaml", app("alpha", "a.example")->text);
  EXPECT_EQ(apps(),
            "alpha: a.example +custom_app\n"
            "own/alpha/app.yaml:1:5: warning: app 'alpha' takes the place of that in "
            "catalog/alpha/app.yaml:1:5\n"
            "id: alpha\n"
            "    ^~~~~\n");
  EXPECT_EQ(find(*catalog_, "b.example"), "-");
}

TEST_F(OwnCatalog, TakesDomainsFromAppsOfOurs) {
  write("catalog/alpha/app.yaml", app("alpha", "a.example, \"*.b.example\"")->text);
  write("own/zeta/app.yaml", app("zeta", "b.example, x.a.example")->text);
  EXPECT_EQ(apps(),
            "alpha: a.example\n"
            "zeta: b.example x.a.example +custom_app\n"
            "own/zeta/app.yaml:5:11: warning: domain 'b.example' is taken from app 'alpha', which "
            "has it in catalog/alpha/app.yaml:5:22\n"
            "domains: [b.example, x.a.example]\n"
            "          ^~~~~~~~~\n");
  EXPECT_EQ(find(*catalog_, "x.b.example"), "zeta");
  EXPECT_EQ(find(*catalog_, "y.a.example"), "alpha");
}

TEST_F(OwnCatalog, StillRefusesAClashWithinItself) {
  std::filesystem::create_directories(root_ / "catalog");
  write("own/alpha/app.yaml", app("alpha", "a.example")->text);
  write("own/beta/app.yaml", app("beta", "a.example")->text);
  EXPECT_NE(apps().find("domain 'a.example' belongs to app 'alpha' already"), std::string::npos);
}

// What the operator's file makes of two apps: "alpha: x y; beta: z", or the report.
std::string tagged(const std::string& text, const std::string& entry_tags = "[]") {
  const auto catalog = make({app("alpha", "a.example", entry_tags), app("beta", "b.example")});
  const auto made = parse_app_tags(source("tags/apps.yaml", text), *catalog);
  if (!made) return render(made.error());
  std::string shown;
  for (const App& one : (*made)->apps()) {
    shown += (shown.empty() ? "" : "; ") + one.facts.id + ":";
    for (const auto& tag : one.facts.tags) shown += " " + tag;
  }
  return shown;
}

TEST(AppTags, AddToThoseOfTheEntrySortedAndOnce) {
  EXPECT_EQ(tagged("sanctioned: [beta]\nmonitored: [alpha]\nlegal: alpha\n", "[zz, legal]"),
            "alpha: legal monitored zz; beta: sanctioned");
  EXPECT_EQ(tagged(""), "alpha:; beta:");
  EXPECT_EQ(tagged("monitored:\nsanctioned: []\n"), "alpha:; beta:");
}

TEST(AppTags, LetTheOperatorTurnAnEntryAround) {
  EXPECT_EQ(tagged("unsanctioned: [alpha]\n", "[sanctioned]"), "alpha: unsanctioned; beta:");
}

TEST(AppTags, KeepTheHostsAndLeaveTheCatalogAlone) {
  const auto catalog = make({app("alpha", "a.example")});
  const auto made = parse_app_tags(source("t", "sanctioned: [alpha]"), *catalog);
  ASSERT_TRUE(made);
  EXPECT_EQ(find(**made, "x.a.example"), "alpha");
  EXPECT_EQ(catalog->find("alpha")->facts.tags.size(), 0u);
}

TEST(AppTags, SuggestTheAppThatWasMeant) {
  EXPECT_EQ(tagged("sanctioned: [alpa]\n"),
            "tags/apps.yaml:1:14: error: no app 'alpa' in the catalog\n"
            "sanctioned: [alpa]\n"
            "             ^~~~ did you mean 'alpha'?\n");
}

TEST(AppTags, RefuseSanctionedAndUnsanctionedAtOnce) {
  EXPECT_NE(
      tagged("sanctioned: [alpha]\nunsanctioned: [beta, alpha]\n")
          .find("apps.yaml:2:22: error: app 'alpha' is both sanctioned (line 1) and unsanctioned "
                "(line 2)"),
      std::string::npos);
}

TEST(AppTags, RefuseANearlyBuiltInWord) {
  EXPECT_NE(tagged("unsanctionned: [alpha]\n").find("did you mean 'unsanctioned'?"),
            std::string::npos);
  EXPECT_NE(tagged("Legal: [alpha]\n").find("'Legal' is no tag"), std::string::npos);
  EXPECT_NE(tagged("legal: [alpha, alpha]\n").find("listed twice"), std::string::npos);
  EXPECT_NE(tagged("[alpha]\n").find("must be a mapping"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::discovery
