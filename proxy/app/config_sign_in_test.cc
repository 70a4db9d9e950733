// admin_server.sign_in: what it may say, who it lets in, and how it is told what is wrong.

#include "proxy/app/config_sign_in.h"

#include <fstream>
#include <gtest/gtest.h>

#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

Checked<ConsoleSignInConfig> read(const std::string& text) {
  const auto source = std::make_shared<const Source>(Source{"sign_in.yaml", text});
  const Checked<yaml::Node> node = yaml::parse(source);
  if (!node) return std::unexpected(node.error());
  Diagnostics faults;
  ConsoleSignInConfig config;
  read_console_sign_in(*node, faults, "/etc/sallyport", config);
  if (faults.has_errors()) return std::unexpected(std::move(faults));
  return config;
}

const std::string kLeast =
    "issuer: https://login.corp.example\n"
    "client_id: console\n";

void expect_refused(const std::string& text, const std::string& expected) {
  const auto config = read(text);
  ASSERT_FALSE(config) << text;
  EXPECT_EQ(render(config.error()), expected);
}

TEST(ConfigSignIn, ReadsEverything) {
  const auto config = read(kLeast +
                           "name: Corp Login\n"
                           "client_secret_file: secrets/console\n"
                           "scope: openid groups\n"
                           "user_claim: upn\n"
                           "roles_claim: roles\n"
                           "roles: { viewer: [readers, staff], operator: admins }\n"
                           "acr: mfa\n"
                           "signed_in_within: 8h\n"
                           "url: https://Console.corp.example:3129/\n");
  ASSERT_TRUE(config) << render(config.error());
  EXPECT_EQ(config->at.name, "Corp Login");
  EXPECT_EQ(*config->at.secret_file, "/etc/sallyport/secrets/console");
  EXPECT_EQ(config->at.provider.scope, "openid groups");
  EXPECT_EQ(config->at.provider.user_claim, "upn");
  EXPECT_EQ(config->at.provider.roles_claim, "roles");
  EXPECT_EQ(config->at.provider.acr, std::vector<std::string>{"mfa"});
  EXPECT_EQ(config->at.provider.signed_in_within, std::chrono::hours(8));
  EXPECT_EQ(config->url, "https://console.corp.example:3129");
}

TEST(ConfigSignIn, ASessionAtTheProviderWillDoUnlessItSaysOtherwise) {
  const auto config = read(kLeast + "roles: { viewer: staff }\n");
  ASSERT_TRUE(config) << render(config.error());
  EXPECT_FALSE(config->at.provider.signed_in_within);
  EXPECT_EQ(config->at.provider.roles_claim, "groups");
  EXPECT_EQ(config->url, "");
}

TEST(ConfigSignIn, TheMostOfAPersonsRolesCountsAndNoneIsNone) {
  const auto config = read(kLeast + "roles: { viewer: [staff], analyst: [soc], operator: [it] }\n");
  ASSERT_TRUE(config) << render(config.error());
  EXPECT_EQ(role_of(*config, {"staff", "it", "soc"}), admin::Role::operator_);
  EXPECT_EQ(role_of(*config, {"soc", "staff"}), admin::Role::analyst);
  EXPECT_EQ(role_of(*config, {"other"}), std::nullopt);
  EXPECT_EQ(role_of(*config, {"Staff", "staff ", ""}), std::nullopt);
  EXPECT_EQ(role_of(*config, {}), std::nullopt);
}

TEST(ConfigSignIn, SaysWhatIsWrong) {
  expect_refused(kLeast,
                 "sign_in.yaml:1:1: error: admin_server.sign_in needs 'roles'\n"
                 "issuer: https://login.corp.example\n"
                 "^\n");
  expect_refused(kLeast + "roles: {}\n",
                 "sign_in.yaml:3:8: error: no value gives a role, so nobody could sign in\n"
                 "roles: {}\n"
                 "       ^~ roles: {operator: [a group of the provider]}\n");
  expect_refused(kLeast + "roles: {viewer: [a], operator: [a]}\n",
                 "sign_in.yaml:3:33: error: 'a' is viewer already\n"
                 "roles: {viewer: [a], operator: [a]}\n"
                 "                                ^\n");
  expect_refused(kLeast + "roles: {viewer: ['']}\n",
                 "sign_in.yaml:3:18: error: an empty value would be anybody's\n"
                 "roles: {viewer: ['']}\n"
                 "                 ^~\n");
  expect_refused(kLeast + "roles: {owner: [a], viewer: [b]}\n",
                 "sign_in.yaml:3:9: error: unknown key 'owner' in admin_server.sign_in.roles\n"
                 "roles: {owner: [a], viewer: [b]}\n"
                 "        ^~~~~\n");
  expect_refused(kLeast + "roles: {viewer: [b]}\nroles_claim: aud\n",
                 "sign_in.yaml:4:14: error: 'aud' is no claim that gives roles\n"
                 "roles_claim: aud\n"
                 "             ^~~ as groups or roles\n");
  expect_refused(
      kLeast + "roles: {viewer: [b]}\nurl: console.corp.example\n",
      "sign_in.yaml:4:6: error: 'url' is where browsers find the console, without a path\n"
      "url: console.corp.example\n"
      "     ^~~~~~~~~~~~~~~~~~~~ as https://console.corp.example\n");
  expect_refused("issuer: http://login.corp.example\nclient_id: a\nroles: {viewer: [b]}\n",
                 "sign_in.yaml:1:9: error: a provider is reached by https\n"
                 "issuer: http://login.corp.example\n"
                 "        ^~~~~~~~~~~~~~~~~~~~~~~~~\n");
}

TEST(ConfigSignIn, TakesTheSecretFromItsFile) {
  const testkit::TemporaryFolder folder;
  auto config = *read(kLeast + "roles: { viewer: staff }\nclient_secret_file: s\n");
  config.at.secret_file.value = folder.path() + "/secret";
  EXPECT_FALSE(load_provider_options(config.at));
  std::ofstream(folder.path() + "/secret") << "\n";
  EXPECT_FALSE(load_provider_options(config.at));
  std::ofstream(folder.path() + "/secret") << "s3cret\n";
  EXPECT_EQ(load_provider_options(config.at)->client_secret, "s3cret");
}

}  // namespace
}  // namespace sallyport::app
