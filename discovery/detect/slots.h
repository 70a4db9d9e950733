#pragma once
// What all detections remember of one subject, packed into one block. Private to discovery/detect.
//
//   const Slots::Place place = slots.find(number) ... or slots.add(number, counts);
//   Slot slot = slots.take(place);
//   ... slot.memory.get<Burst>() ...
//   slots.put(place, std::move(slot.memory));
//
// A record has a head of four bytes, and behind it what that kind of memory needs, in as few bytes
// as hold it exactly: of a window the parts in which anything was, in bytes while they are small
// whole numbers. Only what few subjects have (Past, Crowd) is a block of its own.
//
// INVARIANT: what is put is taken again as it was. A place holds until the next add(), or the next
// put() to another place.

#include <cstdint>
#include <memory>
#include <optional>

#include "discovery/detect/memory.h"

namespace sallyport::discovery::detect {

class Slots {
 public:
  using Place = std::uint32_t;

  Slots() = default;
  Slots(Slots&& other) noexcept;
  Slots& operator=(Slots&& other) noexcept;
  ~Slots();

  // Nothing: that detection remembers nothing.
  std::optional<Place> find(std::uint16_t detection) const;
  // REQUIRES: it is not there.
  Place add(std::uint16_t detection, bool counts);

  // Once until put(): what it points to goes along.
  Slot take(Place place);
  void put(Place place, Memory&& memory);

  // Calls `each(Slot)` for every one, and forgets them.
  template <class Each>
  void take_all(Each each) {
    for (Place at = 0; at < size_; at = next(at)) each(take(at));
    size_ = 0;
  }

  std::size_t bytes() const;  // of memory, what it points to included

 private:
  struct Head;

  Head head(Place at) const;
  Place next(Place at) const;
  void make_room(std::size_t wanted);
  void resize(Place at, std::size_t length);  // of the record's content

  std::unique_ptr<std::uint8_t[]> block_;
  std::uint32_t size_ = 0;
  std::uint32_t room_ = 0;
};

}  // namespace sallyport::discovery::detect
