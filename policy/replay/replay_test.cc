#include "policy/replay/replay.h"

#include <gtest/gtest.h>

#include "policy/compile/compile.h"

namespace sallyport::policy {
namespace {

std::shared_ptr<const Program> program(std::string text) {
  Diagnostics warnings;
  auto made =
      compile({std::make_shared<const Source>(Source{"p.yaml", std::move(text)})}, warnings);
  if (!made) ADD_FAILURE() << render(made.error());
  return made ? *made : std::make_shared<const Program>();
}

Ulid id_of(int n) {
  Ulid id;
  id.bytes[15] = static_cast<std::uint8_t>(n);
  return id;
}

Time minute(int n) { return *parse_rfc3339("2026-11-23T10:00:00Z") + std::chrono::minutes(n); }

// What happened, a minute apart. One that was stopped says nothing of the reply.
struct Past {
  Activity facts;
  Reach reach = Reach::all;
  bool cut = false;
  Effect then = Effect::allow;
  std::string policy;
};

Past did(std::string user, ActivityType type, std::string host) {
  Past past;
  past.facts.point = Point::response;
  if (!user.empty()) past.facts.user = std::move(user);
  past.facts.client.address = *IpAddress::parse("192.0.2.7");
  past.facts.host = std::move(host);
  past.facts.scheme = "https";
  past.facts.port = 443;
  past.facts.method = type == ActivityType::upload ? "POST" : "GET";
  past.facts.path = "/x";
  past.facts.type = type;
  past.facts.status = 200;
  past.facts.app = AppFacts{past.facts.host, "App " + past.facts.host, "cloud_storage", {}};
  return past;
}

Past stopped(std::string user, ActivityType type, std::string host) {
  Past past = did(std::move(user), type, std::move(host));
  past.facts.point = Point::request;
  past.facts.status.reset();
  past.reach = Reach::request;
  past.cut = true;
  past.then = Effect::block;
  past.policy = "old block";
  return past;
}

Past tunnel(std::string user, std::string host) {
  Past past = did(std::move(user), ActivityType::other, std::move(host));
  past.facts.point = Point::connect;
  past.facts.method.reset();
  past.facts.path.reset();
  past.facts.type.reset();
  past.facts.status.reset();
  past.reach = Reach::connection;
  past.cut = true;
  past.then = Effect::bypass;
  past.policy = "old bypass";
  return past;
}

// The whole report as text; what is zero is left out.
std::string told(const ReplayReport& report, const Program& by) {
  std::string out = std::to_string(report.judged) + " judged";
  if (report.unsure > 0) out += ", " + std::to_string(report.unsure) + " unsure";
  out += "\n";
  for (std::size_t change = 0; change < kChanges; ++change) {
    if (report.changes[change] == 0) continue;
    out += std::string(to_string(static_cast<Change>(change))) + " " +
           std::to_string(report.changes[change]) + ":";
    for (const ReplayExample& one : report.examples[change]) {
      out += " " + std::to_string(one.id.bytes[15]) + " (" + std::string(to_string(one.then)) +
             (one.policy_then.empty() ? "" : " by " + one.policy_then) + ", now " +
             std::string(to_string(one.now)) +
             (one.policy_now.empty() ? "" : " by " + one.policy_now) + ")";
    }
    out += "\n";
  }
  for (const CompiledPolicy& policy : by.policies()) {
    const PolicyTally& tally = report.policies[policy.number];
    out += policy.name + ":";
    const std::pair<const char*, std::uint64_t> counts[] = {
        {"matched", tally.matched},   {"decided", tally.decided},
        {"reported", tally.reported}, {"rehearsed", tally.rehearsed},
        {"alerts", tally.alerts},     {"newly blocked", tally.newly_blocked},
        {"not kept", tally.not_kept}, {"not seen", tally.not_seen},
    };
    for (const auto& [name, count] : counts) {
      if (count > 0) out += " " + std::to_string(count) + " " + name;
    }
    out += "\n";
  }
  const auto top = [&](const char* what, const std::vector<ReplayTop>& rows) {
    if (rows.empty()) return;
    out += what;
    for (const ReplayTop& row : rows) out += " '" + row.name + "' " + std::to_string(row.count);
    out += "\n";
  };
  top("users", report.users);
  top("apps", report.apps);
  return out;
}

void add(Replay& replay, const std::vector<Past>& pasts, int first = 0, int step = 1) {
  for (int n = first; n < static_cast<int>(pasts.size()); n += step) {
    Past past = pasts[static_cast<std::size_t>(n)];
    past.facts.at = minute(n);
    replay.judge({id_of(n), past.reach, past.cut, past.then, past.policy, past.facts});
  }
}

std::string replayed(const std::string& policies, const std::vector<Past>& pasts,
                     Replay::Options options = {}) {
  const auto by = program(policies);
  Replay replay(*by, options);
  add(replay, pasts);
  return told(replay.report(), *by);
}

constexpr auto kView = ActivityType::view;
constexpr auto kUpload = ActivityType::upload;

TEST(Replay, TellsWhatIsNewlyBlockedByWhomForWhom) {
  EXPECT_EQ(replayed("- {name: no uploads, when: {activity: upload}, then: block}\n"
                     "- {name: watch, when: {host: a.example}, then: monitor}\n",
                     {did("ana", kUpload, "a.example"), did("ana", kView, "a.example"),
                      did("bob", kUpload, "b.example"), did("", kUpload, "a.example"),
                      did("ana", kUpload, "a.example"), stopped("eve", kUpload, "a.example")}),
            "6 judged\n"
            "newly_blocked 4: 4 (allow, now block by no uploads) 3 (allow, now block by no uploads)"
            " 2 (allow, now block by no uploads) 0 (allow, now block by no uploads)\n"
            "no uploads: 5 matched 5 decided 4 newly blocked\n"
            "watch: 5 matched 1 decided\n"
            "users 'ana' 2 '' 1 'bob' 1\n"
            "apps 'App a.example' 3 'App b.example' 1\n");
}

TEST(Replay, TellsWhatIsNoLongerBlocked) {
  EXPECT_EQ(replayed("- {name: watch, when: {host: a.example}, then: monitor}\n",
                     {stopped("eve", kUpload, "a.example"), stopped("eve", kView, "b.example")}),
            "2 judged\n"
            "no_longer_blocked 2: 1 (block by old block, now allow)"
            " 0 (block by old block, now monitor by watch)\n"
            "watch: 1 matched 1 decided\n");
}

TEST(Replay, TellsWhatIsBypassedNewlyAndNoLonger) {
  EXPECT_EQ(replayed("- {name: leave alone, kind: tls, when: {host: bank.example}, then: bypass}\n",
                     {did("ana", kView, "bank.example"), tunnel("ana", "bank.example"),
                      tunnel("bob", "health.example")}),
            "3 judged\n"
            "newly_bypassed 1: 0 (allow, now bypass by leave alone)\n"
            "no_longer_bypassed 1: 2 (bypass by old bypass, now allow)\n"
            "leave alone: 2 matched 2 decided\n");
}

TEST(Replay, CountsWhatNobodySawInABypassThatIsOpenedNow) {
  EXPECT_EQ(replayed("- {name: bank stays, kind: tls, when: {host: bank.example}, then: bypass}\n"
                     "- {name: uploads, when: {activity: upload}, then: block}\n"
                     "- {name: of eve, when: {user: eve, activity: upload}, then: block}\n"
                     "- {name: big, kind: activity, when: {status: 500}, tag_app: x}\n",
                     {tunnel("ana", "bank.example"), tunnel("ana", "health.example"),
                      tunnel("eve", "health.example")}),
            "3 judged\n"
            "no_longer_bypassed 2: 2 (bypass by old bypass, now allow)"
            " 1 (bypass by old bypass, now allow)\n"
            "bank stays: 1 matched 1 decided\n"
            "uploads: 2 not seen\n"
            "of eve: 1 not seen\n"
            "big: 2 not seen\n");
}

TEST(Replay, IsNotSureBehindABlockOfAPolicyThatWaitsForTheReply) {
  EXPECT_EQ(replayed("- {name: errors, when: {status: 500}, then: block}\n",
                     {stopped("eve", kView, "a.example"), did("ana", kView, "a.example")}),
            "2 judged, 1 unsure\n"
            "errors: 1 not seen\n");
}

TEST(Replay, CountsWhatCannotBeJudgedForWantOfAQuery) {
  // What the query would have said does not matter where another policy decides before, or does
  // the same; an exception may hold, so whom it excepts is not blocked for sure.
  EXPECT_EQ(replayed("- {name: bobs, when: {user: bob}, then: monitor}\n"
                     "- {name: secret, when: {user: [ana, bob], query: '*token*'}, then: block}\n"
                     "- {name: not plain, when: {user: eve}, "
                     "except: [{query: a=b}], then: block}\n"
                     "- {name: rest, when: {activity: upload}, then: block}\n",
                     {did("ana", kView, "a.example"), did("bob", kView, "a.example"),
                      did("cid", kUpload, "a.example"), did("ana", kUpload, "a.example"),
                      did("eve", kView, "a.example"), did("cid", kView, "a.example")}),
            "6 judged, 2 unsure\n"
            "newly_blocked 2: 3 (allow, now block by rest) 2 (allow, now block by rest)\n"
            "bobs: 1 matched 1 decided\n"
            "secret: 3 not kept\n"
            "not plain: 1 not kept\n"
            "rest: 2 matched 2 decided 2 newly blocked\n"
            "users 'ana' 1 'cid' 1\n"
            "apps 'App a.example' 2\n");
}

TEST(Replay, CountsWhatWouldHaveDecidedInRehearsal) {
  EXPECT_EQ(replayed("- {name: try, when: {activity: upload}, then: block, mode: rehearse}\n"
                     "- {name: all, then: monitor}\n",
                     {did("ana", kUpload, "a.example"), did("ana", kView, "a.example")}),
            "2 judged\n"
            "try: 1 matched 1 rehearsed\n"
            "all: 2 matched 2 decided\n");
}

TEST(Replay, CountsAlertsBeforeTheirLimits) {
  EXPECT_EQ(
      replayed(
          "- {name: each, kind: activity, when: {activity: upload}, alerts_per_day: 1}\n"
          "- {name: quiet, kind: activity, when: {activity: upload}, tag_app: x}\n"
          "- {name: tried, kind: activity, when: {activity: upload}, mode: rehearse, "
          "alerts_per_day: 5}\n"
          "- {name: stop, when: {user: ana, activity: upload}, then: block, alerts_per_day: 1}\n",
          {did("ana", kUpload, "a.example"), did("ana", kUpload, "a.example"),
           did("bob", kUpload, "a.example"), tunnel("ana", "a.example")}),
      "4 judged\n"
      "newly_blocked 2: 1 (allow, now block by stop) 0 (allow, now block by stop)\n"
      "no_longer_bypassed 1: 3 (bypass by old bypass, now allow)\n"
      "each: 3 matched 3 reported 3 alerts 1 not seen\n"
      "quiet: 3 matched 3 reported 1 not seen\n"
      "tried: 3 matched 3 rehearsed 1 not seen\n"
      "stop: 2 matched 2 decided 2 alerts 2 newly blocked 1 not seen\n"
      "users 'ana' 2\n"
      "apps 'App a.example' 2\n");
}

TEST(Replay, DoesNotReportWhatWouldNotBeOpened) {
  EXPECT_EQ(replayed("- {name: all, kind: activity, when: {activity: is set}, tag_app: x}\n"
                     "- {name: leave alone, kind: tls, when: {host: a.example}, then: bypass}\n",
                     {did("ana", kView, "a.example"), did("ana", kView, "b.example")}),
            "2 judged\n"
            "newly_bypassed 1: 0 (allow, now bypass by leave alone)\n"
            "all: 1 matched 1 reported\n"
            "leave alone: 1 matched 1 decided\n");
}

// A view whose origin showed an expired certificate when its connection was opened, or inside.
Past faulty(std::string user, std::string host, Point seen) {
  Past past = did(std::move(user), kView, std::move(host));
  past.facts.point = seen;
  past.facts.status.reset();
  past.facts.certificate_faults = {"expired"};
  past.reach = Reach::request;
  return past;
}

TEST(Replay, AsksWhatTlsPoliciesSayToAFaultyCertificate) {
  const Past failed = faulty("ana", "old.example", Point::connect);
  Past shown = tunnel("bob", "lab.example");
  shown.facts.certificate_faults = {"self_signed"};
  EXPECT_EQ(
      replayed("- {name: old ones, kind: tls, when: {certificate.fault: expired}, then: block}\n"
               "- {name: no views, when: {activity: view}, then: block}\n",
               {failed, shown}),
      "2 judged\n"
      "newly_blocked 1: 0 (allow, now block by old ones)\n"
      "no_longer_bypassed 1: 1 (bypass by old bypass, now allow)\n"
      "old ones: 1 matched 1 decided 1 newly blocked\n"
      "no views: 1 matched\n"
      "users 'ana' 1\n"
      "apps 'App old.example' 1\n");
  EXPECT_EQ(replayed("- {name: lab, kind: tls, when: {certificate.fault: is set}, then: bypass}\n",
                     {failed, shown}),
            "2 judged\n"
            "newly_bypassed 1: 0 (allow, now bypass by lab)\n"
            "lab: 2 matched 2 decided\n");
}

TEST(Replay, AFaultEndsBeforeAnyRequestIsAskedAbout) {
  const std::string by =
      "- {name: no views, when: {activity: view}, then: block}\n"
      "- {name: asks query, when: {query: is set}, then: block}\n";
  EXPECT_EQ(replayed(by, {faulty("ana", "a.example", Point::connect)}),
            "1 judged\n"
            "no views: 1 matched\n"
            "asks query: 1 not kept\n");
  // Seen by a request inside, which had been asked about before.
  EXPECT_EQ(replayed(by, {faulty("ana", "a.example", Point::request)}),
            "1 judged\n"
            "newly_blocked 1: 0 (allow, now block by no views)\n"
            "no views: 1 matched 1 decided 1 newly blocked\n"
            "asks query: 1 not kept\n"
            "users 'ana' 1\n"
            "apps 'App a.example' 1\n");
}

TEST(Replay, ABypassOfAFaultInsideAnOpenedConnectionIsNotPossible) {
  EXPECT_EQ(replayed("- {name: lab, kind: tls, when: {certificate.fault: is set}, then: bypass}\n",
                     {faulty("ana", "a.example", Point::request),
                      faulty("ana", "b.example", Point::connect)}),
            "2 judged\n"
            "newly_bypassed 1: 1 (allow, now bypass by lab)\n"
            "lab: 2 matched 1 decided\n");
}

TEST(Replay, ABlockOfAFaultThatIsNoMoreLeavesTheOriginFailed) {
  Past blocked = faulty("ana", "a.example", Point::connect);
  blocked.cut = true;
  blocked.then = Effect::block;
  blocked.policy = "old block";
  EXPECT_EQ(replayed("- {name: errors, when: {status: 500}, then: block}\n", {blocked}),
            "1 judged\n"
            "no_longer_blocked 1: 0 (block by old block, now allow)\n"
            "errors:\n");
}

TEST(Replay, TellsWhatWouldHaveBeenAtEveryPoint) {
  EXPECT_EQ(replayed("- {name: late, when: {activity: view}, then: block}\n"
                     "- {name: boxes, kind: tls, when: {certificate.fault: is set}, then: bypass, "
                     "mode: rehearse}\n"
                     "- {name: hosts, kind: tls, when: {host: a.example}, then: bypass, mode: "
                     "rehearse}\n",
                     {faulty("ana", "a.example", Point::connect), did("bob", kView, "a.example")}),
            "2 judged\n"
            "newly_blocked 1: 1 (allow, now block by late)\n"
            "late: 2 matched 1 decided 1 newly blocked\n"
            "boxes: 1 matched 1 rehearsed\n"
            "hosts: 2 matched 2 rehearsed\n"
            "users 'bob' 1\n"
            "apps 'App a.example' 1\n");
}

TEST(Replay, ReportsATunnelByWhatIsKnownOfIt) {
  EXPECT_EQ(replayed("- {name: uses, kind: activity, when: {app: a.example}, tag_app: x}\n"
                     "- {name: leave alone, kind: tls, when: {host: a.example}, then: bypass}\n",
                     {tunnel("ana", "a.example")}),
            "1 judged\n"
            "uses: 1 matched 1 reported\n"
            "leave alone: 1 matched 1 decided\n");
}

TEST(Replay, ComparesTwoSetsOfPolicies) {
  const auto before = program("- {name: no uploads, when: {activity: upload}, then: block}\n");
  EXPECT_EQ(replayed("- {name: no views, when: {activity: view}, then: block}\n",
                     {did("ana", kUpload, "a.example"), did("bob", kView, "a.example"),
                      did("bob", ActivityType::login, "a.example")},
                     {.before = before.get()}),
            "3 judged\n"
            "newly_blocked 1: 1 (allow, now block by no views)\n"
            "no_longer_blocked 1: 0 (block by no uploads, now allow)\n"
            "no views: 1 matched 1 decided 1 newly blocked\n"
            "users 'bob' 1\n"
            "apps 'App a.example' 1\n");
}

TEST(Replay, TellsWhatDecidedOtherwiseAndWhomAllOfItTouches) {
  const auto before = program("- {name: watch, when: {host: a.example}, then: monitor}\n");
  const auto after = program(
      "- {name: no uploads, when: {activity: upload}, then: block}\n"
      "- {name: watch b, when: {host: b.example}, then: monitor}\n");
  Replay one(*after, {.before = before.get()});
  Replay two(*after, {.before = before.get()});
  const std::vector<Past> pasts = {did("ana", kUpload, "a.example"),
                                   did("ben", kUpload, "c.example"), did("ana", kView, "b.example"),
                                   did("ana", kUpload, "a.example"),
                                   did("ana", kView, "c.example")};
  add(one, pasts, 0, 2);
  add(two, pasts, 1, 2);
  one.merge(std::move(two));
  const ReplayReport report = one.report();
  EXPECT_EQ(report.transitions, (std::vector<ReplayTransition>{
                                    {Effect::monitor, "watch", Effect::block, "no uploads", 2},
                                    {Effect::allow, "", Effect::monitor, "watch b", 1},
                                    {Effect::allow, "", Effect::block, "no uploads", 1}}));
  EXPECT_EQ(report.touched_users, (std::vector<ReplayTop>{{"ana", 3}, {"ben", 1}}));
  EXPECT_EQ(
      report.touched_apps,
      (std::vector<ReplayTop>{{"App a.example", 2}, {"App b.example", 1}, {"App c.example", 1}}));
  EXPECT_EQ(report.users, (std::vector<ReplayTop>{{"ana", 2}, {"ben", 1}}));
}

TEST(Replay, HoldsNoMoreRepeatsThanItMayAndCountsTheRest) {
  const auto by = program(
      "- {name: many, kind: activity, when: {activity: view}, repeat: {min: 2, window: 1h}, "
      "alerts_per_day: 1}\n");
  Replay replay(*by, {.most_repeats = 2});
  const Past view = did("ana", kView, "a.example");
  add(replay, {view, view, view, view, view});
  const ReplayReport report = replay.report();
  EXPECT_EQ(report.policies[0].matched, 5u);
  EXPECT_EQ(report.policies[0].reported, 1u);
  EXPECT_EQ(report.repeats_left_out, 3u);
}

TEST(Replay, KeepsTheNewestExamplesAndTheMostFrequent) {
  std::vector<Past> pasts;
  for (int n = 0; n < 6; ++n)
    pasts.push_back(did(n < 3 ? "ana" : "u" + std::to_string(n), kView, "h"));
  EXPECT_EQ(replayed("- {name: none, then: block}\n", pasts, {.examples = 2, .top = 2}),
            "6 judged\n"
            "newly_blocked 6: 5 (allow, now block by none) 4 (allow, now block by none)\n"
            "none: 6 matched 6 decided 6 newly blocked\n"
            "users 'ana' 3 'u3' 1\n"
            "apps 'App h' 6\n");
}

TEST(Replay, ComesToTheSameInPartsAndInAnyOrder) {
  const std::string policies =
      "- {name: many, kind: activity, when: {activity: upload}, alerts_per_day: 9, "
      "repeat: {min: 3, window: 10m}}\n"
      "- {name: no uploads, when: {user: bob, activity: upload}, then: block}\n"
      "- {name: errors, when: {status: 500}, then: block}\n"
      "- {name: secret, when: {user: cid, query: x}, then: block}\n";
  std::vector<Past> pasts;
  for (int n = 0; n < 60; ++n) {
    const std::string user = n % 3 == 0 ? "ana" : n % 3 == 1 ? "bob" : "cid";
    pasts.push_back(n % 7 == 0   ? stopped(user, kUpload, "a.example")
                    : n % 5 == 0 ? tunnel(user, "b.example")
                                 : did(user, kUpload, "a.example"));
  }
  const std::string whole = replayed(policies, pasts);
  const auto by = program(policies);
  Replay sum(*by);
  for (int part = 6; part >= 0; --part) {
    Replay replay(*by);
    add(replay, pasts, part, 7);
    sum.merge(std::move(replay));
  }
  EXPECT_EQ(told(sum.report(), *by), whole);
  EXPECT_NE(whole.find("many: "), std::string::npos);
}

// ---- repeat

std::string repeats(const std::string& repeat,
                    const std::vector<std::tuple<int, std::string, std::string>>& uploads) {
  const auto by = program(
      "- {name: many, kind: activity, when: {activity: upload}, tag_app: x, repeat: " + repeat +
      "}\n");
  Replay replay(*by);
  int n = 0;
  for (const auto& [at, user, host] : uploads) {
    Past past = did(user, kUpload, host);
    past.facts.at = minute(at);
    replay.judge({id_of(n++), past.reach, past.cut, past.then, past.policy, past.facts});
  }
  const PolicyTally tally = replay.report().policies[0];
  return std::to_string(tally.matched) + " matched, " + std::to_string(tally.reported) + " times";
}

TEST(Repeat, CountsSoManyOfOneUserWithinTheWindow) {
  EXPECT_EQ(repeats("{min: 3, window: 5m}",
                    {{0, "ana", "a"}, {1, "bob", "a"}, {2, "ana", "b"}, {5, "ana", "a"}}),
            "4 matched, 1 times");
  EXPECT_EQ(repeats("{min: 3, window: 5m}", {{0, "ana", "a"}, {2, "ana", "a"}, {6, "ana", "a"}}),
            "3 matched, 0 times");
}

TEST(Repeat, BeginsAnewOnceItIsFull) {
  EXPECT_EQ(
      repeats(
          "{min: 2, window: 9m}",
          {{0, "ana", "a"}, {1, "ana", "a"}, {2, "ana", "a"}, {3, "ana", "a"}, {4, "ana", "a"}}),
      "5 matched, 2 times");
}

TEST(Repeat, GoesByTheTimeOfTheActivities) {
  EXPECT_EQ(repeats("{min: 3, window: 5m}",
                    {{20, "ana", "a"}, {3, "ana", "a"}, {1, "ana", "a"}, {2, "ana", "a"}}),
            "4 matched, 1 times");
}

TEST(Repeat, CountsAppsApartWhereAsked) {
  EXPECT_EQ(repeats("{min: 2, window: 5m, same_app: true}",
                    {{0, "ana", "a"}, {1, "ana", "b"}, {2, "ana", "a"}}),
            "3 matched, 1 times");
}

TEST(Repeat, CountsATargetOnceWhereAsked) {
  EXPECT_EQ(repeats("{min: 2, window: 5m, unique_targets: true}",
                    {{0, "ana", "a"}, {1, "ana", "a"}, {2, "ana", "a"}, {7, "ana", "b"}}),
            "4 matched, 1 times");
}

TEST(Repeat, TellsUnknownUsersByTheirAddress) {
  EXPECT_EQ(repeats("{min: 2, window: 5m}", {{0, "", "a"}, {1, "", "a"}, {2, "192.0.2.7x", "a"}}),
            "3 matched, 1 times");
}

}  // namespace
}  // namespace sallyport::policy
