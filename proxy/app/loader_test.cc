// What is read again when something changes, and what is left alone.

#include "proxy/app/loader.h"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "discovery/accounts/own_tenants.h"
#include "discovery/geo/geo_build.h"

namespace sallyport::app {
namespace {

class LoaderTest : public ::testing::Test {
 protected:
  LoaderTest() {
    char name[] = "/tmp/sallyport-loader-XXXXXX";
    home_ = ::mkdtemp(name);
    std::filesystem::create_directories(home_ + "/policies");
    std::filesystem::create_directories(home_ + "/catalog/drop");
    std::filesystem::create_directories(home_ + "/feeds");
    write("policies/one.yaml", kRules);
    write("catalog/drop/app.yaml",
          "id: drop\nname: Drop\nvendor: Drop\ncategory: cloud_storage\ndomains: [drop.example]\n"
          "sources: [{kind: common_knowledge, date: 2026-11-23}]\n");
    write("apps.yaml", "sanctioned: [drop]\n");
    write("noise.yaml", "cdn: [cdn.example]\n");
    write("ranges.yaml",
          "feeds:\n  - {name: tor, path: feeds/tor.txt, category: risky, tags: [tor]}\n");
    write("feeds/tor.txt", "192.0.2.1\n");
    write("users.yaml", "users: [{name: ana}]\n");
    write("sallyport.yaml",
          "policies: policies\ncatalog: catalog\n"
          "tags: {apps: apps.yaml, addresses: ranges.yaml, noise: noise.yaml}\n"
          "users: {directory: users.yaml}\n");
    Diagnostics warnings;
    auto config = load_config(home_ + "/sallyport.yaml", warnings);
    EXPECT_TRUE(config);
    config->state_directory = home_ + "/state";
    config->state_given = true;
    loader_.emplace(*config);
  }
  ~LoaderTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(home_, ignored);
  }

  // As editors do that are careful: another file under the same name.
  void write(const std::string& file, const std::string& text) {
    const std::string path = home_ + "/" + file;
    std::ofstream(path + ".new") << text;
    std::filesystem::rename(path + ".new", path);
  }

  // "rebuilt | faulty", names joined by ", ".
  std::string look() {
    outcome_ = loader_->look(system_clock().now());
    std::string text;
    for (const std::string_view part : outcome_.rebuilt) {
      text += (text.empty() ? "" : ", ") + std::string(part);
    }
    text += " |";
    for (const std::string_view part : outcome_.faulty) text += " " + std::string(part);
    return text;
  }
  std::string id() const { return loader_->material().snapshot->id; }
  const session::Snapshot& snapshot() const { return *loader_->material().snapshot; }

  static constexpr const char* kRules = "- { name: no drop, when: { app: drop }, then: block }\n";
  std::string home_;
  std::optional<Loader> loader_;
  Loader::Outcome outcome_;
};

TEST_F(LoaderTest, ReadsEverythingOnceAndThenNothing) {
  EXPECT_EQ(look(),
            "policies, catalog, signatures, app tags, app risk, mail domains, own tenants, consent "
            "scopes, file names, noise, public suffixes, "
            "address tags, geo, "
            "user agents, "
            "users, passwords, quarantine, devices, "
            "PAC, roots |");
  EXPECT_FALSE(outcome_.found.has_errors()) << render(outcome_.found);
  EXPECT_EQ(snapshot().catalog->apps().size(), 1u);
  const auto before = loader_->material().snapshot;
  // A feed whose file is as young as the look is read once more, never too seldom.
  look();
  EXPECT_EQ(look(), " |");
  EXPECT_EQ(look(), " |");
  EXPECT_EQ(id(), before->id);
}

// One bad value would stand among hundreds that follow from it.
TEST_F(LoaderTest, ACatalogThatCannotBeReadIsTheOnlyFaultAndIsMendedLikeAnyOther) {
  write("tenants.yaml", "- {app: drop, tenants: [corp]}\n");
  write("catalog/drop/risk.yaml",
        "sources: [{kind: common_knowledge, date: 2026-11-27}]\nfactors: {founded: 17x}\n");
  write("sallyport.yaml",
        "policies: policies\ncatalog: catalog\ntags: {own_tenants: tenants.yaml}\n");
  Diagnostics warnings;
  auto config = load_config(home_ + "/sallyport.yaml", warnings);
  ASSERT_TRUE(config) << render(config.error());
  loader_.emplace(*config);
  look();
  EXPECT_EQ(outcome_.found.errors(), 1u) << render(outcome_.found);
  EXPECT_NE(render(outcome_.found).find("risk.yaml:2:"), std::string::npos);
  write("catalog/drop/risk.yaml",
        "sources: [{kind: common_knowledge, date: 2026-11-27}]\nfactors: {founded: 1668}\n");
  look();
  EXPECT_FALSE(outcome_.found.has_errors()) << render(outcome_.found);
  EXPECT_EQ(snapshot().catalog->apps().size(), 1u);
  EXPECT_FALSE(snapshot().own_tenants->empty());
}

TEST_F(LoaderTest, HoldsOwnTenantsAgainstTheCatalog) {
  write("tenants.yaml", "- {app: drop, tenants: [corp]}\n");
  write("sallyport.yaml",
        "policies: policies\ncatalog: catalog\ntags: {own_tenants: tenants.yaml}\n");
  Diagnostics warnings;
  auto config = load_config(home_ + "/sallyport.yaml", warnings);
  ASSERT_TRUE(config) << render(config.error());
  loader_.emplace(*config);
  look();
  look();
  EXPECT_FALSE(snapshot().own_tenants->empty());
  const std::string before = id();
  write("tenants.yaml", "- {app: drip, tenants: [corp]}\n");
  EXPECT_EQ(look(), " | own tenants");
  EXPECT_NE(render(outcome_.found).find("did you mean 'drop'?"), std::string::npos);
  EXPECT_EQ(id(), before);
  write("tenants.yaml", "- {app: drop, tenants: [corp, lab]}\n");
  EXPECT_EQ(look(), "own tenants |");
  EXPECT_NE(id(), before);
}

TEST_F(LoaderTest, MakesOnlyThePartThatChanged) {
  look();
  look();
  const auto before = loader_->material().snapshot;
  write("policies/one.yaml", "- { name: watch drop, when: { app: drop }, then: monitor }\n");
  EXPECT_EQ(look(), "policies |");
  EXPECT_NE(id(), before->id);
  EXPECT_NE(snapshot().policy, before->policy);
  EXPECT_EQ(snapshot().catalog, before->catalog);
  EXPECT_EQ(snapshot().tags, before->tags);
  EXPECT_EQ(snapshot().users, before->users);
}

TEST_F(LoaderTest, TheSameContentAgainIsTheSameSnapshot) {
  look();
  look();
  const std::string before = id();
  write("policies/one.yaml", kRules);
  EXPECT_EQ(look(), "policies |");
  EXPECT_EQ(id(), before);
}

TEST_F(LoaderTest, AnotherListOfReleasesIsInForceForTheNextUserAgent) {
  const auto list = [this](const std::string& ended) {
    write("releases.yaml",
          "browsers:\n  chrome:\n    source: test\n    releases:\n"
          "      - {version: 150, date: 2026-01-01" +
              ended + "}\n");
  };
  list("");
  std::ofstream(home_ + "/sallyport.yaml", std::ios::app) << "agents: {releases: releases.yaml}\n";
  Diagnostics warnings;
  loader_.emplace(*load_config(home_ + "/sallyport.yaml", warnings));
  look();
  look();
  const auto tagged = [this] {
    const discovery::AgentClaims claims{
        .user_agent =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/150.0.0.0 Safari/537.36"};
    const auto facts = snapshot().agents->classify(claims, *parse_rfc3339("2026-11-26T00:00:00Z"));
    return facts && facts->tags.has(policy::AgentTag::outdated_browser);
  };
  EXPECT_FALSE(tagged());
  const std::string before = id();
  list(", ended: 2026-11-01");
  EXPECT_EQ(look(), "user agents |");
  EXPECT_TRUE(tagged());
  EXPECT_NE(id(), before);
  write("releases.yaml", "browsers: {chrome: {releases: [}\n");
  EXPECT_EQ(look(), " | user agents");
  EXPECT_TRUE(tagged());
}

TEST_F(LoaderTest, AnotherCatalogIsTaggedAnew) {
  look();
  look();
  std::filesystem::create_directories(home_ + "/catalog/box");
  write("catalog/box/app.yaml",
        "id: box\nname: Box\nvendor: Box\ncategory: cloud_storage\ndomains: [box.example]\n"
        "sources: [{kind: common_knowledge, date: 2026-11-23}]\n");
  EXPECT_EQ(look(), "catalog, signatures, app tags, app risk, noise |");
  const discovery::App* drop = snapshot().catalog->find("drop");
  ASSERT_NE(drop, nullptr);
  EXPECT_EQ(drop->facts.tags, std::vector<std::string>{"sanctioned"});
  EXPECT_NE(snapshot().catalog->find("box"), nullptr);
}

TEST_F(LoaderTest, NoiseThatIsAnAppIsToldOf) {
  look();
  look();
  write("noise.yaml", "cdn: [drop.example]\n");
  EXPECT_EQ(look(), "noise |");
  EXPECT_NE(render(outcome_.found).find("warning: host 'drop.example' is of app 'drop'"),
            std::string::npos);
  EXPECT_EQ(snapshot().noise->find("drop.example").kind, policy::HostKind::cdn);
  write("noise.yaml", "cdns: [drop.example]\n");
  EXPECT_EQ(look(), " | noise");
  EXPECT_EQ(snapshot().noise->find("drop.example").kind, policy::HostKind::cdn);
}

TEST_F(LoaderTest, AFeedIsReadAgainWhenItsFileChanges) {
  look();
  look();
  policy::AddressFacts facts;
  write("feeds/tor.txt", "192.0.2.1\n192.0.2.2\n");
  EXPECT_EQ(look(), "address tags |");
  snapshot().tags->describe(*IpAddress::parse("192.0.2.2"), facts);
  EXPECT_EQ(facts.tags, std::vector<std::string>{"tor"});
  std::filesystem::remove(home_ + "/feeds/tor.txt");
  EXPECT_EQ(look(), "address tags |");
  EXPECT_NE(render(outcome_.found).find("feed 'tor' cannot be read"), std::string::npos);
  write("feeds/tor.txt", "192.0.2.3\n");
  EXPECT_EQ(look(), "address tags |");
  EXPECT_TRUE(outcome_.found.empty()) << render(outcome_.found);
}

TEST_F(LoaderTest,
       AGeoDatabaseIsReadWhereItAppearsKeptWhereItIsSpoiltAndForgottenWhereItIsRemoved) {
  const auto country = [&] { return snapshot().facts_of(*IpAddress::parse("192.0.2.1")).country; };
  look();
  look();
  const std::string list = "192.0.2.0,192.0.2.255,DE\n";
  const auto built =
      discovery::build_geo(discovery::GeoListKind::country, {&list, 1}, system_clock().now());
  std::filesystem::create_directories(home_ + "/state/geo");
  write("state/geo/country.mmdb", built->bytes);
  EXPECT_EQ(country(), "");
  const std::string before = id();
  EXPECT_EQ(look(), "geo |");
  EXPECT_TRUE(outcome_.found.empty()) << render(outcome_.found);
  EXPECT_EQ(country(), "DE");
  EXPECT_NE(id(), before);
  write("state/geo/country.mmdb", built->bytes.substr(0, 100));
  EXPECT_EQ(look(), " | geo");
  EXPECT_NE(render(outcome_.found).find("country.mmdb cannot be used"), std::string::npos);
  EXPECT_EQ(country(), "DE");
  std::filesystem::remove(home_ + "/state/geo/country.mmdb");
  EXPECT_EQ(look(), "geo |");
  EXPECT_EQ(country(), "");
}

TEST_F(LoaderTest, AFaultyFileLeavesTheOldOneInForceAndSaysAllOnce) {
  look();
  look();
  const auto before = loader_->material().snapshot;
  write("policies/one.yaml",
        "- { name: a, when: { app.categry: x }, then: block }\n"
        "- { name: b, when: { app: drop }, then: blok }\n");
  EXPECT_EQ(look(), " | policies");
  EXPECT_EQ(outcome_.found.errors(), 2u);
  const std::string said = render(outcome_.found);
  EXPECT_NE(said.find("policies/one.yaml:1:22: error: unknown attribute 'app.categry'"),
            std::string::npos)
      << said;
  EXPECT_NE(said.find("did you mean 'block'?"), std::string::npos) << said;
  EXPECT_EQ(loader_->material().snapshot, before);
  EXPECT_EQ(look(), " | policies");
  EXPECT_TRUE(outcome_.found.empty());
  // Other parts go on, and mending it brings it into force.
  write("feeds/tor.txt", "192.0.2.9\n");
  EXPECT_EQ(look(), "address tags | policies");
  EXPECT_EQ(snapshot().policy, before->policy);
  write("policies/one.yaml", "- { name: b, when: { app: drop }, then: monitor }\n");
  EXPECT_EQ(look(), "policies |");
}

TEST_F(LoaderTest, AFileThatIsBeingWrittenIsNotRead) {
  look();
  look();
  const int writer = ::open((home_ + "/policies/one.yaml").c_str(), O_WRONLY | O_TRUNC);
  ASSERT_GE(writer, 0);
  // Empty by now, which would be a policy that allows everything.
  EXPECT_EQ(look(), " |");
  EXPECT_EQ(outcome_.unsettled, std::vector<std::string>{home_ + "/policies/one.yaml"});
  const std::string text = "- { name: x, when: { app: drop }, then: monitor }\n";
  ASSERT_EQ(::write(writer, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  EXPECT_EQ(look(), " |");
  ::close(writer);
  EXPECT_EQ(look(), "policies |");
  EXPECT_TRUE(outcome_.unsettled.empty());
}

TEST_F(LoaderTest, TheConfigurationNamesOtherFilesAndWhatNeedsARestart) {
  look();
  look();
  std::filesystem::create_directories(home_ + "/other");
  write("other/rules.yaml", "- { name: other, then: monitor }\n");
  write("sallyport.yaml",
        "policies: other\ncatalog: catalog\n"
        "tags: {apps: apps.yaml, addresses: ranges.yaml, noise: noise.yaml}\n"
        "users: {directory: users.yaml}\nworkers: 7\nlisteners: [{address: 127.0.0.1:1}]\n"
        "connect: {ports: [443, 8443]}\n");
  EXPECT_EQ(look(), "configuration, policies |");
  EXPECT_EQ(outcome_.need_restart, (std::vector<std::string_view>{"listeners", "workers"}));
  EXPECT_EQ(loader_->config().workers, 0u);
  EXPECT_EQ(loader_->config().connect_ports, (std::vector<std::uint16_t>{443, 8443}));
  write("sallyport.yaml", "policis: other\n");
  EXPECT_EQ(look(), " | configuration");
  EXPECT_NE(render(outcome_.found).find("did you mean 'policies'?"), std::string::npos);
  EXPECT_EQ(loader_->config().connect_ports.size(), 2u);
}

TEST_F(LoaderTest, WatchesTheFoldersOfWhatItReadAndOfWhatIsMissing) {
  std::filesystem::remove(home_ + "/feeds/tor.txt");
  look();
  const std::set<std::string> folders = loader_->folders();
  for (const char* folder : {"", "/policies", "/catalog", "/catalog/drop", "/feeds"}) {
    EXPECT_TRUE(folders.contains(home_ + folder)) << folder;
  }
}

}  // namespace
}  // namespace sallyport::app
