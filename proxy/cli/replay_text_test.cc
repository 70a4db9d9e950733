#include "proxy/cli/replay_text.h"

#include <gtest/gtest.h>

#include "discovery/events/samples_for_tests.h"
#include "discovery/store/sqlite_store.h"
#include "policy/compile/compile.h"
#include "proxy/app/replay_json.h"
#include "proxy/cli/history_progress.h"

namespace sallyport::cli {
namespace {

using discovery::Ending;
using discovery::Event;
using discovery::EventKind;
using discovery::History;
using discovery::SqliteStore;
using discovery::samples::allowed;
using discovery::samples::blocked;
using discovery::samples::second;
using discovery::samples::TempDirectory;
using namespace std::chrono_literals;

constexpr std::string_view kPolicies = R"(
- name: No uploads to Dropbox
  when: { app: dropbox, activity: upload }
  then: block
- name: No tokens in queries
  when: { user: carl, query: "*token*" }
  then: block
- name: Errors are looked at
  when: { status: "500..599" }
  then: monitor
- name: Many views
  kind: activity
  when: { activity: view }
  repeat: { min: 3, window: 5m }
  alerts_per_day: 1
- name: Views of Dropbox
  kind: activity
  when: { app: dropbox, activity: view }
  mode: rehearse
  alerts_per_day: 1
- name: Only the bank is left alone
  kind: tls
  when: { host: bank.example }
  then: bypass
- name: Much in a day
  kind: app_discovery
  per_day: { transactions: "> 5" }
  tag_app: monitored
- name: Nobody does this
  when: { user: nobody-at-all, activity: share }
  then: block
)";

std::shared_ptr<const policy::Program> program() {
  Diagnostics warnings;
  auto made = policy::compile(
      {std::make_shared<const Source>(Source{"policies.yaml", std::string(kPolicies)})}, warnings);
  if (!made) ADD_FAILURE() << render(made.error());
  return made ? *made : std::make_shared<const policy::Program>();
}

// As the gateway records them.
Event whole(Event event) {
  event.activity.at = event.start;
  event.activity.point =
      event.ending == Ending::blocked ? policy::Point::request : policy::Point::response;
  event.intercepted = true;
  return event;
}

Event upload(int n, std::string user) {
  Event event = whole(allowed(n));
  if (user.empty()) {
    event.activity.user.reset();
  } else {
    event.activity.user = std::move(user);
  }
  event.activity.method = "POST";
  event.activity.path = "/upload";
  event.activity.type = policy::ActivityType::upload;
  return event;
}

Event tunnel(int n, std::string host) {
  Event event = whole(allowed(n));
  event.kind = EventKind::tunnel;
  event.activity.point = policy::Point::connect;
  event.activity.host = std::move(host);
  event.activity.app.reset();
  event.activity.method.reset();
  event.activity.path.reset();
  event.activity.type.reset();
  event.activity.status.reset();
  event.activities.clear();
  event.verdict.action = policy::Action::bypass;
  event.verdict.policy = "Banks and health are left alone";
  return event;
}

Event refused(int n) {
  Event event = whole(allowed(n));
  event.ending = Ending::refused;
  event.activity.status = 407;
  return event;
}

Event blocked_view(int n) {
  Event event = whole(blocked(n));
  event.activity.type = policy::ActivityType::view;
  event.activity.app = policy::AppFacts{"box", "Box", "cloud_storage", {}};
  event.activity.host = "app.box.com";
  return event;
}

Event of_carl(int n) {
  Event event = whole(allowed(n));
  event.activity.user = "carl";
  return event;
}

// A store of which one event is from before facts were kept, and the facts of another are damaged.
class WornStore final : public discovery::Store {
 public:
  explicit WornStore(std::unique_ptr<discovery::Store> whole) : whole_(std::move(whole)) {}

  Result<void> write(discovery::EventSpan events) override { return whole_->write(events); }
  Result<std::vector<discovery::Row>> query(const discovery::Query& query) override {
    return whole_->query(query);
  }
  Result<std::optional<std::string>> find_record(const Ulid& id) override {
    return whole_->find_record(id);
  }
  Result<discovery::StoreTotals> totals() override { return whole_->totals(); }
  Result<std::optional<std::string>> find_facts(const Ulid& id) override {
    return whole_->find_facts(id);
  }
  Result<std::vector<discovery::Slice>> slices(Time since, Time until,
                                               std::size_t events_each) override {
    return whole_->slices(since, until, events_each);
  }
  Result<void> read_past(Time since, Time until,
                         const std::function<void(const discovery::PastEvent&)>& each) override {
    return whole_->read_past(since, until, [&each](discovery::PastEvent event) {
      if (event.time == second(12)) event.facts.reset();
      if (event.time == second(13)) event.facts = "\x01\xff";
      each(event);
    });
  }

 private:
  std::unique_ptr<discovery::Store> whole_;
};

// The events of one store, some of which cannot be judged.
class ReplayText : public testing::Test {
 protected:
  void SetUp() override {
    auto store = SqliteStore::open({.path = path});
    ASSERT_TRUE(store) << describe(store.error());
    Event hostile = upload(11, "ana");
    hostile.activity.path = "/\x1b[2J";
    const std::vector<Event> events = {
        whole(allowed(0)),           upload(1, "ana"),   upload(2, ""),
        whole(blocked(3)),           blocked_view(4),    tunnel(5, "bank.example"),
        tunnel(6, "health.example"), refused(7),         of_carl(8),
        whole(allowed(9)),           whole(allowed(10)), hostile,
        whole(allowed(12)),          whole(allowed(13)),
    };
    ASSERT_TRUE((*store)->write(events));
  }

  Result<std::unique_ptr<discovery::Store>> open() {
    auto store = discovery::sqlite_history(path)();
    if (!store) return pass_on(std::move(store));
    return std::make_unique<WornStore>(std::move(*store));
  }

  History judge(Time since = second(0), Time until = second(60)) {
    discovery::HistoryQuestion question{.since = since, .until = until};
    question.threads = 2;
    question.replay.examples = 3;
    auto history = judge_history([this] { return open(); }, *policies, question);
    if (!history) ADD_FAILURE() << describe(history.error());
    return history ? std::move(*history) : History();
  }

  TempDirectory directory;
  const std::string path = directory / "events.sqlite";
  std::shared_ptr<const policy::Program> policies = program();
};

TEST_F(ReplayText, IsATableForPeople) {
  EXPECT_EQ(
      replay_table(judge(), *policies),
      R"t(2026-11-23T21:58:51 to 2026-11-23T21:59:51: 14 events, 11 judged by 8 policies, 1 of them in rehearsal
1 not judged: the gateway refused them itself, whatever policies say
1 not judged: kept by a version that did not keep their facts
1 not judged: their facts cannot be read
2 cannot be told: a policy that cannot be judged stands before what decides

CHANGE              EVENTS
newly blocked            3
no longer blocked        0
newly bypassed           0
no longer bypassed       1
newly asked              0
no longer asked          0

POLICY                       KIND           MODE      MATCHED  DECIDED  REPORTED  REHEARSED  ALERTS  NEWLY BLOCKED  NOT KEPT  NOT SEEN
No uploads to Dropbox        session        enforce         4        4         -          -       -              3         -         -
No tokens in queries         session        enforce         -        -         -          -       -              -         1         -
Errors are looked at         session        enforce         -        -         -          -       -              -         -         2
Many views                   activity       enforce         5        -         1          -       1              -         -         1
Views of Dropbox             activity       rehearse        4        -         -          4       -              -         -         -
Only the bank is left alone  tls            enforce         1        1         -          -       -              -         -         -
Much in a day                app_discovery  enforce         1        -         1          -       -              -         -         -
Nobody does this             session        enforce         -        -         -          -       -              -         -         -
not kept: it asks for the query or for header fields, which are in no record
not seen: it waits for what nobody saw, inside a bypassed connection or behind a block
of app_discovery policies the days (UTC) of apps are counted

apps by day, the newest 1 of 1:
DAY         APP      POLICY         CAME TO               WOULD
2026-11-23  Dropbox  Much in a day  transactions 7 (> 5)  tag monitored

USER            NEWLY BLOCKED
ana                         2
(nobody known)              1

APP      NEWLY BLOCKED
Dropbox              3

newly blocked, the newest:
EVENT                       TIME                 USER  CLIENT     APP      WHAT                          THEN   NOW
01M856PV3G000000000000000B  2026-11-23T21:59:02  ana   192.0.2.7  Dropbox  POST www.dropbox.com/\x1b[2J  allow  block: No uploads to Dropbox
01M856PJA80000000000000002  2026-11-23T21:58:53  -     192.0.2.7  Dropbox  POST www.dropbox.com/upload   allow  block: No uploads to Dropbox
01M856PHB00000000000000001  2026-11-23T21:58:52  ana   192.0.2.7  Dropbox  POST www.dropbox.com/upload   allow  block: No uploads to Dropbox

no longer bypassed, the newest:
EVENT                       TIME                 USER  CLIENT     APP  WHAT            THEN                                     NOW
01M856PP780000000000000006  2026-11-23T21:58:57  ana   192.0.2.7  -    health.example  bypass: Banks and health are left alone  allow
)t");
}

TEST_F(ReplayText, IsAnObjectForPrograms) {
  EXPECT_EQ(
      app::replay_json(judge(), *policies),
      R"j({"since":"2026-11-23T21:58:51.000000Z","until":"2026-11-23T21:59:51.000000Z","events":{"all":14,"judged":11,"unsure":2,"without_facts":1,"unreadable":1,"refused":1},)j"
      R"j("changes":{"newly_blocked":3,"no_longer_blocked":0,"newly_bypassed":0,"no_longer_bypassed":1,"newly_asked":0,"no_longer_asked":0},)j"
      R"j("effects":[{"then":"allow","now":"allow","count":3},)j"
      R"j({"then":"allow","now":"block","count":3},{"then":"block","now":"block","count":1},)j"
      R"j({"then":"bypass","now":"allow","count":1},{"then":"bypass","now":"bypass","count":1}],)j"
      R"j("policies":[{"order":1,"id":"no-uploads-to-dropbox","name":"No uploads to Dropbox","kind":"session","mode":"enforce","matched":4,"decided":4,"reported":0,"rehearsed":0,"alerts":0,"newly_blocked":3,"not_kept":0,"not_seen":0},)j"
      R"j({"order":2,"id":"no-tokens-in-queries","name":"No tokens in queries","kind":"session","mode":"enforce","matched":0,"decided":0,"reported":0,"rehearsed":0,"alerts":0,"newly_blocked":0,"not_kept":1,"not_seen":0},)j"
      R"j({"order":3,"id":"errors-are-looked-at","name":"Errors are looked at","kind":"session","mode":"enforce","matched":0,"decided":0,"reported":0,"rehearsed":0,"alerts":0,"newly_blocked":0,"not_kept":0,"not_seen":2},)j"
      R"j({"order":4,"id":"many-views","name":"Many views","kind":"activity","mode":"enforce","matched":5,"decided":0,"reported":1,"rehearsed":0,"alerts":1,"newly_blocked":0,"not_kept":0,"not_seen":1},)j"
      R"j({"order":5,"id":"views-of-dropbox","name":"Views of Dropbox","kind":"activity","mode":"rehearse","matched":4,"decided":0,"reported":0,"rehearsed":4,"alerts":0,"newly_blocked":0,"not_kept":0,"not_seen":0},)j"
      R"j({"order":6,"id":"only-the-bank-is-left-alone","name":"Only the bank is left alone","kind":"tls","mode":"enforce","matched":1,"decided":1,"reported":0,"rehearsed":0,"alerts":0,"newly_blocked":0,"not_kept":0,"not_seen":0},)j"
      R"j({"order":7,"id":"much-in-a-day","name":"Much in a day","kind":"app_discovery","mode":"enforce","matched":1,"decided":0,"reported":1,"rehearsed":0,"alerts":0,"newly_blocked":0,"not_kept":0,"not_seen":0},)j"
      R"j({"order":8,"id":"nobody-does-this","name":"Nobody does this","kind":"session","mode":"enforce","matched":0,"decided":0,"reported":0,"rehearsed":0,"alerts":0,"newly_blocked":0,"not_kept":0,"not_seen":0}],)j"
      R"j("apps_by_day":{"all":1,"left_out":0,"newest":[{"day":"2026-11-23","app":"dropbox","name":"Dropbox","policy":"much-in-a-day","came_to":"transactions 7 (> 5)","tag":"monitored","alert":false}]},)j"
      R"j("changed":4,"transitions":[{"then":"allow","now":"block","policy_now":"No uploads to Dropbox","count":3},)j"
      R"j({"then":"bypass","policy_then":"Banks and health are left alone","now":"allow","count":1}],)j"
      R"j("touched":{"users":[{"name":"ana","count":3},{"count":1}],)j"
      R"j("apps":[{"name":"Dropbox","count":3},{"count":1}]},)j"
      R"j("newly_blocked":{"users":[{"name":"ana","count":2},{"count":1}],)j"
      R"j("apps":[{"name":"Dropbox","count":3}]},)j"
      R"j("examples":{"newly_blocked":[{"id":"01M856PV3G000000000000000B","time":"2026-11-23T21:59:02.000000Z","user":"ana","client":"192.0.2.7","app":"Dropbox","host":"www.dropbox.com","method":"POST","path":"/\u001b[2J","then":"allow","now":"block","policy_now":"No uploads to Dropbox"},)j"
      R"j({"id":"01M856PJA80000000000000002","time":"2026-11-23T21:58:53.000000Z","client":"192.0.2.7","app":"Dropbox","host":"www.dropbox.com","method":"POST","path":"/upload","then":"allow","now":"block","policy_now":"No uploads to Dropbox"},)j"
      R"j({"id":"01M856PHB00000000000000001","time":"2026-11-23T21:58:52.000000Z","user":"ana","client":"192.0.2.7","app":"Dropbox","host":"www.dropbox.com","method":"POST","path":"/upload","then":"allow","now":"block","policy_now":"No uploads to Dropbox"}],)j"
      R"j("no_longer_blocked":[],"newly_bypassed":[],)j"
      R"j("no_longer_bypassed":[{"id":"01M856PP780000000000000006","time":"2026-11-23T21:58:57.000000Z","user":"ana","client":"192.0.2.7","host":"health.example","then":"bypass","policy_then":"Banks and health are left alone","now":"allow"}],)j"
      R"j("newly_asked":[],"no_longer_asked":[]}})j"
      "\n");
}

TEST_F(ReplayText, KeepsToItsSpan) {
  const History history = judge(second(1), second(3));
  EXPECT_EQ(history.events, 2u);
  EXPECT_EQ(history.report.changes[0], 2u);
}

TEST_F(ReplayText, IsFineWithNoPast) {
  const History history = judge(second(100), second(200));
  EXPECT_EQ(history.events, 0u);
  EXPECT_EQ(replay_table(history, policy::Program()).substr(0, 76),
            "2026-11-23T22:00:31 to 2026-11-23T22:02:11: 0 events, 0 judged by 0 policies");
}

TEST_F(ReplayText, SaysWhyThereIsNoStore) {
  const auto history = judge_history(discovery::sqlite_history(directory / "none.sqlite"),
                                     *policies, {.since = second(0), .until = second(1)});
  ASSERT_FALSE(history);
  EXPECT_EQ(describe(history.error()), "ours not_found: " + (directory / "none.sqlite") +
                                           " cannot be read: No such file or directory");
}

TEST_F(ReplayText, IsGivenUpWhenAsked) {
  const auto history = discovery::judge_history(
      [this] { return open(); }, *policies,
      {.since = second(0), .until = second(60), .gives_up = [] { return true; }});
  ASSERT_FALSE(history);
  EXPECT_EQ(history.error().kind, ErrorKind::cancelled);
}

TEST_F(ReplayText, WarnsOfPoliciesThatMatchedNothing) {
  Diagnostics found;
  warn_of_never_matched(judge(), *policies, found);
  EXPECT_EQ(render(found),
            "policies.yaml:29:3: warning: policy 'Nobody does this' matched none of the 11 events "
            "since 2026-11-23\n"
            "- name: Nobody does this\n"
            "  ^ 'sallyport policy explain' shows which condition fails\n");
}

TEST_F(ReplayText, DoesNotWarnWhereNothingWasJudged) {
  Diagnostics found;
  warn_of_never_matched(judge(second(100), second(200)), *policies, found);
  EXPECT_EQ(render(found), "");
}

TEST(HistoryProgress, TellsHowFarItIsAndHowLongItTakes) {
  EXPECT_EQ(HistoryProgress::line(0, 2'000'000, 1s), "  0 of 2,000,000 events, 0 %");
  EXPECT_EQ(HistoryProgress::line(500'000, 2'000'000, 2s),
            "  500,000 of 2,000,000 events, 25 %, about 6s left");
  EXPECT_EQ(HistoryProgress::line(999, 1000, 10s), "  999 of 1,000 events, 99 %, about 1s left");
}

}  // namespace
}  // namespace sallyport::cli
