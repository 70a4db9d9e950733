#include "proxy/portal/allowance.h"

#include <gtest/gtest.h>

namespace sallyport::portal {
namespace {

using std::chrono::seconds;

TEST(Allowance, IsForANumberAtOnceAndAWindowInTheLongRun) {
  Allowance::Moment now{seconds(1000)};
  Allowance allowance(5, seconds(60), now);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(allowance.take("ana", now)) << i;
  EXPECT_FALSE(allowance.take("ana", now));
  int taken = 0;
  for (int second = 1; second <= 600; ++second) {
    taken += allowance.take("ana", now + seconds(second)) ? 1 : 0;
  }
  EXPECT_EQ(taken, 50);
}

TEST(Allowance, IsEachKeysOwn) {
  const Allowance::Moment now{seconds(1000)};
  Allowance allowance(1, seconds(60), now);
  EXPECT_TRUE(allowance.take("ana", now));
  EXPECT_TRUE(allowance.take("ben", now));
  EXPECT_FALSE(allowance.take("ana", now));
  EXPECT_FALSE(allowance.take("ben", now));
  EXPECT_TRUE(allowance.take("ana", now + seconds(60)));
}

}  // namespace
}  // namespace sallyport::portal
