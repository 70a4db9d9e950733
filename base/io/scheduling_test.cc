#include "base/io/scheduling.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace sallyport::io {
namespace {

int nice_value() { return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())); }

TEST(Scheduling, GivingWayIsOfTheThreadAlone) {
  const int before = nice_value();
  int inside = -1;
  std::thread([&] {
    give_way();
    inside = nice_value();
  }).join();
  EXPECT_EQ(inside, std::max(before, 5));
  EXPECT_EQ(nice_value(), before);
}

TEST(Scheduling, ShortTurnsLeaveNiceValueAndPolicyAsTheyAre) {
  std::thread([] {
    ASSERT_EQ(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10), 0);
    ask_for_short_turns();
    EXPECT_EQ(nice_value(), 10);
    EXPECT_EQ(::sched_getscheduler(0), SCHED_OTHER);
  }).join();
}

TEST(Scheduling, ANameIsCutToWhatTheKernelKeeps) {
  std::thread([] {
    name_thread("a name of twenty-one");
    char name[32] = {};
    ASSERT_EQ(::pthread_getname_np(::pthread_self(), name, sizeof name), 0);
    EXPECT_STREQ(name, "a name of twent");
  }).join();
}

}  // namespace
}  // namespace sallyport::io
