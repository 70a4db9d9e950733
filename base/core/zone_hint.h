#pragma once
// "did you mean 'Europe/Vienna'?" for a time zone that there is not, or "" where nothing is meant
// for certain: the wrong place is worse than none, because it has other hours.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport {

// `names` are those that the system knows (TimeZone::names()).
std::string zone_hint(std::string_view written, const std::vector<std::string_view>& names);

// What a city is called at home or elsewhere, and cities that keep another one's time.
struct OtherName {
  std::string_view called;  // small letters; '_' for a blank
  std::string_view zone;
};
std::span<const OtherName> other_names_of_zones();

}  // namespace sallyport
