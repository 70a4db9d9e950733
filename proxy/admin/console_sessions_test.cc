// How long a session lives, and what ends it.

#include "proxy/admin/console_sessions.h"

#include <gtest/gtest.h>

namespace sallyport::admin {
namespace {

using namespace std::chrono_literals;

ConsoleSessions::Moment at(std::chrono::seconds since) {
  return ConsoleSessions::Moment{} + 100h + since;
}

TEST(ConsoleSessions, EndsHalfAnHourAfterItsLastUse) {
  ConsoleSessions sessions;
  const std::string token = sessions.open("ana", at(0s));
  EXPECT_EQ(sessions.find(token, at(29min), true)->account, "ana");
  EXPECT_NE(sessions.find(token, at(58min), false), nullptr);
  // Only to look is no use.
  EXPECT_EQ(sessions.find(token, at(59min), true), nullptr);
  EXPECT_EQ(sessions.find(token, at(0s), true), nullptr);
}

TEST(ConsoleSessions, EndsTwelveHoursAfterItBegan) {
  ConsoleSessions sessions;
  const std::string token = sessions.open("ana", at(0s));
  for (std::chrono::minutes now = 20min; now < 12h; now += 20min) {
    ASSERT_NE(sessions.find(token, at(now), true), nullptr) << now.count();
  }
  EXPECT_EQ(sessions.find(token, at(12h), true), nullptr);
}

TEST(ConsoleSessions, EachHasATokenAndAProofOfItsOwn) {
  ConsoleSessions sessions;
  const std::string first = sessions.open("ana", at(0s));
  const std::string second = sessions.open("ana", at(0s));
  EXPECT_EQ(first.size(), 64u);
  EXPECT_NE(first, second);
  EXPECT_NE(sessions.find(first, at(0s), true)->csrf, sessions.find(second, at(0s), true)->csrf);
  EXPECT_EQ(sessions.find("", at(0s), true), nullptr);
  EXPECT_EQ(sessions.find(first.substr(1), at(0s), true), nullptr);
}

TEST(ConsoleSessions, EndsAloneOrWithAllOfItsAccount) {
  ConsoleSessions sessions;
  const std::string first = sessions.open("ana", at(0s));
  const std::string second = sessions.open("ana", at(0s));
  const std::string other = sessions.open("ben", at(0s));
  sessions.end(first);
  EXPECT_EQ(sessions.find(first, at(0s), true), nullptr);
  EXPECT_NE(sessions.find(second, at(0s), true), nullptr);
  sessions.end_of("ana");
  EXPECT_EQ(sessions.find(second, at(0s), true), nullptr);
  EXPECT_NE(sessions.find(other, at(0s), true), nullptr);
}

TEST(ConsoleSessions, AreListedByAccountAndThoseThatAreOverAreNot) {
  ConsoleSessions sessions;
  sessions.open("zoe", at(0s));
  sessions.open("ben", at(20min));
  sessions.open("openid/ana", at(25min), ConsoleSessions::Outside{Role::operator_, "Corp Login"});
  const auto list = sessions.list(at(30min));
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].account, "ben");
  EXPECT_FALSE(list[0].outside);
  EXPECT_EQ(list[1].account, "openid/ana");
  EXPECT_EQ(list[1].outside->role, Role::operator_);
  EXPECT_EQ(sessions.end_of("openid/ana"), 1u);
  EXPECT_EQ(sessions.end_of("openid/ana"), 0u);
}

TEST(ConsoleSessions, OneTooManyEndsTheOneUsedLongestAgo) {
  ConsoleSessions sessions;
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < ConsoleSessions::kMostOfAccount; ++i) {
    tokens.push_back(sessions.open("ana", at(std::chrono::seconds(i))));
  }
  const std::string other = sessions.open("ben", at(0s));
  sessions.find(tokens[0], at(60s), true);
  sessions.open("ana", at(61s));
  EXPECT_NE(sessions.find(tokens[0], at(61s), true), nullptr);
  EXPECT_EQ(sessions.find(tokens[1], at(61s), true), nullptr);
  EXPECT_NE(sessions.find(other, at(61s), true), nullptr);
  for (std::size_t i = 0; i < 2 * ConsoleSessions::kMost; ++i) {
    sessions.open("u" + std::to_string(i), at(62s));
  }
  EXPECT_EQ(sessions.size(), ConsoleSessions::kMost);
}

}  // namespace
}  // namespace sallyport::admin
