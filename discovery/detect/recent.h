#pragma once
// What was worked out of the last activities, found again by what they show: a user who goes on
// doing what was done a second ago needs no name made, no text hashed, and nothing noted that
// stands there already. Private to discovery/detect.
//
// An entry is found by everything that names and traits are made of (naming.h): user, address,
// country, provider, program, app and action. What is marked as noted holds for one day, and for as
// long as the subject forgot no trait (Subject::forgot).
//
// Bounds: kMost entries, the newest two of those that fall on one place. Thread rule: one thread.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/core/key_text.h"
#include "discovery/detect/subject.h"
#include "policy/activity/activity.h"
#include "policy/eval/detect_rule.h"

namespace sallyport::discovery::detect {

class Recent {
 public:
  // The subject of each kind; null: not asked for yet. Whoever erases one forgets all entries.
  Subject*& subject(policy::DetectRule::Subject of) { return of_[index(of)].subject; }

  // Whether the detection of that number has noted this trait on that day already. REQUIRES: its
  // subject is known.
  bool has_noted(policy::DetectRule::Subject of, std::uint16_t detection, std::uint16_t day) const;
  void note(policy::DetectRule::Subject of, std::uint16_t detection, std::uint16_t day);

  // Likewise what Familiar remembers; which traits the activity tells of, as bits.
  bool has_seen(std::uint16_t day) const;
  std::uint8_t seen_traits() const { return seen_traits_; }
  void see(std::uint8_t traits, std::uint16_t day);

 private:
  friend class RecentTable;
  static std::size_t index(policy::DetectRule::Subject of) { return static_cast<std::size_t>(of); }
  void turn_to(std::uint16_t day);

  struct Of {
    Subject* subject = nullptr;
    std::uint32_t forgot = 0;  // the subject's, then
    std::uint64_t noted = 0;   // a bit for each of the first 64 detections
  };
  std::string key_;
  std::array<Of, 4> of_;  // by DetectRule::Subject
  std::uint32_t seen_forgot_ = 0;
  std::uint16_t day_ = 0;  // of what is noted
  bool has_seen_ = false;
  std::uint8_t seen_traits_ = 0;
};

class RecentTable {
 public:
  static constexpr std::size_t kMost = 2048;

  // A power of two from 2 on, or 0: nothing is found again.
  explicit RecentTable(std::size_t most = kMost) : most_(most) {}

  // That of the activity, or a new one. Valid until the next call.
  Recent& find(const policy::Activity& activity);
  void clear();

 private:
  const std::size_t most_;
  std::vector<Recent> entries_;      // by a hash of the key, in pairs
  std::vector<std::uint8_t> newer_;  // of each pair: the one that was found last
  KeyText key_;
};

}  // namespace sallyport::discovery::detect
