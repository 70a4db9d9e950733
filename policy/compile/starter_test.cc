// The policies that we ship: for each rule a case that it decides, and its neighbours that it must
// not.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "policy/compile/compile.h"

namespace sallyport::policy {
namespace {

const std::string kConf = std::string(SALLYPORT_SOURCE_DIR) + "/conf/";

SourcePtr read_source(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return std::make_shared<const Source>(
      Source{file.lexically_relative(kConf).string(), text.str()});
}

const Program& starter() {
  static const auto program = [] {
    PolicySources sources;
    sources.policies.push_back(read_source(kConf + "policies/starter.yaml"));
    for (const auto& entry : std::filesystem::directory_iterator(kConf + "templates")) {
      const std::string name = entry.path().filename().string();
      if (!name.ends_with(".yaml") || name.ends_with(".test.yaml")) continue;
      sources.templates.push_back(read_source(entry.path()));
    }
    for (const auto& entry : std::filesystem::directory_iterator(kConf + "policies/lists")) {
      sources.lists.emplace(entry.path().stem().string(), read_source(entry.path()));
    }
    Diagnostics warnings;
    auto compiled = compile(sources, CompileOptions{}, warnings);
    EXPECT_TRUE(compiled) << render(compiled.error());
    EXPECT_TRUE(warnings.empty()) << render(warnings);
    return compiled ? *compiled : std::make_shared<const Program>();
  }();
  return *program;
}

// What the exchanges below have in common, as far as it is known at `point`.
Activity ordinary(Point point) {
  Activity activity;
  activity.point = point;
  activity.user = "alice";
  activity.client.address = *IpAddress::parse("10.1.2.3");
  activity.destination = AddressFacts{*IpAddress::parse("192.0.2.80"), IpCategory::none, {}, ""};
  activity.host = "www.example.com";
  activity.port = 443;
  activity.scheme = "https";
  if (point >= Point::request) {
    activity.method = "POST";
    activity.path = "/";
    activity.type = ActivityType::view;
  }
  return activity;
}

void is_app(Activity& activity, std::string category, std::vector<std::string> tags = {}) {
  activity.app = AppFacts{"example", "Example", std::move(category), std::move(tags)};
}

std::string decided(const Activity& activity) {
  const Verdict verdict(activity.point == Point::connect
                            ? starter().decide_connection(activity)
                            : starter().decide(activity.point, activity));
  std::string text(to_string(verdict.action));
  if (!verdict.policy.empty()) text += ", " + verdict.policy;
  if (!verdict.final) text += ", open";
  for (const auto& [policy, action] : verdict.rehearsed) {
    text += ", rehearsed " + std::string(to_string(action)) + ": " + policy;
  }
  EXPECT_EQ(verdict.stops(), !verdict.say.empty()) << "somebody is stopped without a word";
  return text;
}

TEST(StarterPolicies, CompileWithoutWarnings) { EXPECT_EQ(starter().size(), 24u); }

TEST(StarterPolicies, LetOrdinaryTrafficPass) {
  EXPECT_EQ(decided(ordinary(Point::connect)), "allow");
  EXPECT_EQ(decided(ordinary(Point::request)), "allow");
  EXPECT_EQ(decided(ordinary(Point::download)), "allow");
}

TEST(StarterPolicies, BlockALogonFromTor) {
  Activity activity = ordinary(Point::request);
  activity.client.tags = {"tor"};
  activity.type = ActivityType::login;
  EXPECT_EQ(decided(activity), "block, Logon from a risky IP address");

  activity.type = ActivityType::view;
  EXPECT_EQ(decided(activity), "allow");
  activity.type = ActivityType::login;
  activity.client.tags = {"satellite_provider"};
  EXPECT_EQ(decided(activity), "allow");
}

TEST(StarterPolicies, OpenAConnectionFromTorToSeeWhetherItIsALogon) {
  Activity activity = ordinary(Point::connect);
  activity.client.tags = {"tor"};
  EXPECT_EQ(decided(activity), "allow, open");
  // What is not opened has no logon to see.
  is_app(activity, "health");
  EXPECT_EQ(decided(activity), "bypass, Health stays private");
}

TEST(StarterPolicies, BlockTrafficToTor) {
  Activity activity = ordinary(Point::connect);
  activity.destination->tags = {"tor"};
  EXPECT_EQ(decided(activity), "block, No traffic to Tor");
  is_app(activity, "health");
  EXPECT_EQ(decided(activity), "block, No traffic to Tor");

  activity = ordinary(Point::connect);
  activity.client.tags = {"vpn"};
  EXPECT_EQ(decided(activity), "allow");
  activity.destination->tags = {"anonymous_proxy"};
  EXPECT_EQ(decided(activity), "allow");
}

// The connection is judged again once its address is known, and before anything is carried.
TEST(StarterPolicies, StopABypassWhoseAddressIsOfTor) {
  Activity activity = ordinary(Point::connect);
  is_app(activity, "health");
  activity.destination.reset();
  EXPECT_EQ(decided(activity), "bypass, Health stays private");
  activity.destination = AddressFacts{};
  activity.destination->tags = {"tor"};
  EXPECT_EQ(decided(activity), "block, No traffic to Tor");
}

TEST(StarterPolicies, RefuseUnsanctionedApps) {
  Activity activity = ordinary(Point::connect);
  is_app(activity, "webmail", {"unsanctioned"});
  EXPECT_EQ(decided(activity), "block, Unsanctioned apps are refused");
  is_app(activity, "health", {"unsanctioned"});
  EXPECT_EQ(decided(activity), "block, Unsanctioned apps are refused");

  is_app(activity, "webmail", {"sanctioned"});
  EXPECT_EQ(decided(activity), "allow");
  is_app(activity, "webmail");
  EXPECT_EQ(decided(activity), "allow");
}

TEST(StarterPolicies, RehearseUploadsToAiApps) {
  Activity activity = ordinary(Point::request);
  is_app(activity, "generative_ai");
  activity.type = ActivityType::upload;
  EXPECT_EQ(decided(activity), "allow, rehearsed block: No uploads to AI apps");

  activity.type = ActivityType::prompt;
  EXPECT_EQ(decided(activity), "allow");
  is_app(activity, "collaboration");
  activity.type = ActivityType::upload;
  EXPECT_EQ(decided(activity), "allow");
}

TEST(StarterPolicies, BlockTrafficToMalwareSources) {
  Activity activity = ordinary(Point::connect);
  activity.host_tags = {"malware_cnc"};
  EXPECT_EQ(decided(activity), "block, No traffic to malware sources");
  activity.host_tags = {"satellite_provider"};
  EXPECT_EQ(decided(activity), "allow");
}

TEST(StarterPolicies, RehearseUploadsToOtherStorage) {
  Activity activity = ordinary(Point::request);
  is_app(activity, "cloud_storage");
  activity.type = ActivityType::upload;
  EXPECT_EQ(decided(activity), "allow, rehearsed block: Uploads only to sanctioned storage");
  is_app(activity, "cloud_storage", {"sanctioned"});
  EXPECT_EQ(decided(activity), "allow");
}

TEST(StarterPolicies, LeaveHealthUnopened) {
  Activity activity = ordinary(Point::connect);
  is_app(activity, "health");
  EXPECT_EQ(decided(activity), "bypass, Health stays private");

  is_app(activity, "accounting_and_finance");
  EXPECT_EQ(decided(activity), "allow");
  activity.host = "online.sparkasse.at";
  EXPECT_EQ(decided(activity), "bypass, Banking stays private");
  activity.host = "www.example.com";
  // Plain HTTP never had anything to open.
  activity = ordinary(Point::request);
  is_app(activity, "health");
  EXPECT_EQ(decided(activity), "allow");
}

}  // namespace
}  // namespace sallyport::policy
