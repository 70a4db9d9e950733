#include "proxy/http2/guard.h"

#include <gtest/gtest.h>

namespace sallyport::http2 {
namespace {

using namespace std::chrono_literals;
constexpr Guard::Clock::time_point kStart{1000s};

int bears(Guard& guard, Nuisance kind, Guard::Clock::time_point at, int most = 100'000) {
  int count = 0;
  while (count < most && guard.charge(kind, at)) ++count;
  return count;
}

TEST(Http2Guard, EveryKindHasABudgetOfItsOwn) {
  for (int i = 0; i < static_cast<int>(Nuisance::count_); ++i) {
    Guard guard(kStart);
    const auto kind = static_cast<Nuisance>(i);
    const int burst = bears(guard, kind, kStart);
    EXPECT_GE(burst, 100) << to_string(kind);
    EXPECT_LE(burst, 1000) << to_string(kind);
    EXPECT_FALSE(to_string(kind).empty());
    for (int j = 0; j < static_cast<int>(Nuisance::count_); ++j) {
      if (i != j) {
        EXPECT_TRUE(guard.charge(static_cast<Nuisance>(j), kStart));
      }
    }
  }
}

TEST(Http2Guard, ABudgetFillsWithTimeAndNotBeyondItself) {
  Guard guard(kStart);
  const int burst = bears(guard, Nuisance::reset, kStart);
  EXPECT_EQ(burst, 200);
  EXPECT_EQ(bears(guard, Nuisance::reset, kStart + 1s), 39);  // 40 a second, and one was owed
  EXPECT_EQ(bears(guard, Nuisance::reset, kStart + 1h), 200);
}

TEST(Http2Guard, WhoStaysBelowTheRateIsNeverStopped) {
  Guard guard(kStart);
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_TRUE(guard.charge(Nuisance::reset, kStart + i * 25ms)) << i;
  }
}

}  // namespace
}  // namespace sallyport::http2
