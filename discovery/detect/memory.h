#pragma once
// What detections remember of one subject: a user, an app, an address, or the organisation.
// Private to discovery/detect.
//
// It is kept small, because there may be a million of them: a slot of 16 bytes for each detection
// that ever held, and behind it only what that kind of detection needs. Amounts which can never
// make a finding (`floor`) are remembered as none.
//
// Times are minutes since 1970 (32 bits reach to the year 10000), days likewise (16 bits: 2149).

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "discovery/detect/familiar.h"

namespace sallyport::discovery::detect {

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

  Trait* begin() { return all_.get(); }
  Trait* end() { return all_.get() + size_; }
  const Trait* begin() const { return all_.get(); }
  const Trait* end() const { return all_.get() + size_; }
  std::size_t size() const { return size_; }
  // Nothing: there was room.
  bool add(const Trait& trait, Trait& forgotten);
  std::size_t bytes() const;

 private:
  std::unique_ptr<Trait[]> all_;
  std::uint8_t size_ = 0;
  std::uint8_t room_ = 0;
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

// What one detection remembers: one of the above, or a minute; one pointer, with the kind in its
// lowest bits.
class Memory {
 public:
  Memory() = default;
  Memory(Memory&& other) noexcept : bits_(std::exchange(other.bits_, 0)) {}
  Memory& operator=(Memory&& other) noexcept {
    std::swap(bits_, other.bits_);
    return *this;
  }
  ~Memory() { clear(); }

  // Null where it is something else.
  template <class T>
  T* find() const {
    return kind() == kind_of<T>() ? static_cast<T*>(pointer()) : nullptr;
  }
  // What it is already, or a new one in the place of something else.
  template <class T>
  T& get() {
    if (T* known = find<T>()) return *known;
    clear();
    auto made = std::make_unique<T>();
    bits_ = reinterpret_cast<std::uintptr_t>(made.release()) | kind_of<T>();
    return *static_cast<T*>(pointer());
  }
  void set_minute(std::uint32_t minute) {
    clear();
    bits_ = std::uintptr_t{minute} << kBits | kMinute;
  }
  // 0: none was set.
  std::uint32_t minute() const {
    return kind() == kMinute ? static_cast<std::uint32_t>(bits_ >> kBits) : 0;
  }
  void clear();
  std::size_t bytes() const;  // that it points to

 private:
  static constexpr unsigned kBits = 3;
  static constexpr std::uintptr_t kMinute = 6;
  static_assert(sizeof(std::uintptr_t) == 8 && __STDCPP_DEFAULT_NEW_ALIGNMENT__ >= 8);

  template <class T>
  static constexpr std::uintptr_t kind_of() {
    if constexpr (std::is_same_v<T, Burst>) return 1;
    if constexpr (std::is_same_v<T, Failures>) return 2;
    if constexpr (std::is_same_v<T, Traits>) return 3;
    if constexpr (std::is_same_v<T, Travel>) return 4;
    if constexpr (std::is_same_v<T, Crowd>) return 5;
  }
  std::uintptr_t kind() const { return bits_ & ((1u << kBits) - 1); }
  void* pointer() const { return reinterpret_cast<void*>(bits_ & ~std::uintptr_t{7}); }

  std::uintptr_t bits_ = 0;
};

// Of one detection.
struct Slot {
  Memory memory;
  std::uint16_t detection = 0;  // its number among those that were ever asked
  bool counts = false;          // among those whom traits are compared with
};

// A finding that goes on.
struct Quiet {
  std::uint16_t detection = 0;
  std::uint32_t until = 0;  // minutes
};

struct Subject {
  std::vector<Slot> slots;
  std::unique_ptr<std::vector<Quiet>> quiet;
  Familiar familiar;        // of users alone
  std::uint32_t first = 0;  // minutes
  std::uint32_t last = 0;
  std::uint16_t days = 0;      // on which it did anything
  std::uint16_t last_day = 0;  // the last of them
  // The alert that is open of it.
  std::uint32_t incident_until = 0;
  std::uint8_t incident_severity = 0;
  std::uint8_t incident_category = 0;

  void comes(std::uint32_t minute);
  // In memory, as the program's allocator gives it: multiples of 16.
  std::size_t bytes() const;
};

constexpr std::size_t allocated(std::size_t bytes) { return (bytes + 15) / 16 * 16; }

}  // namespace sallyport::discovery::detect
