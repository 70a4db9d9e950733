#include "policy/testkit/history.h"

#include <algorithm>
#include <fmt/format.h>

#include "policy/testkit/test_case.h"

namespace sallyport::policy {
namespace {

using std::chrono::seconds;

const HistoryStep& now_of(const TestCase& test) {
  static const HistoryStep kOnce;
  return test.now ? *test.now : kOnce;
}

Activity activity_of(const TestCase& test, const HistoryStep& step, const TimeZone& zone,
                     Diagnostics& found) {
  std::vector<Fact> facts = test.given;
  for (const Fact& fact : step.given) put_fact(facts, fact);
  return make_activity(facts, zone, found);
}

// The step once, beginning `before` now.
void add(const HistoryStep& step, const Activity& activity, seconds before,
         std::vector<HistoryActivity>& to) {
  for (std::uint64_t n = 0; n < step.times; ++n) {
    HistoryActivity& one = to.emplace_back();
    one.activity = activity;
    const auto within = static_cast<std::uint64_t>(step.within.count());
    const std::uint64_t after = step.times < 2 ? 0 : within * n / (step.times - 1);
    one.activity.at = activity.at - before + seconds(static_cast<std::int64_t>(after));
    if (const std::uint64_t who = n % step.users; who > 0 && one.activity.user) {
      *one.activity.user += fmt::format("-{}", who + 1);
    }
    one.uploaded = step.uploaded;
    one.downloaded = step.downloaded;
  }
}

}  // namespace

void check_history(const TestCase& test, const TimeZone& zone, Diagnostics& found) {
  std::uint64_t all = now_of(test).times;
  for (const HistoryStep& step : test.history) all += step.times * step.days.value_or(1);
  if (all > kMostHistory) {
    found.error(test.place, fmt::format("{} activities are too many", all),
                fmt::format("at most {} in a case", kMostHistory));
  }
  for (const HistoryStep& step : test.history) activity_of(test, step, zone, found);
  activity_of(test, now_of(test), zone, found);
}

std::vector<HistoryActivity> history_of(const TestCase& test, const TimeZone& zone) {
  Diagnostics told;  // by check_history()
  std::vector<HistoryActivity> made;
  for (const HistoryStep& step : test.history) {
    const Activity activity = activity_of(test, step, zone, told);
    if (!step.days) add(step, activity, step.ago, made);
    for (std::uint32_t day = step.days.value_or(0); day > 0; --day) {
      add(step, activity, step.ago + day * step.every, made);
    }
  }
  const std::size_t before = made.size();
  add(now_of(test), activity_of(test, now_of(test), zone, told), seconds(0), made);
  for (std::size_t i = before; i < made.size(); ++i) made[i].is_now = true;
  std::stable_sort(made.begin(), made.end(),
                   [](const HistoryActivity& a, const HistoryActivity& b) {
                     return a.activity.at < b.activity.at;
                   });
  return made;
}

}  // namespace sallyport::policy
