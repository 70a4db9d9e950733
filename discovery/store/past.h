#pragma once
// What is read of the store to judge again what happened: an event without its record, with its
// packed facts (policy/activity/pack.h).

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/core/clock.h"
#include "base/core/id.h"
#include "discovery/events/event.h"

namespace sallyport::discovery {

// Its texts are the store's and live until the call that got it returns.
struct PastEvent {
  Ulid id;
  Time time;
  EventKind kind = EventKind::exchange;
  Ending ending = Ending::completed;
  policy::Action action = policy::Action::allow;  // what was decided then
  std::string_view policy;                        // the name of what decided; "" by default
  std::string_view user;                          // "" for nobody
  std::string_view app_id;                        // "" for none
  std::uint64_t bytes_in = 0;                     // as Event's
  std::uint64_t bytes_out = 0;
  std::optional<std::string_view> facts;  // absent: kept by a version without them
  std::string_view granted;               // as EventGlance's
  bool suspended = false;                 // likewise
};

// since <= start < until, and about how many started in it when it was asked.
struct Slice {
  Time since;
  Time until;
  std::uint64_t events = 0;

  bool operator==(const Slice&) const = default;
};

}  // namespace sallyport::discovery
