#include "discovery/detect/familiar.h"

#include <algorithm>

#include "discovery/detect/memory.h"

namespace sallyport::discovery::detect {
namespace {

constexpr std::uint32_t kDays = 1u << 12;
constexpr std::size_t kStep = 8;  // entries of room

// Backwards round the twelve bits; what seems to lie more than half of the round back lies ahead.
std::int16_t between(std::uint32_t then, std::uint16_t day) {
  const std::uint32_t passed = (day - then) & (kDays - 1);
  return passed >= kDays / 2 ? std::int16_t{0} : static_cast<std::int16_t>(passed);
}

std::uint32_t entry_of(std::uint32_t hash, std::uint16_t day) {
  return hash << 12 | (day & (kDays - 1));
}

}  // namespace

std::size_t Familiar::begin_of(policy::SeenTrait trait) const {
  std::size_t at = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(trait); ++i) at += sizes_[i];
  return at;
}

std::size_t Familiar::size() const {
  std::size_t sum = 0;
  for (const std::uint8_t size : sizes_) sum += size;
  return sum;
}

std::optional<std::int16_t> Familiar::days_since(policy::SeenTrait trait, std::uint32_t hash,
                                                 std::uint16_t day) const {
  const std::size_t begin = begin_of(trait);
  for (std::size_t at = begin; at < begin + sizes_[static_cast<std::size_t>(trait)]; ++at) {
    if (entries_[at] >> kDayBits == (hash & kHash)) return between(entries_[at], day);
  }
  return std::nullopt;
}

Familiar::Noted Familiar::note(policy::SeenTrait trait, std::uint32_t hash, std::uint16_t day) {
  hash &= kHash;
  const auto which = static_cast<std::size_t>(trait);
  const std::size_t begin = begin_of(trait);
  const std::size_t end = begin + sizes_[which];
  std::size_t oldest = begin;
  for (std::size_t at = begin; at < end; ++at) {
    if (entries_[at] >> kDayBits == hash) {
      // What comes late does not make it older.
      const bool is_later = ((day - entries_[at]) & (kDays - 1)) < kDays / 2;
      if (is_later) entries_[at] = entry_of(hash, day);
      return {};
    }
    if (between(entries_[at], day) > between(entries_[oldest], day)) oldest = at;
  }
  Noted noted;
  noted.is_new = true;
  if (sizes_[which] == kMost[which]) {
    noted.forgotten = entries_[oldest] >> kDayBits;
    entries_[oldest] = entry_of(hash, day);
    return noted;
  }
  const std::size_t all = size();
  if (all == room_) {
    auto more = std::make_unique<std::uint32_t[]>(room_ + kStep);
    std::copy_n(entries_.get(), all, more.get());
    entries_ = std::move(more);
    room_ = static_cast<std::uint8_t>(room_ + kStep);
  }
  std::copy_backward(entries_.get() + end, entries_.get() + all, entries_.get() + all + 1);
  entries_[end] = entry_of(hash, day);
  ++sizes_[which];
  return noted;
}

std::size_t Familiar::bytes() const { return allocated(room_ * sizeof(std::uint32_t)); }

}  // namespace sallyport::discovery::detect
