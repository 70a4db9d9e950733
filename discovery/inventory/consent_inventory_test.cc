#include "discovery/inventory/consent_inventory.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

using policy::ActivityType;

policy::Activity asked(std::string client, std::string user, std::vector<std::string> scopes,
                       std::string level, int second = 0) {
  policy::Activity activity;
  activity.at = Time(std::chrono::seconds(second));
  activity.app = policy::AppFacts{"slack", "Slack", "collaboration", {}};
  if (!user.empty()) activity.user = std::move(user);
  activity.type = ActivityType::consent;
  policy::Details& details = activity.details.emplace();
  details.consent_client = std::move(client);
  details.consent_scopes = std::move(scopes);
  details.consent_level = std::move(level);
  return activity;
}

using Texts = std::set<std::string>;

TEST(ConsentInventory, PutsAClientTogetherFromAllThatAskedForIt) {
  ConsentInventory consents(100);
  policy::Activity first = asked("ABC", "ana", {"users:read"}, "low", 1);
  first.details->consent_redirect = "notes.example";
  first.details->consent_name = "Notes";
  consents.add(first, false);
  consents.add(asked("abc", "ben", {"files:read", "users:read"}, "high", 2), true);
  consents.add(asked("ABC", "ana", {}, "", 3), false);
  consents.add(asked("other", "", {"users:read"}, "low", 4), false);
  const auto all = consents.sorted();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0]->client, "other");
  EXPECT_TRUE(all[0]->users.empty());
  const ConsentEntry& entry = *all[1];
  EXPECT_EQ(entry.client, "ABC");
  EXPECT_EQ(entry.name, "Notes");
  EXPECT_EQ(entry.app, "slack");
  EXPECT_EQ(entry.hosts, Texts{"notes.example"});
  EXPECT_EQ(entry.scopes, (Texts{"files:read", "users:read"}));
  EXPECT_EQ(entry.level, "high");
  EXPECT_EQ(entry.users, (Texts{"ana", "ben"}));
  EXPECT_EQ(entry.requests, 3u);
  EXPECT_EQ(entry.stopped, 1u);
  EXPECT_EQ(entry.first, Time(std::chrono::seconds(1)));
  EXPECT_EQ(entry.last, Time(std::chrono::seconds(3)));
  EXPECT_EQ(entry.last_user, "ana");
}

TEST(ConsentInventory, KeepsPlacesApart) {
  ConsentInventory consents(100);
  policy::Activity elsewhere = asked("abc", "ana", {}, "");
  elsewhere.app.reset();
  elsewhere.host = "login.example";
  consents.add(elsewhere, false);
  consents.add(asked("abc", "ana", {}, ""), false);
  ASSERT_EQ(consents.sorted().size(), 2u);
  EXPECT_EQ(consents.sorted()[1]->app, "");
  EXPECT_EQ(consents.sorted()[1]->app_name, "login.example");
}

TEST(ConsentInventory, PassesOverWhatIsNoConsentAndWhatFailed) {
  ConsentInventory consents(100);
  policy::Activity failed = asked("abc", "ana", {}, "");
  failed.details->outcome = "failed";
  consents.add(failed, false);
  policy::Activity login = asked("abc", "ana", {}, "");
  login.type = ActivityType::login;
  consents.add(login, false);
  consents.add(asked("", "ana", {}, ""), false);
  policy::Activity plain;
  plain.type = ActivityType::consent;
  consents.add(plain, false);
  EXPECT_TRUE(consents.sorted().empty());
}

TEST(ConsentInventory, CountsTheUsersOfTheOrganizationOnce) {
  ConsentInventory consents(100);
  for (const char* user : {"ana", "ben", "ana", ""}) consents.note_user(user);
  EXPECT_EQ(consents.users(), 2u);
}

TEST(ConsentInventory, IsBounded) {
  ConsentInventory consents(2);
  for (int i = 0; i < 5; ++i) consents.add(asked(std::to_string(i), "ana", {}, ""), false);
  consents.add(asked("3", "ana", {}, ""), false);
  std::string clients;
  for (const ConsentEntry* entry : consents.sorted()) clients += entry->client;
  EXPECT_EQ(clients, "34");
  EXPECT_EQ(consents.dropped(), 3u);
  std::vector<std::string> scopes;
  for (int i = 0; i < 2000; ++i) scopes.push_back(std::to_string(i));
  consents.add(asked("3", "ana", scopes, ""), false);
  EXPECT_EQ(consents.sorted()[0]->scopes.size(), ConsentEntry::kMostScopes);
}

TEST(Commonness, IsTheShareOfTheOrganizationsUsers) {
  EXPECT_EQ(commonness(0, 0), "rare");
  EXPECT_EQ(commonness(1, 2), "rare");
  EXPECT_EQ(commonness(2, 10), "common");
  EXPECT_EQ(commonness(2, 21), "uncommon");
  EXPECT_EQ(commonness(2, 200), "uncommon");
  EXPECT_EQ(commonness(2, 201), "rare");
  EXPECT_EQ(commonness(100, 1000), "common");
}

}  // namespace
}  // namespace sallyport::discovery
