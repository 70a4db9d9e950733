// Who was seen: what a look at every event says, out of counted use.

#include "discovery/usage/users_seen.h"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

#include "discovery/events/samples_for_tests.h"
#include "discovery/store/sqlite_store.h"

namespace sallyport::discovery {
namespace {

using samples::TempDirectory;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;

constexpr sys_days kDay = std::chrono::year(2026) / 10 / 10;

struct Expected {
  Time first = Time::max(), last = Time::min();
  std::uint64_t count = 0;
  std::set<std::string> apps;
};

class UsersSeenTest : public ::testing::Test {
 protected:
  UsersSeenTest() {
    auto opened = SqliteStore::open({.path = directory / "e.db", .max_age = {}});
    EXPECT_TRUE(opened);
    store = std::move(*opened);
    std::mt19937 random(1);
    for (int n = 0; n < 12'000; n += 500) {
      std::vector<Event> events;
      for (int i = 0; i < 500; ++i) {
        Event& event = events.emplace_back(random() % 9 == 0 ? samples::blocked(n + i)
                                                             : samples::allowed(n + i));
        event.start = Time(kDay.time_since_epoch()) + std::chrono::seconds(random() % 3'000'000);
        event.activity.user = "user" + std::to_string(random() % 40);
        if (random() % 9 == 0) event.activity.user.reset();
        if (random() % 4 == 0) {
          event.activity.app.reset();
          event.activity.domain = "elsewhere.example";
        } else {
          event.activity.app->id = "app" + std::to_string(random() % 12);
        }
        all.push_back(event);
      }
      EXPECT_TRUE(store->write(events));
    }
  }

  void check(const UsageQuestion& span, const std::string& app) {
    std::map<std::string, Expected> expected;
    for (const Event& event : all) {
      const Time start = std::chrono::floor<std::chrono::minutes>(event.start);
      if (!event.activity.user || start < Time(span.since.time_since_epoch()) ||
          start >= Time(span.until.time_since_epoch())) {
        continue;
      }
      const std::string id = event.activity.app ? event.activity.app->id : "";
      if (!app.empty() && id != app) continue;
      Expected& one = expected[*event.activity.user];
      one.first = std::min(one.first, start);
      one.last = std::max(one.last, start);
      ++one.count;
      if (!id.empty()) one.apps.insert(id);
    }
    const auto seen = users_seen(*store, {span, app, 1000}, [](const UserSeen&) { return true; });
    ASSERT_TRUE(seen) << describe(seen.error());
    EXPECT_EQ(seen->size(), expected.size());
    Time before = Time::max();
    for (const UserSeen& one : *seen) {
      const Expected& wanted = expected[one.user];
      EXPECT_EQ(one.count, wanted.count) << one.user;
      EXPECT_EQ(one.first, wanted.first) << one.user;
      EXPECT_EQ(one.last, wanted.last) << one.user;
      EXPECT_EQ(one.apps, wanted.apps.size()) << one.user;
      EXPECT_LE(one.last, before) << "who was seen last comes first";
      before = one.last;
    }
  }

  const TempDirectory directory;
  std::unique_ptr<SqliteStore> store;
  std::vector<Event> all;
};

TEST_F(UsersSeenTest, AreTheSameAsALookAtEveryEventTells) {
  for (int round = 0; round < 2; ++round) {
    check({.since = kDay - days(5), .until = kDay + days(90)}, "");
    check({.since = kDay + days(3), .until = kDay + days(24)}, "");
    check({.since = kDay + days(3), .until = kDay + days(24)}, "app3");
    check({.since = kDay, .until = kDay + days(90)}, "nowhere");
    while (*store->retain(Time((kDay + days(33)).time_since_epoch()) + 1h)) {
    }
  }
}

TEST_F(UsersSeenTest, AreLookedUpInFullOnlyAsFarAsTheyAreShown) {
  const UsageQuestion span{.since = kDay, .until = kDay + days(90)};
  const auto seen =
      users_seen(*store, {span, "", 3}, [](const UserSeen& one) { return one.user != "user7"; });
  ASSERT_TRUE(seen);
  ASSERT_EQ(seen->size(), 39u);
  EXPECT_GT((*seen)[2].apps, 0u);
  EXPECT_EQ((*seen)[3].apps, 0u);
}

}  // namespace
}  // namespace sallyport::discovery
