#include "discovery/catalog/host_index.h"

#include <algorithm>

#include "base/core/check.h"
#include "base/crypto/random.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kFirstSlots = 64;

std::string_view name_of(std::string_view pattern) {
  return pattern.starts_with("*.") ? pattern.substr(2) : pattern;
}

}  // namespace

HostIndex::HostIndex() {
  std::array<std::uint8_t, sizeof keys_> bytes;
  random_bytes(bytes);
  std::memcpy(keys_.data(), bytes.data(), sizeof keys_);
  keys_[1] |= 1;  // Never 0, which would fold everything into one.
}

std::optional<std::uint32_t> HostIndex::claim(std::string_view pattern, std::uint32_t value) {
  CHECK(value != kNone);
  const bool only_below = pattern.starts_with("*.");
  const std::string_view base = name_of(pattern);
  const auto taken = [value](std::uint32_t by) { return by != kNone && by != value; };
  if (const Slot* slot = find_name(base)) {
    if (taken(slot->below)) return slot->below;
    if (!only_below && taken(slot->itself)) return slot->itself;
  }
  Slot& slot = slot_of_name(base);
  slot.below = value;
  if (!only_below) slot.itself = value;
  return std::nullopt;
}

void HostIndex::flag(std::string_view name) { slot_of_name(name).flagged = 1; }

// The name, and each end of it: a look-up walks from "com" upwards.
HostIndex::Slot& HostIndex::slot_of_name(std::string_view name) {
  CHECK(!name.empty() && name.size() <= kMaxName && names_.size() + name.size() < 1u << 31);
  const std::size_t at = names_.size();
  names_ += name;
  std::uint64_t hash = keys_[0];
  for (std::size_t end = name.size();;) {
    const std::size_t begin = host_hash::label_begin(name, end);
    hash = hash_label(hash, name.substr(begin, end - begin));
    Slot& slot = slot_of(hash, name.substr(begin), at + begin);
    if (begin == 0) {
      if (slot.name != at) names_.resize(at);  // It was there before.
      return slot;
    }
    end = begin - 1;
  }
}

std::optional<std::uint32_t> HostIndex::find_pattern(std::string_view pattern) const {
  const Slot* slot = find_name(name_of(pattern));
  if (!slot) return std::nullopt;
  const std::uint32_t value = pattern.starts_with("*.") ? slot->below : slot->itself;
  return value == kNone ? std::nullopt : std::optional(value);
}

const HostIndex::Slot* HostIndex::find_name(std::string_view name) const {
  if (slots_.empty()) return nullptr;
  std::uint64_t hash = keys_[0];
  for (std::size_t end = name.size();;) {
    const std::size_t begin = host_hash::label_begin(name, end);
    hash = hash_label(hash, name.substr(begin, end - begin));
    if (begin == 0) return find_slot(hash, name);
    end = begin - 1;
  }
}

HostIndex::Slot& HostIndex::slot_of(std::uint64_t hash, std::string_view suffix, std::size_t name) {
  if (used_ * 2 >= slots_.size()) grow();
  if (const Slot* found = find_slot(hash, suffix))
    return slots_[static_cast<std::size_t>(found - slots_.data())];
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].mark != 0) at = (at + 1) & mask;
  Slot& slot = slots_[at];
  slot.mark = mark_of(hash, suffix.size());
  slot.name = static_cast<std::uint32_t>(name) & 0x7fffffff;
  ++used_;
  return slot;
}

void HostIndex::grow() {
  std::vector<Slot> old(std::max(kFirstSlots, slots_.size() * 2));
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.mark == 0) continue;
    const std::string_view name(names_.data() + slot.name, slot.mark & 0xff);
    std::uint64_t hash = keys_[0];
    for (std::size_t end = name.size() + 1; end > 0;) {
      const std::size_t begin = host_hash::label_begin(name, end - 1);
      hash = hash_label(hash, name.substr(begin, end - 1 - begin));
      end = begin;
    }
    std::size_t at = hash & mask;
    while (slots_[at].mark != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace sallyport::discovery
