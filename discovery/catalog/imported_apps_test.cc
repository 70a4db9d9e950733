#include "discovery/catalog/imported_apps.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "discovery/catalog/catalog.h"
#include "discovery/catalog/noise_hosts.h"
#include "discovery/catalog/registrable.h"

namespace sallyport::discovery {
namespace {

const ImportOrigin kOrigin{"saas", "CC-BY-4.0", "saas.csv", "ben", "2026-11-28"};

SourcePtr source(std::string text) {
  return std::make_shared<const Source>(Source{"saas.csv", std::move(text)});
}

// An app a line: name, category, vendor, score, factors, domains. Then bad rows, what was passed
// over, and the trouble.
std::string told(const ImportRows& rows) {
  std::string out;
  for (const ImportedApp& app : rows.apps) {
    out += app.name + "|" + app.category + "|" + app.vendor + "|" +
           (app.score ? std::to_string(*app.score) : "-") + "|";
    for (const FactorValue& value : app.factors) {
      out += std::string(value.factor->name) + "=";
      for (const std::string& text : value.texts) out += text + ",";
    }
    out += "|";
    for (const std::string& domain : app.domains) out += domain + " ";
    out += "\n";
  }
  for (const auto& bad : rows.first_bad) {
    out +=
        std::to_string(bad.line) + " " + std::string(to_string(bad.fault)) + ": " + bad.why + "\n";
  }
  for (const std::string& name : rows.passed_over) out += "passed over " + name + "\n";
  return out + (rows.trouble.empty() ? "" : "trouble: " + rows.trouble + "\n");
}

std::string read(std::string text, const ImportJudges& judges = {}) {
  return told(read_import(source(std::move(text)), kOrigin, judges));
}

TEST(ImportedApps, AreReadFromCsvAndFromJsonLinesAlike) {
  const std::string expected =
      "Notes|crm|Notes Ltd|6|data_centers=DE,FR,saml=true,|notes.example "
      "n.example/app \n";
  EXPECT_EQ(read("Domain,name,category,vendor,score,saml,data_centers\n"
                 "notes.example,Notes,crm,Notes Ltd,6,true,DE;FR\n"
                 "n.example/App/,notes,crm,,,,\n"),
            expected);
  EXPECT_EQ(read("{\"domain\":\"notes.example\",\"name\":\"Notes\",\"category\":\"crm\",\"vendor\":"
                 "\"Notes Ltd\",\"score\":6,"
                 "\"factors\":{\"saml\":true,\"data_centers\":[\"DE\",\"FR\"]}}\n\n"
                 "{\"domain\":\"n.example/app\",\"name\":\"Notes\",\"category\":\"crm\"}"),
            expected);
}

TEST(ImportedApps, BadRowsAreCountedByReasonAndCostNothingElse) {
  const std::string said = read(
      "domain,name,category,score,saml,colour\n"
      "good.example,Good,crm,,,blue\n"
      "192.0.2.1,A,crm,,,\n"
      "b.example,,crm,,,\n"
      "c.example,C,crmm,,,\n"
      "d.example,D,crm,11,,\n"
      "e.example,E,crm,,yes,\n"
      "good.example,F,crm,,,\n"
      "g.example,G\n"
      "last.example,Last,crm,,,\n");
  EXPECT_EQ(said,
            "Good|crm|Good|-||good.example \n"
            "Last|crm|Last|-||last.example \n"
            "3 domain: '192.0.2.1' is no domain of an app: a name such as 'example.com'\n"
            "4 name: there is no name with a letter or a digit, of which an id is made\n"
            "5 category: 'crmm' is no category; did you mean 'crm'?\n"
            "6 score: '11' is no score: a number from 0 to 10\n"
            "7 factor: 'yes' is no saml; write true\n"
            "8 twice: 'good.example' stands in an earlier row\n"
            "9 shape: 2 fields where the first line has 6\n"
            "passed over colour\n");
}

TEST(ImportedApps, WhatIsEverybodysOrNobodysIsNoApp) {
  const auto suffixes = load_public_suffixes("");
  ASSERT_TRUE(suffixes);
  const auto noise = parse_noise(source("cdn: [cdn.example]\n"));
  ASSERT_TRUE(noise);
  const ImportRows rows = read_import(source("domain,name,category\nco.uk,A,crm\n"
                                             "x.cdn.example,B,crm\na.co.uk,C,crm\n"),
                                      kOrigin, {suffixes->get(), noise->get()});
  EXPECT_EQ(rows.faults[static_cast<std::size_t>(RowFault::suffix)], 1u) << told(rows);
  EXPECT_EQ(rows.faults[static_cast<std::size_t>(RowFault::noise)], 1u) << told(rows);
  ASSERT_EQ(rows.apps.size(), 1u);
  EXPECT_EQ(rows.apps[0].name, "C");
}

TEST(ImportedApps, WhatIsNoTableIsRefusedAsAWhole) {
  EXPECT_EQ(read(""), "trouble: the first line names no columns\n");
  EXPECT_EQ(read("domain,name\na.example,A\n"),
            "trouble: the first line names no column 'category'\n");
  EXPECT_EQ(read("[{\"domain\":\"a.example\"}]"),
            "trouble: it is one list of JSON; JSON Lines has an object a line (jq -c '.[]')\n");
  EXPECT_EQ(read("domain,name,category\n"), "trouble: there is no row in it\n");
  EXPECT_EQ(read("{\"domain\":{}}\n"),
            "1 shape: no object of JSON with texts, numbers and booleans\n");
}

TEST(ImportedApps, ComeBackAsTheyWereKept) {
  const ImportRows rows =
      read_import(source("domain,name,category,vendor,score,saml,founded\n"
                         "notes.example,\"Notes \"\"2\"\"\",crm,V,6,true,2005\n"
                         "n.example,\"Notes \"\"2\"\"\",crm,,,,\nb.example,Bills,crm,,,,\n"),
                  kOrigin, {});
  const auto back = parse_kept("saas", kept_text(kOrigin, rows.apps));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->origin->license, "CC-BY-4.0");
  EXPECT_EQ(back->origin->who, "ben");
  ImportRows again;
  again.apps = back->apps;
  EXPECT_EQ(told(again), told(rows));
  EXPECT_FALSE(parse_kept("other", kept_text(kOrigin, rows.apps))) << "a file under another name";
  EXPECT_FALSE(parse_kept("saas", "{}\n"));
}

// ---- in the catalog

std::shared_ptr<const Catalog> with_import(const std::string& csv) {
  Diagnostics warnings;
  const auto box = std::make_shared<const Source>(
      Source{"catalog/box/app.yaml",
             "id: box\nname: Box\nvendor: Box\ncategory: cloud_storage\n"
             "domains: [box.example, \"*.only.example\", files.own.example]\n"
             "sources: [{kind: observed, date: 2026-11-23}]\n"});
  ImportRows rows = read_import(source(csv), kOrigin, {});
  auto made = parse_catalog(
      {box}, {{std::make_shared<const ImportOrigin>(kOrigin), std::move(rows.apps)}}, warnings);
  EXPECT_TRUE(made) << render(made.error());
  EXPECT_EQ(render(warnings), "");
  return made ? *made : std::make_shared<const Catalog>();
}

std::string find(const Catalog& catalog, std::string_view host) {
  const App* app = catalog.find_by_host(host);
  return app == nullptr ? "-" : app->facts.id;
}

TEST(ImportedApps, NeverTakeWhatACuratedEntryKnows) {
  const auto catalog = with_import(
      "domain,name,category\nbox.example,Evil,crm\nlogin.box.example,Evil,crm\n"
      "only.example,Evil,crm\na.only.example,Evil,crm\nown.example,Own,crm\nmore.example,Box,crm\n"
      "box.example/path,Evil,crm\n");
  EXPECT_EQ(find(*catalog, "login.box.example"), "box");
  EXPECT_EQ(find(*catalog, "a.only.example"), "box");
  EXPECT_EQ(find(*catalog, "files.own.example"), "box");
  EXPECT_EQ(find(*catalog, "own.example"), "own");
  EXPECT_EQ(find(*catalog, "more.example"), "-") << "an entry is not made longer by its id either";
  EXPECT_EQ(catalog->find("box")->imported, nullptr);
}

TEST(ImportedApps, SayThatTheyAreAndClaimNothingThatIsNotStated) {
  const auto catalog = with_import(
      "domain,name,category,score,saml\na.example,Able,crm,7,true\nb.example,Bare,crm,,\n");
  const App* able = catalog->find("able");
  ASSERT_NE(able, nullptr);
  EXPECT_EQ(able->facts.tags, std::vector<std::string>{"imported"});
  ASSERT_EQ(able->sources.size(), 1u);
  EXPECT_EQ(able->sources[0].kind, "imported");
  EXPECT_EQ(able->imported->license, "CC-BY-4.0");
  ASSERT_EQ(able->factors.size(), 1u);
  EXPECT_EQ(able->factors[0].source.kind, "imported");
  EXPECT_EQ(able->stated_score->points, 7u);
  const App* bare = catalog->find("bare");
  ASSERT_NE(bare, nullptr);
  EXPECT_TRUE(bare->factors.empty());
  EXPECT_FALSE(bare->stated_score);
}

TEST(ImportedApps, AFileThatIsNoneIsLeftOutWithAWarning) {
  const std::string folder = ::testing::TempDir() + "sallyport-imported-" +
                             ::testing::UnitTest::GetInstance()->current_test_info()->name();
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/bad.jsonl") << "not json\n";
  std::ofstream(folder + "/saas.jsonl") << kept_text(
      kOrigin, read_import(source("domain,name,category\na.example,A,crm\n"), kOrigin, {}).apps);
  Diagnostics warnings;
  const auto imports = read_imports(folder, warnings);
  ASSERT_EQ(imports.size(), 1u);
  EXPECT_EQ(imports[0].apps[0].name, "A");
  EXPECT_NE(render(warnings).find("no kept import"), std::string::npos);
  Diagnostics none;
  EXPECT_TRUE(read_imports(folder + "/nothing", none).empty());
  EXPECT_EQ(render(none), "");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sallyport::discovery
