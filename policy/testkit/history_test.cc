#include "policy/testkit/history.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/core/text.h"
#include "policy/compile/compile.h"
#include "policy/testkit/read_cases.h"
#include "policy/testkit/suite.h"

namespace sallyport::policy {
namespace {

SourcePtr source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

// Finds something where so many activities of now match as the detection wants at least.
class CountingJudge final : public HistoryJudge {
 public:
  std::optional<std::string> find(const CompiledPolicy& detection,
                                  std::span<const HistoryActivity> history) override {
    std::uint64_t number = 0;
    for (const HistoryActivity& one : history) {
      if (one.is_now && detection.judge(Point::download, one.activity).holds()) ++number;
    }
    if (number < detection.detect.least) return std::nullopt;
    return fmt::format("{} of them", number);
  }
};

constexpr const char* kPolicies = R"(
- id: burst
  name: Burst
  kind: detection
  when: { activity: download }
  detect: { what: burst, least: 10, window: 1h }
- id: stop
  name: Stop
  when: { app: mega }
  then: block
)";

std::string run(const std::string& tests, bool coverage = false, bool judged = true) {
  Diagnostics warnings;
  const auto program = compile({source("p.yaml", kPolicies)}, warnings);
  if (!program) return render(program.error());
  CountingJudge judge;
  Suite suite(*program, {.zone = "UTC", .histories = judged ? &judge : nullptr});
  Diagnostics found;
  suite.add(source("p.test.yaml", tests), found);
  if (!found.empty()) return render(found);
  TestReport report;
  suite.run({}, report.files);
  if (coverage) report.coverage = {&suite.coverage()};
  return text_report(report, false);
}

// One line for each activity: its time, user, action, bytes, and whether it is now.
std::string unrolled(const std::string& text) {
  Diagnostics found;
  const TestFile file = read_cases(source("x.test.yaml", text), found);
  if (!found.empty()) return render(found);
  std::string out;
  for (const TestCase& test : file.cases) {
    check_history(test, *TimeZone::find("UTC"), found);
    if (!found.empty()) return render(found);
    for (const HistoryActivity& one : history_of(test, *TimeZone::find("UTC"))) {
      out += fmt::format("{} {} {} {}/{}{}\n", format_rfc3339(one.activity.at).substr(5, 14),
                         one.activity.user.value_or("-"), to_string(*one.activity.type),
                         one.uploaded, one.downloaded, one.is_now ? " now" : "");
    }
  }
  return out;
}

TEST(History, IsOnEachOfTheDaysBeforeAndThenNow) {
  EXPECT_EQ(unrolled(R"(
- case: a
  given: { user: ana, activity: download }
  history: { days: 2, times: 2, within: 30m, uploaded: 1 KB }
  now: { activity: delete, downloaded: 5 }
)"),
            "06-29T12:00:00 ana download 1000/0\n"
            "06-29T12:30:00 ana download 1000/0\n"
            "06-30T12:00:00 ana download 1000/0\n"
            "06-30T12:30:00 ana download 1000/0\n"
            "07-01T12:00:00 ana delete 0/5 now\n");
}

TEST(History, TakesUsersByTurns) {
  EXPECT_EQ(unrolled("- case: a\n  given: { user: ana }\n"
                     "  now: { times: 3, users: 2, within: 10m }\n"),
            "07-01T12:00:00 ana view 0/0 now\n"
            "07-01T12:05:00 ana-2 view 0/0 now\n"
            "07-01T12:10:00 ana view 0/0 now\n");
}

TEST(History, SaysWhenBeforeNowAndHowOften) {
  EXPECT_EQ(unrolled(R"(
- case: a
  history:
    - { ago: 35m, activity: login }
    - { days: 2, every: 7d, ago: 1d }
)"),
            "06-16T12:00:00 - view 0/0\n"
            "06-23T12:00:00 - view 0/0\n"
            "07-01T11:25:00 - login 0/0\n"
            "07-01T12:00:00 - view 0/0 now\n");
}

TEST(History, AVariationChangesWhatHappensOrWhatHappened) {
  EXPECT_EQ(run(R"(
- case: ten are many
  given: { activity: download }
  now: { times: 10, within: 5m }
  finds: burst
  but:
    - now: { times: 9, within: 5m }
    - { activity: view }
)"),
            "3 cases in 1 file, all pass\n");
}

TEST(History, TellsWhatWasNotFoundAndWhatWas) {
  EXPECT_EQ(run(R"(
- case: nine are many
  given: { activity: download }
  now: { times: 9 }
  finds: burst
- case: views are many
  now: { times: 90 }
  finds: burst
- case: ten are few
  given: { activity: download }
  now: { times: 10 }
  without: burst
)"),
            R"(p.test.yaml:2: failed: nine are many
  expected  a finding of burst
  got       none
  why       p.yaml:2:3
p.test.yaml:6: failed: views are many
  expected  a finding of burst
  got       none
  why       nothing of what happens now matches its 'when'
p.test.yaml:9: failed: ten are few
  expected  nothing by burst
  got       a finding: 10 of them
  why       p.yaml:2:3
3 cases in 1 file, 3 failed
)");
}

TEST(History, WithoutAJudgeACaseFails) {
  EXPECT_NE(
      run("- case: a\n  now: { times: 10, activity: download }\n  finds: burst\n", false, false)
          .find("nobody here who could"),
      std::string::npos);
}

TEST(History, CoverageWantsAFindingANearMissAndOneThatIsNone) {
  const std::string plain =
      "- case: fed\n  given: { activity: download }\n  reports: burst\n"
      "  but: [{ activity: view }]\n"
      "- case: stopped\n  given: { app: mega }\n  expect: block\n"
      "  policy: stop\n  but: [{ app: box }]\n";
  EXPECT_EQ(run(plain, true),
            "p.yaml:6:11: not covered: burst: what it finds in a history: never seen\n"
            "p.yaml:6:11: not covered: burst: a near miss in a history: never seen true\n"
            "4 cases in 1 file, all pass; 4 of 6 conditions covered, 66 %\n");
  const std::string found =
      "- case: ten\n  given: { activity: download }\n  now: { times: 10 }\n  finds: burst\n";
  EXPECT_EQ(run(plain + found, true),
            "p.yaml:6:11: not covered: burst: what it finds in a history: never seen false\n"
            "p.yaml:6:11: not covered: burst: a near miss in a history: never seen true\n"
            "5 cases in 1 file, all pass; 4 of 6 conditions covered, 66 %\n");
  EXPECT_EQ(run(plain + found + "  but: [{ now: { times: 9 } }]\n" +
                    "- case: one\n  given: { activity: download }\n  now: { times: 1 }\n"
                    "  without: burst\n",
                true),
            "7 cases in 1 file, all pass; 6 of 6 conditions covered, 100 %\n");
}

TEST(History, RefusesWhatNobodyCanBeAsked) {
  EXPECT_EQ(run("- case: a\n  finds: burst\n"),
            R"(p.test.yaml:2:10: error: what is found needs something that happens
  finds: burst
         ^~~~~ add 'now: { times: 300, within: 30m }', and 'history' where it takes one
)");
  EXPECT_EQ(run("- case: a\n  now: { times: 2 }\n  reports: burst\n"),
            R"(p.test.yaml:1:9: error: of a history nothing is asked but what is found in it
- case: a
        ^ 'finds' and 'without'; write other expectations into a case of their own
)");
  EXPECT_EQ(run("- case: a\n  now: { times: 2 }\n  finds: stop\n"),
            R"(p.test.yaml:3:10: error: 'stop' is a policy of kind session, which finds nothing
  finds: stop
         ^~~~ only detections find something in what happened
)");
}

TEST(History, RefusesStepsThatSayTooLittleOrTooMuch) {
  EXPECT_EQ(unrolled("- case: a\n  history: { times: 2 }\n"),
            R"(x.test.yaml:2:12: error: say when this happened before now
  history: { times: 2 }
           ^~~~~~~~~~~~ 'days: 10' (on each of ten days), or 'ago: 35m'
)");
  EXPECT_EQ(unrolled("- case: a\n  now: { days: 2 }\n"),
            R"(x.test.yaml:2:16: error: 'days' belongs to 'history'
  now: { days: 2 }
               ^
)");
  EXPECT_NE(unrolled("- case: a\n  now: { tims: 2 }\n").find("unknown attribute 'tims'"),
            std::string::npos);
  EXPECT_NE(unrolled("- case: a\n  history: { days: 365, times: 1000 }\n").find("are too many"),
            std::string::npos);
}

}  // namespace
}  // namespace sallyport::policy
