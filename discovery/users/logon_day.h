#pragma once
// The day (UTC) on which a directory last saw somebody sign in, as users files hold it. Days,
// because directories tell no more: Active Directory's lastLogonTimestamp is up to two weeks late.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/clock.h"

namespace sallyport::discovery {

// Where directories say "never", they write a time of long ago: 1601, 0001, 1970. A logon is none
// before this day.
inline constexpr std::chrono::sys_days kFirstLogonDay{std::chrono::year(1990) / 1 / 1};

// "2026-11-27", or a time (RFC 3339). Nothing for others, and before kFirstLogonDay.
std::optional<std::chrono::sys_days> parse_logon_day(std::string_view text);
// "2026-11-27"
std::string format_logon_day(std::chrono::sys_days day);

// Days (UTC) from the logon to `at`; 0: the same day. The clocks of two machines may differ, so the
// day after `at` is the same day too. Nothing where it is later: what happened at `at` was before
// that logon (logs of the past), or the clock that wrote it was wrong.
std::optional<std::uint16_t> days_since_logon(std::chrono::sys_days logon, Time at);

}  // namespace sallyport::discovery
