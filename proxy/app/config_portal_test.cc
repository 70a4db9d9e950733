// portal: what it may say, and how it is told what is wrong.

#include "proxy/app/config_portal.h"

#include <fstream>
#include <gtest/gtest.h>

#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

Checked<PortalConfig> read(const std::string& text) {
  const auto source = std::make_shared<const Source>(Source{"portal.yaml", text});
  const Checked<yaml::Node> node = yaml::parse(source);
  if (!node) return std::unexpected(node.error());
  Diagnostics faults;
  PortalConfig config;
  read_portal(*node, faults, "/etc/sallyport", config);
  if (faults.has_errors()) return std::unexpected(std::move(faults));
  return config;
}

void expect_refused(const std::string& text, std::string_view expected) {
  const Checked<PortalConfig> config = read(text);
  ASSERT_FALSE(config) << text;
  EXPECT_NE(render(config.error()).find(expected), std::string::npos) << render(config.error());
}

TEST(ConfigPortal, HasDefaultsForEverything) {
  const auto config = read("{}");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->host, "sallyport.internal");
  EXPECT_FALSE(config->enrol);
  EXPECT_FALSE(config->sign_in);
  Diagnostics warnings;
  const auto look = load_look(*config, "proxy.example", "it@corp.example", warnings);
  ASSERT_TRUE(look);
  EXPECT_EQ(look->gateway, "proxy.example");
  EXPECT_EQ(look->contact, "it@corp.example");
  EXPECT_EQ(look->languages.size(), 1U);
}

TEST(ConfigPortal, ReadsEverything) {
  const auto config = read(
      "host: Ask.Corp.Example.\n"
      "organisation: Example Corp\n"
      "logo: logo.svg\n"
      "pages: /srv/pages\n"
      "language: de\n"
      "enrol: true\n"
      "sign_in:\n"
      "  name: Corp Login\n"
      "  issuer: https://login.corp.example/tenant\n"
      "  client_id: sallyport\n"
      "  client_secret_file: secret\n"
      "  scope: openid email\n"
      "  user_claim: email\n"
      "  acr: [mfa, phr]\n"
      "  signed_in_within: 5m\n");
  ASSERT_TRUE(config) << render(config.error());
  EXPECT_EQ(config->host, "ask.corp.example");
  EXPECT_EQ(*config->logo, "/etc/sallyport/logo.svg");
  EXPECT_EQ(*config->pages, "/srv/pages");
  EXPECT_EQ(*config->language, "de");
  EXPECT_TRUE(config->enrol);
  ASSERT_TRUE(config->sign_in);
  EXPECT_EQ(*config->sign_in->secret_file, "/etc/sallyport/secret");
  const portal::ProviderOptions& provider = config->sign_in->provider;
  EXPECT_EQ(provider.issuer, "https://login.corp.example/tenant");
  EXPECT_EQ(provider.user_claim, "email");
  EXPECT_EQ(provider.acr, (std::vector<std::string>{"mfa", "phr"}));
  EXPECT_EQ(provider.signed_in_within, std::chrono::seconds(300));
}

TEST(ConfigPortal, SaysWhatIsWrong) {
  expect_refused("host: 192.0.2.1\n", "'192.0.2.1' is no host name");
  expect_refused("hots: x\n", "did you mean 'host'?");
  expect_refused("sign_in: { client_id: x }\n", "needs 'issuer'");
  expect_refused("sign_in: { issuer: login.corp.example, client_id: x }\n",
                 "an issuer is an https address without a query");
  expect_refused("sign_in: { issuer: 'http://login.corp.example', client_id: x }\n",
                 "a provider is reached by https");
  expect_refused("sign_in: { issuer: 'http://192.0.2.1', client_id: x }\n",
                 "a provider is reached by https");
  EXPECT_TRUE(read("sign_in: { issuer: 'http://127.0.0.1:3000', client_id: x }\n"));
  expect_refused("sign_in: { issuer: 'https://a.example', client_id: x, scope: profile }\n",
                 "has 'openid' in it");
  expect_refused("organisation: " + std::string(201, 'x') + "\n", "is longer than 200 bytes");
}

TEST(ConfigPortal, ReadsTheFilesThatAreNamed) {
  const testkit::TemporaryFolder folder;
  std::ofstream(folder.path() + "/logo.svg") << "<svg xmlns='http://www.w3.org/2000/svg'/>";
  std::ofstream(folder.path() + "/secret") << "s3cret\n";
  auto config = *read("{}");
  config.logo.value = folder.path() + "/logo.svg";
  config.pages.value = std::string(SALLYPORT_SOURCE_DIR) + "/conf/pages";
  config.language.value = "de";
  config.sign_in.emplace();
  config.sign_in->name = "Corp Login";
  config.sign_in->secret_file.value = folder.path() + "/secret";
  Diagnostics warnings;
  const auto look = load_look(config, "", "", warnings);
  ASSERT_TRUE(look) << render(look.error());
  EXPECT_TRUE(look->logo);
  EXPECT_EQ(look->languages.choose("fr").tag(), "de");
  EXPECT_EQ(look->provider, "Corp Login");
  const auto provider = load_provider(config);
  ASSERT_TRUE(provider && *provider);
  EXPECT_EQ((*provider)->client_secret, "s3cret");
  EXPECT_EQ((*provider)->redirect_uri, "https://sallyport.internal/signed-in");
}

TEST(ConfigPortal, IsCheckedWithTheFilesThatItNames) {
  const testkit::TemporaryFolder folder;
  std::ofstream(folder.path() + "/xx.yaml") << "coach.headin: Hallo\n";
  auto config = *read("{}");
  config.pages.value = folder.path();
  config.sign_in.emplace();
  config.sign_in->secret_file.value = "/nowhere/secret";
  Diagnostics found;
  check_portal(config, found);
  const std::string told = render(found);
  EXPECT_NE(told.find("xx.yaml:1:1: error: unknown text 'coach.headin'"), std::string::npos)
      << told;
  EXPECT_NE(told.find("did you mean 'coach.heading'?"), std::string::npos) << told;
  EXPECT_NE(told.find("cannot read the client's secret"), std::string::npos) << told;
  Diagnostics nothing;
  check_portal(*read("{}"), nothing);
  EXPECT_TRUE(nothing.empty()) << render(nothing);
}

TEST(ConfigPortal, SaysWhichFileIsMissing) {
  auto config = *read("{}");
  config.logo.value = "/nowhere/logo.svg";
  config.pages.value = "/nowhere/pages";
  Diagnostics warnings;
  const auto look = load_look(config, "", "", warnings);
  ASSERT_FALSE(look);
  EXPECT_NE(render(look.error()).find("cannot read the logo: "), std::string::npos);
  EXPECT_NE(render(look.error()).find("/nowhere/pages"), std::string::npos);
  config = *read("{}");
  config.language.value = "fr";
  EXPECT_FALSE(load_look(config, "", "", warnings));
  config.sign_in.emplace();
  config.sign_in->secret_file.value = "/nowhere/secret";
  EXPECT_FALSE(load_provider(config));
}

}  // namespace
}  // namespace sallyport::app
