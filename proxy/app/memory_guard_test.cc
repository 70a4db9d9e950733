// Shortage of memory: what the system's files say, the gap between up and down, and what is told.

#include "proxy/app/memory_guard.h"

#include <gtest/gtest.h>

#include "tests/kit/certs.h"
#include "tests/kit/fake_clock.h"

namespace sallyport::app {
namespace {

using namespace std::chrono_literals;

TEST(MemoryLimit, IsAShareOrANumberOrNone) {
  EXPECT_EQ(parse_memory_limit("80%")->of(1000), 800u);
  EXPECT_EQ(parse_memory_limit("100%")->of(1000), 1000u);
  EXPECT_EQ(parse_memory_limit("2 GiB")->of(1000), 2u << 30);
  EXPECT_EQ(parse_memory_limit("none")->of(1000), 0u);
  EXPECT_EQ(MemoryLimit{}.of(1000), 800u);
  for (const char* bad : {"0%", "101%", "-1%", "%", "", "1 MiB", "much", "80 %%"}) {
    EXPECT_FALSE(parse_memory_limit(bad)) << bad;
  }
}

TEST(MemoryFiles, AreReadForWhatTheySay) {
  EXPECT_EQ(resident_of("51234 2500 900 12 0 4000 0\n", 4096), 2500u * 4096);
  EXPECT_FALSE(resident_of("51234\n", 4096));
  EXPECT_FALSE(resident_of("1 99999999999999999999 3\n", 4096));
  EXPECT_EQ(total_of("MemTotal:       24683520 kB\nMemFree: 1 kB\n"),
            std::uint64_t{24683520} * 1024);
  EXPECT_FALSE(total_of("MemFree: 1 kB\n"));
}

TEST(MemoryFiles, OfControlGroupsOfBothVersionsLeadUpToTheRoot) {
  EXPECT_EQ(limit_files_of("0::/system.slice/gate.service\n"),
            (std::vector<std::string>{"/sys/fs/cgroup/system.slice/gate.service/memory.max",
                                      "/sys/fs/cgroup/system.slice/memory.max",
                                      "/sys/fs/cgroup/memory.max"}));
  EXPECT_EQ(limit_files_of("8:pids:/\n4:cpu,memory:/box/1\n"),
            (std::vector<std::string>{"/sys/fs/cgroup/memory/box/1/memory.limit_in_bytes",
                                      "/sys/fs/cgroup/memory/box/memory.limit_in_bytes",
                                      "/sys/fs/cgroup/memory/memory.limit_in_bytes"}));
  EXPECT_TRUE(limit_files_of("0::/../../etc\nrubbish\n4:memoryless:/x\n").empty());
}

TEST(MemoryFiles, OfThisMachineAreUnderstood) {
  EXPECT_GT(memory_resident(), 1u << 20);
  EXPECT_GT(memory_available(), memory_resident());
}

TEST(Watermark, ComesDownOnlyWellBelowWhereItWentUp) {
  Watermark mark(1000);
  EXPECT_FALSE(mark.look(999));
  EXPECT_TRUE(mark.look(1000));
  EXPECT_TRUE(mark.look(950));
  EXPECT_TRUE(mark.look(901));
  EXPECT_FALSE(mark.look(900));
  EXPECT_FALSE(mark.look(950));
  EXPECT_FALSE(Watermark(0).look(~0ULL));
}

TEST(MemoryGuard, TellsEverySecondWhileMemoryIsShortAndOnceAfterwards) {
  testkit::FakeClock clock(testkit::noon());
  io::Worker desk(0, clock);
  std::uint64_t used = 50u << 20;
  std::string told;
  MemoryGuard guard(
      desk, MemoryLimit{100u << 20, 0}, [&](bool is_short) { told += is_short ? 's' : '-'; },
      [&] { return used; });
  io::Nursery nursery(desk.executor());
  nursery.start(guard.run());
  const auto second = [&] {
    for (int tick = 0; tick < 12; ++tick) {
      clock.pass(100ms);
      desk.deadlines().advance(clock.steady());
      desk.poll();
    }
  };
  second();
  EXPECT_EQ(told, "");
  EXPECT_EQ(desk.metrics().get(Metric::memory_resident_bytes), 50 << 20);
  EXPECT_EQ(desk.metrics().get(Metric::memory_limit_bytes), 100 << 20);
  used = 101u << 20;
  second();
  second();
  EXPECT_EQ(told, "ss");
  EXPECT_EQ(desk.metrics().get(Metric::memory_short), 1);
  used = 80u << 20;
  second();
  second();
  EXPECT_EQ(told, "ss-");
  EXPECT_EQ(desk.metrics().get(Metric::memory_short), 0);
  EXPECT_EQ(desk.metrics().get(Metric::memory_short_total), 1);
  guard.stop();
  desk.poll();
  EXPECT_TRUE(nursery.empty());
}

}  // namespace
}  // namespace sallyport::app
