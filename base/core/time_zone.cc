#include "base/core/time_zone.h"

#include <algorithm>
#include <date/tz.h>
#include <exception>
#include <string>

namespace sallyport {

std::shared_ptr<const TimeZone> TimeZone::find(std::string_view name) {
  using std::chrono::seconds;
  auto made = std::make_shared<TimeZone>();
  try {
    const date::time_zone* zone = date::locate_zone(std::string(name));
    const date::sys_seconds end{date::sys_days{date::year{2100} / 1 / 1}};
    date::sys_seconds at{seconds(0)};
    while (at < end) {
      const date::sys_info info = zone->get_info(at);
      const auto offset = static_cast<std::int32_t>(info.offset.count());
      if (made->spans_.empty() || made->spans_.back().offset != offset) {
        made->spans_.push_back({at.time_since_epoch().count(), offset});
      }
      if (info.end <= at) break;
      at = info.end;
    }
  } catch (const std::exception&) {  // No zone of that name, or no database.
    return nullptr;
  }
  if (made->spans_.empty()) return nullptr;
  return made;
}

std::vector<std::string_view> TimeZone::names() {
  std::vector<std::string_view> names;
  try {
    for (const date::time_zone& zone : date::get_tzdb().zones) names.push_back(zone.name());
  } catch (const std::exception&) {
    names.clear();
  }
  return names;
}

std::chrono::seconds TimeZone::offset(Time time) const {
  const std::int64_t at =
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  const auto after = std::upper_bound(spans_.begin(), spans_.end(), at,
                                      [](std::int64_t t, const Span& span) { return t < span.from; });
  return std::chrono::seconds(after == spans_.begin() ? spans_.front().offset
                                                      : std::prev(after)->offset);
}

}  // namespace sallyport
