#pragma once
// What detections remember of one subject: a user, an app, an address, or the organisation.
// Private to discovery/detect.
//
// Times are minutes since 1970 (32 bits reach to the year 10000), days likewise (16 bits: 2149).

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <variant>
#include <vector>

namespace sallyport::discovery::detect {

// An amount on a scale of 8 steps an octave, nine percent apart: 1 to 3.5 thousand million.
// Bytes are counted in KiB.
std::uint8_t to_code(double amount);
double of_code(std::uint8_t code);

// What the best window of each past day came to, for what is usual.
struct Peaks {
  static constexpr std::size_t kDays = 28;  // days on which anything happened
  std::array<std::uint8_t, kDays> codes{};
  std::uint8_t kept = 0;
  std::uint8_t next = 0;
  std::uint16_t day = 0;  // whose peak is being made
  float today = 0;

  // True: a day ended, whose peak is `ended`.
  bool add(std::uint16_t on, float window, std::uint8_t& ended);
  // What mostly is the most of a day: the median and a spread (MAD) above it, but no less than four
  // fifths of the second highest, so that whoever has such a day every week is used to it.
  double usual() const;
};

// An amount within a sliding window, in sixths of it.
struct Burst {
  static constexpr std::size_t kParts = 6;
  std::array<float, kParts> parts{};
  std::uint32_t last = 0;  // which sixth since 1970
  Peaks peaks;

  // What the window comes to with it.
  double add(std::uint64_t second, std::uint64_t window, double amount);
  void clear() { parts.fill(0); }
};

// Failed logins.
struct Failures {
  Burst burst;
  std::array<std::uint32_t, 4> sources{};  // from where the last came, by a hash
  std::uint8_t next_source = 0;
};

struct Trait {
  std::uint32_t hash;
  std::uint16_t first;  // day
  std::uint16_t last;   // day
};
using Traits = std::vector<Trait>;
inline constexpr std::size_t kMostTraits = 32;  // of one subject

struct Travel {
  struct Position {
    std::uint16_t country = 0;  // two letters
    std::uint32_t minute = 0;
  };
  std::array<Position, 2> by_device{};  // phones and tablets; all others
  Traits countries;
};

struct Crowd {
  static constexpr std::size_t kMost = 4096;
  std::unordered_map<std::uint32_t, std::uint64_t> seen;  // users by a hash; when last, seconds
  std::uint64_t swept = 0;
  Peaks peaks;
};

// Of one detection.
struct Slot {
  std::uint32_t detection = 0;  // a hash of its id
  std::uint32_t first = 0;      // minutes
  std::uint32_t last = 0;
  std::uint32_t quiet_until = 0;
  std::uint32_t evidence = 0;  // the last, in the ring of all
  bool counts = false;         // among those whom traits are compared with
  std::variant<std::monostate, std::unique_ptr<Burst>, std::unique_ptr<Failures>, Traits,
               std::unique_ptr<Travel>, std::unique_ptr<Crowd>>
      memory;
};

struct Subject {
  std::vector<Slot> slots;
  std::uint32_t first = 0;  // minutes
  std::uint32_t last = 0;
  std::uint16_t days = 0;      // on which it did anything
  std::uint16_t last_day = 0;  // the last of them
  // The alert that is open of it.
  std::uint32_t incident_until = 0;
  std::uint8_t incident_severity = 0;
  std::uint8_t incident_category = 0;

  std::size_t bytes() const;
};

}  // namespace sallyport::discovery::detect
