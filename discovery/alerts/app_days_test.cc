#include "discovery/alerts/app_days.h"

#include <gtest/gtest.h>

#include "discovery/events/samples_for_tests.h"

namespace sallyport::discovery {
namespace {

using samples::allowed;
using samples::blocked;

constexpr std::chrono::sys_days kMonday{std::chrono::year(2026) / 11 / 23};
constexpr std::chrono::sys_days kTuesday = kMonday + std::chrono::days(1);

Event to(const std::string& app, const std::string& user, const std::string& address,
         std::uint64_t in = 10, std::uint64_t out = 100) {
  Event event = allowed(1);
  event.activity.app->id = app;
  event.activity.app->name = app;
  event.activity.user.reset();
  if (!user.empty()) event.activity.user = user;
  event.activity.client.address = *IpAddress::parse(address);
  event.bytes_in = in;
  event.bytes_out = out;
  return event;
}

Event outside(const std::string& domain, policy::HostKind kind = policy::HostKind::unknown) {
  Event event = to("none", "ana", "192.0.2.1");
  event.activity.app.reset();
  event.activity.domain = domain;
  event.activity.host_kind = kind;
  return event;
}

// "mega: 1 up, 2 down, 3 times, 1 users, 2 addresses"
std::string text(const AppDay* app) {
  if (app == nullptr) return "nowhere";
  return app->app + ": " + std::to_string(app->uploaded) + " up, " +
         std::to_string(app->downloaded) + " down, " + std::to_string(app->transactions) +
         " times, " + std::to_string(app->users.count()) + " users, " +
         std::to_string(app->addresses.count()) + " addresses";
}

TEST(AppDays, AddsUpWhatAnAppComesToOnADay) {
  AppDays days;
  days.add(to("mega", "ana", "192.0.2.1"), kMonday);
  days.add(to("mega", "ana", "192.0.2.2"), kMonday);
  days.add(to("box", "ana", "192.0.2.2"), kMonday);
  EXPECT_EQ(text(days.add(to("mega", "", "192.0.2.2"), kMonday)),
            "mega: 30 up, 300 down, 3 times, 1 users, 2 addresses");
  EXPECT_EQ(text(days.add(to("mega", "bob", "192.0.2.3"), kTuesday)),
            "mega: 10 up, 100 down, 1 times, 1 users, 1 addresses");
  EXPECT_EQ(days.apps(), 3u);
}

TEST(AppDays, CountsWhatIsNoKnownAppForItsDomain) {
  AppDays days;
  EXPECT_EQ(text(days.add(outside("fresh.example"), kMonday)),
            "fresh.example: 10 up, 100 down, 1 times, 1 users, 1 addresses");
  EXPECT_EQ(text(days.add(outside(""), kMonday)), "nowhere");
  for (const auto kind :
       {policy::HostKind::tracker, policy::HostKind::advertising, policy::HostKind::analytics,
        policy::HostKind::cdn, policy::HostKind::infrastructure}) {
    EXPECT_EQ(text(days.add(outside("noise.example", kind), kMonday)), "nowhere");
  }
}

TEST(AppDays, LeavesOutWhatWasStopped) {
  AppDays days;
  EXPECT_EQ(text(days.add(blocked(1), kMonday)), "nowhere");
  Event refused = allowed(2);
  refused.ending = Ending::refused;
  EXPECT_EQ(text(days.add(refused, kMonday)), "nowhere");
  Event lost = allowed(3);
  lost.kind = EventKind::connection;
  EXPECT_EQ(text(days.add(lost, kMonday)), "nowhere");
  Event tunnel = allowed(4);
  tunnel.kind = EventKind::tunnel;
  EXPECT_EQ(text(days.add(tunnel, kMonday)),
            "dropbox: 0 up, 2048 down, 1 times, 1 users, 1 addresses");
}

TEST(AppDays, ExceedsWhereAllThatIsAskedIsMoreThanAsked) {
  AppDays days;
  const AppDay* app = days.add(to("mega", "ana", "192.0.2.1", 40, 60), kMonday);
  ASSERT_NE(app, nullptr);
  EXPECT_FALSE(exceeds(*app, {}));
  EXPECT_TRUE(exceeds(*app, {.traffic = 99}));
  EXPECT_FALSE(exceeds(*app, {.traffic = 100}));
  EXPECT_TRUE(exceeds(
      *app, {.uploaded = 39, .downloaded = 59, .users = 0, .addresses = 0, .transactions = 0}));
  EXPECT_FALSE(exceeds(*app, {.uploaded = 39, .transactions = 1}));
  EXPECT_FALSE(exceeds(*app, {.uploaded = 40}));
  EXPECT_FALSE(exceeds(*app, {.downloaded = 60}));
  EXPECT_FALSE(exceeds(*app, {.users = 1}));
  EXPECT_FALSE(exceeds(*app, {.addresses = 1}));
  EXPECT_EQ(describe(*app, {.traffic = 99, .users = 0}), "traffic 100 B (> 99 B), users 1 (> 0)");
}

TEST(AppDays, GoesOnAfterARestart) {
  AppDays before;
  before.add(to("mega", "ana", "192.0.2.1"), kMonday);
  before.add(to("mega", "bob", "192.0.2.2"), kMonday)->done.push_back("policy");
  const auto saved = before.take_changes();
  ASSERT_EQ(saved.size(), 1u);
  EXPECT_TRUE(before.take_changes().empty());

  AppDays after;
  after.add(to("mega", "cy", "192.0.2.2"), kMonday);  // before the store could be read
  after.restore(saved.front());
  AppDay* app = after.add(to("mega", "ana", "192.0.2.1"), kMonday);
  EXPECT_EQ(text(app), "mega: 40 up, 400 down, 4 times, 3 users, 2 addresses");
  EXPECT_TRUE(app->is_done("policy"));
  EXPECT_FALSE(app->is_done("other"));
}

TEST(AppDays, ForgetsDaysThatAreOver) {
  AppDays days;
  days.add(to("mega", "ana", "192.0.2.1"), kMonday);
  days.add(to("mega", "ana", "192.0.2.1"), kTuesday);
  days.forget_before(kTuesday);
  EXPECT_EQ(days.apps(), 1u);
}

TEST(AppDays, HoldsItsBoundsAndKeepsWhatIsUsed) {
  AppDays days(16, 100);
  for (int n = 0; n < 2000; ++n) {
    days.add(to("used", "user" + std::to_string(n % 30), "192.0.2.1"), kMonday);
    days.add(to("app" + std::to_string(n), "ana", "192.0.2.1"), kMonday);
    ASSERT_LE(days.apps(), 16u);
  }
  EXPECT_GT(days.forgotten(), 1000u);
  EXPECT_EQ(text(days.add(to("used", "user1", "192.0.2.1"), kMonday)),
            "used: 20010 up, 200100 down, 2001 times, 30 users, 1 addresses");
  // More marks than there is room for, all of one app: it is forgotten rather than the bound
  // broken.
  AppDays few(16, 10);
  AppDay* last = nullptr;
  for (int n = 0; n < 30; ++n) {
    last = few.add(to("mega", "user" + std::to_string(n), "192.0.2.1"), kMonday);
  }
  EXPECT_EQ(few.apps(), last == nullptr ? 0u : 1u);
  EXPECT_GT(few.forgotten(), 0u);
}

}  // namespace
}  // namespace sallyport::discovery
