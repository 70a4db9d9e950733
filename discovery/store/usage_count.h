#pragma once
// What one event counts for, or several of one hour that are alike. Pure.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "discovery/events/event.h"
#include "discovery/store/usage.h"

namespace sallyport::discovery {

// Texts borrow from the event, or whatever else it was made of.
struct CountedUse {
  std::chrono::sys_days day;
  std::uint16_t minute = 0;  // of the day, in which the first of it began
  std::uint16_t last = 0;    // likewise, the last of it: of the same hour
  NameKind kind = NameKind::app;
  std::string_view service;
  std::string_view user;  // "": nobody
  std::string device;
  std::array<char, 2> country{};
  IpAddress address;
  UsageCounts counts;
};

// "desktop, windows, firefox", as UsageName has it; null: nothing is known.
std::string device_words(const policy::AgentFacts* agent);

// Nothing: it is no use of anything.
std::optional<CountedUse> count_use(const Event& event);

}  // namespace sallyport::discovery
