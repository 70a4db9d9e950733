// Basic credentials: what is read, what is believed, and for how long.

#include "proxy/auth/authenticator.h"

#include <gtest/gtest.h>

#include "base/crypto/base64.h"
#include "base/io/nursery.h"
#include "tests/kit/fake_clock.h"

namespace sallyport::auth {
namespace {

// Cost 4, so that the test is quick.
constexpr const char* kPasswords =
    "ana:$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n";

std::string basic(const std::string& text) { return "Basic " + base64_encode(text); }

Task<void> prove_into(Authenticator& authenticator, std::string value, Proof& proof) {
  proof = co_await authenticator.prove(value);
}

class AuthenticatorTest : public ::testing::Test {
 protected:
  AuthenticatorTest() : clock_(Time{}), worker_(0, clock_) {
    Diagnostics warnings;
    auto parsed = discovery::parse_htpasswd(Source{"htpasswd", kPasswords}, warnings);
    EXPECT_TRUE(parsed);
    passwords_ = *parsed;
    key_ = discovery::CredentialCache::make_key();
  }

  // "accepted ana", "wrong ana", "missing ", "busy ana"
  std::string prove(Authenticator& authenticator, const std::string& value) {
    io::Nursery nursery(worker_.executor());
    Proof proof;
    proof.user = "never ran";
    nursery.start(prove_into(authenticator, value, proof));
    while (worker_.poll() > 0) {
    }
    EXPECT_TRUE(nursery.empty());
    static constexpr const char* kStates[] = {"accepted", "missing", "wrong", "busy"};
    return std::string(kStates[static_cast<int>(proof.state)]) + " " + proof.user;
  }

  testkit::FakeClock clock_;
  io::Worker worker_;
  io::WorkPool at_once_{0, 1, "at once"};
  io::WorkPool full_{1, 0, "full"};
  std::shared_ptr<const discovery::Htpasswd> passwords_;
  discovery::CredentialCache::Key key_{};
};

TEST_F(AuthenticatorTest, TellsRightFromWrongFromMissing) {
  Authenticator authenticator(worker_, at_once_, key_, passwords_);
  EXPECT_EQ(prove(authenticator, ""), "missing ");
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
  EXPECT_EQ(prove(authenticator, basic("ANA:correct horse")), "accepted ana");
  EXPECT_EQ(prove(authenticator, "bAsIc   " + base64_encode("ana:correct horse")), "accepted ana");
  EXPECT_EQ(worker_.metrics().get(Metric::auth_failures_total), 0);
  EXPECT_EQ(prove(authenticator, basic("ana:wrong")), "wrong ana");
  EXPECT_EQ(prove(authenticator, basic("eve:correct horse")), "wrong eve");
  EXPECT_EQ(prove(authenticator, basic("ana:")), "wrong ana");
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse ")), "wrong ana");
  EXPECT_EQ(worker_.metrics().get(Metric::auth_failures_total), 4);
}

TEST_F(AuthenticatorTest, TakesWhatIsNoBasicForWrong) {
  Authenticator authenticator(worker_, at_once_, key_, passwords_);
  for (const std::string& value :
       {std::string("Basic"), std::string("Basic "), std::string("Basic !!!"),
        std::string("Bearer YW5h"), std::string("NTLM TlRM"), basic("ana"), basic(":correct horse"),
        basic("a\nb:x"), basic(" ana:correct horse"), basic(std::string(300, 'a') + ":x"),
        basic("ana:" + std::string(4000, 'x')), "Basic" + base64_encode("ana:correct horse")}) {
    const std::string proof = prove(authenticator, value);
    EXPECT_TRUE(proof.starts_with("wrong ")) << value.substr(0, 60) << ": " << proof;
  }
}

TEST_F(AuthenticatorTest, SaysBusyRatherThanWait) {
  Authenticator authenticator(worker_, full_, key_, passwords_);
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "busy ana");
  EXPECT_EQ(worker_.metrics().get(Metric::auth_failures_total), 0);
}

TEST_F(AuthenticatorTest, RemembersForMinutesWhatWasChecked) {
  Authenticator authenticator(worker_, at_once_, key_, passwords_);
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
  clock_.pass(std::chrono::minutes(4));
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
  EXPECT_EQ(prove(authenticator, basic("ana:correct horsf")), "wrong ana");
  clock_.pass(std::chrono::minutes(2));
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
}

TEST(BasicCredentials, AreUserAndTheRest) {
  const auto plain = parse_basic(basic("ana:a:b"));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->user, "ana");
  EXPECT_EQ(plain->password, "a:b");
  const auto empty = parse_basic(basic(":"));
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->user + empty->password, "");
  for (const std::string& value :
       {std::string(), std::string("Basic"), basic("ana"), std::string("basic ="),
        std::string("Digest a:b"), basic(std::string(2000, 'a') + ":")}) {
    EXPECT_FALSE(parse_basic(value)) << value.substr(0, 60);
  }
}

TEST(Challenge, HoldsNothingThatEndsItsQuotes) {
  EXPECT_EQ(Authenticator::challenge("Sallyport"), "Basic realm=\"Sallyport\", charset=\"UTF-8\"");
  EXPECT_EQ(Authenticator::challenge("a\"b\\c\r\nd"), "Basic realm=\"abcd\", charset=\"UTF-8\"");
}

}  // namespace
}  // namespace sallyport::auth
