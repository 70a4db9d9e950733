#pragma once
// Worker: one thread, one event loop, and what belongs to that thread alone.
//
// Everything created on a worker is used on its thread only; other threads speak to it by post(),
// which is the mailbox. A worker is also what tests drive by hand: poll() instead of run().

#include <functional>
#include <memory>

#include "base/core/clock.h"
#include "base/core/metrics.h"
#include "base/io/deadline.h"
#include "base/io/pipe.h"
#include "base/io/task.h"

namespace sallyport::io {

class Worker {
 public:
  // `clock` must outlive the worker.
  explicit Worker(int index, const Clock& clock = system_clock());
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  int index() const { return index_; }
  Executor executor();
  boost::asio::io_context& loop();
  DeadlineWheel& deadlines();
  PipePool& pipes();
  const Clock& clock() const { return clock_; }
  MetricSet& metrics() { return metrics_; }
  const MetricSet& metrics() const { return metrics_; }

  // Runs until stop(). Call on the worker's own thread.
  void run();
  // From any thread.
  void stop();
  // Runs `work` on the worker's thread, soon. From any thread.
  void post(std::move_only_function<void()> work);

  // For tests: runs what is ready, returns how much that was; never waits. Deadlines fire only by
  // deadlines().advance().
  std::size_t poll();

 private:
  struct Loop;
  int index_;
  const Clock& clock_;
  MetricSet metrics_;
  std::unique_ptr<Loop> loop_;
};

// Suspends for `duration` of the worker's real time.
Task<void> pause(Executor executor, std::chrono::milliseconds duration);

// Lets everything else that is ready on this worker run first.
Task<void> yield();

// For loops that may go on for as long as both peers are fast: every kTurns operations that did not
// wait, the others get their turn.
class FairTurns {
 public:
  static constexpr int kTurns = 32;
  bool due() {
    if (++taken_ < kTurns) return false;
    taken_ = 0;
    return true;
  }
  void waited() { taken_ = 0; }

 private:
  int taken_ = 0;
};

}  // namespace sallyport::io
