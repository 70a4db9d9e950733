#pragma once
// Time, asked of an object so that tests can set it.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

// Wall time in UTC with microseconds. Everything recorded uses this type.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  // Never goes back; for durations and deadlines.
  virtual std::chrono::steady_clock::time_point steady() const = 0;
};

// The machine's clocks. Lives as long as the process; may be used from every thread.
const Clock& system_clock();

// "2026-11-23T21:58:51.000123Z"
std::string format_rfc3339(Time time);
// Accepts what format_rfc3339 writes, fewer fraction digits, and numeric offsets.
std::optional<Time> parse_rfc3339(std::string_view text);
// "Mon, 23 Nov 2026 21:58:51 GMT" (RFC 9110 section 5.6.7)
std::string format_http_date(Time time);

// "90s", "15m", "24h", "7d", "2w", "250ms"
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace sallyport
