#include "base/core/zone_hint.h"

#include <algorithm>
#include <array>

#include "base/core/diagnostics.h"
#include "base/core/text.h"

namespace sallyport {
namespace {

constexpr std::array kOtherNames = std::to_array<OtherName>({
    {"athen", "Europe/Athens"},
    {"atlanta", "America/New_York"},
    {"bangalore", "Asia/Kolkata"},
    {"barcelona", "Europe/Madrid"},
    {"basel", "Europe/Zurich"},
    {"beijing", "Asia/Shanghai"},
    {"belgrad", "Europe/Belgrade"},
    {"bern", "Europe/Zurich"},
    {"boston", "America/New_York"},
    {"bruessel", "Europe/Brussels"},
    {"brüssel", "Europe/Brussels"},
    {"bukarest", "Europe/Bucharest"},
    {"dallas", "America/Chicago"},
    {"delhi", "Asia/Kolkata"},
    {"edinburgh", "Europe/London"},
    {"frankfurt", "Europe/Berlin"},
    {"geneva", "Europe/Zurich"},
    {"genf", "Europe/Zurich"},
    {"graz", "Europe/Vienna"},
    {"hamburg", "Europe/Berlin"},
    {"houston", "America/Chicago"},
    {"kairo", "Africa/Cairo"},
    {"kiew", "Europe/Kyiv"},
    {"kopenhagen", "Europe/Copenhagen"},
    {"linz", "Europe/Vienna"},
    {"lissabon", "Europe/Lisbon"},
    {"miami", "America/New_York"},
    {"milan", "Europe/Rome"},
    {"milano", "Europe/Rome"},
    {"moskau", "Europe/Moscow"},
    {"mumbai", "Asia/Kolkata"},
    {"munich", "Europe/Berlin"},
    {"muenchen", "Europe/Berlin"},
    {"münchen", "Europe/Berlin"},
    {"new_delhi", "Asia/Kolkata"},
    {"peking", "Asia/Shanghai"},
    {"prag", "Europe/Prague"},
    {"praha", "Europe/Prague"},
    {"rom", "Europe/Rome"},
    {"roma", "Europe/Rome"},
    {"salzburg", "Europe/Vienna"},
    {"san_francisco", "America/Los_Angeles"},
    {"seattle", "America/Los_Angeles"},
    {"tokio", "Asia/Tokyo"},
    {"warschau", "Europe/Warsaw"},
    {"warszawa", "Europe/Warsaw"},
    {"washington", "America/New_York"},
    {"wien", "Europe/Vienna"},
    {"zuerich", "Europe/Zurich"},
    {"zürich", "Europe/Zurich"},
});

// "Vienna" of "Europe/Vienna".
std::string_view city_of(std::string_view zone) { return zone.substr(zone.rfind('/') + 1); }

std::string meant(std::string_view zone) { return "did you mean '" + std::string(zone) + "'?"; }

}  // namespace

std::string zone_hint(std::string_view written, const std::vector<std::string_view>& names) {
  std::string name(trim(written));
  std::replace(name.begin(), name.end(), ' ', '_');
  const std::string city = lower(city_of(name));
  if (city.empty()) return {};
  const auto exists = [&](std::string_view zone) {
    return std::find(names.begin(), names.end(), zone) != names.end();
  };
  for (const OtherName& one : kOtherNames) {
    if (one.called == city && exists(one.zone)) return meant(one.zone);
  }
  // The right city in another region, or in none, or with other capitals.
  for (const std::string_view zone : names) {
    if (zone != written && iequals(zone, name)) return meant(zone);
  }
  for (const std::string_view zone : names) {
    if (zone != written && zone.find('/') != zone.npos && iequals(city_of(zone), city)) {
      return meant(zone);
    }
  }
  // Two cities whose names begin with different letters are two cities, however short the names.
  std::vector<std::string> near;
  for (const std::string_view zone : names) {
    if (to_lower(city_of(zone).front()) == city.front()) near.push_back(lower(city_of(zone)));
  }
  const std::string_view nearest = find_nearest(city, {near.begin(), near.end()});
  for (const std::string_view zone : names) {
    if (!nearest.empty() && iequals(city_of(zone), nearest)) return meant(zone);
  }
  return {};
}

std::span<const OtherName> other_names_of_zones() { return kOtherNames; }

}  // namespace sallyport
