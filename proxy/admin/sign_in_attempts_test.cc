// Sign-ins that went to the provider: whose they are, how long and how often they are good.

#include "proxy/admin/sign_in_attempts.h"

#include <gtest/gtest.h>

#include "tests/kit/fake_clock.h"

namespace sallyport::admin {
namespace {

using namespace std::chrono_literals;
using Fault = SignInAttempts::Fault;

class SignInAttemptsTest : public ::testing::Test {
 protected:
  std::string take(std::string_view cookie, std::string_view state) {
    const auto taken = attempts_.take(cookie, state, now_);
    if (taken) return taken->nonce;
    switch (taken.error()) {
      case Fault::none:
        return "none";
      case Fault::other_state:
        return "other state";
      case Fault::too_old:
        return "too old";
      case Fault::used:
        return "used";
      case Fault::crowded:
        return "crowded";
    }
    return "";
  }

  SignInAttempts attempts_;
  SignInAttempts::Moment now_{1'000'000s};
};

TEST_F(SignInAttemptsTest, IsGoodOnceForTheBrowserThatBeganIt) {
  const auto begun = attempts_.begin(now_);
  EXPECT_EQ(take(begun.cookie, begun.secrets.state), begun.secrets.nonce);
  EXPECT_EQ(take(begun.cookie, begun.secrets.state), "used");
}

TEST_F(SignInAttemptsTest, HasSecretsThatNobodyElseHas) {
  const auto one = attempts_.begin(now_), other = attempts_.begin(now_);
  EXPECT_NE(one.cookie, other.cookie);
  EXPECT_NE(one.secrets.state, other.secrets.state);
  EXPECT_NE(one.secrets.state, one.secrets.nonce);
  EXPECT_NE(one.secrets.nonce, one.secrets.verifier);
  EXPECT_EQ(one.secrets.verifier.size(), 43U);  // RFC 7636 section 4.1: 43 to 128
  EXPECT_EQ(take(one.cookie, other.secrets.state), "other state");
  // A wrong guess does not spend it.
  EXPECT_EQ(take(one.cookie, one.secrets.state), one.secrets.nonce);
  // Another process has another key.
  SignInAttempts elsewhere;
  EXPECT_FALSE(elsewhere.take(other.cookie, other.secrets.state, now_));
}

TEST_F(SignInAttemptsTest, TakesNoCookieThatItDidNotMake) {
  const auto begun = attempts_.begin(now_);
  for (const std::string& cookie :
       {std::string(), std::string("."), std::string(".."), std::string("a.b.c"),
        begun.cookie.substr(1), begun.cookie + "x", begun.cookie.substr(0, begun.cookie.size() - 1),
        std::string(200, '.')}) {
    EXPECT_EQ(take(cookie, begun.secrets.state), "none") << cookie;
  }
  std::string later = begun.cookie;
  later[later.find('.') + 1] = '9';
  EXPECT_EQ(take(later, begun.secrets.state), "none");
}

TEST_F(SignInAttemptsTest, EndsAfterTenMinutes) {
  const auto begun = attempts_.begin(now_);
  now_ += 9min + 59s;
  const auto other = attempts_.begin(now_);
  now_ += 1s;
  EXPECT_EQ(take(begun.cookie, begun.secrets.state), "too old");
  EXPECT_EQ(take(other.cookie, other.secrets.state), other.secrets.nonce);
}

TEST_F(SignInAttemptsTest, RefusesMoreThanItCanRemember) {
  for (std::size_t i = 0; i < SignInAttempts::kMostUsed; ++i) {
    const auto begun = attempts_.begin(now_);
    ASSERT_EQ(take(begun.cookie, begun.secrets.state), begun.secrets.nonce);
  }
  auto one_more = attempts_.begin(now_);
  EXPECT_EQ(take(one_more.cookie, one_more.secrets.state), "crowded");
  now_ += SignInAttempts::kLives;
  one_more = attempts_.begin(now_);
  EXPECT_EQ(take(one_more.cookie, one_more.secrets.state), one_more.secrets.nonce);
}

}  // namespace
}  // namespace sallyport::admin
