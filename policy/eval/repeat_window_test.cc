#include "policy/eval/repeat_window.h"

#include <gtest/gtest.h>
#include <random>

#include "policy/eval/repeat_counter_for_tests.h"

namespace sallyport::policy {
namespace {

using namespace std::chrono_literals;

Time second(int n) { return Time(std::chrono::seconds(1'000'000 + n)); }

RepeatWindow::Hit hit(int at, std::uint64_t target = 0) {
  Ulid id;
  id.bytes[14] = static_cast<std::uint8_t>(at >> 8);
  id.bytes[15] = static_cast<std::uint8_t>(at);
  return {second(at), id, target};
}

TEST(RepeatWindow, BothEndsOfTheWindowAreInIt) {
  const RepeatRule rule{.min = 2, .window = 60s};
  RepeatWindow window;
  EXPECT_FALSE(window.add(rule, hit(0)));
  EXPECT_TRUE(window.add(rule, hit(60)));
  EXPECT_FALSE(window.add(rule, hit(61)));  // It has begun anew.
  EXPECT_FALSE(window.add(rule, hit(122)));
}

TEST(RepeatWindow, ShowsWhatMadeItTrueUntilTheNextOne) {
  const RepeatRule rule{.min = 2, .window = 60s};
  RepeatWindow window;
  window.add(rule, hit(5));
  EXPECT_TRUE(window.add(rule, hit(3)));
  ASSERT_EQ(window.hits().size(), 2u);
  EXPECT_EQ(window.hits()[0].at, second(3));
  window.add(rule, hit(7));
  EXPECT_EQ(window.hits().size(), 1u);
}

TEST(RepeatWindow, ForgetsTheFutureWhenTheClockIsSetBack) {
  const RepeatRule rule{.min = 3, .window = 60s};
  RepeatWindow window;
  window.add(rule, hit(100));
  window.add(rule, hit(101));
  window.forget_after(second(50));
  EXPECT_TRUE(window.hits().empty());
  EXPECT_FALSE(window.add(rule, hit(10)));
}

// Whatever comes, in order or late, with ties and targets that come again.
TEST(RepeatWindow, CountsAsThePlainCounterDoes) {
  std::mt19937 random(20261126);
  const auto upto = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  std::size_t came_true = 0;
  for (int round = 0; round < 3'000; ++round) {
    const RepeatRule rule{.min = static_cast<std::uint32_t>(2 + upto(4)),
                          .window = std::chrono::seconds(1 + upto(30)),
                          .unique_targets = upto(1) == 1};
    const int late = upto(2) * upto(40);
    std::vector<RepeatWindow::Hit> hits;
    int now = 100;
    for (int n = upto(60); n > 0; --n) {
      now += upto(8);
      hits.push_back(hit(now - (late > 0 ? upto(late) : 0), static_cast<std::uint64_t>(upto(5))));
    }
    RepeatWindow window;
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < hits.size(); ++i) {
      if (window.add(rule, hits[i])) found.push_back(i);
      ASSERT_TRUE(std::is_sorted(
          window.hits().begin(), window.hits().end(),
          [](const RepeatWindow::Hit& a, const RepeatWindow::Hit& b) { return a.at < b.at; }));
    }
    ASSERT_EQ(found, plain_repeats(rule, hits)) << "round " << round;
    came_true += found.size();
  }
  EXPECT_GT(came_true, 5'000u);
}

CompiledPolicy policy_of(bool same_app) {
  CompiledPolicy policy;
  policy.id = "many";
  policy.repeat.same_app = same_app;
  return policy;
}

TEST(RepeatSeries, TellsUsersAddressesAndAppsApart) {
  const CompiledPolicy each = policy_of(true);
  Activity ana;
  ana.client.address = *IpAddress::parse("192.0.2.7");
  ana.user = "192.0.2.7";
  ana.host = "www.box.com";
  ana.domain = "box.com";
  Activity nobody = ana;
  nobody.user.reset();
  EXPECT_NE(repeat_series(each, ana), repeat_series(each, nobody));
  // Without an app the domain stands for it, and without that the host.
  Activity other = ana;
  other.host = "app.box.com";
  EXPECT_EQ(repeat_series(each, ana), repeat_series(each, other));
  other.domain.clear();
  EXPECT_NE(repeat_series(each, ana), repeat_series(each, other));
  other.app = AppFacts{"box.com", "Box", "cloud_storage", {}};
  EXPECT_NE(repeat_series(each, ana), repeat_series(each, other));
  EXPECT_EQ(repeat_series(policy_of(false), ana), repeat_series(policy_of(false), other));
}

TEST(RepeatSeries, ATargetIsHostAndPath) {
  Activity one;
  one.host = "a.example";
  one.path = "/b";
  Activity two;
  two.host = "a.example/b";
  two.path = "";
  EXPECT_NE(repeat_target(one), repeat_target(two));
  two = one;
  EXPECT_EQ(repeat_target(one), repeat_target(two));
}

}  // namespace
}  // namespace sallyport::policy
