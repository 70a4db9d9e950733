#include "discovery/inventory/instance_inventory.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

using policy::ActivityType;

policy::Activity in(std::string app, std::string instance, std::string user, int second = 0) {
  policy::Activity activity;
  activity.at = Time(std::chrono::seconds(second));
  activity.app = policy::AppFacts{app, "The " + app, "collaboration", {}};
  if (!user.empty()) activity.user = std::move(user);
  activity.type = ActivityType::view;
  activity.details.emplace().instance = std::move(instance);
  return activity;
}

using Texts = std::set<std::string>;

TEST(InstanceInventory, PutsAnInstanceTogetherFromAllThatWasDoneInIt) {
  InstanceInventory instances(100);
  policy::Activity first = in("slack", "Corp", "ana", 1);
  first.type = ActivityType::upload;
  first.details->instance_kind = "corporate";
  first.details->account = "ana@corp.example";
  instances.add(first, {.bytes_in = 10, .bytes_out = 1});
  policy::Activity second = in("slack", "corp", "ben", 2);
  second.type = ActivityType::download;
  instances.add(second, {.stopped = true, .bytes_in = 5, .bytes_out = 2});
  instances.add(in("slack", "corp", "", 3), {});
  const auto all = instances.sorted();
  ASSERT_EQ(all.size(), 1u);
  const InstanceEntry& entry = *all[0];
  EXPECT_EQ(entry.app, "slack");
  EXPECT_EQ(entry.app_name, "The slack");
  EXPECT_EQ(entry.instance, "corp");
  EXPECT_EQ(entry.kind, "corporate");
  EXPECT_EQ(entry.users, (Texts{"ana", "ben"}));
  EXPECT_EQ(entry.accounts, Texts{"ana@corp.example"});
  EXPECT_EQ(entry.activities, 3u);
  EXPECT_EQ(entry.stopped, 1u);
  EXPECT_EQ(entry.uploads, 1u);
  EXPECT_EQ(entry.downloads, 1u);
  EXPECT_EQ(entry.bytes_in, 15u);
  EXPECT_EQ(entry.bytes_out, 3u);
  EXPECT_EQ(entry.first, Time(std::chrono::seconds(1)));
  EXPECT_EQ(entry.last, Time(std::chrono::seconds(3)));
}

TEST(InstanceInventory, KeepsAppsAndInstancesApartTheNewestFirst) {
  InstanceInventory instances(100);
  instances.add(in("slack", "corp", "ana", 1), {});
  instances.add(in("box", "corp", "ana", 2), {});
  instances.add(in("slack", "home", "ana", 3), {});
  std::string told;
  for (const InstanceEntry* one : instances.sorted()) told += one->app + " " + one->instance + ", ";
  EXPECT_EQ(told, "slack home, box corp, slack corp, ");
}

TEST(InstanceInventory, CountsWhatNothingToldTheInstanceOf) {
  InstanceInventory instances(100);
  policy::Activity plain = in("slack", "", "ana");
  instances.add(plain, {});
  plain.details.reset();
  instances.add(plain, {});
  EXPECT_EQ(instances.untold(), 2u);
  policy::Activity nowhere = in("slack", "corp", "ana");
  nowhere.app.reset();
  instances.add(nowhere, {});
  EXPECT_TRUE(instances.sorted().empty());
  EXPECT_EQ(instances.untold(), 2u);
}

TEST(InstanceInventory, IsBounded) {
  InstanceInventory instances(2);
  for (int i = 0; i < 5; ++i) instances.add(in("slack", std::to_string(i), "ana"), {});
  instances.add(in("slack", "3", "ana"), {});
  std::string told;
  for (const InstanceEntry* one : instances.sorted()) told += one->instance;
  EXPECT_EQ(told, "34");
  EXPECT_EQ(instances.dropped(), 3u);
  for (int i = 0; i < 100; ++i) {
    policy::Activity one = in("slack", "3", "ana");
    one.details->account = std::to_string(i);
    instances.add(one, {});
  }
  EXPECT_EQ(instances.sorted()[0]->accounts.size(), InstanceEntry::kMostAccounts);
}

}  // namespace
}  // namespace sallyport::discovery
