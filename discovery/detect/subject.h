#pragma once
// A user, an app, an address, or the organisation, as detections remember it. Private to
// discovery/detect.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "discovery/detect/familiar.h"
#include "discovery/detect/memory.h"
#include "discovery/detect/slots.h"

namespace sallyport::discovery::detect {

// A finding that goes on.
struct Quiet {
  std::uint16_t detection = 0;
  std::uint32_t until = 0;  // minutes
};

struct Subject {
  Slots slots;
  std::unique_ptr<std::vector<Quiet>> quiet;
  Familiar familiar;        // of users alone
  std::uint32_t first = 0;  // minutes
  std::uint32_t last = 0;
  std::uint16_t days = 0;      // on which it did anything
  std::uint16_t last_day = 0;  // the last of them
  // The alert that is open of it.
  std::uint32_t incident_until = 0;
  std::uint8_t incident_severity = 0;
  std::uint8_t incident_category = 0;
  // How often a trait had to go to make room for another: what is noted may not be from then on.
  std::uint32_t forgot = 0;

  void comes(std::uint32_t minute) {
    last = std::max(last, minute);
    const auto day = static_cast<std::uint16_t>(minute / (24 * 60));
    if (day <= last_day) return;
    last_day = day;
    if (days < 0xffff) ++days;
  }
  // That it points to, beside itself.
  std::size_t bytes() const {
    std::size_t sum = slots.bytes() + familiar.bytes();
    if (quiet) sum += allocated(sizeof *quiet) + allocated(quiet->capacity() * sizeof(Quiet));
    return sum;
  }
};

}  // namespace sallyport::discovery::detect
