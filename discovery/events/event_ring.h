#pragma once
// The way of events from one worker to the scribe: a bounded ring that never makes the worker wait.
//
// What happens when it is full follows from what an event is worth:
//   - allowed: dropped and counted in dropped(). A part of the ring (`reserve`) is never given to
//   them.
//   - must_keep() (blocked or refused): uses the whole ring; when even that is full, a side list
//   under
//     a mutex, which nobody touches otherwise; past `overflow`, it is counted in lost_blocks().
//
// The memory of events goes back the other way: what the scribe is done with is filled again by the
// worker, with the texts that it holds, so that few events need memory anew.
//
// INVARIANT: push() never blocks on the scribe but for that mutex, which pop() holds only to swap a
// vector, and never throws away a blocked event without counting it. fresh() takes another, which
// is held as shortly. Thread rule: fresh() and push() on one thread, the rest on one other; the
// counters and size() on any. Events come out in the order they went in, but those of the side list
// after everything that was in the ring.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "discovery/events/event.h"

namespace sallyport::discovery {

// Wakes the scribe. One per scribe, shared by all its rings; an eventfd below, so a ring before the
// wait is not lost. ring() may be called from every thread and from a signal handler.
class Bell {
 public:
  Bell();
  ~Bell();
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  void ring();
  // Returns at the next ring(), at once if there was one since the last wait, or after `longest`.
  // True: it rang. One thread waits.
  bool wait(std::chrono::milliseconds longest);

 private:
  int fd_ = -1;
};

struct EventRingOptions {
  std::size_t capacity = 8192;       // events
  std::size_t reserve = 1024;        // of these, only for must_keep(); less than capacity
  std::size_t overflow = 64 * 1024;  // events in the side list
  std::size_t bell_at = 512;         // rings again at this many, so that a burst does not wait
  std::size_t spares = 1024;         // events kept to be filled again
};

class EventRing {
 public:
  // `bell` may be null: then somebody polls. It must outlive the ring.
  explicit EventRing(EventRingOptions options = {}, Bell* bell = nullptr);

  // An event to be filled. REQUIRES: it is assigned as a whole first; it may hold anything.
  std::unique_ptr<Event> fresh();

  // False: the event is gone, and counted.
  bool push(std::unique_ptr<Event> event);
  bool push(Event&& event) { return push(std::make_unique<Event>(std::move(event))); }

  // Appends up to `most` events to `events`; how many.
  std::size_t pop(std::vector<std::unique_ptr<Event>>& events, std::size_t most);
  // What pop() gave, for fresh(). Those that would hold much are freed.
  void give_back(std::span<std::unique_ptr<Event>> events);
  // Frees what nobody fills.
  void forget_spares();

  // Waiting now. Exact for the scribe's own thread when nobody pushes.
  std::size_t size() const;

  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
  std::uint64_t lost_blocks() const { return lost_blocks_.load(std::memory_order_relaxed); }

 private:
  bool push_aside(std::unique_ptr<Event> event);
  std::size_t pop_aside(std::vector<std::unique_ptr<Event>>& events, std::size_t most);

  const EventRingOptions options_;
  Bell* const bell_;
  std::vector<std::unique_ptr<Event>> slots_;

  // Positions rise for ever; a slot is position % capacity. Each on its own cache line, since two
  // cores write them.
  alignas(64) std::atomic<std::uint64_t> head_{0};  // next to pop; written by the scribe
  alignas(64) std::atomic<std::uint64_t> tail_{0};  // next to fill; written by the worker

  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> lost_blocks_{0};

  std::atomic<std::size_t> aside_size_{0};  // in aside_ and taken_
  std::mutex aside_mutex_;
  std::vector<std::unique_ptr<Event>> aside_;
  std::vector<std::unique_ptr<Event>> taken_;  // the scribe's: swapped out of aside_
  std::size_t taken_at_ = 0;

  std::vector<std::unique_ptr<Event>> at_hand_;  // the worker's: taken out of spares_, some at once
  std::atomic<std::size_t> spare_count_{0};
  std::mutex spares_mutex_;
  std::vector<std::unique_ptr<Event>> spares_;
};

}  // namespace sallyport::discovery
