#include "base/core/id.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

using namespace std::chrono_literals;

constexpr Time kThen{1'469'918'176'385ms};  // The example of the ULID specification.

Ulid of(std::initializer_list<std::uint8_t> bytes) {
  Ulid id;
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

TEST(Ulid, IsWrittenInCrockfordsAlphabet) {
  EXPECT_EQ(Ulid{}.to_string(), "00000000000000000000000000");
  Ulid last;
  last.bytes.fill(0xff);
  EXPECT_EQ(last.to_string(), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
  EXPECT_EQ(of({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 33}).to_string(),
            "00000000000000000000000011");
  EXPECT_EQ(of({0x01, 0x56, 0x3d, 0xf3, 0x64, 0x81}).to_string().substr(0, 10), "01ARYZ6S41");
}

TEST(Ulid, BeginsWithItsTime) {
  UlidMaker maker;
  EXPECT_EQ(maker.make(kThen).to_string().substr(0, 10), "01ARYZ6S41");
}

TEST(UlidMaker, RisesWithinOneMillisecond) {
  UlidMaker maker;
  Ulid before = maker.make(kThen);
  for (int i = 0; i < 1000; ++i) {
    const Ulid next = maker.make(kThen + std::chrono::microseconds(i % 3));
    ASSERT_LT(before, next);
    ASSERT_LT(before.to_string(), next.to_string());
    before = next;
  }
}

TEST(UlidMaker, RisesWhenTheClockStepsBack) {
  UlidMaker maker;
  Ulid before = maker.make(kThen);
  for (const auto step :
       {-1ms, -3600000ms, -1469918176385ms, -2469918176385ms, 0ms, 1ms, 0ms, 5ms}) {
    const Ulid next = maker.make(kThen + step);
    ASSERT_LT(before, next) << step.count();
    before = next;
  }
}

TEST(UlidMaker, HoldsItsRandomPartApartFromOthers) {
  UlidMaker one;
  UlidMaker other;
  EXPECT_NE(one.make(kThen), other.make(kThen));
}

TEST(UlidMaker, TakesAnyTime) {
  UlidMaker maker;
  const Ulid early = maker.make(Time::min());
  const Ulid late = maker.make(Time::max());
  EXPECT_LT(early, late);
  EXPECT_LT(late, maker.make(Time::max()));
}

}  // namespace
}  // namespace sallyport
