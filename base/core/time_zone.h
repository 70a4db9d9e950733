#pragma once
// A time zone of the IANA database that the system has (Debian: tzdata), as a table of its offsets,
// so that a look-up on the data path opens no file and allocates nothing.
//
// INVARIANT: immutable. The table goes from 1970 to 2100; outside it its ends go on.

#include <chrono>
#include <memory>
#include <string_view>
#include <vector>

#include "base/core/clock.h"

namespace sallyport {

class TimeZone {
 public:
  // "Europe/Vienna", "UTC". Null where the system has none of that name. Reads files: not on a
  // worker.
  static std::shared_ptr<const TimeZone> find(std::string_view name);
  // All names, for suggestions. Empty where the system has no database.
  static std::vector<std::string_view> names();

  // What to add to UTC to get the wall clock of the zone.
  std::chrono::seconds offset(Time time) const;

 private:
  struct Span {
    std::int64_t from;  // seconds since 1970
    std::int32_t offset;
  };
  std::vector<Span> spans_;  // sorted; at least one
};

}  // namespace sallyport
