#include "proxy/app/policy_calls.h"

#include <gtest/gtest.h>

#include "base/core/log.h"
#include "discovery/alerts/alert_samples_for_tests.h"
#include "discovery/alerts/sqlite_alert_store.h"
#include "discovery/alerts/sqlite_delivery_store.h"
#include "discovery/store/sqlite_state_store.h"
#include "tests/kit/fake_clock.h"
#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

using namespace std::chrono_literals;

const Time kStart = *parse_rfc3339("2026-11-27T10:00:00Z");

class PolicyCallsTest : public ::testing::Test {
 protected:
  PolicyCallsTest() {
    log::set_level(log::Level::error);
    start();
    calls_->look();
  }
  ~PolicyCallsTest() override { log::set_level(log::Level::info); }

  // Another process: what is known comes from the files.
  void start() {
    clock_.pass(1s);  // Ids begin with the time.
    const Time now = clock_.now();
    calls_.reset();
    caller_.reset();
    book_ = std::make_unique<ActionBook>(*store_);
    ASSERT_TRUE(book_->load(now));
    caller_ = std::make_unique<ActionCaller>(*book_, desk_, "gw.example");
    ActionConfig action;
    action.receiver.options.name = "remove";
    action.receiver.options.to = delivery::WebhookOptions{};
    action.receiver.options.choice.policies = {"mass-download"};
    caller_->set({action}, {action.receiver.options});
    calls_ = std::make_unique<PolicyCalls>(*caller_, clock_, [this] { return open(); });
  }
  Result<std::unique_ptr<discovery::DeliveryStore>> open() {
    auto opened = discovery::SqliteDeliveryStore::open(folder_.path() + "/alerts.sqlite");
    if (!opened) return std::unexpected(opened.error());
    return std::unique_ptr<discovery::DeliveryStore>(std::move(*opened));
  }
  discovery::Alert write(int n, const std::string& user, Time at = kStart) {
    discovery::Alert alert = discovery::samples::alert(n);
    alert.user = user;
    alert.time = at;
    discovery::AlertBatch batch;
    batch.alerts = {alert};
    EXPECT_TRUE(alerts_->write(batch));
    return alert;
  }
  // "ana pending; ben failed", by when they were asked for.
  std::string told() const {
    std::string all;
    for (const auto& [id, kept] : book_->all()) {
      all += (all.empty() ? "" : "; ") + kept.call.user + " ";
      all += to_string(kept.state);
    }
    return all;
  }

  testkit::TemporaryFolder folder_;
  std::unique_ptr<discovery::StateStore> store_ =
      std::move(*discovery::SqliteStateStore::open(folder_.path() + "/state.sqlite"));
  std::unique_ptr<discovery::AlertStore> alerts_ =
      std::move(*discovery::SqliteAlertStore::open(folder_.path() + "/alerts.sqlite"));
  testkit::FakeClock clock_{kStart};
  io::Worker desk_{7, clock_};
  std::unique_ptr<ActionBook> book_;
  std::unique_ptr<ActionCaller> caller_;
  std::unique_ptr<PolicyCalls> calls_;
};

TEST_F(PolicyCallsTest, WhatACrashLeftOutIsCalledOnceAtTheNextStart) {
  calls_->take(write(1, "ana"));
  write(2, "ben");  // Killed before its turn came.
  start();
  EXPECT_EQ(told(), "ana pending");
  calls_->look();
  EXPECT_EQ(told(), "ana pending; ben pending");
  calls_->look();
  start();
  calls_->look();
  EXPECT_EQ(told(), "ana pending; ben pending");
}

TEST_F(PolicyCallsTest, WhatIsTooLateIsNotCalledAndTheBookSaysSo) {
  write(1, "ana", kStart - 3h);
  write(2, "ben", kStart - 1h);
  start();
  calls_->look();
  EXPECT_EQ(told(), "ana failed; ben pending");
  EXPECT_EQ(book_->all().begin()->second.detail, "not called: the gateway was not there in time");
}

TEST_F(PolicyCallsTest, WhatWasRaisedBeforeThereWasAPlaceIsNotCalledFor) {
  write(1, "ana");
  // A gateway of before actions were noted: its alerts had their turn.
  auto place = open();
  ASSERT_TRUE(place);
  ASSERT_TRUE((*place)->only({}, kStart));
  ASSERT_TRUE((*place)->only({}, kStart + std::chrono::days(8)));
  start();
  calls_->look();
  EXPECT_EQ(told(), "");
}

TEST_F(PolicyCallsTest, AnAlertThatHadItsTurnHasNoOtherWhileThePlaceStandsBeforeIt) {
  const discovery::Alert alert = write(1, "ana");
  calls_->take(alert);
  calls_->look();
  calls_->look();
  EXPECT_EQ(told(), "ana pending");
  clock_.pass(30h);
  start();
  calls_->look();
  EXPECT_EQ(told(), "ana pending") << "the place is behind it";
}

}  // namespace
}  // namespace sallyport::app
