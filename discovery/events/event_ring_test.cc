#include "discovery/events/event_ring.h"

#include <gtest/gtest.h>
#include <set>
#include <string>
#include <thread>

#include "discovery/events/samples_for_tests.h"

namespace sallyport::discovery {
namespace {

using samples::allowed;
using samples::blocked;
using namespace std::chrono_literals;

// Pushes one event per letter (a: allowed, B: blocked, R: refused), and tells what became of each
// ('.' for gone), what came out, and the counters.
std::string pass(EventRingOptions options, std::string_view letters) {
  EventRing ring(options);
  std::string story;
  int n = 0;
  for (const char letter : letters) {
    Event event = letter == 'B' ? blocked(n) : allowed(n);
    if (letter == 'R') event.ending = Ending::refused;
    event.error = std::string(1, letter) + std::to_string(n++);
    story += ring.push(std::move(event)) ? letter : '.';
  }
  std::vector<std::unique_ptr<Event>> events;
  ring.pop(events, 1000);
  story += " ->";
  for (const auto& event : events) story += " " + event->error;
  return story + ", dropped " + std::to_string(ring.dropped()) + ", lost " +
         std::to_string(ring.lost_blocks());
}

TEST(EventRing, KeepsTheOrder) {
  EXPECT_EQ(pass({.capacity = 4, .reserve = 1}, "aBa"), "aBa -> a0 B1 a2, dropped 0, lost 0");
}

TEST(EventRing, DropsAllowedEventsWhenTheOpenPartIsFullAndCountsThem) {
  EXPECT_EQ(pass({.capacity = 4, .reserve = 2}, "aaaa"), "aa.. -> a0 a1, dropped 2, lost 0");
}

TEST(EventRing, KeepsTheReserveForBlockedAndRefusedEvents) {
  EXPECT_EQ(pass({.capacity = 4, .reserve = 2}, "aaaBR"),
            "aa.BR -> a0 a1 B3 R4, dropped 1, lost 0");
}

TEST(EventRing, PutsBlockedEventsAsideWhenEvenTheReserveIsFull) {
  EXPECT_EQ(pass({.capacity = 2, .reserve = 1, .overflow = 2}, "aBBRa"),
            "aBBR. -> a0 B1 B2 R3, dropped 1, lost 0");
}

TEST(EventRing, CountsTheBlockedEventsPastTheOverflow) {
  EXPECT_EQ(pass({.capacity = 2, .reserve = 1, .overflow = 1}, "aBBBB"),
            "aBB.. -> a0 B1 B2, dropped 0, lost 2");
}

TEST(EventRing, CountsAnActivityThatWasBlockedAsABlock) {
  Event batch = allowed(0);
  EXPECT_FALSE(must_keep(batch));
  batch.activities.push_back({policy::ActivityType::upload, blocked(0).verdict});
  EXPECT_TRUE(is_block(batch));
  EXPECT_TRUE(must_keep(batch));
}

TEST(EventRing, PopsNoMoreThanAsked) {
  EventRing ring({.capacity = 2, .reserve = 1});
  for (int n = 0; n < 5; ++n) ring.push(blocked(n));
  EXPECT_EQ(ring.size(), 5u);
  std::vector<std::unique_ptr<Event>> events;
  EXPECT_EQ(ring.pop(events, 1), 1u);
  EXPECT_EQ(ring.pop(events, 2), 2u);
  EXPECT_EQ(ring.pop(events, 1), 1u);
  EXPECT_EQ(ring.size(), 1u);
  EXPECT_EQ(ring.pop(events, 9), 1u);
  EXPECT_EQ(ring.pop(events, 9), 0u);
  for (int n = 0; n < 5; ++n) EXPECT_EQ(events[n]->id, samples::id_of(n));
}

TEST(EventRing, RingsWhenItWasEmptyAndWhenMuchWaits) {
  Bell bell;
  EventRing ring({.capacity = 8, .reserve = 1, .bell_at = 3}, &bell);
  std::string rings;
  for (int n = 0; n < 5; ++n) {
    ring.push(allowed(n));
    rings += bell.wait(0ms) ? 'x' : '-';
  }
  EXPECT_EQ(rings, "x-x--");
  std::vector<std::unique_ptr<Event>> events;
  ring.pop(events, 100);
  ring.push(allowed(5));
  EXPECT_TRUE(bell.wait(0ms));
}

TEST(EventRing, RingsForAnEventThatWasPutAside) {
  Bell bell;
  EventRing ring({.capacity = 2, .reserve = 1, .bell_at = 100}, &bell);
  ring.push(blocked(0));
  ring.push(blocked(1));
  bell.wait(0ms);
  ring.push(blocked(2));
  EXPECT_TRUE(bell.wait(0ms));
}

// Pushes `count` events and takes them out.
std::vector<std::unique_ptr<Event>> passed(EventRing& ring, int count) {
  for (int n = 0; n < count; ++n) ring.push(allowed(n));
  std::vector<std::unique_ptr<Event>> events;
  ring.pop(events, static_cast<std::size_t>(count));
  return events;
}

TEST(EventRing, GivesAnEventsMemoryToTheNext) {
  EventRing ring;
  std::vector<std::unique_ptr<Event>> events = passed(ring, 2);
  std::set<const Event*> given{events[0].get(), events[1].get()};
  ring.give_back(events);
  std::vector<std::unique_ptr<Event>> again;
  for (int n = 0; n < 3; ++n) {
    again.push_back(ring.fresh());
    EXPECT_EQ(given.erase(again.back().get()), n < 2 ? 1u : 0u);
  }
}

TEST(EventRing, KeepsNoMoreSparesThanItMay) {
  EventRing ring({.spares = 1});
  std::vector<std::unique_ptr<Event>> events = passed(ring, 3);
  events[0]->error = "kept";
  ring.give_back(events);
  EXPECT_EQ(ring.fresh()->error, "kept");
  EXPECT_EQ(ring.fresh()->error, "");
}

TEST(EventRing, KeepsNoSpareThatHoldsMuch) {
  EventRing ring;
  std::vector<std::unique_ptr<Event>> events = passed(ring, 1);
  events[0]->error = "held much";
  events[0]->activity.path = std::string(100'000, 'a');
  ring.give_back(events);
  EXPECT_EQ(ring.fresh()->error, "");
}

TEST(EventRing, ForgetsSpares) {
  EventRing ring;
  std::vector<std::unique_ptr<Event>> events = passed(ring, 1);
  events[0]->error = "spare";
  ring.give_back(events);
  ring.forget_spares();
  EXPECT_EQ(ring.fresh()->error, "");
}

TEST(EventRing, HandsEveryEventFromOneThreadToAnother) {
  constexpr int kEvents = 20000;
  Bell bell;
  EventRing ring({.capacity = 64, .reserve = 8, .overflow = kEvents, .bell_at = 16}, &bell);
  std::thread worker([&] {
    for (int n = 0; n < kEvents; ++n) {
      // Half of them may be dropped, the other half never.
      std::unique_ptr<Event> event = ring.fresh();
      *event = n % 2 == 0 ? allowed(n) : blocked(n);
      ring.push(std::move(event));
    }
  });
  std::vector<std::unique_ptr<Event>> events;
  std::size_t blocks = 0;
  std::size_t all = 0;
  while (blocks < kEvents / 2) {
    // A bell that was missed would show as this wait's full length, and fail by the test's time
    // limit.
    if (ring.size() == 0) bell.wait(60s);
    ring.give_back(events);
    events.clear();
    all += ring.pop(events, 100);
    for (const auto& event : events) blocks += is_block(*event) ? 1 : 0;
  }
  worker.join();
  events.clear();
  all += ring.pop(events, kEvents);
  EXPECT_EQ(all + ring.dropped(), static_cast<std::size_t>(kEvents));
  EXPECT_EQ(ring.lost_blocks(), 0u);
}

}  // namespace
}  // namespace sallyport::discovery
