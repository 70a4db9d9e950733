// Where receivers stand: what waits for them, what they had, what was put aside, over restarts.

#include "discovery/alerts/delivery_store.h"

#include <gtest/gtest.h>

#include "discovery/alerts/alert_samples_for_tests.h"
#include "discovery/alerts/sqlite_alert_store.h"
#include "discovery/alerts/sqlite_delivery_store.h"

namespace sallyport::discovery {
namespace {

using samples::alert;
using samples::app_alert;
using samples::second;
using std::chrono::days;

struct Engine {
  std::string_view name;
  std::unique_ptr<AlertStore> (*alerts)(const std::string& directory);
  std::unique_ptr<DeliveryStore> (*deliveries)(const std::string& directory);
};

constexpr Engine kEngines[] = {{
    "sqlite",
    [](const std::string& directory) -> std::unique_ptr<AlertStore> {
      return std::move(*SqliteAlertStore::open(directory + "/alerts.sqlite"));
    },
    [](const std::string& directory) -> std::unique_ptr<DeliveryStore> {
      return std::move(*SqliteDeliveryStore::open(directory + "/alerts.sqlite"));
    },
}};

class DeliveryStoreConformance : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    alerts.reset();
    store.reset();
    alerts = GetParam().alerts(directory.path());
    store = GetParam().deliveries(directory.path());
  }
  void write(std::vector<Alert> some) {
    AlertBatch batch;
    batch.alerts = std::move(some);
    ASSERT_TRUE(alerts->write(batch));
  }
  static std::string text(const Result<WaitingPage>& page) {
    if (!page) return describe(page.error());
    std::string out;
    for (const WaitingAlert& one : page->alerts) {
      out += std::to_string(one.place) + ":" + std::to_string(one.alert.id.bytes[15]) + " ";
    }
    return out + "to " + std::to_string(page->looked_to);
  }
  std::string behind(std::uint64_t place, const AlertChoice& choice = {}, std::size_t most = 10) {
    return text(store->behind(place, choice, most));
  }
  std::string backlog(const std::string& receiver, std::uint64_t place) {
    const auto all = store->backlog(receiver, place, {});
    if (!all) return describe(all.error());
    return std::to_string(all->waiting) + " since " +
           (all->oldest ? format_rfc3339(*all->oldest).substr(11, 8) : "never") + ", aside " +
           std::to_string(all->aside);
  }

  samples::TempDirectory directory;
  std::unique_ptr<AlertStore> alerts;
  std::unique_ptr<DeliveryStore> store;
};

TEST_P(DeliveryStoreConformance, ANewReceiverBeginsAtNowAndAnOldOneWhereItStood) {
  write({alert(1), alert(2)});
  EXPECT_EQ(*store->begin("a"), 2u);
  write({alert(3), alert(4)});
  EXPECT_EQ(behind(2), "3:3 4:4 to 4");
  ASSERT_TRUE(store->passed("a", 3, 1));
  reopen();
  EXPECT_EQ(*store->begin("a"), 3u);
  EXPECT_EQ(*store->delivered("a"), 1u);
  EXPECT_EQ(*store->begin("b"), 4u);
  // Never back.
  ASSERT_TRUE(store->passed("a", 1, 1));
  EXPECT_EQ(*store->begin("a"), 3u);
}

TEST_P(DeliveryStoreConformance, OrderIsThatOfWritingWhateverTheIdsSay) {
  // The clock was set back over a restart: ids are smaller than those before.
  write({alert(9)});
  EXPECT_EQ(*store->begin("a"), 1u);
  write({alert(3), alert(2)});
  EXPECT_EQ(behind(1), "2:3 3:2 to 3");
}

TEST_P(DeliveryStoreConformance, ChoosesBySeverityCategoryAndPolicy) {
  write({alert(1), app_alert(2), alert(3)});
  EXPECT_EQ(behind(0, {.least = policy::AlertSeverity::medium}), "1:1 3:3 to 3");
  EXPECT_EQ(behind(0, {.categories = {policy::RiskCategory::discovery}}), "2:2 to 3");
  EXPECT_EQ(behind(0, {.policies = {"NEW-APPS"}}), "2:2 to 3");
  EXPECT_EQ(behind(0, {.policies = {"mass download", "other"}}), "1:1 3:3 to 3");
  EXPECT_EQ(behind(0, {.policies = {"x') OR 1=1 --"}}), "to 3");
  EXPECT_EQ(behind(0,
                   {.least = policy::AlertSeverity::high,
                    .categories = {policy::RiskCategory::dlp},
                    .policies = {"mass-download"}},
                   1),
            "1:1 to 1");
  EXPECT_EQ(behind(3), "to 3");
  EXPECT_EQ(behind(7), "to 7");
}

TEST_P(DeliveryStoreConformance, CountsWhatWaits) {
  ASSERT_TRUE(store->begin("a"));
  EXPECT_EQ(backlog("a", 0), "0 since never, aside 0");
  write({alert(1), alert(2), alert(3)});
  EXPECT_EQ(backlog("a", 1), "2 since " + format_rfc3339(second(2)).substr(11, 8) + ", aside 0");
}

TEST_P(DeliveryStoreConformance, PutsAsideAndGivesBackWhenAsked) {
  ASSERT_TRUE(store->begin("a"));
  write({alert(1), alert(2), alert(3)});
  const std::uint64_t places[] = {1, 2};
  ASSERT_TRUE(store->put_aside("a", places, std::string(1000, 'x'), second(9)));
  EXPECT_EQ(*store->begin("a"), 2u);
  EXPECT_EQ(backlog("a", 2), "1 since " + format_rfc3339(second(3)).substr(11, 8) + ", aside 2");
  EXPECT_EQ(text(store->again("a", 10)), "to 0");
  EXPECT_EQ(*store->ask_again("b"), 0u);
  EXPECT_EQ(*store->ask_again("a"), 2u);
  reopen();
  EXPECT_EQ(text(store->again("a", 10)), "1:1 2:2 to 0");
  ASSERT_TRUE(store->sent_again("a", std::span(places, 1)));
  EXPECT_EQ(*store->delivered("a"), 1u);
  // Refused again: aside again, and the receiver stays where it is.
  ASSERT_TRUE(store->put_aside("a", std::span(places + 1, 1), "no", second(9)));
  EXPECT_EQ(text(store->again("a", 10)), "to 0");
  EXPECT_EQ(*store->begin("a"), 2u);
  EXPECT_EQ(backlog("a", 3), "0 since never, aside 1");
}

TEST_P(DeliveryStoreConformance, ForgetsReceiversThatAreGoneForAWeek) {
  ASSERT_TRUE(store->begin("a"));
  ASSERT_TRUE(store->begin("b"));
  write({alert(1), alert(2)});
  const std::uint64_t place = 1;
  ASSERT_TRUE(store->put_aside("b", std::span(&place, 1), "no", second(0)));
  const std::string both[] = {"a", "b"};
  ASSERT_TRUE(store->only(std::span(both, 1), second(0)));
  // Back within a week.
  ASSERT_TRUE(store->only(std::span(both, 1), second(0) + days(6)));
  EXPECT_EQ(*store->begin("b"), 1u);
  ASSERT_TRUE(store->only(both, second(0) + days(6)));
  ASSERT_TRUE(store->only(std::span(both, 1), second(0) + days(7)));
  ASSERT_TRUE(store->only(std::span(both, 1), second(0) + days(15)));
  EXPECT_EQ(*store->begin("b"), 2u);
  EXPECT_EQ(backlog("b", 2), "0 since never, aside 0");
  EXPECT_EQ(*store->begin("a"), 0u);
  ASSERT_TRUE(store->only({}, second(0)));
}

TEST_P(DeliveryStoreConformance, NoPlaceIsGivenTwiceWhenAlertsAreForgotten) {
  write({alert(1), alert(2)});
  EXPECT_EQ(*store->begin("a"), 2u);
  // The clock jumps by two years, and everything is too old.
  while (*alerts->retain(second(0) + days(800))) {
  }
  EXPECT_EQ(*store->begin("b"), 2u);
  EXPECT_EQ(behind(0), "to 2");
  reopen();
  write({alert(3)});
  EXPECT_EQ(behind(2), "3:3 to 3");
}

INSTANTIATE_TEST_SUITE_P(Engines, DeliveryStoreConformance, testing::ValuesIn(kEngines),
                         [](const auto& engine) { return std::string(engine.param.name); });

}  // namespace
}  // namespace sallyport::discovery
