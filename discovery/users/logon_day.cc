#include "discovery/users/logon_day.h"

#include <algorithm>
#include <limits>

namespace sallyport::discovery {

using std::chrono::days;

std::optional<std::chrono::sys_days> parse_logon_day(std::string_view text) {
  constexpr std::size_t kDay = std::string_view("2026-11-27").size();
  const std::string whole = std::string(text) + (text.size() == kDay ? "T00:00:00Z" : "");
  const auto time = parse_rfc3339(whole);
  if (!time || *time < kFirstLogonDay) return std::nullopt;
  return std::chrono::floor<days>(*time);
}

std::string format_logon_day(std::chrono::sys_days day) {
  return format_rfc3339(day).substr(0, std::string_view("2026-11-27").size());
}

std::optional<std::uint16_t> days_since_logon(std::chrono::sys_days logon, Time at) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint16_t>::max();
  const std::int64_t passed = (std::chrono::floor<days>(at) - logon).count();
  if (passed < -1) return std::nullopt;
  return static_cast<std::uint16_t>(std::clamp<std::int64_t>(passed, 0, kMost));
}

}  // namespace sallyport::discovery
