#include "discovery/alerts/alert_raiser.h"

#include <gtest/gtest.h>

#include "base/core/log.h"
#include "discovery/alerts/alert_samples_for_tests.h"
#include "discovery/alerts/sqlite_alert_store.h"
#include "discovery/store/sqlite_store.h"

namespace sallyport::discovery {
namespace {

using namespace std::chrono_literals;
using policy::CompiledPolicy;
using policy::Kind;
using samples::allowed;
using samples::FakeClock;
using samples::id_of;
using samples::second;

CompiledPolicy policy_of(const std::string& id, Kind kind, std::uint32_t alerts_per_day) {
  CompiledPolicy made;
  made.id = id;
  made.name = "The " + id;
  made.kind = kind;
  made.severity = policy::AlertSeverity::high;
  made.category = policy::RiskCategory::dlp;
  made.alerts_per_day = alerts_per_day;
  return made;
}

// A gateway's scribe as the raiser sees it: 22:00 on 2026-11-23, a store, and who asks for tags.
struct Bench {
  explicit Bench(std::vector<CompiledPolicy> policies) {
    log::set_level(log::Level::error);
    program = std::make_shared<const policy::Program>(std::move(policies));
    shelf.put("s1", program);
    begin();
  }
  ~Bench() { log::set_level(log::Level::info); }
  void begin() {
    raiser.reset();
    raiser = std::make_unique<AlertRaiser>(
        clock, shelf,
        [this]() -> Result<std::unique_ptr<AlertStore>> {
          if (broken) return fail(ErrorKind::storage, Side::ours, "disk full");
          auto opened = SqliteAlertStore::open(directory / "alerts.sqlite");
          if (!opened) return pass_on(std::move(opened));
          return std::unique_ptr<AlertStore>(std::move(*opened));
        },
        [this]() -> Result<std::unique_ptr<Store>> {
          if (!past_kept) return nullptr;
          auto opened = SqliteStore::open_for_reading(directory / "events.sqlite");
          if (!opened) return pass_on(std::move(opened));
          return std::unique_ptr<Store>(std::move(*opened));
        },
        [this](TagRequest one) {
          tags += (tags.empty() ? "" : "; ") + one.app + " " + one.tag + " by " + one.policy_id;
        },
        metrics);
  }
  void restart() {
    raiser->close();
    begin();
  }

  // An event that starts n seconds after 21:58:51 and matches the policies named.
  Event event(int n, const std::vector<std::string>& matches) {
    Event one = allowed(n);
    one.snapshot = "s1";
    one.activity.at = one.start;
    for (const std::string& id : matches) one.matched.push_back({id, "The " + id, false});
    return one;
  }
  void give(const Event& event) { raiser->write(std::span(&event, 1)); }
  // As the scribe does it, to the store of events too.
  void give_and_keep(const Event& event) {
    give(event);
    auto store = SqliteStore::open({.path = directory / "events.sqlite"});
    ASSERT_TRUE(store) << describe(store.error());
    ASSERT_TRUE((*store)->write(std::span(&event, 1)));
    past_kept = true;
  }

  std::vector<Alert> alerts() {
    raiser->flush();
    auto store = SqliteAlertStore::open_for_reading(directory / "alerts.sqlite");
    if (!store) return {};
    auto found = (*store)->query({.order = Order::oldest_first, .limit = 10'000});
    EXPECT_TRUE(found) << describe(found.error());
    return *found;
  }
  // The texts, a line each.
  std::string texts() {
    std::string out;
    for (const Alert& alert : alerts()) out += alert.text + "\n";
    return out;
  }
  std::string counts() const {
    const auto count = [&](Metric metric) { return std::to_string(metrics.get(metric)); };
    return count(Metric::alerts_raised_total) + " raised, " +
           count(Metric::alerts_suppressed_total) + " suppressed, " +
           count(Metric::alerts_lost_total) + " lost, " + count(Metric::alerts_unjudged_total) +
           " unjudged";
  }

  samples::TempDirectory directory;
  FakeClock clock;
  MetricSet metrics;
  ProgramShelf shelf;
  std::shared_ptr<const policy::Program> program;
  bool broken = false;
  bool past_kept = false;
  std::string tags;
  std::unique_ptr<AlertRaiser> raiser;
};

TEST(AlertRaiser, RaisesOneForEachMatchWithAllThatIsKnown) {
  Bench bench({policy_of("downloads", Kind::activity, 100)});
  bench.give(bench.event(1, {"downloads"}));
  bench.give(bench.event(2, {}));
  Event nobody = bench.event(3, {"downloads"});
  nobody.activity.user.reset();
  nobody.activity.app.reset();
  nobody.activity.type.reset();
  bench.give(nobody);
  const auto alerts = bench.alerts();
  ASSERT_EQ(alerts.size(), 2u);
  Alert expected;
  expected.id = alerts[0].id;
  expected.time = second(1);
  expected.policy_id = "downloads";
  expected.policy = "The downloads";
  expected.kind = AlertKind::activity;
  expected.severity = policy::AlertSeverity::high;
  expected.category = policy::RiskCategory::dlp;
  expected.user = "ana";
  expected.client = *IpAddress::parse("192.0.2.7");
  expected.app_id = "dropbox";
  expected.app_name = "Dropbox";
  expected.host = "www.dropbox.com";
  expected.events = {id_of(1)};
  expected.text = "ana: view in Dropbox, GET www.dropbox.com/home";
  EXPECT_EQ(alerts[0], expected);
  EXPECT_EQ(alerts[1].text, "192.0.2.7: activity in www.dropbox.com, GET www.dropbox.com/home");
  EXPECT_EQ(bench.counts(), "2 raised, 0 suppressed, 0 lost, 0 unjudged");
}

TEST(AlertRaiser, WritesAnAlertAsJsonAndAsALine) {
  std::string json;
  append_json(json, samples::alert(1));
  EXPECT_EQ(json, R"({"id":")" + id_of(1).to_string() +
                      R"(","time":"2026-11-23T21:58:52.000000Z","policy_id":"mass-download",)"
                      R"("policy":"Mass download","kind":"repeated_activity","severity":"high",)"
                      R"("category":"dlp","user":"ana","client":"192.0.2.7","app":"dropbox",)"
                      R"("app_name":"Dropbox","host":"www.dropbox.com","count":2,"events":[")" +
                      id_of(1).to_string() + R"(",")" + id_of(2).to_string() +
                      R"("],"text":"2 activities of ana"})");
  EXPECT_EQ(describe(samples::alert(1)),
            "high: Mass download: 2 activities of ana (" + id_of(1).to_string() + ")");
  json.clear();
  append_json(json, AlertDay{"a", samples::kMonday, 1, 2});
  EXPECT_EQ(json, R"({"policy_id":"a","day":"2026-11-23","raised":1,"suppressed":2})");
}

TEST(AlertRaiser, WaitsForSoManyOfOneUserInTheWindow) {
  CompiledPolicy repeated = policy_of("mass", Kind::activity, 100);
  repeated.repeat = {.min = 3, .window = 60s};
  Bench bench({repeated});
  for (const int n : {1, 2, 3, 4}) {
    Event event = bench.event(n, {"mass"});
    if (n == 2) event.activity.user = "bob";
    bench.give(event);
  }
  const auto alerts = bench.alerts();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].kind, AlertKind::repeated_activity);
  EXPECT_EQ(alerts[0].count, 3u);
  EXPECT_EQ(alerts[0].events, (std::vector<Ulid>{id_of(1), id_of(3), id_of(4)}));
  EXPECT_EQ(alerts[0].text, "3 activities of ana within 1m, the last: GET www.dropbox.com/home");
}

TEST(AlertRaiser, CountsNobodyByTheAddress) {
  CompiledPolicy repeated = policy_of("mass", Kind::activity, 100);
  repeated.repeat = {.min = 2, .window = 60s};
  Bench bench({repeated});
  for (const auto* address : {"192.0.2.1", "192.0.2.2", "192.0.2.1"}) {
    Event event = bench.event(1, {"mass"});
    event.activity.user.reset();
    event.activity.client.address = *IpAddress::parse(address);
    bench.give(event);
  }
  // A user who calls himself like an address is somebody else.
  Event named = bench.event(1, {"mass"});
  named.activity.user = "192.0.2.2";
  bench.give(named);
  EXPECT_EQ(bench.texts(),
            "2 activities of 192.0.2.1 within 1m, the last: GET www.dropbox.com/home\n");
}

TEST(AlertRaiser, CountsOnAcrossARestart) {
  CompiledPolicy repeated = policy_of("mass", Kind::activity, 100);
  repeated.repeat = {.min = 3, .window = 60s};
  Bench bench({repeated});
  bench.give_and_keep(bench.event(1, {"mass"}));
  bench.give_and_keep(bench.event(2, {"mass"}));
  bench.restart();
  EXPECT_EQ(bench.counts(), "0 raised, 0 suppressed, 0 lost, 0 unjudged");
  bench.give_and_keep(bench.event(30, {"mass"}));
  const auto alerts = bench.alerts();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].events, (std::vector<Ulid>{id_of(1), id_of(2), id_of(30)}));
  // What was told is not told again, and counting began anew behind it.
  bench.restart();
  bench.give_and_keep(bench.event(40, {"mass"}));
  bench.restart();
  bench.give_and_keep(bench.event(41, {"mass"}));
  EXPECT_EQ(bench.alerts().size(), 1u);
  bench.give_and_keep(bench.event(42, {"mass"}));
  EXPECT_EQ(bench.alerts().size(), 2u);
}

TEST(AlertRaiser, BeginsEmptyWhereThePastCannotBeRead) {
  CompiledPolicy repeated = policy_of("mass", Kind::activity, 100);
  repeated.repeat = {.min = 2, .window = 60s};
  Bench bench({repeated});
  bench.give(bench.event(1, {"mass"}));
  bench.past_kept = true;  // There is no such file.
  bench.restart();
  bench.give(bench.event(2, {"mass"}));
  EXPECT_EQ(bench.alerts().size(), 0u);
  bench.give(bench.event(3, {"mass"}));
  EXPECT_EQ(bench.alerts().size(), 1u);
}

TEST(AlertRaiser, CountsEachAppApartWhereThePolicySaysSo) {
  CompiledPolicy same = policy_of("same", Kind::activity, 100);
  same.repeat = {.min = 2, .window = 60s, .same_app = true};
  CompiledPolicy targets = policy_of("targets", Kind::activity, 100);
  targets.repeat = {.min = 2, .window = 60s, .unique_targets = true};
  Bench bench({same, targets});
  Event box = bench.event(1, {"same", "targets"});
  Event mega = bench.event(2, {"same", "targets"});
  mega.activity.app->id = "mega";
  mega.activity.app->name = "Mega";
  bench.give(box);
  bench.give(mega);
  EXPECT_EQ(bench.texts(), "");
  Event again = bench.event(3, {"same", "targets"});
  again.activity.path = "/other";
  bench.give(again);
  EXPECT_EQ(bench.texts(),
            "2 activities of ana in Dropbox within 1m, the last: GET www.dropbox.com/other\n"
            "2 activities on different targets of ana within 1m, the last: GET "
            "www.dropbox.com/other\n");
}

TEST(AlertRaiser, RaisesForDecisionsThatAskForAlerts) {
  CompiledPolicy block = policy_of("no-uploads", Kind::session, 5);
  block.action = policy::Action::block;
  CompiledPolicy quiet = policy_of("quiet", Kind::access, 0);
  Bench bench({block, quiet});
  Event event = samples::blocked(1);
  event.snapshot = "s1";
  event.verdict.policy_id = "no-uploads";
  event.activities = {{policy::ActivityType::upload, event.verdict},
                      {policy::ActivityType::upload, event.verdict}};
  bench.give(event);
  event.id = id_of(2);
  event.verdict.policy_id = "quiet";
  event.activities.clear();
  bench.give(event);
  const auto alerts = bench.alerts();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].kind, AlertKind::decision);
  EXPECT_EQ(alerts[0].text, "bob: block in Dropbox, POST www.dropbox.com/upload");
}

TEST(AlertRaiser, RehearsesWithoutAlertsAndTags) {
  CompiledPolicy rehearsed = policy_of("later", Kind::activity, 5);
  rehearsed.rehearse = true;
  rehearsed.tag_app = "monitored";
  CompiledPolicy apps = policy_of("apps", Kind::app_discovery, 5);
  apps.rehearse = true;
  apps.per_day.transactions = 0;
  Bench bench({rehearsed, apps});
  Event event = bench.event(1, {});
  event.matched = {{"later", "The later", true}};
  bench.give(event);
  event.matched = {{"later", "The later", false}};  // as an older snapshot said
  bench.give(event);
  EXPECT_EQ(bench.texts(), "");
  EXPECT_EQ(bench.tags, "");
}

TEST(AlertRaiser, KeepsTheLimitOfEachDayAndShowsWhatItKeptBack) {
  Bench bench({policy_of("downloads", Kind::activity, 2)});
  for (const int n : {1, 2, 3, 4}) bench.give(bench.event(n, {"downloads"}));
  EXPECT_EQ(bench.alerts().size(), 2u);
  EXPECT_EQ(bench.counts(), "2 raised, 2 suppressed, 0 lost, 0 unjudged");
  const auto today = bench.raiser->status().today;
  EXPECT_EQ(today, (std::vector<AlertDay>{{"downloads", samples::kMonday, 2, 2}}));
}

// Two hours on, it is the next day in UTC. What began before midnight counts for yesterday.
TEST(AlertRaiser, BeginsTheLimitAnewAtMidnightUtc) {
  Bench bench({policy_of("downloads", Kind::activity, 1)});
  const int midnight = 2 * 3600 + 69;  // seconds from 21:58:51
  bench.give(bench.event(1, {"downloads"}));
  bench.clock.advance(3h);
  bench.give(bench.event(midnight - 1, {"downloads"}));
  bench.give(bench.event(midnight, {"downloads"}));
  bench.give(bench.event(midnight + 1, {"downloads"}));
  const auto alerts = bench.alerts();
  ASSERT_EQ(alerts.size(), 2u);
  EXPECT_EQ(alerts[0].time, second(1));
  EXPECT_EQ(alerts[1].time, *parse_rfc3339("2026-11-24T00:00:00Z"));
  EXPECT_EQ(bench.counts(), "2 raised, 2 suppressed, 0 lost, 0 unjudged");
}

TEST(AlertRaiser, KeepsTheLimitOverARestart) {
  Bench bench({policy_of("downloads", Kind::activity, 2)});
  bench.give(bench.event(1, {"downloads"}));
  bench.restart();
  bench.give(bench.event(2, {"downloads"}));
  bench.give(bench.event(3, {"downloads"}));
  bench.restart();
  bench.give(bench.event(4, {"downloads"}));
  EXPECT_EQ(bench.alerts().size(), 2u);
  EXPECT_EQ(bench.raiser->status().today,
            (std::vector<AlertDay>{{"downloads", samples::kMonday, 2, 2}}));
}

TEST(AlertRaiser, AsksForATagOnceWhileTheAppDoesNotHaveIt) {
  CompiledPolicy tagging = policy_of("tagging", Kind::activity, 0);
  tagging.tag_app = "monitored";
  Bench bench({tagging});
  Event event = bench.event(1, {"tagging"});
  bench.give(event);
  bench.give(event);
  EXPECT_EQ(bench.tags, "dropbox monitored by tagging");
  bench.clock.advance(61s);
  bench.give(event);
  EXPECT_EQ(bench.tags, "dropbox monitored by tagging; dropbox monitored by tagging");
  bench.clock.advance(61s);
  event.activity.app->tags = {"monitored", "unsanctioned"};
  bench.give(event);
  event.activity.app.reset();  // Nothing to tag.
  bench.give(event);
  EXPECT_EQ(bench.tags, "dropbox monitored by tagging; dropbox monitored by tagging");
  EXPECT_EQ(bench.texts(), "");  // It asks for no alerts.
}

CompiledPolicy much_traffic(std::uint32_t alerts_per_day) {
  CompiledPolicy made = policy_of("much", Kind::app_discovery, alerts_per_day);
  made.per_day.traffic = 5000;
  made.per_day.transactions = 1;
  made.tag_app = "monitored";
  return made;
}

TEST(AlertRaiser, RaisesOnceForAnAppThatCameToSoMuchOnADay) {
  Bench bench({much_traffic(10)});
  for (const int n : {1, 2}) bench.give(bench.event(n, {}));
  EXPECT_EQ(bench.texts(), "");
  for (const int n : {3, 4}) bench.give(bench.event(n, {}));
  const auto alerts = bench.alerts();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].kind, AlertKind::app_discovery);
  EXPECT_EQ(alerts[0].text,
            "Dropbox on 2026-11-23: traffic 6.0 KiB (> 4.9 KiB), transactions 3 (> 1)");
  EXPECT_EQ(alerts[0].app_id, "dropbox");
  EXPECT_EQ(alerts[0].user, "");
  EXPECT_EQ(alerts[0].client, std::nullopt);
  EXPECT_EQ(alerts[0].count, 3u);
  EXPECT_EQ(alerts[0].events, (std::vector<Ulid>{id_of(1), id_of(2), id_of(3)}));
  EXPECT_EQ(bench.tags, "dropbox monitored by much");
}

TEST(AlertRaiser, RaisesAgainForTheSameAppAfterNinetyDaysOnly) {
  Bench bench({much_traffic(10)});
  const auto a_day_of_use = [&](int day) {
    for (int n = 0; n < 3; ++n) bench.give(bench.event(day * 86'400 + n, {}));
  };
  a_day_of_use(0);
  bench.restart();
  a_day_of_use(0);
  bench.clock.advance(24h);
  a_day_of_use(1);
  EXPECT_EQ(bench.alerts().size(), 1u);
  bench.clock.advance(24h * 88);
  a_day_of_use(89);
  EXPECT_EQ(bench.alerts().size(), 1u);
  bench.clock.advance(24h);
  a_day_of_use(90);
  EXPECT_EQ(bench.alerts().size(), 2u);
}

TEST(AlertRaiser, LeavesAnAppForAnotherDayWhenTheLimitIsReached) {
  Bench bench({much_traffic(1)});
  const auto use = [&](const std::string& app, int at) {
    for (int n = 0; n < 4; ++n) {
      Event event = bench.event(at + n, {});
      event.activity.app->id = event.activity.app->name = app;
      bench.give(event);
    }
  };
  use("box", 0);
  use("mega", 0);
  EXPECT_EQ(bench.counts(), "1 raised, 1 suppressed, 0 lost, 0 unjudged");
  bench.clock.advance(24h);
  use("mega", 86'400);
  const auto alerts = bench.alerts();
  ASSERT_EQ(alerts.size(), 2u);
  EXPECT_EQ(alerts[1].app_id, "mega");
}

TEST(AlertRaiser, GoesOnWithTheDayAfterARestart) {
  Bench bench({much_traffic(10)});
  for (const int n : {1, 2}) bench.give(bench.event(n, {}));
  bench.restart();
  bench.give(bench.event(3, {}));
  EXPECT_EQ(bench.alerts().size(), 1u);
}

TEST(AlertRaiser, JudgesAnAppByWhatPoliciesAskOfIt) {
  CompiledPolicy unknown = much_traffic(10);
  unknown.when.push_back(policy::Expression::test(*policy::find_attribute("app"), {},
                                                  policy::Expression::Missing::holds));
  Bench bench({unknown});
  for (const int n : {1, 2, 3}) {
    bench.give(bench.event(n, {}));
    Event fresh = bench.event(n, {});
    fresh.activity.app.reset();
    fresh.activity.domain = "fresh.example";
    bench.give(fresh);
  }
  const auto alerts = bench.alerts();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].app_id, "");
  EXPECT_EQ(alerts[0].host, "fresh.example");
  EXPECT_EQ(alerts[0].text,
            "fresh.example on 2026-11-23: traffic 6.0 KiB (> 4.9 KiB), transactions 3 (> 1)");
  EXPECT_EQ(bench.tags, "");  // The catalog has nothing to tag.
}

TEST(AlertRaiser, JudgesByTheProgramThatDecided) {
  Bench bench({policy_of("downloads", Kind::activity, 1)});
  bench.shelf.put("s2", std::make_shared<const policy::Program>(
                            std::vector{policy_of("downloads", Kind::activity, 0)}));
  Event before = bench.event(1, {"downloads"});
  Event now = bench.event(2, {"downloads"});
  now.snapshot = "s2";
  bench.give(now);
  EXPECT_EQ(bench.alerts().size(), 0u);
  bench.give(before);
  EXPECT_EQ(bench.alerts().size(), 1u);
  // Of a snapshot that is not known any more: the newest program says what it can.
  Event old = bench.event(3, {"downloads", "gone"});
  old.snapshot = "s0";
  bench.give(old);
  EXPECT_EQ(bench.counts(), "1 raised, 0 suppressed, 0 lost, 1 unjudged");
}

TEST(AlertRaiser, KeepsAlertsUntilTheStoreTakesThem) {
  Bench bench({policy_of("downloads", Kind::activity, 5000)});
  bench.broken = true;
  bench.begin();
  bench.give(bench.event(1, {"downloads"}));
  AlertStatus status = bench.raiser->status();
  EXPECT_EQ(status.store_error, "ours storage: disk full");
  EXPECT_EQ(status.waiting, 1u);
  EXPECT_GT(bench.metrics.get(Metric::alert_store_failures_total), 0);
  bench.broken = false;
  bench.clock.advance(61s);
  EXPECT_EQ(bench.alerts().size(), 1u);
  status = bench.raiser->status();
  EXPECT_EQ(status.store_error, "");
  EXPECT_EQ(status.waiting, 0u);
}

TEST(AlertRaiser, CountsAlertsThatNoPlaceTook) {
  Bench bench({policy_of("downloads", Kind::activity, 5000)});
  bench.broken = true;
  bench.begin();
  for (int n = 0; n < 1005; ++n) bench.give(bench.event(n, {"downloads"}));
  EXPECT_EQ(bench.counts(), "1005 raised, 0 suppressed, 5 lost, 0 unjudged");
  EXPECT_EQ(bench.raiser->status().waiting, 1000u);
}

// The limit of an earlier process holds although it could not be read at first.
TEST(AlertRaiser, AddsUpTheDayOnceTheStoreOpens) {
  Bench bench({policy_of("downloads", Kind::activity, 2)});
  bench.give(bench.event(1, {"downloads"}));
  bench.broken = true;
  bench.restart();
  bench.give(bench.event(2, {"downloads"}));
  bench.broken = false;
  bench.clock.advance(61s);
  bench.give(bench.event(3, {"downloads"}));
  EXPECT_EQ(bench.alerts().size(), 2u);
  bench.restart();
  EXPECT_EQ(bench.raiser->status().today,
            (std::vector<AlertDay>{{"downloads", samples::kMonday, 2, 1}}));
}

// Each user once: no window is ever full, and the oldest are forgotten.
TEST(AlertRaiser, CountsWhatItHadNoRoomFor) {
  CompiledPolicy repeated = policy_of("mass", Kind::activity, 100);
  repeated.repeat = {.min = 2, .window = 24h};
  Bench bench({repeated});
  Event event = bench.event(1, {"mass"});
  for (std::size_t n = 0; n < RepeatWindows::kMostSeries + 1; ++n) {
    event.activity.user = "user" + std::to_string(n);
    bench.give(event);
  }
  EXPECT_EQ(bench.metrics.get(Metric::alert_counts_forgotten_total),
            static_cast<std::int64_t>(RepeatWindows::kMostSeries / 8 + 1));
  EXPECT_EQ(bench.counts(), "0 raised, 0 suppressed, 0 lost, 0 unjudged");
}

CompiledPolicy burst_of(std::uint64_t least) {
  CompiledPolicy made = policy_of("much", Kind::detection, 100);
  made.detect.what = policy::DetectRule::What::burst;
  made.detect.least = least;
  made.detect.window = 1h;
  made.detect.group = 24h;
  return made;
}

TEST(AlertRaiser, RaisesWhatADetectionFindsOnceForAnIncident) {
  Bench bench({burst_of(5)});
  while (bench.raiser->status().learning) bench.raiser->flush();
  for (int n = 1; n <= 40; ++n) bench.give(bench.event(n, {}));
  const auto alerts = bench.alerts();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].kind, AlertKind::detection);
  EXPECT_EQ(alerts[0].user, "ana");
  EXPECT_EQ(alerts[0].count, 10u);  // twice the least, of somebody who is not known
  EXPECT_EQ(alerts[0].events.size(), 10u);
  EXPECT_NE(alerts[0].text.find("10 x"), std::string::npos) << alerts[0].text;
}

TEST(AlertRaiser, WritesNoAlertOfABehaviourOrARehearsedDetection) {
  CompiledPolicy behaviour = burst_of(2);
  behaviour.alerts_per_day = 0;
  CompiledPolicy rehearsed = burst_of(2);
  rehearsed.id = "rehearsed";
  rehearsed.rehearse = true;
  Bench bench({behaviour, rehearsed});
  while (bench.raiser->status().learning) bench.raiser->flush();
  for (int n = 1; n <= 10; ++n) bench.give(bench.event(n, {}));
  EXPECT_EQ(bench.alerts().size(), 0u);
  EXPECT_EQ(bench.metrics.get(Metric::detections_found_total), 2);
}

TEST(AlertRaiser, LearnsAgainAfterARestartAndTellsWhatHappenedMeanwhile) {
  Bench bench({burst_of(5)});
  while (bench.raiser->status().learning) bench.raiser->flush();
  for (int n = 1; n <= 9; ++n) bench.give_and_keep(bench.event(n, {}));
  EXPECT_EQ(bench.alerts().size(), 0u);
  bench.restart();
  while (bench.raiser->status().learning) bench.raiser->flush();
  bench.give(bench.event(10, {}));
  const auto alerts = bench.alerts();
  ASSERT_EQ(alerts.size(), 1u) << "nine from before, one from now";
  EXPECT_EQ(alerts[0].count, 10u);
}

TEST(ProgramShelf, KeepsTheLastFew) {
  ProgramShelf shelf;
  EXPECT_EQ(shelf.newest(), nullptr);
  std::vector<ProgramShelf::ProgramPtr> made;
  for (int n = 0; n < 5; ++n) {
    made.push_back(std::make_shared<const policy::Program>());
    shelf.put("s" + std::to_string(n), made.back());
  }
  EXPECT_EQ(shelf.find("s0"), nullptr);
  EXPECT_EQ(shelf.find("s1"), made[1]);
  EXPECT_EQ(shelf.newest(), made[4]);
  shelf.put("s1", made[1]);  // Files were put back.
  EXPECT_EQ(shelf.newest(), made[1]);
  EXPECT_EQ(shelf.find("s2"), made[2]);
}

}  // namespace
}  // namespace sallyport::discovery
