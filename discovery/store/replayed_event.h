#pragma once
// An event of the store with its facts, for whoever looks at the past as at what happens now
// (discovery/detect). What only its record tells (TLS, the single activities of a batch, ...) is
// left out.

#include "discovery/store/past.h"
#include "policy/activity/pack.h"

namespace sallyport::discovery {

// False where it has no facts, or none that can be read; `into` is of no use then. It may be one
// that was filled before, which saves allocations.
inline bool replay_event(const PastEvent& past, Event& into) {
  into.activity = {};
  if (!past.facts || !policy::unpack(*past.facts, into.activity)) return false;
  into.id = past.id;
  into.kind = past.kind;
  into.ending = past.ending;
  into.start = past.time;
  into.verdict.action = past.action;
  into.bytes_in = past.bytes_in;
  into.bytes_out = past.bytes_out;
  return true;
}

}  // namespace sallyport::discovery
