// Limits of connections: in all, of one client, while memory is short; also from many threads.

#include "proxy/listen/admission.h"

#include <gtest/gtest.h>
#include <list>
#include <thread>

namespace sallyport::listen {
namespace {

using Answer = Admission::Answer;

IpAddress address(const char* text) { return *IpAddress::parse(text); }

// Lets in as many as it gets, at most `most`.
std::list<Admission::Place> enter_all(Admission& admission, const IpAddress& client, int most) {
  std::list<Admission::Place> places;
  for (int i = 0; i < most; ++i) {
    places.emplace_back();
    if (admission.enter(client, places.back()) == Answer::admitted) continue;
    places.pop_back();
    break;
  }
  return places;
}

TEST(Admission, RefusesBeyondTheLimitOfAllAndAgainTakesWhatBecameFree) {
  Admission admission({.connections = 3, .connections_per_client = 100});
  auto places = enter_all(admission, address("192.0.2.1"), 10);
  EXPECT_EQ(places.size(), 3u);
  Admission::Place place;
  EXPECT_EQ(admission.enter(address("192.0.2.2"), place), Answer::over_limit);
  EXPECT_EQ(admission.open(), 3u);
  places.pop_back();
  EXPECT_EQ(admission.enter(address("192.0.2.2"), place), Answer::admitted);
  EXPECT_EQ(admission.open(), 3u);
}

TEST(Admission, OneClientAtItsLimitLeavesTheOthersAlone) {
  Admission admission({.connections = 1000, .connections_per_client = 4});
  auto many = enter_all(admission, address("192.0.2.1"), 100);
  EXPECT_EQ(many.size(), 4u);
  Admission::Place place;
  EXPECT_EQ(admission.enter(address("192.0.2.1"), place), Answer::over_client_limit);
  EXPECT_EQ(enter_all(admission, address("192.0.2.2"), 100).size(), 4u);
  many.clear();
  EXPECT_EQ(admission.open(), 0u);
  EXPECT_EQ(enter_all(admission, address("192.0.2.1"), 100).size(), 4u);
}

TEST(Admission, TakesOtherLimitsWhileItIsUsed) {
  Admission admission({.connections = 3, .connections_per_client = 3});
  const auto places = enter_all(admission, address("192.0.2.1"), 10);
  admission.limit({.connections = 5, .connections_per_client = 2});
  Admission::Place place;
  EXPECT_EQ(admission.enter(address("192.0.2.1"), place), Answer::over_client_limit);
  EXPECT_EQ(enter_all(admission, address("192.0.2.2"), 10).size(), 2u);
}

TEST(Admission, AllAddressesOfA64AreOneClient) {
  Admission admission({.connections = 1000, .connections_per_client = 2});
  Admission::Place first, second, third, other;
  EXPECT_EQ(admission.enter(address("2001:db8:1:2::1"), first), Answer::admitted);
  EXPECT_EQ(admission.enter(address("2001:db8:1:2:ffff::9"), second), Answer::admitted);
  EXPECT_EQ(admission.enter(address("2001:db8:1:2:3:4:5:6"), third), Answer::over_client_limit);
  EXPECT_EQ(admission.enter(address("2001:db8:1:3::1"), other), Answer::admitted);
}

TEST(Admission, TakesNobodyWhileMemoryIsShort) {
  Admission admission({});
  admission.set_memory_short(true);
  Admission::Place place;
  EXPECT_EQ(admission.enter(address("192.0.2.1"), place), Answer::over_memory);
  EXPECT_EQ(admission.open(), 0u);
  admission.set_memory_short(false);
  EXPECT_EQ(admission.enter(address("192.0.2.1"), place), Answer::admitted);
}

TEST(Admission, CountsManyClientsEachByItself) {
  Admission admission({.connections = 8000, .connections_per_client = 2});
  std::list<Admission::Place> places;
  int more_than_two = 0;
  for (std::uint32_t host = 0; host < 2000; ++host) {
    auto own = enter_all(admission, IpAddress::v4(0xc6120000U + host), 3);
    if (own.size() > 2) ++more_than_two;
    places.splice(places.end(), own);
  }
  // Those whose bucket was full of others: the stated error, a few in ten thousand.
  EXPECT_LE(more_than_two, 10);
  EXPECT_EQ(admission.open(), places.size());
}

TEST(Admission, HoldsItsLimitsFromManyThreads) {
  Admission admission({.connections = 50, .connections_per_client = 20});
  std::vector<std::thread> threads;
  std::atomic<std::size_t> most{0};
  for (int index = 0; index < 4; ++index) {
    threads.emplace_back([&admission, &most, index] {
      const IpAddress client = IpAddress::v4(0xc0000200U + static_cast<std::uint32_t>(index % 2));
      for (int round = 0; round < 2000; ++round) {
        const auto places = enter_all(admission, client, 30);
        std::size_t seen = most.load();
        while (places.size() > seen && !most.compare_exchange_weak(seen, places.size())) {
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  // A client that is let in on four threads in the same instant: 20 and one for each.
  EXPECT_LE(most.load(), 23u);
  EXPECT_EQ(admission.open(), 0u);
  // Nothing is left in the table either.
  EXPECT_EQ(enter_all(admission, IpAddress::v4(0xc0000200U), 100).size(), 20u);
  EXPECT_EQ(enter_all(admission, IpAddress::v4(0xc0000201U), 100).size(), 20u);
}

}  // namespace
}  // namespace sallyport::listen
