#pragma once
// The store's past, judged by other policies: reads it with one thread per core, each with its own
// view of the store, and hands every event to policy::Replay and to AppReplay.
//
// Does not hold up a gateway that writes to the store meanwhile.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "discovery/history/app_replay.h"
#include "discovery/store/store.h"
#include "policy/replay/replay.h"

namespace sallyport::discovery {

struct HistoryQuestion {
  Time since;
  Time until;
  policy::Replay::Options replay;
  std::size_t threads = 0;  // 0: one per core
  // Told so often how far it is, in the calling thread; null: never.
  std::chrono::milliseconds tell_every{1000};
  std::function<void(std::uint64_t done, std::uint64_t all)> tell;
  // Asked now and then, from its threads: whether it is given up (ErrorKind::cancelled); null: no.
  std::function<bool()> gives_up;
};

struct History {
  Time since;
  Time until;
  std::uint64_t events = 0;
  // Not judged:
  std::uint64_t without_facts = 0;  // kept by a version that did not keep facts
  std::uint64_t unreadable = 0;     // facts that are no facts
  std::uint64_t refused = 0;        // what the gateway refused itself: no policy was asked
  policy::ReplayReport report;
  AppReplayReport apps;  // what app_discovery policies would have said
};

// A Store of its own for each thread that asks.
using OpenStore = std::function<Result<std::unique_ptr<Store>>()>;

Result<History> judge_history(const OpenStore& open, const policy::Program& program,
                              const HistoryQuestion& question);

// That of an SQLite file, which a gateway may have open.
OpenStore sqlite_history(const std::string& path);

}  // namespace sallyport::discovery
