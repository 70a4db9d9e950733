#include "proxy/portal/questions.h"

#include <gtest/gtest.h>

namespace sallyport::portal {
namespace {

const Time kNow = *parse_rfc3339("2026-11-26T10:00:00Z");

Question question(std::string id, std::string user, int hours = 1) {
  Question one;
  one.id = std::move(id);
  one.user = std::move(user);
  one.expires = kNow + std::chrono::hours(hours);
  return one;
}

TEST(Questions, GivesEachPersonTheirOldestThatStillWaits) {
  const Questions all(
      {question("3", "ana"), question("2", "ben"), question("1", "ana", -1), question("4", "ana")});
  EXPECT_EQ(all.next_of("ana", kNow)->id, "3");
  EXPECT_EQ(all.next_of("ben", kNow)->id, "2");
  EXPECT_EQ(all.next_of("cem", kNow), nullptr);
  EXPECT_EQ(all.next_of("", kNow), nullptr);
  EXPECT_EQ(all.next_of("ana", kNow + std::chrono::hours(1)), nullptr);
}

TEST(Questions, FindsNobodyElsesQuestion) {
  const Questions all({question("1", "ana"), question("2", "ben", -1)});
  EXPECT_NE(all.find("1", "ana", kNow), nullptr);
  EXPECT_EQ(all.find("1", "ben", kNow), nullptr);
  EXPECT_EQ(all.find("2", "ben", kNow), nullptr);
  EXPECT_EQ(all.find("9", "ana", kNow), nullptr);
  EXPECT_EQ(Questions().find("1", "ana", kNow), nullptr);
}

}  // namespace
}  // namespace sallyport::portal
