#include "proxy/listen/connection_rate.h"

#include <gtest/gtest.h>

namespace sallyport::listen {
namespace {

using namespace std::chrono_literals;

const ConnectionRate::Time kStart{1h};

int taken(ConnectionRate& rate, const IpAddress& client, ConnectionRate::Time now) {
  int count = 0;
  while (count < 1000 && rate.take(client, 10, now)) ++count;
  return count;
}

TEST(ConnectionRate, GivesABurstThenItsRate) {
  ConnectionRate rate;
  const IpAddress client = *IpAddress::parse("192.0.2.1");
  EXPECT_EQ(taken(rate, client, kStart), 50);
  EXPECT_EQ(taken(rate, client, kStart), 0);
  EXPECT_EQ(taken(rate, client, kStart + 1s), 10);
  EXPECT_EQ(taken(rate, *IpAddress::parse("192.0.2.2"), kStart + 1s), 50);
  EXPECT_EQ(taken(rate, client, kStart + 1h), 50);
  EXPECT_TRUE(rate.take(client, 0, kStart + 1h)) << "0 is no limit";
}

TEST(ConnectionRate, AllAddressesOfA64AreOneClient) {
  ConnectionRate rate;
  EXPECT_EQ(taken(rate, *IpAddress::parse("2001:db8::1"), kStart), 50);
  EXPECT_EQ(taken(rate, *IpAddress::parse("2001:db8::ffff:2"), kStart), 0);
  EXPECT_EQ(taken(rate, *IpAddress::parse("2001:db8:0:1::1"), kStart), 50);
}

TEST(ConnectionRate, RemembersNoMoreClientsThanItHasRoomFor) {
  ConnectionRate rate;
  for (std::uint32_t host = 0; host < 40'000; ++host) {
    EXPECT_TRUE(rate.take(IpAddress::v4(host), 10, kStart));
  }
  EXPECT_EQ(rate.clients(), ConnectionRate::kMostClients);
  // Those who have been quiet make room for those who come.
  EXPECT_TRUE(rate.take(IpAddress::v4(50'000), 10, kStart + 10s));
  EXPECT_EQ(rate.clients(), 1u);
}

}  // namespace
}  // namespace sallyport::listen
