#pragma once
// What one event counts for. Pure.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "discovery/events/event.h"
#include "discovery/store/usage.h"

namespace sallyport::discovery {

// Texts borrow from the event.
struct CountedUse {
  std::chrono::sys_days day;
  std::uint16_t minute = 0;  // of the day
  NameKind kind = NameKind::app;
  std::string_view service;
  std::string_view user;  // "": nobody
  std::string device;
  std::array<char, 2> country{};
  IpAddress address;
  UsageCounts counts;
};

// Nothing: it is no use of anything.
std::optional<CountedUse> count_use(const Event& event);

}  // namespace sallyport::discovery
