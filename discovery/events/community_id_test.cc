#include "discovery/events/community_id.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

std::string id(std::string_view a, std::uint16_t a_port, std::string_view b, std::uint16_t b_port,
               std::uint16_t seed = 0) {
  return community_id_tcp({*IpAddress::parse(a), a_port}, {*IpAddress::parse(b), b_port}, seed);
}

TEST(CommunityId, IsThatOfTheSpecification) {
  EXPECT_EQ(id("128.232.110.120", 34855, "66.35.250.204", 80), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
  EXPECT_EQ(id("128.232.110.120", 34855, "66.35.250.204", 80, 1), "1:3V71V58M3Ksw/yuFALMcW0LAHvc=");
}

TEST(CommunityId, IsTheSameInBothDirections) {
  EXPECT_EQ(id("66.35.250.204", 80, "128.232.110.120", 34855), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
  EXPECT_EQ(id("192.0.2.1", 2, "192.0.2.1", 1), id("192.0.2.1", 1, "192.0.2.1", 2));
}

TEST(CommunityId, KnowsIpv6) {
  EXPECT_EQ(id("2001:db8::1", 50000, "2001:db8:1::2", 443), "1:Eh7nRFuQoeGvjGcXrKQO9GtwTOc=");
}

TEST(CommunityId, IsEmptyWhereNoFlowCanBe) {
  EXPECT_EQ(id("192.0.2.1", 50000, "2001:db8::1", 443), "");
}

}  // namespace
}  // namespace sallyport::discovery
