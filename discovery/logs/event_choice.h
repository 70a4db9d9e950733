#pragma once
// Which events a log takes: all, or those that ended in one of some ways.

#include <cstdint>

#include "discovery/events/event.h"

namespace sallyport::discovery {

class EventChoice {
 public:
  // Nothing added: every event.
  void add(Ending ending) { endings_ |= bit(ending); }
  bool takes(const Event& event) const {
    return endings_ == 0 || (endings_ & bit(event.ending)) != 0;
  }
  bool operator==(const EventChoice&) const = default;

 private:
  static std::uint32_t bit(Ending ending) { return 1u << static_cast<unsigned>(ending); }

  std::uint32_t endings_ = 0;
};

}  // namespace sallyport::discovery
