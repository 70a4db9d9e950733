#pragma once
// Replays of policies that somebody asked the gateway for, beside its traffic: each on a thread of
// its own that gives way to traffic, judged by one core, and told how far it is.
//
// INVARIANT: at most kMostRunning at once, each for kLongest at most. What it came to is kept for
// kKept after its end, of kMostEnded at most, and with nobody beyond whom knows its id (128 random
// bits).
// Thread rule: the desk's; the work is done on threads of its own. Destroying it gives up what
// still runs, and waits for that: as long as it takes to read some thousand events.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/io/pool.h"
#include "discovery/history/history.h"

namespace sallyport::app {

class ReplayJobs {
 public:
  static constexpr std::size_t kMostRunning = 2;
  static constexpr std::size_t kMostEnded = 8;
  static constexpr std::chrono::minutes kLongest{10};
  static constexpr std::chrono::minutes kKept{15};
  static constexpr std::size_t kExamples = 50;            // of each change
  static constexpr std::size_t kTop = 20;                 // users and apps
  static constexpr std::size_t kMostRepeats = 1'000'000;  // about 100 MB

  explicit ReplayJobs(const Clock& clock, std::chrono::milliseconds longest = kLongest);
  ~ReplayJobs();

  struct Wish {
    std::string file;                                // what is replaced, for who asks again
    std::shared_ptr<const policy::Program> program;  // to judge by
    std::shared_ptr<const policy::Program> before;   // null: what was decided then
    Time since;
    Time until;
    discovery::OpenStore open;
  };
  // Its id; nothing where so many run already.
  std::optional<std::string> start(Wish wish);

  enum class State : unsigned char { running, done, failed };
  struct Seen {
    State state = State::running;
    std::string file;
    std::uint64_t done = 0;  // events
    std::uint64_t of = 0;
    std::uint64_t events = 0;  // that were judged, once it is done
    std::string result;        // JSON (replay_json.h), once it is done
    std::string failure;       // why it failed
  };
  std::optional<Seen> find(std::string_view id);
  // Gives it up, or forgets what it came to; false where there is none.
  bool remove(std::string_view id);

 private:
  struct Job;
  void run(Job& job) const;
  void forget();

  const Clock& clock_;
  const std::chrono::milliseconds longest_;
  std::vector<std::shared_ptr<Job>> jobs_;  // the newest last
  // One that was given up may still end on its thread, so there is room for as many again to wait.
  io::WorkPool pool_{kMostRunning, kMostRunning, "replay"};
};

std::string_view to_string(ReplayJobs::State state);

}  // namespace sallyport::app
