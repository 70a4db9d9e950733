#pragma once
// What detections find in the past: in the store of events, or in lines of the gateway's JSON log.
// The same code counts as on the scribe (discovery/detect); nothing is raised.
//
// Thread rule: one thread.

#include <cstdint>
#include <functional>
#include <istream>

#include "discovery/detect/detectors.h"
#include "discovery/store/store.h"
#include "policy/eval/program.h"

namespace sallyport::discovery {

struct DetectedPast {
  std::uint64_t events = 0;            // that were looked at
  std::uint64_t unreadable = 0;        // lines, or facts, that are none; and events without facts
  std::uint64_t first_unreadable = 0;  // the number of that line, from 1; 0: none
  std::uint64_t findings = 0;
};

using EachFinding = std::function<void(const policy::CompiledPolicy& detection, const Event& event,
                                       const Finding& finding)>;

Result<DetectedPast> detect_in_store(Store& store, Time since, Time until,
                                     const std::shared_ptr<const policy::Program>& program,
                                     Detectors& detectors, const EachFinding& each);
// A record a line. An id is made for a record that has none, of its line's number.
DetectedPast detect_in_log(std::istream& lines,
                           const std::shared_ptr<const policy::Program>& program,
                           Detectors& detectors, const EachFinding& each);

}  // namespace sallyport::discovery
