#pragma once
// After a start: what detections had learned, from what the store kept, in a thread of its own that
// holds nobody up.
//
//   Relearning learning(program, open_past, std::move(empty), clock.now(), now);
//   ... each turn: if (auto done = learning.take()) detectors = std::move(done->detectors);
//
// It reads the newest kMostEvents of kSpan, and then what came meanwhile, until it has caught up.
// What is found in what happened since the start has not been told by anybody, and is handed over.
// Meanwhile the raiser of alerts asks only what needs nothing learned (`each`).
//
// Thread rule: one thread uses it; the destructor ends the reading within a slice of the store.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/core/clock.h"
#include "discovery/detect/detectors.h"
#include "discovery/store/store.h"
#include "policy/eval/program.h"

namespace sallyport::discovery {

struct Learned {
  struct Found {
    std::string detection;  // its id
    Event event;
    Finding finding;
  };
  std::unique_ptr<Detectors> detectors;
  std::vector<Found> found;  // at most kMostFound, of what happened since the start
  std::uint64_t events = 0;  // that were read
  std::string trouble;       // why it is not whole; "": it is
};

class Relearning {
 public:
  static constexpr std::chrono::days kSpan{91};
  static constexpr std::uint64_t kMostEvents = 10'000'000;
  static constexpr std::size_t kMostFound = 1'000;

  using Program = std::shared_ptr<const policy::Program>;
  // Opened in the thread; null where there is no store yet.
  using OpenPast = std::function<Result<std::unique_ptr<Store>>()>;

  // `now` is asked in the thread.
  Relearning(Program program, OpenPast open, std::unique_ptr<Detectors> empty, Time start,
             std::function<Time()> now);
  ~Relearning();

  // Once, when it is done.
  std::unique_ptr<Learned> take();

 private:
  void learn();
  Result<void> read(Store& store, Time since, Time until);

  const Program program_;
  const OpenPast open_;
  const Time start_;
  const std::function<Time()> now_;
  std::unique_ptr<Learned> learned_;  // the thread's until done_
  std::atomic<bool> stop_ = false;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace sallyport::discovery
