#pragma once
// Times as logs write them.
//
//   1764265743.123                    seconds since 1970, also in milli-, micro- or nanoseconds
//   2026-11-27T17:49:03.5+01:00       ISO 8601; '/' for '-', a blank or '_' for 'T'
//   27/Nov/2026:17:49:03 +0100        Apache; also "27 Nov 2026 17:49:03"
//   Nov 27 2026 17:49:03 UTC          also with the year behind the time, and without any year
//   Fri Nov 27 17:49:03 2026          ctime
//
// Which time zone: what the text says (Z, UTC, GMT, an offset); else the operator's; else UTC.
// Letters such as "CET" or "IST" say nothing, because they mean different things to different
// people. A time without a year is of the last twelve months. An hour that the end of summer time
// repeats is the first of the two; one that its beginning leaves out is told by the clocks before.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/core/clock.h"
#include "base/core/time_zone.h"

namespace sallyport::discovery::imports {

struct TimeOptions {
  std::shared_ptr<const TimeZone> zone;  // null: nobody said
  Time now{};                            // for times without a year
};

class TimeReader {
 public:
  explicit TimeReader(TimeOptions options) : options_(std::move(options)) {}

  std::optional<Time> read(std::string_view text);
  // "2026-11-27" and "17:49:03[.5]", and a zone or "".
  std::optional<Time> read(std::string_view date, std::string_view clock, std::string_view zone);
  // By a format of %Y %y %m %b %d %e %H %I %p %M %S %f %z %s %%; a blank stands for one or more,
  // every other character for itself.
  std::optional<Time> read_by(std::string_view format, std::string_view text);

  // Times read so far that named no zone.
  std::uint64_t without_zone() const { return without_zone_; }

 private:
  struct Parts;
  std::optional<Time> made_of(const Parts& parts);

  TimeOptions options_;
  std::uint64_t without_zone_ = 0;
};

// Whether `format` is one that read_by() knows and that tells a day and a time of day.
bool is_time_format(std::string_view format);

}  // namespace sallyport::discovery::imports
