#include "proxy/app/policy_actions.h"

#include <gtest/gtest.h>

#include "base/core/log.h"
#include "discovery/alerts/alert_samples_for_tests.h"
#include "discovery/store/sqlite_state_store.h"
#include "tests/kit/fake_clock.h"
#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

using namespace std::chrono_literals;

const Time kStart = *parse_rfc3339("2026-11-27T10:00:00Z");

class PolicyActionsTest : public ::testing::Test {
 protected:
  PolicyActionsTest() {
    log::set_level(log::Level::error);
    set({"mass-download", "new-apps"}, {"user"});
  }
  ~PolicyActionsTest() override { log::set_level(log::Level::info); }

  void set(std::vector<std::string> policies, std::vector<std::string> needs) {
    ActionConfig action;
    action.receiver.options.name = "remove";
    action.receiver.options.to = delivery::WebhookOptions{};
    action.receiver.options.choice.policies = std::move(policies);
    action.needs = std::move(needs);
    caller_.set({action}, {action.receiver.options});
  }
  // "ana in dropbox by policy mass-download; ..." of all calls, in the order asked for.
  std::string calls() const {
    std::string all;
    for (const auto& [id, kept] : book_.all()) {
      all += (all.empty() ? "" : "; ") + kept.call.user + " in " + kept.call.app + " by " +
             kept.call.by;
    }
    return all;
  }
  static discovery::Alert alert(int n, const std::string& user = "ana") {
    discovery::Alert made = discovery::samples::alert(n);
    made.user = user;
    return made;
  }

  testkit::TemporaryFolder folder_;
  std::unique_ptr<discovery::StateStore> store_ =
      std::move(*discovery::SqliteStateStore::open(folder_.path() + "/state.sqlite"));
  ActionBook book_{*store_};
  testkit::FakeClock clock_{kStart};
  io::Worker desk_{7, clock_};
  ActionCaller caller_{book_, desk_, "gw.example"};
};

TEST_F(PolicyActionsTest, AnAlertOfAPolicyThatIsNamedCallsTheActionOnce) {
  call_for_alert(caller_, alert(1), kStart);
  EXPECT_EQ(calls(), "ana in dropbox by policy mass-download");
  const delivery::ActionCall& call = book_.all().begin()->second.call;
  EXPECT_EQ(call.alert, alert(1).id.to_string());
  EXPECT_EQ(call.reason, "Mass download: 2 activities of ana");
  call_for_alert(caller_, alert(1), kStart + 24h);
  EXPECT_EQ(book_.all().size(), 1u) << "the same alert";
}

TEST_F(PolicyActionsTest, OneIncidentIsOneCallAndAnotherPersonIsAnotherIncident) {
  call_for_alert(caller_, alert(1), kStart);
  call_for_alert(caller_, alert(2), kStart + 1h);
  EXPECT_EQ(book_.all().size(), 1u);
  call_for_alert(caller_, alert(3, "ben"), kStart + 1h);
  EXPECT_EQ(book_.all().size(), 2u);
  call_for_alert(caller_, alert(4), kStart + 3h);
  EXPECT_EQ(book_.all().size(), 3u);
}

TEST_F(PolicyActionsTest, WhatWasCalledIsKnownAfterARestart) {
  call_for_alert(caller_, alert(1), kStart);
  ActionBook again(*store_);
  ASSERT_TRUE(again.load(kStart));
  ActionCaller caller(again, desk_, "gw.example");
  caller.set(std::vector(caller_.actions()), {caller_.actions()[0].receiver.options});
  call_for_alert(caller, alert(1), kStart + 3h);
  call_for_alert(caller, alert(2), kStart + 1h);
  EXPECT_EQ(again.all().size(), 1u);
}

TEST_F(PolicyActionsTest, OthersPoliciesCallNothing) {
  set({"Mass Upload"}, {});
  call_for_alert(caller_, alert(1), kStart);
  EXPECT_EQ(calls(), "");
  set({}, {});
  call_for_alert(caller_, alert(1), kStart);
  EXPECT_EQ(calls(), "") << "none is named: none calls";
  set({"mass DOWNLOAD"}, {});
  call_for_alert(caller_, alert(1), kStart);
  EXPECT_NE(calls(), "") << "by its name, too";
}

TEST_F(PolicyActionsTest, WhatTheAlertDoesNotHaveAndTheActionNeedsIsNotCalled) {
  call_for_alert(caller_, discovery::samples::app_alert(1), kStart);
  EXPECT_EQ(calls(), "");
}

TEST_F(PolicyActionsTest, FiftyADayAreEnoughAndAPersonMayStillCall) {
  for (int n = 0; n < 80; ++n) {
    call_for_alert(caller_, alert(n, "user" + std::to_string(n)), kStart);
  }
  EXPECT_EQ(book_.all().size(), kMostActionsADay);
  delivery::ActionCall own;
  own.action = "remove";
  own.user = "ana";
  EXPECT_TRUE(caller_.call(own));
  call_for_alert(caller_, alert(100), kStart + 24h);
  EXPECT_EQ(book_.all().size(), kMostActionsADay + 2);
}

}  // namespace
}  // namespace sallyport::app
