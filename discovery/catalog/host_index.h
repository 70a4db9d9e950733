#pragma once
// Host patterns to numbers, found by the longest suffix on label boundaries.
//
// Filled once, then only read, from any number of threads. A look-up reads the host once, from its
// end, allocates nothing, and stops at the first suffix that no pattern ends in; so a hostile name
// of 127 labels costs no more than the deepest pattern that it shares labels with.
//
// Open addressing over the hashes of suffixes. The hash is keyed with random bytes, so nobody
// chooses names that collide; a hit is compared byte for byte, so no collision is ever believed.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

class HostIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  HostIndex();  // Draws its keys.

  // Claims "example.com" (itself and below) or "*.example.com" (only below) for `value`. Returns
  // the value that holds any of it already, where that is another one; then nothing is changed.
  // REQUIRES: a canonical pattern of at most 255 bytes, value < kNone; less than 2 GiB of names.
  std::optional<std::uint32_t> claim(std::string_view pattern, std::uint32_t value);

  // Says that there is more to know about hosts at or below this name. It claims nothing.
  void flag(std::string_view name);

  // The value of the longest pattern that covers `host`.
  std::optional<std::uint32_t> find(std::string_view host) const {
    const Cover cover = find_cover(host);
    return cover.value == kNone ? std::nullopt : std::optional(cover.value);
  }

  // The same with what else one walk over the host tells.
  struct Cover {
    std::uint32_t value = kNone;
    std::size_t size = 0;  // bytes of the pattern's name
    bool flagged = false;  // whether `host` is at or below a flagged name
  };
  Cover find_cover(std::string_view host) const;

  // Calls visit(value, bytes of the pattern's name) for every pattern that covers `host`, the
  // shortest first.
  template <class Visit>
  void each_cover(std::string_view host, Visit visit) const;

  // The value claimed for this very pattern.
  std::optional<std::uint32_t> find_pattern(std::string_view pattern) const;

  bool empty() const { return used_ == 0; }
  std::size_t bytes() const { return slots_.size() * sizeof(Slot) + names_.capacity(); }

 private:
  static constexpr std::size_t kMaxName = 255;  // bytes; what a slot's mark has room for

  // One suffix: a pattern's name, or the end of one ("com"). 16 bytes, four to a cache line.
  struct Slot {
    std::uint32_t mark = 0;       // 24 bits of the hash, 8 bits of length; 0 is free
    std::uint32_t name : 31 = 0;  // where it begins in names_
    std::uint32_t flagged : 1 = 0;
    std::uint32_t itself = kNone;
    std::uint32_t below = kNone;
  };

  // Of a suffix: its first label put on top of the hash of what follows.
  std::uint64_t hash_label(std::uint64_t hash, std::string_view label) const;
  const Slot* find_slot(std::uint64_t hash, std::string_view suffix) const;
  const Slot* find_name(std::string_view name) const;
  Slot& slot_of(std::uint64_t hash, std::string_view suffix, std::size_t name);
  Slot& slot_of_name(std::string_view name);
  void grow();
  // Calls visit(slot, bytes of the suffix) for each suffix of `host` that is in the table, from the
  // shortest on, up to the first that is not.
  template <class Visit>
  void each_suffix(std::string_view host, Visit visit) const;

  static std::uint32_t mark_of(std::uint64_t hash, std::size_t size) {
    return static_cast<std::uint32_t>(hash >> 40 << 8) | static_cast<std::uint32_t>(size & 0xff);
  }

  std::array<std::uint64_t, 2> keys_;
  std::vector<Slot> slots_;  // A power of two, at most half used; empty at first.
  std::size_t used_ = 0;
  std::string names_;  // Of patterns, one behind the other; ends of names lie inside them.
};

// --- what is inlined into the data path ---

namespace host_hash {

// The two halves of a product, folded: every bit of either factor reaches every bit of the result.
inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ typedef unsigned __int128 Wide;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Where the label that ends at `end` begins.
inline std::size_t label_begin(std::string_view name, std::size_t end) {
  // glibc's memrchr looks at 32 bytes at once; string_view::rfind at one.
  const void* dot = ::memrchr(name.data(), '.', end);
  return dot ? static_cast<std::size_t>(static_cast<const char*>(dot) - name.data()) + 1 : 0;
}

template <class Word>
std::uint64_t load(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// 0 to 8 bytes, told apart together with their number.
inline std::uint64_t load_tail(const char* at, std::size_t size) {
  if (size >= 4) {
    return load<std::uint32_t>(at) | load<std::uint32_t>(at + size - 4) << 32;
  }
  if (size == 0) return 0;
  return load<std::uint8_t>(at) | load<std::uint8_t>(at + size / 2) << 8 |
         load<std::uint8_t>(at + size - 1) << 16;
}

}  // namespace host_hash

inline std::uint64_t HostIndex::hash_label(std::uint64_t hash, std::string_view label) const {
  const char* at = label.data();
  std::size_t left = label.size();
  for (; left > 8; at += 8, left -= 8) {
    hash = host_hash::fold(hash ^ host_hash::load<std::uint64_t>(at), keys_[1]);
  }
  return host_hash::fold(hash ^ host_hash::load_tail(at, left), keys_[1] ^ label.size() << 1);
}

inline const HostIndex::Slot* HostIndex::find_slot(std::uint64_t hash,
                                                   std::string_view suffix) const {
  if (suffix.size() > kMaxName) return nullptr;
  const std::uint32_t mark = mark_of(hash, suffix.size());
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; slots_[at].mark != 0; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.mark == mark &&
        std::memcmp(names_.data() + slot.name, suffix.data(), suffix.size()) == 0) {
      return &slot;
    }
  }
  return nullptr;
}

template <class Visit>
void HostIndex::each_suffix(std::string_view host, Visit visit) const {
  if (slots_.empty()) return;
  std::uint64_t hash = keys_[0];
  for (std::size_t end = host.size(); end > 0;) {
    const std::size_t begin = host_hash::label_begin(host, end);
    hash = hash_label(hash, host.substr(begin, end - begin));
    const std::string_view suffix = host.substr(begin);
    const Slot* slot = find_slot(hash, suffix);
    if (!slot) return;
    visit(*slot, suffix.size());
    if (begin == 0) return;
    end = begin - 1;
  }
}

template <class Visit>
void HostIndex::each_cover(std::string_view host, Visit visit) const {
  each_suffix(host, [&](const Slot& slot, std::size_t size) {
    const std::uint32_t value = size == host.size() ? slot.itself : slot.below;
    if (value != kNone) visit(value, size);
  });
}

inline HostIndex::Cover HostIndex::find_cover(std::string_view host) const {
  Cover cover;
  each_suffix(host, [&](const Slot& slot, std::size_t size) {
    cover.flagged |= slot.flagged != 0;
    const std::uint32_t value = size == host.size() ? slot.itself : slot.below;
    if (value == kNone) return;
    cover.value = value;
    cover.size = size;
  });
  return cover;
}

}  // namespace sallyport::discovery
