#pragma once
// How much of something is unusual: what a window must come to before it is a finding. Private to
// discovery/detect. Pure.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "discovery/detect/subject.h"
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

// Where amounts below this are taken for none, no finding is another: what is usual of such alone,
// with a spread (MAD) above it, is below 2.5 times this, and so below `least` by `usual`.
double floor_of(const policy::DetectRule& rule, double least);

// What is known of what the subject mostly comes to.
struct Usual {
  bool learned = false;      // for as long as the rule wants
  std::uint32_t minute = 0;  // now
  std::uint32_t weeks = 0;   // that the subject is known for
  const Peaks& peaks;
  double highest_of_all = 0;  // what one day in a hundred comes to, of all subjects
  bool comparable = false;    // that is known
};

// Whether so much is a finding, by what it came to before: with `rhythm: week`, from the third week
// on, at this hour of this weekday, but no less than the subject's days come to; else on other
// days; while that is not known, of all. If it is one: what it was compared with. Nothing: it is
// none.
std::optional<std::string> judge(const policy::DetectRule& rule, double least, const Usual& usual,
                                 bool bytes, double amount);

}  // namespace sallyport::discovery::detect
