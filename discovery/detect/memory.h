#pragma once
// What detections remember of one subject: a user, an app, an address, or the organisation.
// Private to discovery/detect.
//
// These are what is worked with; between two activities it is packed (slots.h), because there may
// be a million subjects. Amounts which can never make a finding (`floor`) are remembered as none.
//
// Times are minutes since 1970 (32 bits reach to the year 10000), days likewise (16 bits: 2149).

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace sallyport::discovery::detect {

// What the program's allocator (jemalloc) takes for so much: multiples of 16 up to 128, then four
// sizes for each doubling.
constexpr std::size_t allocated(std::size_t bytes) {
  if (bytes <= 128) return (bytes + 15) / 16 * 16;
  const std::size_t step = std::size_t{1} << (std::bit_width(bytes - 1) - 3);
  return (bytes + step - 1) / step * step;
}

// An amount on a scale of 8 steps an octave, nine percent apart: 1 to 3.5 thousand million.
// Bytes are counted in KiB.
std::uint8_t to_code(double amount);
double of_code(std::uint8_t code);

// What mostly is the most of them: the median and a spread (MAD) above it, but no less than four
// fifths of the second highest, so that whoever has such a day now and then is used to it.
double usual_of(std::span<const double> values);

// What past days and weeks came to. Only subjects have it whose amounts ever passed the floor.
struct Past {
  static constexpr std::size_t kDays = 28;  // on which anything happened
  static constexpr std::size_t kWeeks = 6;  // before this one

  // An hour of the week in this and the weeks before it.
  struct Cell {
    std::uint8_t hour = 0;                           // since Monday, 0:00 (UTC)
    std::array<std::uint8_t, kWeeks + 1> by_week{};  // by the week's number, round
  };

  std::array<std::uint8_t, kDays> days{};
  // By hour; those that are not there are nothing in every week. Null with `rhythm: day`.
  std::unique_ptr<std::vector<Cell>> cells;
  std::uint16_t week = 0;  // the newest in the cells, since 1970

  // The best window in an hour (since 1970).
  void put(std::uint32_t hour, std::uint8_t code);
  // What that hour of the week, or the one before or after it, came to in the `known` weeks before.
  double usual_at(std::uint32_t hour, std::size_t known) const;

  std::size_t bytes() const;

 private:
  void turn_to(std::uint16_t now);
};

// What the best window of each past day came to, for what is usual.
struct Peaks {
  std::unique_ptr<Past> past;  // null: nothing that passed the floor
  float today = 0;
  std::uint16_t day = 0;  // whose peak is being made
  std::uint8_t kept = 0;
  std::uint8_t next = 0;

  // True: a day ended, whose peak is `ended`. Less than `floor` is kept as nothing.
  bool add(std::uint16_t on, float window, double floor, std::uint8_t& ended);
  double usual() const;
};

// An amount within a sliding window, in sixths of it.
struct Burst {
  static constexpr std::size_t kParts = 6;
  std::array<float, kParts> parts{};
  std::uint32_t last = 0;      // which sixth since 1970
  std::uint32_t evidence = 0;  // the last, in the ring of all
  Peaks peaks;

  // What the window comes to with it.
  double add(std::uint64_t second, std::uint64_t window, double amount);
  // Notes what the window came to in each hour since the last sixth, before add(). Where nothing
  // happens for hours, what happened before is in the window still.
  void note_hours(std::uint64_t second, std::uint64_t window, double floor);
  // And in this hour, after add().
  void note_hour(std::uint64_t second, double sum, double floor);
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
// Some traits, at most kMost; one more takes the place of the one that was not seen for longest.
class Traits {
 public:
  static constexpr std::size_t kMost = 32;

  Traits() {}  // and nothing of all_

  Trait* begin() { return all_.data(); }
  Trait* end() { return all_.data() + size_; }
  const Trait* begin() const { return all_.data(); }
  const Trait* end() const { return all_.data() + size_; }
  std::size_t size() const { return size_; }
  // True: there was no room, and `forgotten` had to go.
  bool add(const Trait& trait, Trait& forgotten);

 private:
  std::array<Trait, kMost> all_;
  std::uint8_t size_ = 0;
};

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
  std::uint32_t evidence = 0;
  Peaks peaks;
};

// What one detection remembers: one of the above, or a minute.
class Memory {
 public:
  // Null where it is something else.
  template <class T>
  T* find() {
    if constexpr (std::is_same_v<T, Crowd>) {
      auto* const crowd = std::get_if<std::unique_ptr<Crowd>>(&what_);
      return crowd == nullptr ? nullptr : crowd->get();
    } else {
      return std::get_if<T>(&what_);
    }
  }
  // What it is already, or a new one in the place of something else.
  template <class T>
  T& get() {
    if (T* known = find<T>()) return *known;
    if constexpr (std::is_same_v<T, Crowd>) {
      return *what_.emplace<std::unique_ptr<Crowd>>(std::make_unique<Crowd>());
    } else {
      return what_.emplace<T>();
    }
  }
  void set_minute(std::uint32_t minute) { what_.emplace<Minute>(minute); }
  // 0: none was set.
  std::uint32_t minute() const {
    const auto* known = std::get_if<Minute>(&what_);
    return known == nullptr ? 0 : known->at;
  }
  void clear() { what_.emplace<std::monostate>(); }

 private:
  friend class Slots;
  struct Minute {
    std::uint32_t at;
    explicit Minute(std::uint32_t minute) : at(minute) {}
  };

  std::variant<std::monostate, Minute, Burst, Failures, Traits, Travel, std::unique_ptr<Crowd>>
      what_;
};

// Of one detection.
struct Slot {
  Memory memory;
  std::uint16_t detection = 0;  // its number among those that were ever asked
  bool counts = false;          // among those whom traits are compared with
};

}  // namespace sallyport::discovery::detect
