#include "proxy/portal/factor_book.h"

#include <gtest/gtest.h>

namespace sallyport::portal {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Time kNow = *parse_rfc3339("2026-11-26T20:00:00Z");
const std::string kSecret = "12345678901234567890";

std::string code_at(Time time) { return hotp(kSecret, totp_step(time)); }

std::string wrong_code(Time time) { return code_at(time) == "000000" ? "111111" : "000000"; }

FactorBook with_ana() {
  FactorBook book;
  Factor factor;
  factor.secret = kSecret;
  book.put("ana", factor);
  return book;
}

TEST(FactorBook, TakesARightCodeOnce) {
  FactorBook book = with_ana();
  EXPECT_EQ(book.check("ana", code_at(kNow), kNow), CodeCheck::right);
  EXPECT_EQ(book.check("ana", code_at(kNow), kNow), CodeCheck::used);
  EXPECT_EQ(book.check("ana", code_at(kNow - seconds(30)), kNow), CodeCheck::used);
  EXPECT_EQ(book.check("ana", code_at(kNow + seconds(30)), kNow + seconds(30)), CodeCheck::right);
}

TEST(FactorBook, TakesNoCodeOfSomebodyElse) {
  FactorBook book = with_ana();
  Factor other;
  other.secret = "another secret of twenty";
  book.put("ben", other);
  EXPECT_EQ(book.check("ben", code_at(kNow), kNow), CodeCheck::wrong);
  EXPECT_EQ(book.check("eve", code_at(kNow), kNow), CodeCheck::not_enrolled);
  EXPECT_EQ(book.check("", code_at(kNow), kNow), CodeCheck::not_enrolled);
}

TEST(FactorBookAttack, GuessingIsHeldUpLongerAndLonger) {
  FactorBook book = with_ana();
  Time now = kNow;
  int tried = 0;
  // A guess a second for a day.
  for (int second = 0; second < 86'400; ++second, now += seconds(1)) {
    const CodeCheck said = book.check("ana", wrong_code(now), now);
    if (said == CodeCheck::wrong) ++tried;
  }
  EXPECT_LT(tried, 40);
  EXPECT_GT(tried, 20);
  // While it is held up not even the right one tells anything.
  ASSERT_EQ(book.check("ana", code_at(now), now), CodeCheck::held_up);
  now = book.find("ana")->held_until;
  EXPECT_EQ(book.check("ana", code_at(now), now), CodeCheck::right);
  EXPECT_EQ(book.find("ana")->wrong, 0U);
}

TEST(FactorBook, HoldsNobodyUpForAFewSlips) {
  FactorBook book = with_ana();
  for (std::uint32_t i = 1; i < FactorBook::kFreeTries; ++i) {
    EXPECT_EQ(book.check("ana", wrong_code(kNow), kNow), CodeCheck::wrong);
  }
  EXPECT_EQ(book.check("ana", code_at(kNow), kNow), CodeCheck::right);
  // Nor for sending the same form twenty times.
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(book.check("ana", code_at(kNow), kNow), CodeCheck::used);
  }
}

TEST(FactorBook, EnrolsWhoProvesThatTheAppHasTheSecret) {
  FactorBook book;
  EXPECT_EQ(book.enrol("ana", kSecret, wrong_code(kNow), kNow), CodeCheck::wrong);
  EXPECT_EQ(book.find("ana"), nullptr);
  EXPECT_EQ(book.enrol("ana", kSecret, code_at(kNow), kNow), CodeCheck::right);
  // The code of the enrolment was used.
  EXPECT_EQ(book.check("ana", code_at(kNow), kNow), CodeCheck::used);
}

TEST(FactorBookAttack, AnEnrolmentReplacesNoFactor) {
  FactorBook book = with_ana();
  const std::string mine = "a secret of the attacker";
  EXPECT_EQ(book.enrol("ana", mine, hotp(mine, totp_step(kNow)), kNow), CodeCheck::not_enrolled);
  EXPECT_EQ(book.find("ana")->secret, kSecret);
  EXPECT_EQ(book.enrol("", mine, hotp(mine, totp_step(kNow)), kNow), CodeCheck::not_enrolled);
  EXPECT_EQ(book.enrol("ben", "short", hotp("short", totp_step(kNow)), kNow),
            CodeCheck::not_enrolled);
}

TEST(FactorBook, ForgetsWhomAnOperatorRemoves) {
  FactorBook book = with_ana();
  EXPECT_TRUE(book.remove("ana"));
  EXPECT_FALSE(book.remove("ana"));
  EXPECT_EQ(book.check("ana", code_at(kNow), kNow), CodeCheck::not_enrolled);
}

}  // namespace
}  // namespace sallyport::portal
