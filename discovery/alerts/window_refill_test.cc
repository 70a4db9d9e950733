#include "discovery/alerts/window_refill.h"

#include <gtest/gtest.h>

#include "discovery/events/samples_for_tests.h"
#include "discovery/store/sqlite_store.h"

namespace sallyport::discovery {
namespace {

using namespace std::chrono_literals;
using policy::CompiledPolicy;
using samples::allowed;
using samples::FakeClock;
using samples::id_of;
using samples::second;

CompiledPolicy repeated(std::uint32_t min, std::chrono::seconds window) {
  CompiledPolicy policy;
  policy.id = policy.name = "many " + std::to_string(window.count());
  policy.kind = policy::Kind::activity;
  policy.alerts_per_day = 1;
  policy.repeat = {.min = min, .window = window};
  return policy;
}

// 22:00, which is second 69 of the samples.
class WindowRefill : public testing::Test {
 protected:
  void keep(int first, int last) {
    std::vector<Event> events;
    for (int n = first; n <= last; ++n) {
      events.push_back(allowed(n));
      events.back().activity.at = events.back().start;
    }
    ASSERT_TRUE(store()->write(events));
  }
  std::unique_ptr<SqliteStore> store() {
    auto opened = SqliteStore::open({.path = directory / "events.sqlite"});
    EXPECT_TRUE(opened) << describe(opened.error());
    return std::move(*opened);
  }
  std::string refilled(std::vector<CompiledPolicy> policies, const RefillLimits& limits = {}) {
    const policy::Program program(std::move(policies));
    const auto past = store();
    const auto done = refill(windows, program, *past, clock, limits);
    if (!done) return describe(done.error());
    return std::to_string(done->events) + " events" + (done->whole ? "" : ", cut") + ", " +
           std::to_string(windows.activities()) + " in " + std::to_string(windows.series());
  }

  samples::TempDirectory directory;
  FakeClock clock;
  RepeatWindows windows;
};

TEST_F(WindowRefill, ReadsTwiceTheLongestWindow) {
  keep(0, 68);
  EXPECT_EQ(refilled({repeated(100, 10s), repeated(100, 20s)}), "40 events, 32 in 2");
}

TEST_F(WindowRefill, ReadsNothingWhereNothingIsCounted) {
  keep(0, 68);
  CompiledPolicy rehearsed = repeated(5, 20s);
  rehearsed.rehearse = true;
  CompiledPolicy single = repeated(1, 0s);
  EXPECT_EQ(refilled({rehearsed, single}), "0 events, 0 in 0");
}

TEST_F(WindowRefill, FindsWhereCountingBeganAnew) {
  keep(44, 68);  // 25: ten, ten and five
  EXPECT_EQ(refilled({repeated(10, 30s)}), "25 events, 5 in 1");
}

TEST_F(WindowRefill, TakesTheNewestWhereThereAreTooMany) {
  for (int n = 0; n < 3; ++n) {
    std::vector<Event> events;
    for (int k = 0; k < 2000; ++k) {
      Event event = allowed(0);
      event.id.bytes[0] = static_cast<std::uint8_t>(n + 1);
      event.id.bytes[1] = static_cast<std::uint8_t>(k >> 8);
      event.id.bytes[2] = static_cast<std::uint8_t>(k);
      event.start = event.activity.at = second(60 + n);
      events.push_back(std::move(event));
    }
    ASSERT_TRUE(store()->write(events));
  }
  EXPECT_EQ(refilled({repeated(10'000, 30s)}, {.most_events = 4000}),
            "4000 events, cut, 4000 in 1");
}

TEST_F(WindowRefill, EndsWhenItsTimeIsOver) {
  keep(60, 68);
  EXPECT_EQ(refilled({repeated(10, 30s)}, {.patience = 0ms}), "0 events, cut, 0 in 0");
}

}  // namespace
}  // namespace sallyport::discovery
