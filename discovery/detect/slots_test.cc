#include "discovery/detect/slots.h"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>

namespace sallyport::discovery::detect {
namespace {

// All that a memory is, as text: two are the same if their texts are.
std::string text_of(const Past* past) {
  if (past == nullptr) return "-";
  std::string text = "past " + std::to_string(past->week);
  for (const auto day : past->days) text += ' ' + std::to_string(day);
  if (past->cells) text += ", " + std::to_string(past->cells->size()) + " cells";
  return text;
}
std::string text_of(const Burst& burst) {
  std::string text;
  for (const float part : burst.parts)
    text += std::to_string(std::bit_cast<std::uint32_t>(part)) + ' ';
  const Peaks& peaks = burst.peaks;
  return text + std::to_string(burst.last) + ' ' + std::to_string(burst.evidence) + ' ' +
         std::to_string(std::bit_cast<std::uint32_t>(peaks.today)) + ' ' +
         std::to_string(peaks.day) + ' ' + std::to_string(peaks.kept) + ' ' +
         std::to_string(peaks.next) + ' ' + text_of(peaks.past.get());
}
std::string text_of(Memory& memory) {
  if (const auto* burst = memory.find<Burst>()) return "burst " + text_of(*burst);
  if (const auto* failures = memory.find<Failures>()) {
    std::string text = "failures " + text_of(failures->burst);
    for (const auto source : failures->sources) text += ' ' + std::to_string(source);
    return text + ' ' + std::to_string(failures->next_source);
  }
  if (const auto* traits = memory.find<Traits>()) {
    std::string text = "traits";
    for (const Trait& one : *traits) {
      text += ' ' + std::to_string(one.hash) + '/' + std::to_string(one.last);
    }
    return text;
  }
  if (const auto* travel = memory.find<Travel>()) {
    std::string text = "travel";
    for (const auto& one : travel->by_device) {
      text += ' ' + std::to_string(one.country) + '@' + std::to_string(one.minute);
    }
    for (const Trait& one : travel->countries) {
      text += ' ' + std::to_string(one.hash) + '/' + std::to_string(one.first) + '-' +
              std::to_string(one.last);
    }
    return text;
  }
  if (const auto* crowd = memory.find<Crowd>()) {
    return "crowd " + std::to_string(crowd->seen.size()) + ' ' + std::to_string(crowd->swept) +
           ' ' + text_of(crowd->peaks.past.get());
  }
  return "minute " + std::to_string(memory.minute());
}

// Changes a memory as its detection does.
void change(Memory& memory, std::uint16_t kind, std::mt19937& random) {
  const auto burst = [&](Burst& one, bool bytes) {
    const double amount = bytes ? static_cast<double>(random() % 5'000'000) / 1024
                                : static_cast<double>(random() % 70);
    one.add(random() % 20'000, 3600, amount);
    one.evidence = static_cast<std::uint32_t>(random());
    std::uint8_t ended = 0;
    one.peaks.add(static_cast<std::uint16_t>(1 + random() % 200), static_cast<float>(amount),
                  bytes ? 2'000 : 50, ended);
    if (bytes && random() % 4 == 0) one.note_hour(random() % 20'000'000, amount, 3'000);
  };
  switch (kind % 7) {
    case 0:
      return burst(memory.get<Burst>(), false);
    case 1:
      return burst(memory.get<Burst>(), true);
    case 2: {
      Failures& failures = memory.get<Failures>();
      burst(failures.burst, false);
      failures.sources[failures.next_source] = static_cast<std::uint32_t>(random());
      failures.next_source = static_cast<std::uint8_t>((failures.next_source + 1) % 4);
      return;
    }
    case 3: {
      Trait forgotten{};
      const auto day = static_cast<std::uint16_t>(random());
      memory.get<Traits>().add({static_cast<std::uint32_t>(random()), day, day}, forgotten);
      return;
    }
    case 4: {
      Travel& travel = memory.get<Travel>();
      Trait forgotten{};
      travel.by_device[random() % 2] = {static_cast<std::uint16_t>(random()),
                                        static_cast<std::uint32_t>(random())};
      travel.countries.add(
          {static_cast<std::uint32_t>(random()), static_cast<std::uint16_t>(random()),
           static_cast<std::uint16_t>(random())},
          forgotten);
      return;
    }
    case 5:
      memory.get<Crowd>().seen[static_cast<std::uint32_t>(random() % 50)] = 1;
      return;
    default:
      if (random() % 3 == 0) return memory.clear();
      memory.set_minute(static_cast<std::uint32_t>(random()));
  }
}

TEST(Slots, WhatIsPutIsTakenAgainAsItWasWhateverItsNeighboursDo) {
  std::mt19937 random(5);
  Slots slots;
  std::map<std::uint16_t, std::string> expected;
  for (int turn = 0; turn < 20'000; ++turn) {
    const auto detection = static_cast<std::uint16_t>(random() % 40);
    auto place = slots.find(detection);
    EXPECT_EQ(place.has_value(), expected.contains(detection));
    if (!place) place = slots.add(detection, detection % 2 == 0);
    Slot slot = slots.take(*place);
    EXPECT_EQ(slot.detection, detection);
    EXPECT_EQ(slot.counts, detection % 2 == 0);
    if (expected.contains(detection)) {
      ASSERT_EQ(text_of(slot.memory), expected[detection]) << turn;
    }
    // Now and then it becomes another kind of memory.
    change(slot.memory, random() % 50 == 0 ? static_cast<std::uint16_t>(random() % 7) : detection,
           random);
    expected[detection] = text_of(slot.memory);
    slots.put(*place, std::move(slot.memory));
  }
  std::size_t all = 0;
  slots.take_all([&](Slot slot) {
    ++all;
    EXPECT_EQ(text_of(slot.memory), expected[slot.detection]);
  });
  EXPECT_EQ(all, expected.size());
}

TEST(Slots, ABurstOfAFewActivitiesTakesTwentyBytesWithItsHead) {
  Slots slots;
  for (std::uint16_t detection = 0; detection < 12; ++detection) {
    const auto place = slots.add(detection, true);
    Slot slot = slots.take(place);
    slot.memory.get<Burst>().add(7'000, 3600, 3);
    slots.put(place, std::move(slot.memory));
  }
  EXPECT_EQ(slots.bytes(), 256u);
}

TEST(Slots, TheLargestMemoryOfEachKindHasRoom) {
  std::mt19937 random(6);
  Slots slots;
  for (std::uint16_t detection = 0; detection < 14; ++detection) {
    const auto place = slots.add(detection, true);
    for (int turn = 0; turn < 300; ++turn) {
      Slot slot = slots.take(place);
      change(slot.memory, detection, random);
      slots.put(place, std::move(slot.memory));
    }
  }
  const auto travel = slots.find(4);
  ASSERT_TRUE(travel);
  EXPECT_EQ(slots.take(*travel).memory.get<Travel>().countries.size(), Traits::kMost);
}

TEST(Slots, WhatMovesLeavesNothingBehind) {
  Slots slots;
  const auto place = slots.add(3, true);
  Slot slot = slots.take(place);
  slot.memory.get<Crowd>().seen[1] = 2;
  slots.put(place, std::move(slot.memory));
  Slots other(std::move(slots));
  EXPECT_FALSE(slots.find(3));
  ASSERT_TRUE(other.find(3));
  EXPECT_EQ(other.take(*other.find(3)).memory.get<Crowd>().seen.size(), 1u);
}

}  // namespace
}  // namespace sallyport::discovery::detect
