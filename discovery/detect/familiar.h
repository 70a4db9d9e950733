#pragma once
// When a user was last seen with each action, network, app, country, device and provider: what
// makes SeenFacts of an activity. Private to discovery/detect.
//
// An entry is four bytes, 20 bits of a keyed hash and 12 of a day, in one block for all traits;
// most users have 20 to 60. Two of them are taken for one with a probability of one in 40,000 for
// each new one; a day is forgotten after eleven years.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "policy/activity/words.h"

namespace sallyport::discovery::detect {

class Familiar {
 public:
  // Of each trait, by policy::SeenTrait; past them the one that was not seen for longest goes.
  static constexpr std::array<std::uint8_t, policy::kSeenTraits> kMost = {24, 12, 24, 8, 8, 8};
  static constexpr std::uint32_t kHash = 0xfffff;  // the bits of a hash that are kept

  // Days since then, 0 also where that is later than `day`. Nothing: never.
  std::optional<std::int16_t> days_since(policy::SeenTrait trait, std::uint32_t hash,
                                         std::uint16_t day) const;

  struct Noted {
    bool is_new = false;
    std::optional<std::uint32_t> forgotten;  // the hash of what had to go
  };
  Noted note(policy::SeenTrait trait, std::uint32_t hash, std::uint16_t day);

  // Calls `each(trait, hash)` for all that are remembered.
  template <class Each>
  void for_each(Each each) const {
    std::size_t at = 0;
    for (std::size_t trait = 0; trait < policy::kSeenTraits; ++trait) {
      for (std::size_t i = 0; i < sizes_[trait]; ++i, ++at) {
        each(static_cast<policy::SeenTrait>(trait), entries_[at] >> kDayBits);
      }
    }
  }
  bool empty() const { return room_ == 0; }
  std::size_t bytes() const;

 private:
  static constexpr unsigned kDayBits = 12;

  std::size_t begin_of(policy::SeenTrait trait) const;
  std::size_t size() const;

  std::unique_ptr<std::uint32_t[]> entries_;  // by trait
  std::array<std::uint8_t, policy::kSeenTraits> sizes_{};
  std::uint8_t room_ = 0;
};

}  // namespace sallyport::discovery::detect
