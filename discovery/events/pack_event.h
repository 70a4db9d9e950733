#pragma once
// An event as bytes: what the event store keeps. Whole: what comes back is what went in, but for
// the id, which the store keeps beside, and the facts that policy/activity/pack.h leaves out.
//
//   pack_event(event, out);                    // about a microsecond, 300 to 900 bytes
//   if (unpack_event(bytes, event)) ...        // later, by this version or another
//   if (glance(bytes, what)) ...               // only what replay needs, without a copy
//
// The format is policy/activity/pack_format.h's, with numbers of its own. Versions read each other.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/events/event.h"

namespace sallyport::discovery {

// Appends.
void pack_event(const Event& event, std::string& out);

// False where the bytes are malformed; `into` is then of no use. REQUIRES: `into` is fresh.
bool unpack_event(std::string_view packed, Event& into);

// The part of an event that judging the past asks for. Texts borrow from the packed bytes.
struct EventGlance {
  EventKind kind = EventKind::exchange;
  Ending ending = Ending::completed;
  Time start;
  policy::Action action = policy::Action::allow;
  std::string_view policy;  // that decided; "" by default
  std::string_view user;    // "" for nobody
  std::string_view app_id;  // "" for none
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::string_view facts;    // as policy/activity/pack.h packs them
  std::string_view granted;  // of the verdict, for policies_granted(); "" for none
  bool suspended = false;    // a suspension decided
};
bool glance(std::string_view packed, EventGlance& into);
// The ids of the policies that were passed over by grants, which borrow from `granted`.
std::vector<std::string_view> policies_granted(std::string_view granted);

}  // namespace sallyport::discovery
