#pragma once
// After a start: the repeat windows as they were, from what the store kept. Without it an activity
// that is repeated across a restart would raise no alert.
//
// The events of twice the longest window are judged again by the policies of now, so that where
// counting began anew is found again too; what came true then has been told, and is not told again.
// Facts that no record keeps (query, header names) are unknown here: policies that ask for them
// begin empty.
//
// Bounds: the newest `most_events`, as far as they can be read within `patience`; memory as of
// RepeatWindows, and for the time it takes one note of each activity that they can hold.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "discovery/alerts/repeat_windows.h"
#include "discovery/store/store.h"
#include "policy/eval/program.h"

namespace sallyport::discovery {

struct RefillLimits {
  std::size_t most_events = 200'000;
  std::chrono::milliseconds patience{2000};
};

struct Refilled {
  std::uint64_t events = 0;  // that were read
  bool whole = true;         // false: a limit cut it short; the newest are in
};

// The longest of those that are enforced; 0 where none has `repeat`.
std::chrono::seconds longest_window(const policy::Program& program);

Result<Refilled> refill(RepeatWindows& windows, const policy::Program& program, Store& past,
                        const Clock& clock, const RefillLimits& limits = {});

}  // namespace sallyport::discovery
