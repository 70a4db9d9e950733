#pragma once
// How much of something is unusual: what a window must come to before it is a finding. Private to
// discovery/detect. Pure.

#include <chrono>
#include <cstdint>
#include <string>

#include "discovery/detect/memory.h"
#include "policy/eval/compiled_policy.h"

namespace sallyport::discovery::detect {

inline constexpr std::uint16_t kDaysToKnow = 3;  // of use, before something is unusual

inline std::uint32_t minutes_of(std::chrono::seconds span) {
  return static_cast<std::uint32_t>(span.count() / 60);
}

// By which what the rule asks for at least is multiplied.
double sensitivity_factor(const policy::DetectRule& rule);

// Of a detection of what is young: whether the subject is, and others are not.
bool is_young(const policy::DetectRule& rule, const Subject& subject, std::uint32_t first_of_all,
              std::uint32_t minute);

struct Judged {
  double wanted;    // so much is a finding
  std::string why;  // what that is made of
};

// By what it came to on other days: of the subject, or while that is not known, of all. `unit`: ""
// where whole things are counted.
Judged judge(const policy::DetectRule& rule, double least, bool learned, const Peaks& peaks,
             double highest_of_all, bool comparable, const std::string& unit);

}  // namespace sallyport::discovery::detect
