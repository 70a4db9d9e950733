#pragma once
// Where entries of a vector stand, found by a hash of theirs: a hash table in one piece of memory,
// for what is looked up once a line or an event.
//
//   const std::uint64_t hash = hasher.text(name);
//   const auto [at, fresh] = index.find_or_add(hash, names.size(),
//                                              [&](std::uint32_t i) { return names[i] == name; });
//   if (fresh) names.emplace_back(name);
//
// INVARIANT: a position that was added is found by the same hash and an `equal` that says yes to
// it. A hash is only ever a hint: `equal` decides. Less than 2^31 entries. Nothing is taken out but
// by clear(), which keeps the memory.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/check.h"

namespace sallyport {

class FlatIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  // The position for which equal(position) holds, or kNone.
  template <class Equal>
  std::uint32_t find(std::uint64_t hash, Equal equal) const {
    if (slots_.empty()) return kNone;
    return slots_[slot_of(static_cast<std::uint32_t>(hash), equal)].at;
  }

  // The same; where there is none, `fresh` is added and said so.
  template <class Equal>
  std::pair<std::uint32_t, bool> find_or_add(std::uint64_t hash, std::size_t fresh, Equal equal) {
    if (used_ * 2 >= slots_.size()) grow();
    const auto mark = static_cast<std::uint32_t>(hash);
    Slot& slot = slots_[slot_of(mark, equal)];
    if (slot.at != kNone) return {slot.at, false};
    CHECK(fresh < 1u << 31);
    slot = {mark, static_cast<std::uint32_t>(fresh)};
    ++used_;
    return {slot.at, true};
  }

  std::size_t size() const { return used_; }
  void clear() {
    if (used_ > 0) slots_.assign(slots_.size(), Slot());
    used_ = 0;
  }

 private:
  static constexpr std::size_t kFirstSlots = 16;

  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t at = kNone;  // kNone: free
  };

  // That of the entry, or the free one where it would stand.
  template <class Equal>
  std::size_t slot_of(std::uint32_t hash, Equal equal) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash & mask;
    while (slots_[slot].at != kNone && !(slots_[slot].hash == hash && equal(slots_[slot].at))) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? kFirstSlots : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& one : old) {
      if (one.at != kNone) slots_[slot_of(one.hash, [](std::uint32_t) { return false; })] = one;
    }
  }

  std::vector<Slot> slots_;  // a power of two, at most half used
  std::size_t used_ = 0;
};

// Hashes for FlatIndex, with a key of the process's own: nobody who writes what is hashed can
// choose what collides.
class FlatHasher {
 public:
  explicit FlatHasher(std::uint64_t key) : key_(key | 1) {}

  std::uint64_t number(std::uint64_t number, std::uint64_t before = 0) const {
    __extension__ typedef unsigned __int128 Wide;
    // Both factors get a key, so that a zero folds nothing away.
    const Wide product = static_cast<Wide>(number ^ key_) * ((before ^ kOdd) + key_);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  std::uint64_t text(std::string_view text) const {
    std::uint64_t hash = text.size();
    for (; text.size() >= 8; text.remove_prefix(8)) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data(), sizeof word);
      hash = number(word, hash);
    }
    std::uint64_t rest = 0;
    for (const char c : text) rest = rest << 8 | static_cast<unsigned char>(c);
    return number(rest, hash);
  }

 private:
  static constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;

  std::uint64_t key_;
};

}  // namespace sallyport
