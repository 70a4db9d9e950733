#pragma once
// What a detection looks for among the activities that its conditions hold of: the `detect` of a
// policy of kind detection. Meaning and defaults are in conf/policies/README.md ("Detections");
// discovery/detect counts.
//
// Pure data; thread rule: none.

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sallyport::policy {

struct DetectRule {
  enum class What : std::uint8_t {
    each,     // every one
    burst,    // much within a window, and more than is usual for the subject
    fresh,    // a trait that the subject has not shown for long: written `new`
    travel,   // two countries within a time in which nobody gets from one to the other
    guessed,  // failed logins, then one that is none
    crowd,    // many users of one subject within a window
    dormant,  // the first after a long rest
  };
  enum class Subject : std::uint8_t { user, app, address, organisation };
  enum class Count : std::uint8_t { activities, uploaded, downloaded };
  enum class Trait : std::uint8_t { country, isp, address, device, agent, app, action };
  enum class Sensitivity : std::uint8_t { low, medium, high };
  // What is usual, of what.
  enum class Rhythm : std::uint8_t {
    day,   // of any day
    week,  // of this hour of this weekday
  };

  What what = What::each;
  Subject of = Subject::user;
  Count count = Count::activities;
  Trait trait = Trait::country;
  Sensitivity sensitivity = Sensitivity::medium;
  std::uint64_t least = 0;         // burst: of `count`; guessed: failures; crowd: users
  Rhythm rhythm = Rhythm::day;     // burst
  double usual = 3;                // burst, crowd: times what is usual for the subject
  double common = 0.05;            // fresh: share of users who have it, from which on it is nothing
  std::uint32_t speed = 1000;      // travel: km/h
  std::chrono::seconds window{0};  // burst, guessed, crowd
  std::chrono::seconds learn{0};   // known to the gateway for so long, before anything is unusual
  std::chrono::seconds young{
      0};                        // burst, crowd: only while the subject is known no longer; 0: ever
  std::chrono::seconds idle{0};  // fresh, dormant: for so long not seen
  std::chrono::seconds group{0};  // one finding of a subject, until so long nothing was found

  bool operator==(const DetectRule&) const = default;
};

std::string_view to_string(DetectRule::What what);
std::string_view to_string(DetectRule::Subject subject);
std::string_view to_string(DetectRule::Count count);
std::string_view to_string(DetectRule::Trait trait);
std::string_view to_string(DetectRule::Sensitivity sensitivity);
std::string_view to_string(DetectRule::Rhythm rhythm);
std::span<const std::string_view> detect_what_words();
std::span<const std::string_view> detect_subject_words();
std::span<const std::string_view> detect_count_words();
std::span<const std::string_view> detect_trait_words();
std::span<const std::string_view> detect_sensitivity_words();
std::span<const std::string_view> detect_rhythm_words();

// A key under `detect`.
struct DetectKey {
  enum class Takes : std::uint8_t {
    what,
    subject,
    count,
    trait,
    sensitivity,
    rhythm,
    amount,  // a number, or bytes
    times,   // "3", "2.5"
    share,   // "5%"
    number,
    span,  // "1h"
  };
  std::string_view name;
  Takes takes;
  std::string_view of;  // the words of `what` that it belongs to, with blanks; "": all
  std::string_view doc;
};
std::span<const DetectKey> detect_keys();
// Whether the key means something there.
bool takes_key(DetectRule::What what, const DetectKey& key);

}  // namespace sallyport::policy
