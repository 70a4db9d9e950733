#pragma once
// What a user was seen with before, as a person reads it.

#include <string>

#include "policy/activity/activity.h"

namespace sallyport::discovery {

// "never seen before: country, isp; uncommon: country"; "" where nothing is new or uncommon.
std::string seen_text(const policy::SeenFacts& facts);
// "country, isp"
std::string seen_traits_text(std::uint8_t set);

}  // namespace sallyport::discovery
