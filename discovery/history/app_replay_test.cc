#include "discovery/history/app_replay.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "discovery/alerts/alert.h"
#include "discovery/events/samples_for_tests.h"

namespace sallyport::discovery {
namespace {

using policy::CompiledPolicy;
using policy::PolicyTally;

CompiledPolicy policy_of(const std::string& id, const policy::DailyThresholds& per_day,
                         std::uint32_t alerts_per_day, const std::string& tag = "") {
  CompiledPolicy made;
  made.id = made.name = id;
  made.kind = policy::Kind::app_discovery;
  made.per_day = per_day;
  made.alerts_per_day = alerts_per_day;
  made.tag_app = tag;
  return made;
}

// Uses of apps, and what the policies say of them.
struct Past {
  explicit Past(std::vector<CompiledPolicy> policies) : program(std::move(policies)) {}

  // So many users of the app on that day of November.
  Past& uses(int day, const std::string& app, int users, std::uint64_t uploaded = 0,
             std::vector<std::string> tags = {}, Ending ending = Ending::completed) {
    for (int user = 0; user < users; ++user) {
      policy::Activity facts = samples::allowed(user).activity;
      facts.user = "u" + std::to_string(user);
      facts.app.reset();
      facts.host = "www." + app;
      facts.domain = app;
      if (app.find('.') == app.npos) facts.app = policy::AppFacts{app, app + "!", "other", tags};
      PastEvent event;
      event.time = *parse_rfc3339(fmt::format("2026-11-{:02}T12:00:00Z", day));
      event.ending = ending;
      event.bytes_in = uploaded;
      // In two parts, as two threads would.
      (user % 2 == 0 ? one : two).add(event, facts);
    }
    return *this;
  }

  std::string told(std::size_t most = 100) {
    one.merge(two);
    std::vector<PolicyTally> tallies(program.size());
    const AppReplayReport report = one.report(most, tallies);
    std::string out = std::to_string(report.findings) + "\n";
    for (const AppFinding& found : report.newest) {
      out += format_day(found.day) + " " + found.name + " " + program.policies()[found.policy].id +
             ": " + found.why;
      if (found.tags) out += ", tag";
      if (found.alert) out += ", alert";
      if (found.suppressed) out += ", suppressed";
      out += "\n";
    }
    for (const CompiledPolicy& policy : program.policies()) {
      const PolicyTally& tally = tallies[policy.number];
      out += fmt::format("{}: {} matched {} reported {} rehearsed {} alerts\n", policy.id,
                         tally.matched, tally.reported, tally.rehearsed, tally.alerts);
    }
    if (report.left_out > 0) out += std::to_string(report.left_out) + " left out\n";
    return out;
  }

  policy::Program program;
  AppReplay one{program};
  AppReplay two{program};
};

TEST(AppReplay, TellsOnceOfAnAppThatComesToMoreThanAllThresholdsOnOneDay) {
  Past past({policy_of("popular", {.uploaded = 500, .users = 5}, 10, "monitored")});
  past.uses(1, "box", 6, 10).uses(2, "box", 3, 200).uses(2, "box", 3, 200);
  past.uses(3, "box", 7, 100).uses(4, "box", 9, 100).uses(4, "files.example", 9, 100);
  EXPECT_EQ(past.told(),
            "2\n"
            "2026-11-04 files.example popular: uploaded 900 B (> 500 B), users 9 (> 5), alert\n"
            "2026-11-03 box! popular: uploaded 700 B (> 500 B), users 7 (> 5), tag, alert\n"
            "popular: 3 matched 2 reported 0 rehearsed 2 alerts\n");
}

TEST(AppReplay, WhatTheDailyLimitKeepsBackMayComeOnAnotherDay) {
  Past past({policy_of("used", {.users = 1}, 1)});
  past.uses(1, "a", 2).uses(1, "b", 2).uses(2, "b", 2);
  EXPECT_EQ(past.told(),
            "3\n"
            "2026-11-02 b! used: users 2 (> 1), alert\n"
            "2026-11-01 a! used: users 2 (> 1), alert\n"
            "2026-11-01 b! used: users 2 (> 1), suppressed\n"
            "used: 3 matched 3 reported 0 rehearsed 2 alerts\n");
}

TEST(AppReplay, LeavesOutWhatWasNotLetThrough) {
  Past past({policy_of("used", {.users = 1}, 1)});
  past.uses(1, "a", 5, 0, {}, Ending::blocked).uses(1, "b", 5, 0, {}, Ending::refused);
  EXPECT_EQ(past.told(), "0\nused: 0 matched 0 reported 0 rehearsed 0 alerts\n");
}

TEST(AppReplay, DoesNotTagAnAppThatHasTheTagAndTellsOfRehearsalsApart) {
  CompiledPolicy trial = policy_of("trial", {.users = 1}, 3);
  trial.rehearse = true;
  Past past({policy_of("tags", {.users = 1}, 0, "monitored"), trial});
  past.uses(1, "a", 2, 0, {"monitored"});
  EXPECT_EQ(past.told(1),
            "2\n"
            "2026-11-01 a! tags: users 2 (> 1)\n"
            "tags: 1 matched 1 reported 0 rehearsed 0 alerts\n"
            "trial: 1 matched 0 reported 1 rehearsed 0 alerts\n");
}

TEST(AppReplay, CountsWhatThereIsNoRoomFor) {
  const policy::Program program({policy_of("used", {.users = 1}, 1)});
  AppReplay small(program, 1);
  PastEvent event;
  policy::Activity facts = samples::allowed(0).activity;
  small.add(event, facts);
  facts.app->id = "other";
  small.add(event, facts);
  small.add(event, facts);
  std::vector<PolicyTally> tallies(1);
  EXPECT_EQ(small.report(10, tallies).left_out, 2u);
}

}  // namespace
}  // namespace sallyport::discovery
