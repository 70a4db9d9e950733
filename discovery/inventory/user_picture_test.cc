#include "discovery/inventory/user_picture.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

using policy::Activity;
using policy::ActivityType;

Time at(int second) { return Time(std::chrono::seconds(second)); }

Activity in_dropbox(ActivityType type) {
  Activity activity;
  activity.user = "ana";
  activity.client.address = *IpAddress::parse("192.0.2.7");
  activity.client.country = "DE";
  activity.host = "www.dropbox.com";
  activity.app = policy::AppFacts{"dropbox", "Dropbox", "cloud_storage", {}};
  activity.type = type;
  policy::AgentFacts agent;
  agent.device = policy::DeviceType::desktop;
  agent.os = "windows";
  agent.browser = "firefox";
  activity.agent = agent;
  return activity;
}

TEST(UserPicture, PutsTogetherWhatOneUserDid) {
  UserPicture picture;
  picture.add(in_dropbox(ActivityType::login_failed), {.at = at(5)});
  picture.add(in_dropbox(ActivityType::login), {.at = at(10)});
  Activity upload = in_dropbox(ActivityType::upload);
  upload.client.address = *IpAddress::parse("2001:db8::7");
  upload.client.country = "FR";
  policy::Details& details = upload.details.emplace();
  details.instance = "home";
  details.instance_kind = "personal";
  details.account = "ana@gmail.com";
  picture.add(upload, {.at = at(20), .bytes_in = 1000, .bytes_out = 10});
  EXPECT_EQ(picture.seen.count, 3u);
  EXPECT_EQ(picture.seen.first, at(5));
  EXPECT_EQ(picture.seen.last, at(20));
  EXPECT_EQ(picture.logins, 1u);
  EXPECT_EQ(picture.failed_logins, 1u);
  ASSERT_EQ(picture.apps.size(), 1u);
  const UserPicture::App& app = picture.apps.at("dropbox");
  EXPECT_EQ(app.name, "Dropbox");
  EXPECT_EQ(app.uploads, 1u);
  EXPECT_EQ(app.bytes_in, 1000u);
  EXPECT_EQ(app.instances, std::set<std::string>{"home (personal)"});
  EXPECT_EQ(app.accounts, std::set<std::string>{"ana@gmail.com"});
  EXPECT_EQ(picture.addresses.size(), 2u);
  EXPECT_EQ(picture.addresses.at("2001:db8::7").country, "FR");
  EXPECT_EQ(picture.countries.at("DE").count, 2u);
  EXPECT_EQ(picture.devices.begin()->second.count, 3u);
  EXPECT_EQ(picture.personal.begin()->first, "ana@gmail.com in Dropbox");
}

TEST(UserPicture, WhatWasStoppedWasTriedAndNotDone) {
  UserPicture picture;
  Activity share = in_dropbox(ActivityType::share);
  share.admin = true;
  share.details.emplace().target_domains = {"rival.example"};
  share.details->target_classes = {"external"};
  picture.add(share, {.at = at(1), .stopped = true});
  EXPECT_EQ(picture.stopped, 1u);
  EXPECT_EQ(picture.apps.at("dropbox").shares, 0u);
  EXPECT_EQ(picture.apps.at("dropbox").stopped, 1u);
  EXPECT_TRUE(picture.opened_to.empty());
  EXPECT_TRUE(picture.administration.empty());
  picture.add(share, {.at = at(2)});
  EXPECT_EQ(picture.opened_to.at("rival.example").count, 1u);
  EXPECT_EQ(picture.administration.at("share in Dropbox").count, 1u);
  share.details->target_domains = {"corp.example"};
  share.details->target_classes = {"internal"};
  picture.add(share, {.at = at(3)});
  EXPECT_FALSE(picture.opened_to.contains("corp.example")) << "our own";
}

TEST(UserPicture, WhoInventsHostsGrowsNothingWithoutBound) {
  UserPicture picture;
  Activity activity;
  activity.user = "ana";
  for (std::size_t i = 0; i < UserPicture::kMost + 100; ++i) {
    activity.host = "h" + std::to_string(i) + ".example";
    picture.add(activity, {.at = at(1)});
  }
  EXPECT_EQ(picture.apps.size(), UserPicture::kMost);
  EXPECT_EQ(picture.left_out, 100u);
  EXPECT_EQ(picture.seen.count, UserPicture::kMost + 100);
}

}  // namespace
}  // namespace sallyport::discovery
