#include "discovery/detect/familiar.h"

#include <gtest/gtest.h>

namespace sallyport::discovery::detect {
namespace {

using policy::SeenTrait;

TEST(Familiar, KnowsNothingAtFirst) {
  const Familiar familiar;
  EXPECT_TRUE(familiar.empty());
  EXPECT_FALSE(familiar.days_since(SeenTrait::country, 7, 20'000));
}

TEST(Familiar, TellsTheDaysSinceEachWasSeen) {
  Familiar familiar;
  EXPECT_TRUE(familiar.note(SeenTrait::country, 7, 20'000).is_new);
  EXPECT_TRUE(familiar.note(SeenTrait::isp, 7, 20'003).is_new);
  EXPECT_FALSE(familiar.note(SeenTrait::country, 7, 20'001).is_new);
  EXPECT_EQ(familiar.days_since(SeenTrait::country, 7, 20'010), 9);
  EXPECT_EQ(familiar.days_since(SeenTrait::isp, 7, 20'010), 7);
  EXPECT_FALSE(familiar.days_since(SeenTrait::device, 7, 20'010));
}

TEST(Familiar, WhatComesLateDoesNotMakeItOlder) {
  Familiar familiar;
  familiar.note(SeenTrait::app, 7, 20'010);
  familiar.note(SeenTrait::app, 7, 20'000);
  EXPECT_EQ(familiar.days_since(SeenTrait::app, 7, 20'010), 0);
  EXPECT_EQ(familiar.days_since(SeenTrait::app, 7, 20'005), 0);
}

TEST(Familiar, OneMoreThanThereIsRoomForTakesThePlaceOfTheOldestOfItsKind) {
  Familiar familiar;
  familiar.note(SeenTrait::isp, 1, 19'000);
  for (std::uint32_t i = 0; i < 8; ++i) {
    familiar.note(SeenTrait::country, i, static_cast<std::uint16_t>(20'000 + i));
  }
  familiar.note(SeenTrait::country, 0, 20'050);
  const auto noted = familiar.note(SeenTrait::country, 99, 20'060);
  EXPECT_TRUE(noted.is_new);
  EXPECT_EQ(noted.forgotten, 1u);
  EXPECT_FALSE(familiar.days_since(SeenTrait::country, 1, 20'060));
  EXPECT_EQ(familiar.days_since(SeenTrait::country, 0, 20'060), 10);
  EXPECT_EQ(familiar.days_since(SeenTrait::isp, 1, 20'060), 1'060);
}

TEST(Familiar, IsNeverLargerThanItsBounds) {
  Familiar familiar;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    for (std::size_t trait = 0; trait < policy::kSeenTraits; ++trait) {
      familiar.note(static_cast<SeenTrait>(trait), i * 31, static_cast<std::uint16_t>(i));
    }
  }
  std::size_t kept = 0;
  familiar.for_each([&](SeenTrait, std::uint32_t) { ++kept; });
  EXPECT_EQ(kept, 24u + 12 + 24 + 8 + 8 + 8);
  EXPECT_LE(familiar.bytes(), 384u);
}

}  // namespace
}  // namespace sallyport::discovery::detect
