#pragma once
// The scribe: one thread that takes events out of the workers' rings, gives them to the sinks and
// writes them to the store, in batches.
//
// Traffic never waits for it. When the store fails (disk full, read-only, busy):
//   - blocked events go to the journal (journal.h) and from there to the store when it recovers, or
//   at the
//     next start;
//   - the others wait in memory up to `backlog`, then the oldest are dropped and counted;
//   - the store is tried again after 1 s, 2 s, 4 s ... 30 s, and once more at the end.
// The sinks get every event either way.
//
// Thread rule: construct, start() and stop() on one thread; then only the scribe's thread calls the
// store and the sinks. status() on every thread. Without start(), pump() may be called by the one
// owner: tests need no thread and no sleep.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/core/clock.h"
#include "base/core/metrics.h"
#include "discovery/events/event_ring.h"
#include "discovery/events/journal.h"
#include "discovery/events/sink.h"

namespace sallyport::discovery {

struct ScribeOptions {
  std::size_t batch = 512;                // events per transaction
  std::chrono::milliseconds gather{200};  // the longest that an event waits for company
  std::size_t backlog = 16 * 1024;        // events kept in memory while the store is away
  std::chrono::seconds retain_every{60};  // how often old events are looked for
};

struct ScribeStatus {
  bool store_ok = true;
  std::string store_error;  // describe() of the last failure, "" while it works
  std::optional<Time> store_failing_since;
  std::size_t backlog = 0;        // events in memory
  std::size_t journaled = 0;      // records in the journal
  std::uint64_t blocks_lost = 0;  // blocked events that no place could take; 0 unless much is wrong
  std::string journal_error;
  std::vector<std::string> sink_errors;  // those that have one
};

class Scribe {
 public:
  // Everything borrowed outlives the scribe. `store` and `journal` may be null: no store is kept,
  // or no journal (then blocked events share the backlog). `metrics` is written by the scribe's
  // thread alone.
  Scribe(ScribeOptions options, const Clock& clock, Bell& bell, std::vector<EventRing*> rings,
         EventWriter* store, Journal* journal, std::vector<Sink*> sinks, MetricSet& metrics);
  ~Scribe();  // As stop(5 s), if it still runs.
  Scribe(const Scribe&) = delete;
  Scribe& operator=(const Scribe&) = delete;

  // Each event passes there first. Before start(); it outlives the scribe.
  void enrich_by(Enricher* enricher) { enricher_ = enricher; }

  void start();

  // Takes what is in the rings, writes everything, ends the thread. What the store has not taken by
  // `deadline` from now is journaled if blocked, and else dropped and counted. REQUIRES: nobody
  // pushes any more.
  void stop(std::chrono::milliseconds deadline);

  // Empties the rings once into sinks and store, and does what is due (retry, retention). How many
  // events it took.
  std::size_t pump();

  ScribeStatus status() const;

 private:
  void run();
  void drain();
  std::size_t waiting() const;
  void take(std::span<std::unique_ptr<Event>> events);
  bool store_may_be_tried() const;
  bool write_store(EventSpan events);
  void set_aside(std::span<std::unique_ptr<Event>> events);
  void give_back();
  // Brings backlog and journal to the store. False: the store failed.
  bool recover();
  bool write_back(std::deque<Event>& waiting);
  bool replay_journal();
  void retain_if_due();
  void give_up_backlog();
  void count_losses();
  void publish_status();

  const ScribeOptions options_;
  const Clock& clock_;
  Bell& bell_;
  const std::vector<EventRing*> rings_;
  EventWriter* const store_;
  Journal* const journal_;
  const std::vector<Sink*> sinks_;
  MetricSet& metrics_;
  Enricher* enricher_ = nullptr;

  // The scribe's thread only.
  std::vector<std::unique_ptr<Event>> batch_;
  std::vector<std::pair<EventRing*, std::size_t>> batch_from_;  // how many of each, in order
  std::deque<Event> backlog_;  // what the store did not take and may be dropped
  std::deque<Event> blocks_;   // blocked events that the journal did not take either
  std::size_t next_ring_ = 0;
  bool failing_ = false;
  bool closed_ = false;  // the deadline of stop() has passed
  std::string store_error_;
  std::optional<Time> failing_since_;
  std::chrono::seconds retry_delay_{0};
  std::chrono::steady_clock::time_point retry_at_;
  std::chrono::steady_clock::time_point retain_at_;
  bool more_to_delete_ = false;
  bool wrote_ = false;  // store_bytes has to be set anew
  std::string journal_error_;
  std::uint64_t dropped_here_ = 0;  // from backlog_
  std::uint64_t lost_here_ = 0;     // from blocks_, and unreadable in the journal

  std::thread thread_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::chrono::milliseconds> deadline_{std::chrono::milliseconds(0)};

  mutable std::mutex status_mutex_;
  ScribeStatus status_;
};

}  // namespace sallyport::discovery
