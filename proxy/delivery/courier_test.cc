// One courier with a receiver of the test's, a real store and a clock that the test moves: what
// comes when, what is kept, what is put aside.

#include "proxy/delivery/courier.h"

#include <deque>
#include <gtest/gtest.h>

#include "discovery/alerts/alert_samples_for_tests.h"
#include "discovery/alerts/sqlite_alert_store.h"
#include "discovery/alerts/sqlite_delivery_store.h"
#include "tests/kit/fake_clock.h"

namespace sallyport::delivery {
namespace {

using namespace std::chrono_literals;
using discovery::samples::alert;
using Kind = Outcome::Kind;

// Notes what it is given; answers as the test says, or waits for it.
class ScriptedCarrier final : public Carrier {
 public:
  struct Script {
    std::deque<Outcome> answers;  // then: delivered
    bool hangs = false;
    std::string carried;  // "1 2+3 ": numbers of alerts, a batch joined by +
    std::size_t most = 1;
    bool closed = false;
    io::Signal release;
  };
  explicit ScriptedCarrier(Script& script) : script_(script) {}
  std::size_t most(std::size_t) const override { return script_.most; }
  Task<Outcome> carry(std::span<const discovery::Alert> alerts, bool) override {
    for (std::size_t i = 0; i < alerts.size(); ++i) {
      script_.carried += (i == 0 ? "" : "+") + std::to_string(alerts[i].id.bytes[15]);
    }
    script_.carried += ' ';
    if (script_.hangs) co_await script_.release.wait();
    Outcome outcome{Kind::delivered, "ok", {}};
    if (!script_.answers.empty()) {
      outcome = script_.answers.front();
      script_.answers.pop_front();
    }
    co_return outcome;
  }
  void abandon() override {
    script_.answers.assign(1, {Kind::later, "given up", {}});
    script_.hangs = false;
    script_.release.notify();
  }
  Task<void> close() override {
    script_.closed = true;
    co_return;
  }

 private:
  Script& script_;
};

// A store that can be out of order.
class Stubborn final : public discovery::DeliveryStore {
 public:
  explicit Stubborn(DeliveryStore& below) : below_(below) {}
  bool broken = false;

  Result<std::uint64_t> begin(const std::string& name) override {
    if (broken) return fault();
    return below_.begin(name);
  }
  Result<void> only(std::span<const std::string> names, Time now) override {
    return below_.only(names, now);
  }
  Result<std::uint64_t> newest() override { return below_.newest(); }
  Result<discovery::WaitingPage> behind(std::uint64_t place, const discovery::AlertChoice& choice,
                                        std::size_t most) override {
    return below_.behind(place, choice, most);
  }
  Result<discovery::WaitingPage> again(const std::string& name, std::size_t most) override {
    return below_.again(name, most);
  }
  Result<discovery::Backlog> backlog(const std::string& name, std::uint64_t place,
                                     const discovery::AlertChoice& choice) override {
    return below_.backlog(name, place, choice);
  }
  Result<std::uint64_t> delivered(const std::string& name) override {
    return below_.delivered(name);
  }
  Result<void> passed(const std::string& name, std::uint64_t place,
                      std::uint64_t delivered) override {
    if (broken) return fault();
    return below_.passed(name, place, delivered);
  }
  Result<void> put_aside(const std::string& name, std::span<const std::uint64_t> places,
                         std::string_view reason, Time now) override {
    if (broken) return fault();
    return below_.put_aside(name, places, reason, now);
  }
  Result<std::uint64_t> ask_again(const std::string& name) override {
    return below_.ask_again(name);
  }
  Result<void> sent_again(const std::string& name, std::span<const std::uint64_t> places) override {
    if (broken) return fault();
    return below_.sent_again(name, places);
  }

 private:
  static std::unexpected<Error> fault() {
    return fail(ErrorKind::storage, Side::ours, "the disk is full");
  }
  DeliveryStore& below_;
};

class CourierTest : public ::testing::Test {
 protected:
  CourierTest() {
    options.name = "soc";
    options.give_up_after = 60s;
    begin();
  }
  ~CourierTest() override { end(); }

  void begin() {
    courier = std::make_unique<Courier>(options, std::make_unique<ScriptedCarrier>(script), store,
                                        worker, [] { return std::uint32_t{0}; });
    nursery.start(courier->run());
    settle();
  }
  void end() {
    courier->close();
    courier->abandon();
    settle();
    EXPECT_TRUE(nursery.empty());
    EXPECT_TRUE(std::exchange(script.closed, false));
    courier.reset();
    script.answers.clear();
  }
  void settle() {
    while (worker.poll() > 0) {
    }
  }
  void pass(std::chrono::milliseconds span) {
    for (; span.count() > 0; span -= 100ms) {
      clock.pass(100ms);
      worker.deadlines().advance(clock.steady());
      settle();
    }
  }
  void raise(std::vector<discovery::Alert> some) {
    discovery::AlertBatch batch;
    batch.alerts = std::move(some);
    ASSERT_TRUE(alerts->write(batch));
    courier->wake();
    settle();
  }
  std::string carried() { return std::exchange(script.carried, {}); }
  void answer(Kind kind, std::string what, int times = 1,
              std::optional<std::chrono::milliseconds> after = {}) {
    for (int i = 0; i < times; ++i) script.answers.push_back({kind, what, after});
  }
  std::string status() {
    const ReceiverStatus now = courier->status();
    return std::to_string(now.delivered) + " delivered, " + std::to_string(now.waiting) +
           " waiting, " + std::to_string(now.aside) + " aside, " + std::to_string(now.failures) +
           " failed, '" + now.error + "'" + (now.next_try ? ", tried again" : "");
  }

  testkit::FakeClock clock{discovery::samples::second(0)};
  io::Worker worker{7, clock};
  discovery::samples::TempDirectory directory;
  std::string file = directory.path() + "/alerts.sqlite";
  std::unique_ptr<discovery::AlertStore> alerts =
      std::move(*discovery::SqliteAlertStore::open(file));
  std::unique_ptr<discovery::DeliveryStore> below =
      std::move(*discovery::SqliteDeliveryStore::open(file));
  Stubborn store{*below};
  ReceiverOptions options;
  ScriptedCarrier::Script script;
  io::Nursery nursery{worker.executor()};
  std::unique_ptr<Courier> courier;
};

TEST_F(CourierTest, BringsAlertsInTheirOrderAndRemembersOverARestart) {
  raise({alert(1), alert(2)});
  EXPECT_EQ(carried(), "1 2 ");
  EXPECT_EQ(status(), "2 delivered, 0 waiting, 0 aside, 0 failed, ''");
  end();
  begin();
  EXPECT_EQ(carried(), "");
  raise({alert(3)});
  EXPECT_EQ(carried(), "3 ");
  EXPECT_EQ(status(), "3 delivered, 0 waiting, 0 aside, 0 failed, ''");
  EXPECT_EQ(worker.metrics().get(Metric::alerts_delivered_total), 3);
}

TEST_F(CourierTest, TakesAsManyTogetherAsItsCarrierWants) {
  script.most = 3;
  raise({alert(1), alert(2), alert(3), alert(4)});
  EXPECT_EQ(carried(), "1+2+3 4 ");
}

TEST_F(CourierTest, WaitsLongerAfterEachFailureAndNewAlertsWaitBehind) {
  answer(Kind::later, "HTTP 500", 4);
  raise({alert(1)});
  EXPECT_EQ(carried(), "1 ");
  EXPECT_EQ(status(), "0 delivered, 1 waiting, 0 aside, 1 failed, 'HTTP 500', tried again");
  raise({alert(2)});
  EXPECT_EQ(carried(), "");
  pass(900ms);
  EXPECT_EQ(carried(), "");
  pass(300ms);
  EXPECT_EQ(carried(), "1 ");
  pass(1800ms);
  EXPECT_EQ(carried(), "");
  pass(500ms);
  EXPECT_EQ(carried(), "1 ");
  pass(4300ms);
  EXPECT_EQ(carried(), "1 ");
  pass(8200ms);
  EXPECT_EQ(carried(), "1 2 ");
  EXPECT_EQ(status(), "2 delivered, 0 waiting, 0 aside, 4 failed, ''");
}

TEST_F(CourierTest, NeverGivesUpOnAReceiverThatIsAway) {
  options.give_up_after = 1s;
  answer(Kind::later, "connect_refused", 1000);
  raise({alert(1)});
  pass(std::chrono::hours(3));
  EXPECT_EQ(courier->status().aside, 0u);
  EXPECT_EQ(courier->status().waiting, 1u);
  // Every five minutes at the latest.
  const auto tries = std::ranges::count(carried(), ' ');
  EXPECT_GE(tries, 3 * 12);
  EXPECT_LE(tries, 10 + 3 * 24);
  script.answers.clear();
  pass(301s);
  EXPECT_EQ(carried(), "1 ");
}

TEST_F(CourierTest, HeedsRetryAfterWithinAnHour) {
  answer(Kind::later, "HTTP 429", 1, 30s);
  answer(Kind::later, "HTTP 503", 1, std::chrono::hours(24));
  raise({alert(1)});
  pass(29s);
  EXPECT_EQ(carried(), "1 ");
  pass(2s);
  EXPECT_EQ(carried(), "1 ");
  pass(std::chrono::minutes(59));
  EXPECT_EQ(carried(), "");
  pass(std::chrono::minutes(2));
  EXPECT_EQ(carried(), "1 ");
}

TEST_F(CourierTest, PutsAsideWhatIsRefusedForSoLongAndGoesOn) {
  answer(Kind::refused, "HTTP 400: no", 1000);
  raise({alert(1), alert(2)});
  pass(59s);
  EXPECT_EQ(courier->status().aside, 0u);
  EXPECT_EQ(carried().find('2'), std::string::npos);
  pass(3s);
  EXPECT_EQ(courier->status().aside, 1u);
  EXPECT_EQ(courier->status().waiting, 1u);
  EXPECT_NE(carried().find("2 "), std::string::npos);  // Its turn, with a time of its own.
  pass(50s);
  EXPECT_EQ(courier->status().aside, 1u);
  script.answers.clear();
  pass(30s);
  EXPECT_EQ(courier->status().waiting, 0u);
  EXPECT_EQ(courier->status().delivered, 1u);
  EXPECT_EQ(worker.metrics().get(Metric::alerts_put_aside_total), 1);
  carried();
  // Over a restart, and when somebody asks.
  end();
  begin();
  EXPECT_EQ(carried(), "");
  EXPECT_EQ(courier->deliver(true).value_or(99), 1u);
  settle();
  EXPECT_EQ(carried(), "1 ");
  EXPECT_EQ(status(), "2 delivered, 0 waiting, 0 aside, 0 failed, ''");
}

TEST_F(CourierTest, OfSeveralThatAreRefusedTogetherOnlyTheOneAtFaultIsPutAside) {
  options.give_up_after = 1s;
  script.most = 3;
  answer(Kind::refused, "550 spam", 1);  // of all three
  raise({alert(1), alert(2), alert(3), alert(4)});
  EXPECT_EQ(carried(), "1+2+3 ");
  script.answers.push_back({Kind::delivered, "ok", {}});  // 1 by itself
  answer(Kind::refused, "550 spam", 2);                   // 2 by itself, twice
  pass(1100ms);
  EXPECT_EQ(carried(), "1 2 ");
  pass(5s);
  EXPECT_EQ(carried(), "2 3 4 ");
  EXPECT_EQ(status(), "3 delivered, 0 waiting, 1 aside, 3 failed, ''");
}

TEST_F(CourierTest, ATimeOfRefusalThatIsInterruptedBeginsAnew) {
  answer(Kind::refused, "HTTP 403", 5);  // about 1 + 2 + 4 + 8 + 16 s
  answer(Kind::later, "HTTP 502", 1);
  answer(Kind::refused, "HTTP 403", 1);
  raise({alert(1)});
  pass(100s);
  EXPECT_EQ(courier->status().aside, 0u);
}

TEST_F(CourierTest, IsHurriedByDeliver) {
  answer(Kind::later, "away", 9);
  raise({alert(1)});
  pass(200s);
  carried();
  script.answers.clear();
  EXPECT_EQ(courier->deliver(false).value_or(99), 0u);
  settle();
  EXPECT_EQ(carried(), "1 ");
}

TEST_F(CourierTest, WhatItsFilterLeavesOutIsPassedAndNotLookedAtAgain) {
  end();
  options.choice.least = policy::AlertSeverity::high;
  begin();
  raise({discovery::samples::app_alert(1), alert(2), discovery::samples::app_alert(3)});
  EXPECT_EQ(carried(), "2 ");
  end();
  EXPECT_EQ(*below->begin("soc"), 3u);
  options.choice = {};
  begin();
  EXPECT_EQ(carried(), "");
}

TEST_F(CourierTest, AStoreThatNotesNothingStopsNoDelivery) {
  store.broken = true;
  raise({alert(1), alert(2)});
  EXPECT_EQ(carried(), "1 2 ");
  EXPECT_EQ(*below->begin("soc"), 0u);
  EXPECT_NE(courier->status().error.find("the disk is full"), std::string::npos);
  store.broken = false;
  courier->wake();
  settle();
  EXPECT_EQ(*below->begin("soc"), 2u);
  EXPECT_EQ(*below->delivered("soc"), 2u);
  EXPECT_EQ(courier->status().error, "");
}

TEST_F(CourierTest, WhatWasSentAgainAndNotNotedIsNotSentOnceMore) {
  options.give_up_after = 1s;
  answer(Kind::refused, "HTTP 400", 2);
  raise({alert(1)});
  pass(3s);
  EXPECT_EQ(courier->status().aside, 1u);
  carried();
  store.broken = true;
  EXPECT_EQ(courier->deliver(true).value_or(99), 1u);
  settle();
  pass(100s);
  EXPECT_EQ(carried(), "1 ");
  raise({alert(2)});
  EXPECT_EQ(carried(), "2 ");
  store.broken = false;
  courier->wake();
  settle();
  EXPECT_EQ(carried(), "");
  EXPECT_EQ(status(), "2 delivered, 0 waiting, 0 aside, 2 failed, ''");
  EXPECT_EQ(*below->begin("soc"), 2u);
}

TEST_F(CourierTest, WithAStoreThatNotesNothingNothingIsPutAside) {
  answer(Kind::refused, "HTTP 400", 1000);
  store.broken = true;
  raise({alert(1)});
  pass(200s);
  EXPECT_EQ(courier->status().aside, 0u);
  EXPECT_EQ(courier->status().waiting, 1u);
  store.broken = false;
  pass(100s);
  EXPECT_EQ(courier->status().aside, 1u);
}

TEST_F(CourierTest, EndsWhileAReceiverHangsAndTriesThatAlertAgain) {
  script.hangs = true;
  raise({alert(1)});
  EXPECT_EQ(carried(), "1 ");
  end();
  EXPECT_EQ(*below->begin("soc"), 0u);
  begin();
  EXPECT_EQ(carried(), "1 ");
}

}  // namespace
}  // namespace sallyport::delivery
