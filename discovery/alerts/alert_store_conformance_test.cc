// What every AlertStore does, whichever engine keeps the alerts. A new engine is one line in
// kEngines.

#include <gtest/gtest.h>

#include "discovery/alerts/alert_samples_for_tests.h"
#include "discovery/alerts/sqlite_alert_store.h"

namespace sallyport::discovery {
namespace {

using samples::alert;
using samples::app_alert;
using samples::id_of;
using samples::kMonday;
using samples::second;
using std::chrono::days;

struct Engine {
  std::string_view name;
  // A store in an empty directory, or the one that is there.
  std::unique_ptr<AlertStore> (*open)(const std::string& directory);
};

std::unique_ptr<AlertStore> open_sqlite(const std::string& directory) {
  auto store = SqliteAlertStore::open(directory + "/alerts.sqlite");
  if (!store) ADD_FAILURE() << describe(store.error());
  return store ? std::move(*store) : nullptr;
}

constexpr Engine kEngines[] = {{"sqlite", open_sqlite}};

class AlertStoreConformance : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    store.reset();
    store = GetParam().open(directory.path());
    ASSERT_NE(store, nullptr);
  }
  void write(const AlertBatch& batch) {
    const auto written = store->write(batch);
    ASSERT_TRUE(written) << describe(written.error());
  }
  void write(std::vector<Alert> alerts) {
    AlertBatch batch;
    batch.alerts = std::move(alerts);
    write(batch);
  }
  // The numbers of the samples, "2 1 0".
  std::string ask(const AlertQuery& query) {
    const auto alerts = store->query(query);
    if (!alerts) return describe(alerts.error());
    std::string out;
    for (const Alert& one : *alerts) {
      out += (out.empty() ? "" : " ") + std::to_string(one.id.bytes[15]);
    }
    return out;
  }

  samples::TempDirectory directory;
  std::unique_ptr<AlertStore> store;
};

TEST_P(AlertStoreConformance, KeepsEveryFieldOverARestart) {
  write({alert(1), app_alert(2)});
  reopen();
  const auto alerts = store->query({.order = Order::oldest_first});
  ASSERT_TRUE(alerts) << describe(alerts.error());
  EXPECT_EQ(*alerts, (std::vector<Alert>{alert(1), app_alert(2)}));
  EXPECT_EQ(*store->find(id_of(2)), app_alert(2));
  EXPECT_EQ(*store->find(id_of(3)), std::nullopt);
}

TEST_P(AlertStoreConformance, KeepsAnAlertOnceHoweverOftenItIsWritten) {
  write({alert(1)});
  write({alert(1), alert(2)});
  EXPECT_EQ(ask({}), "2 1");
}

TEST_P(AlertStoreConformance, AnswersEachCondition) {
  Alert bob = alert(3);
  bob.user = "Bob";
  bob.severity = policy::AlertSeverity::medium;
  write({alert(1), app_alert(2), bob});
  EXPECT_EQ(ask({}), "3 2 1");
  EXPECT_EQ(ask({.policy = "MASS-download"}), "3 1");
  EXPECT_EQ(ask({.policy = "New apps"}), "2");
  EXPECT_EQ(ask({.user = "bob"}), "3");
  EXPECT_EQ(ask({.user = ""}), "2");
  EXPECT_EQ(ask({.app = "dropbox"}), "3 1");
  EXPECT_EQ(ask({.app = "DropBox"}), "3 1");
  EXPECT_EQ(ask({.app = "fresh.example"}), "2");
  // A host of a known app is not the app.
  EXPECT_EQ(ask({.app = "www.dropbox.com"}), "");
  EXPECT_EQ(ask({.severity = policy::AlertSeverity::low}), "3 2 1");
  EXPECT_EQ(ask({.severity = policy::AlertSeverity::medium}), "3 1");
  EXPECT_EQ(ask({.severity = policy::AlertSeverity::high}), "1");
  EXPECT_EQ(ask({.since = second(2)}), "3 2");
  EXPECT_EQ(ask({.until = second(2)}), "1");
  EXPECT_EQ(ask({.user = "ana", .since = second(2)}), "");
}

TEST_P(AlertStoreConformance, CountsThoseThatAreAskedForNewestFirst) {
  EXPECT_EQ(store->count([](const Ulid&) { return true; })->alerts, 0u);
  write({alert(0), alert(1), alert(2)});
  std::string asked;
  const auto all = store->count([&asked](const Ulid& id) {
    asked += std::to_string(id.bytes[15]) + " ";
    return true;
  });
  ASSERT_TRUE(all);
  EXPECT_EQ(asked, "2 1 0 ");
  EXPECT_EQ(all->alerts, 3u);
  const auto some = store->count([](const Ulid& id) { return id.bytes[15] < 2; });
  EXPECT_EQ(some->alerts, 2u);
  EXPECT_EQ(some->newest, alert(1).id);
}

TEST_P(AlertStoreConformance, GivesPagesInEitherOrder) {
  for (int n = 0; n < 7; ++n) write({alert(n)});
  EXPECT_EQ(ask({.limit = 3}), "6 5 4");
  EXPECT_EQ(ask({.after = id_of(4), .limit = 3}), "3 2 1");
  EXPECT_EQ(ask({.order = Order::oldest_first, .limit = 3}), "0 1 2");
  EXPECT_EQ(ask({.after = id_of(2), .order = Order::oldest_first, .limit = 3}), "3 4 5");
  EXPECT_EQ(ask({.limit = 0}), "6");
}

TEST_P(AlertStoreConformance, TakesTextsAsTextsAndNotAsPatternsOrSql) {
  Alert strange = alert(1);
  strange.user = "' OR 1=1 --";
  strange.text = std::string("a\0b\n\xff", 5);
  write({strange, alert(2)});
  EXPECT_EQ(ask({.user = "' OR 1=1 --"}), "1");
  EXPECT_EQ(ask({.user = "%"}), "");
  EXPECT_EQ((*store->find(id_of(1)))->text, strange.text);
}

TEST_P(AlertStoreConformance, RemembersCountsOfDaysAndWhatFired) {
  AlertBatch batch;
  batch.days = {{"a", kMonday, 1, 0}, {"a", kMonday - days(1), 5, 7}, {"b", kMonday, 2, 3}};
  batch.fired = {{"p", "mega", second(5)}, {"p", "fresh.example", second(1)}};
  write(batch);
  AlertBatch later;
  later.days = {{"a", kMonday, 1, 9}};
  write(later);
  reopen();
  const auto memory = store->memory(kMonday, second(2));
  ASSERT_TRUE(memory) << describe(memory.error());
  EXPECT_EQ(memory->days, (std::vector<AlertDay>{{"a", kMonday, 1, 9}, {"b", kMonday, 2, 3}}));
  EXPECT_EQ(memory->fired, (std::vector<AppFired>{{"p", "mega", second(5)}}));
  EXPECT_TRUE(memory->alerts.empty());
  const auto shown = store->days(10, true);
  ASSERT_TRUE(shown);
  EXPECT_EQ(*shown,
            (std::vector<AlertDay>{
                {"a", kMonday, 1, 9}, {"b", kMonday, 2, 3}, {"a", kMonday - days(1), 5, 7}}));
  EXPECT_EQ(store->days(2, true)->size(), 2u);
}

TEST_P(AlertStoreConformance, ShowsDaysWithoutSuppressionWhereAsked) {
  AlertBatch batch;
  batch.days = {{"a", kMonday, 1, 0}, {"b", kMonday, 1, 1}};
  write(batch);
  EXPECT_EQ(store->days(10, false)->size(), 2u);
  EXPECT_EQ(store->days(10, true)->size(), 1u);
}

TEST_P(AlertStoreConformance, RemembersWhatAppsCameTo) {
  AppDayRecord app{kMonday, "mega", 1, 2, 3, {7, 9}, {1, 2, 3}, {id_of(1)}, {"p", "q"}};
  AppDayRecord old = app;
  old.day = kMonday - days(1);
  AlertBatch batch;
  batch.app_days = {app, old};
  write(batch);
  app.uploaded = 10;
  app.users.push_back(11);
  batch.app_days = {app};
  write(batch);
  reopen();
  const auto memory = store->memory(kMonday, second(0));
  ASSERT_TRUE(memory) << describe(memory.error());
  EXPECT_EQ(memory->app_days, (std::vector<AppDayRecord>{app}));
}

TEST_P(AlertStoreConformance, ForgetsWhatIsTooOld) {
  AlertBatch batch;
  batch.alerts = {alert(1)};
  batch.days = {{"a", kMonday, 1, 1}};
  batch.fired = {{"p", "mega", second(0)}};
  batch.app_days = {{kMonday, "mega", 1, 2, 3, {}, {}, {}, {}}};
  write(batch);
  const auto left = [&](days later) {
    const auto more = store->retain(second(0) + later);
    EXPECT_TRUE(more && !*more);
    const auto memory = store->memory(kMonday, second(0));
    return std::to_string(store->query({})->size()) + " alerts, " +
           std::to_string(memory->days.size()) + " days, " + std::to_string(memory->fired.size()) +
           " fired, " + std::to_string(memory->app_days.size()) + " apps";
  };
  EXPECT_EQ(left(days(0)), "1 alerts, 1 days, 1 fired, 1 apps");
  EXPECT_EQ(left(days(2)), "1 alerts, 1 days, 1 fired, 0 apps");
  EXPECT_EQ(left(days(91)), "1 alerts, 0 days, 0 fired, 0 apps");
  EXPECT_EQ(left(days(401)), "0 alerts, 0 days, 0 fired, 0 apps");
}

INSTANTIATE_TEST_SUITE_P(Engines, AlertStoreConformance, testing::ValuesIn(kEngines),
                         [](const auto& engine) { return std::string(engine.param.name); });

TEST(SqliteAlertStore, RefusesOtherFilesAndDoesNotWriteWhenReading) {
  samples::TempDirectory directory;
  const auto none = SqliteAlertStore::open_for_reading(directory / "alerts.sqlite");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::not_found);
  { ASSERT_TRUE(SqliteAlertStore::open(directory / "alerts.sqlite")); }
  auto reading = SqliteAlertStore::open_for_reading(directory / "alerts.sqlite");
  ASSERT_TRUE(reading) << describe(reading.error());
  EXPECT_TRUE((*reading)->query({})->empty());
  EXPECT_EQ((*reading)->write({}).error().kind, ErrorKind::permission);
  EXPECT_EQ((*reading)->retain(second(0)).error().kind, ErrorKind::permission);
  samples::write_text(directory / "text", std::string(4096, 'x'));
  EXPECT_FALSE(SqliteAlertStore::open(directory / "text"));
}

}  // namespace
}  // namespace sallyport::discovery
