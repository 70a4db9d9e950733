#include "discovery/events/scribe.h"

#include <condition_variable>
#include <gtest/gtest.h>
#include <set>

#include "discovery/events/samples_for_tests.h"

namespace sallyport::discovery {
namespace {

using samples::allowed;
using samples::blocked;
using samples::FakeClock;
using samples::TempDirectory;
using namespace std::chrono_literals;

class FakeStore final : public EventWriter {
 public:
  Result<void> write(EventSpan events) override {
    ++tries;
    if (broken) return fail(ErrorKind::storage, Side::ours, "disk full");
    largest = std::max(largest, events.size());
    for (const Event& event : events) {
      if (!ids.insert(event.id).second) ++repeated;
    }
    return {};
  }
  Result<bool> retain(Time) override { return ++retained < wanted; }
  std::uint64_t bytes() const override { return 4096; }

  bool broken = false;
  int tries = 0;
  int repeated = 0;
  int retained = 0;
  int wanted = 1;
  std::size_t largest = 0;
  std::set<Ulid> ids;
};

class CountingSink final : public Sink {
 public:
  void write(EventSpan events) override { count += events.size(); }
  void flush() override { ++flushes; }
  std::uint64_t failures() const override { return 3; }
  std::string trouble() const override { return "no paper"; }
  std::size_t count = 0;
  int flushes = 0;
};

// One worker, its ring, and a scribe that is pumped by hand.
struct Desk {
  explicit Desk(ScribeOptions options = {}) { begin(options); }

  void begin(ScribeOptions options = {}) {
    scribe.reset();
    journal.reset();
    auto opened = Journal::open(directory / "blocks.journal", journal_bytes);
    CHECK(opened);
    journal = std::move(*opened);
    scribe = std::make_unique<Scribe>(options, clock, bell, std::vector<EventRing*>{&ring}, &store,
                                      journal.get(), std::vector<Sink*>{&sink}, metrics);
  }

  void push(int from, int to, Event (*make)(int)) {
    for (int n = from; n < to; ++n) ring.push(make(n));
  }

  // "stored 2, journal 0, backlog 0, dropped 0, lost 0"
  std::string story() const {
    const ScribeStatus status = scribe->status();
    return "stored " + std::to_string(store.ids.size()) + ", journal " +
           std::to_string(status.journaled) + ", backlog " + std::to_string(status.backlog) +
           ", dropped " + std::to_string(metrics.get(Metric::events_dropped_total)) + ", lost " +
           std::to_string(status.blocks_lost);
  }

  TempDirectory directory;
  FakeClock clock;
  Bell bell;
  EventRing ring{{}, &bell};
  FakeStore store;
  CountingSink sink;
  MetricSet metrics;
  std::size_t journal_bytes = 64 * 1024;
  std::unique_ptr<Journal> journal;
  std::unique_ptr<Scribe> scribe;
};

TEST(Scribe, BringsEventsToSinksAndStoreInBatches) {
  Desk desk({.batch = 4});
  desk.push(0, 10, allowed);
  EXPECT_EQ(desk.scribe->pump(), 10u);
  EXPECT_EQ(desk.story(), "stored 10, journal 0, backlog 0, dropped 0, lost 0");
  EXPECT_EQ(desk.store.largest, 4u);
  EXPECT_EQ(desk.sink.count, 10u);
  EXPECT_EQ(desk.sink.flushes, 1);
  EXPECT_EQ(desk.metrics.get(Metric::events_recorded_total), 10);
  EXPECT_EQ(desk.metrics.get(Metric::store_written_total), 10);
  EXPECT_EQ(desk.metrics.get(Metric::store_bytes), 4096);
  EXPECT_EQ(desk.metrics.get(Metric::access_log_failures_total), 3);
  EXPECT_EQ(desk.scribe->status().sink_errors, std::vector<std::string>{"no paper"});
}

TEST(Scribe, ServesEveryRing) {
  Desk desk;
  EventRing other;
  Scribe scribe({.batch = 2}, desk.clock, desk.bell, {&desk.ring, &other}, &desk.store, nullptr, {},
                desk.metrics);
  desk.push(0, 5, allowed);
  for (int n = 5; n < 10; ++n) other.push(allowed(n));
  EXPECT_EQ(scribe.pump(), 10u);
  EXPECT_EQ(desk.store.ids.size(), 10u);
}

TEST(Scribe, JournalsBlocksAndKeepsTheRestInMemoryWhileTheStoreFails) {
  Desk desk;
  desk.store.broken = true;
  desk.push(0, 3, allowed);
  desk.push(3, 5, blocked);
  desk.scribe->pump();
  EXPECT_EQ(desk.story(), "stored 0, journal 2, backlog 3, dropped 0, lost 0");
  EXPECT_EQ(desk.sink.count, 5u);
  EXPECT_EQ(desk.metrics.get(Metric::events_journaled_total), 2);
  EXPECT_EQ(desk.metrics.get(Metric::store_failures_total), 1);
  const ScribeStatus status = desk.scribe->status();
  EXPECT_FALSE(status.store_ok);
  EXPECT_EQ(status.store_error, "ours storage: disk full");
  EXPECT_EQ(status.store_failing_since, desk.clock.now());

  desk.store.broken = false;
  desk.clock.advance(1s);
  desk.scribe->pump();
  EXPECT_EQ(desk.story(), "stored 5, journal 0, backlog 0, dropped 0, lost 0");
  EXPECT_TRUE(desk.scribe->status().store_ok);
  EXPECT_EQ(desk.scribe->status().store_error, "");
}

TEST(Scribe, WaitsLongerBetweenRetries) {
  Desk desk;
  desk.store.broken = true;
  desk.push(0, 1, allowed);
  desk.scribe->pump();
  std::string tried;
  for (int second = 1; second <= 70; ++second) {
    desk.clock.advance(1s);
    const int before = desk.store.tries;
    desk.scribe->pump();
    if (desk.store.tries != before) tried += std::to_string(second) + " ";
  }
  EXPECT_EQ(tried, "1 3 7 15 31 61 ");
}

TEST(Scribe, DropsTheOldestAllowedEventsFirstWhenTheBacklogIsFull) {
  Desk desk({.backlog = 3});
  desk.store.broken = true;
  desk.push(0, 5, allowed);
  desk.scribe->pump();
  EXPECT_EQ(desk.story(), "stored 0, journal 0, backlog 3, dropped 2, lost 0");
  desk.store.broken = false;
  desk.clock.advance(1s);
  desk.scribe->pump();
  EXPECT_EQ(desk.store.ids,
            (std::set<Ulid>{samples::id_of(2), samples::id_of(3), samples::id_of(4)}));
}

TEST(Scribe, LosesABlockOnlyWhenJournalAndBacklogAreFull) {
  Desk desk;
  desk.journal_bytes = 2000;  // Two records of this kind.
  desk.directory.path();
  std::filesystem::remove(desk.directory / "blocks.journal");
  desk.begin({.batch = 1, .backlog = 2});
  desk.store.broken = true;
  desk.push(0, 2, allowed);
  desk.push(2, 4, blocked);
  desk.scribe->pump();
  EXPECT_EQ(desk.story(), "stored 0, journal 2, backlog 2, dropped 0, lost 0");
  desk.push(4, 6, blocked);  // They drive the allowed ones out.
  desk.scribe->pump();
  EXPECT_EQ(desk.story(), "stored 0, journal 2, backlog 2, dropped 2, lost 0");
  EXPECT_EQ(desk.scribe->status().journal_error, "the journal is full");
  desk.push(6, 7, blocked);
  desk.scribe->pump();
  EXPECT_EQ(desk.story(), "stored 0, journal 2, backlog 2, dropped 3, lost 1");
}

TEST(Scribe, ReplaysTheJournalOfAnEarlierRun) {
  Desk desk;
  desk.store.broken = true;
  desk.push(0, 3, blocked);
  desk.scribe->pump();
  desk.begin();  // As after a crash.
  desk.store.broken = false;
  desk.scribe->pump();
  EXPECT_EQ(desk.story(), "stored 3, journal 0, backlog 0, dropped 0, lost 0");
}

TEST(Scribe, MayReplayTwiceWithoutHarm) {
  Desk desk;
  desk.store.broken = true;
  desk.push(0, 2, blocked);
  desk.scribe->pump();
  const std::string file = samples::read_text(desk.directory / "blocks.journal");
  desk.store.broken = false;
  desk.clock.advance(1s);
  desk.scribe->pump();
  samples::write_text(desk.directory / "blocks.journal",
                      file);  // As if clear() had not come through.
  desk.begin();
  desk.scribe->pump();
  EXPECT_EQ(desk.story(), "stored 2, journal 0, backlog 0, dropped 0, lost 0");
  EXPECT_EQ(desk.store.repeated, 2);
}

TEST(Scribe, CountsAJournalRecordThatCannotBeRead) {
  Desk desk;
  desk.journal->append({"{\"id\":\"from the future\"}"});
  desk.scribe->pump();
  EXPECT_EQ(desk.story(), "stored 0, journal 0, backlog 0, dropped 1, lost 1");
}

TEST(Scribe, TriesTheStoreOnceMoreAtTheEnd) {
  Desk desk;
  desk.store.broken = true;
  desk.push(0, 2, allowed);
  desk.scribe->pump();
  desk.store.broken = false;
  desk.push(2, 4, blocked);
  desk.scribe->stop(5s);  // Without waiting for the next retry.
  EXPECT_EQ(desk.story(), "stored 4, journal 0, backlog 0, dropped 0, lost 0");
}

TEST(Scribe, JournalsBlocksAndCountsTheRestWhenTheStoreStaysAwayAtTheEnd) {
  Desk desk;
  desk.store.broken = true;
  desk.push(0, 2, allowed);
  desk.push(2, 4, blocked);
  desk.scribe->stop(5s);
  EXPECT_EQ(desk.story(), "stored 0, journal 2, backlog 0, dropped 2, lost 0");
}

TEST(Scribe, LeavesTheStoreAloneAfterTheDeadline) {
  Desk desk;
  desk.push(0, 2, allowed);
  desk.push(2, 4, blocked);
  desk.scribe->stop(0ms);
  EXPECT_EQ(desk.store.tries, 0);
  EXPECT_EQ(desk.story(), "stored 0, journal 2, backlog 0, dropped 2, lost 0");
}

TEST(Scribe, DeletesOldEventsInStepsAndThenRests) {
  Desk desk({.retain_every = 60s});
  desk.store.wanted = 5;
  desk.scribe->pump();
  EXPECT_EQ(desk.store.retained, 5);
  desk.clock.advance(59s);
  desk.scribe->pump();
  EXPECT_EQ(desk.store.retained, 5);
  desk.clock.advance(1s);
  desk.scribe->pump();
  EXPECT_EQ(desk.store.retained, 6);
}

TEST(Scribe, AddsUpWhatTheRingsDropped) {
  Desk desk;
  EventRing small({.capacity = 2, .reserve = 1, .overflow = 0});
  Scribe scribe({}, desk.clock, desk.bell, {&small}, &desk.store, nullptr, {}, desk.metrics);
  for (int n = 0; n < 3; ++n) small.push(allowed(n));
  for (int n = 3; n < 6; ++n) small.push(blocked(n));
  scribe.pump();
  EXPECT_EQ(desk.metrics.get(Metric::events_dropped_total), 4);
  EXPECT_EQ(scribe.status().blocks_lost, 2u);
}

TEST(Scribe, NeedsNeitherStoreNorJournal) {
  Desk desk;
  Scribe scribe({}, desk.clock, desk.bell, {&desk.ring}, nullptr, nullptr, {&desk.sink},
                desk.metrics);
  desk.push(0, 2, blocked);
  EXPECT_EQ(scribe.pump(), 2u);
  scribe.stop(0ms);
  EXPECT_EQ(desk.sink.count, 2u);
  EXPECT_EQ(scribe.status().blocks_lost, 0u);
}

// Lets a test wait for the scribe's thread.
class WaitingSink final : public Sink {
 public:
  void write(EventSpan events) override {
    const std::lock_guard lock(mutex_);
    count_ += events.size();
    changed_.notify_all();
  }
  void flush() override {}
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 60s, [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t count_ = 0;
};

TEST(Scribe, TakesEventsOnItsOwnThreadAndDrainsAtTheEnd) {
  Desk desk;
  WaitingSink sink;
  Scribe scribe({.gather = 1ms}, system_clock(), desk.bell, {&desk.ring}, &desk.store, nullptr,
                {&sink}, desk.metrics);
  scribe.start();
  desk.push(0, 1, allowed);
  EXPECT_TRUE(sink.wait_for(1));
  desk.push(1, 1500, allowed);
  EXPECT_TRUE(sink.wait_for(1500));
  desk.push(1500, 2000, blocked);
  scribe.stop(60s);
  EXPECT_EQ(desk.store.ids.size(), 2000u);
}

}  // namespace
}  // namespace sallyport::discovery
