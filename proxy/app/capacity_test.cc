#include "proxy/app/capacity.h"

#include <gtest/gtest.h>

namespace sallyport::app {
namespace {

TEST(Capacity, GivesWhatIsAskedForWhereItFits) {
  const Capacity capacity = connections_that_fit(20'000, 524'288, 2, 1024);
  EXPECT_EQ(capacity.connections, 20'000u);
  EXPECT_EQ(capacity.warning, "");
}

TEST(Capacity, KeepsFilesForTheStoreAndTheAdminListener) {
  const Capacity capacity = connections_that_fit(20'000, 20'000, 2, 1024);
  EXPECT_EQ(capacity.connections, (20'000u - 512 - 2048) / 2);
  EXPECT_EQ(capacity.warning,
            "limits.connections is 20000, which may need 42560 open files; this process may have "
            "20000 (ulimit -n, or LimitNOFILE of its service). Going on with 8720 connections");
}

TEST(Capacity, NeverGoesDownToNothing) {
  EXPECT_EQ(connections_that_fit(20'000, 256, 8, 1024).connections, 16u);
  EXPECT_EQ(connections_that_fit(4, 256, 8, 1024).connections, 4u);
}

}  // namespace
}  // namespace sallyport::app
