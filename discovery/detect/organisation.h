#pragma once
// What is known of all subjects of one detection, and what the shared parts of an observation are.
// Private to discovery/detect.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "discovery/detect/detectors.h"
#include "discovery/detect/judging.h"
#include "discovery/detect/subject.h"

namespace sallyport::discovery {

inline constexpr std::uint32_t kMinutesOfDay = 24 * 60;

struct Detectors::Subjects {
  struct HashText {
    using is_transparent = void;
    SipKey key;  // names are strangers' too
    std::size_t operator()(std::string_view text) const {
      return siphash(key, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    }
  };
  explicit Subjects(const SipKey& key) : by_name(0, HashText{key}) {}

  // What is found stays where it is until it is erased.
  std::unordered_map<std::string, detect::Subject, HashText, std::equal_to<>> by_name;
};

struct Detectors::Organisation {
  std::uint16_t number = 0;                                  // of the detection, as slots have it
  std::uint32_t subjects = 0;                                // with a memory of it
  std::unordered_map<std::uint32_t, std::uint32_t> holders;  // subjects that showed a trait
  // Of the organisation's own traits, which no subject could hold.
  struct Seen {
    std::uint16_t first = 0, last = 0;  // days
  };
  std::unordered_map<std::uint32_t, Seen> seen;
  std::uint16_t swept = 0;         // day
  std::array<float, 256> peaks{};  // days by what they came to
  double days = 0;
  std::uint32_t aged = 0;  // minute

  void let_go(std::uint32_t trait) {
    const auto held = holders.find(trait);
    if (held != holders.end() && --held->second == 0) holders.erase(held);
  }
  void take(std::uint8_t code, std::uint32_t minute) {
    if (aged == 0) aged = minute;
    if (minute > aged + 28 * kMinutesOfDay) {
      aged = minute;
      for (float& count : peaks) count /= 2;
      days /= 2;
    }
    ++peaks[code];
    ++days;
  }
  // What a hundredth of all days come to at least.
  double highest() const {
    double above = 0;
    for (std::size_t code = peaks.size(); code-- > 0;) {
      above += static_cast<double>(peaks[code]);
      if (above >= days / 100) return detect::of_code(static_cast<std::uint8_t>(code));
    }
    return 0;
  }
};

struct Detectors::Now {
  const policy::CompiledPolicy& detection;
  const policy::DetectRule& rule;
  const Event& event;
  const policy::Activity& activity;
  detect::Subject& subject;
  detect::Slot& slot;
  Organisation& organisation;
  detect::Recent* recent;  // where it is marked what was noted; null: nowhere
  std::uint64_t second;
  std::uint32_t minute;
  std::uint16_t day;

  void mark_noted() const {
    if (recent != nullptr) recent->note(rule.of, slot.detection, day);
  }
  bool is_learned() const {
    return minute >= subject.first + detect::minutes_of(rule.learn) &&
           subject.days > detect::kDaysToKnow;
  }
};

}  // namespace sallyport::discovery
