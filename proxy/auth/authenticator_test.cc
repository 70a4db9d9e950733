// Basic credentials: what is read, what is believed, and for how long.

#include "proxy/auth/authenticator.h"

#include <gtest/gtest.h>
#include <thread>

#include "base/crypto/base64.h"
#include "base/io/nursery.h"
#include "tests/kit/fake_clock.h"

namespace sallyport::auth {
namespace {

// Cost 4, so that the test is quick.
constexpr const char* kPasswords =
    "ana:$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n";

std::string basic(const std::string& text) { return "Basic " + base64_encode(text); }

constexpr const char* kUsers =
    "users:\n"
    "  - {name: ana, user: 'CORP\\ana', mail: ana@example.org}\n"
    "  - {name: ben, aliases: [benny]}\n";

Task<void> prove_into(Authenticator& authenticator, std::string value, IpAddress client,
                      const discovery::Users& users, Proof& proof) {
  proof = co_await authenticator.prove(value, client, users);
}

constexpr const char* kHome = "192.0.2.10";

class AuthenticatorTest : public ::testing::Test {
 protected:
  AuthenticatorTest() : clock_(Time{}), worker_(0, clock_) {
    passwords_ = passwords(kPasswords);
    key_ = discovery::CredentialCache::make_key();
    Diagnostics warnings;
    auto users = discovery::parse_users(
        std::make_shared<const Source>(Source{"users.yaml", kUsers}), nullptr, warnings);
    EXPECT_TRUE(users);
    users_ = *users;
  }

  std::shared_ptr<const discovery::Htpasswd> passwords(const std::string& text) {
    Diagnostics warnings;
    auto parsed = discovery::parse_htpasswd(Source{"htpasswd", text}, warnings);
    EXPECT_TRUE(parsed);
    return *parsed;
  }

  Authenticator make(io::WorkPool& pool) {
    return Authenticator(worker_, pool, key_, passwords_, throttle_, limits_);
  }

  // "accepted ana", "wrong ana", "missing ", "busy ana"
  std::string prove(Authenticator& authenticator, const std::string& value,
                    const std::string& client = kHome) {
    io::Nursery nursery(worker_.executor());
    proof_ = {};
    proof_.user = "never ran";
    nursery.start(prove_into(authenticator, value, *IpAddress::parse(client), *users_, proof_));
    while (worker_.poll() > 0) {
    }
    EXPECT_TRUE(nursery.empty());
    return shown(proof_);
  }
  static std::string shown(const Proof& proof) {
    static constexpr const char* kStates[] = {"accepted", "missing", "wrong", "held up", "busy"};
    return std::string(kStates[static_cast<int>(proof.state)]) + " " + proof.user;
  }
  // `count` different wrong passwords of a user; what the last one came to.
  std::string guess(Authenticator& authenticator, int count, const std::string& user = "ana",
                    const std::string& client = kHome) {
    std::string last;
    for (int i = 0; i < count; ++i) {
      last = prove(authenticator, basic(user + ":guess " + std::to_string(guesses_++)), client);
    }
    return last;
  }

  testkit::FakeClock clock_;
  io::Worker worker_;
  io::WorkPool at_once_{0, 1, "at once"};
  io::WorkPool full_{1, 0, "full"};  // Whoever wants a password checked here is told `busy`.
  std::shared_ptr<const discovery::Htpasswd> passwords_;
  std::shared_ptr<const discovery::Users> users_;
  discovery::CredentialCache::Key key_{};
  SignInThrottle throttle_{clock_.steady()};
  SignInLimits limits_{std::chrono::minutes(10), 5, 20, 40};
  Proof proof_;
  int guesses_ = 0;
};

TEST_F(AuthenticatorTest, TellsRightFromWrongFromMissing) {
  Authenticator authenticator = make(at_once_);
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
  Authenticator authenticator = make(at_once_);
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
  Authenticator authenticator = make(full_);
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "busy ana");
  EXPECT_EQ(worker_.metrics().get(Metric::auth_failures_total), 0);
}

TEST_F(AuthenticatorTest, RemembersForMinutesWhatWasChecked) {
  Authenticator authenticator = make(at_once_);
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
  clock_.pass(std::chrono::minutes(4));
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
  EXPECT_EQ(prove(authenticator, basic("ana:correct horsf")), "wrong ana");
  clock_.pass(std::chrono::minutes(2));
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
}

TEST_F(AuthenticatorTest, TakesAnyNameOfAPersonWhicheverTheFileHas) {
  Authenticator authenticator = make(at_once_);
  for (const char* name : {"ana", "CORP\\Ana", "Ana@Example.org"}) {
    EXPECT_EQ(prove(authenticator, basic(std::string(name) + ":correct horse")), "accepted ana");
    EXPECT_EQ(prove(authenticator, basic(std::string(name) + ":wrong")), "wrong ana");
  }
  passwords_ = passwords("benny:$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n");
  Authenticator other = make(at_once_);
  EXPECT_EQ(prove(other, basic("ben:correct horse")), "accepted ben");
  EXPECT_EQ(prove(other, basic("benny:correct horse")), "accepted ben");
  EXPECT_EQ(prove(other, basic("ana:correct horse")), "wrong ana");
}

TEST_F(AuthenticatorTest, SaysWhetherSomebodyIsListedSoThatNobodyWritesDownAPassword) {
  Authenticator authenticator = make(at_once_);
  prove(authenticator, basic("ana:wrong"));
  EXPECT_TRUE(proof_.listed);
  prove(authenticator, basic("BENNY:wrong"));
  EXPECT_TRUE(proof_.listed);
  prove(authenticator, basic("correct horse:"));
  EXPECT_FALSE(proof_.listed);
}

TEST_F(AuthenticatorTest, ChecksNoMoreOfAUserFromAnAddressAfterSoManyFailures) {
  Authenticator authenticator = make(at_once_);
  EXPECT_EQ(guess(authenticator, 5), "wrong ana");
  EXPECT_EQ(guess(authenticator, 1), "held up ana");
  EXPECT_EQ(proof_.wait, std::chrono::minutes(2));
  EXPECT_EQ(worker_.metrics().get(Metric::auth_failures_total), 5);
  EXPECT_EQ(worker_.metrics().get(Metric::auth_held_up_total), 1);
  // Not even the right one is looked at, nor under another name, nor by another worker.
  Authenticator another_worker = make(full_);
  EXPECT_EQ(prove(another_worker, basic("corp\\ana:correct horse")), "held up ana");
  // Others are free, and so is she elsewhere.
  EXPECT_EQ(prove(authenticator, basic("ben:x")), "wrong ben");
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse"), "192.0.2.11"), "accepted ana");
}

TEST_F(AuthenticatorTest, LetsOneMoreThroughEachWindowOverNumber) {
  Authenticator authenticator = make(at_once_);
  guess(authenticator, 5);
  clock_.pass(std::chrono::minutes(2) - std::chrono::milliseconds(1));
  EXPECT_EQ(guess(authenticator, 1), "held up ana");
  clock_.pass(std::chrono::milliseconds(1));
  EXPECT_EQ(guess(authenticator, 1), "wrong ana");
  EXPECT_EQ(guess(authenticator, 1), "held up ana");
  clock_.pass(std::chrono::minutes(10));
  EXPECT_EQ(guess(authenticator, 5), "wrong ana");
  EXPECT_EQ(guess(authenticator, 1), "held up ana");
}

TEST_F(AuthenticatorTest, ClearsTheCountWithTheRightPassword) {
  Authenticator authenticator = make(at_once_);
  guess(authenticator, 4);
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
  EXPECT_EQ(guess(authenticator, 5), "wrong ana");
  EXPECT_EQ(guess(authenticator, 1), "held up ana");
}

TEST_F(AuthenticatorTest, GoesOnWithARememberedPasswordWhileOthersAreHeldUp) {
  Authenticator authenticator = make(at_once_);
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
  EXPECT_EQ(guess(authenticator, 6), "held up ana");
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
}

TEST_F(AuthenticatorTest, LetsNobodyTryGuessesAgainstWhatIsRemembered) {
  Authenticator authenticator = make(at_once_);
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
  // From elsewhere what is remembered does not count: this one would have to be checked.
  Authenticator another = make(full_);
  EXPECT_EQ(prove(another, basic("ana:correct horse"), "192.0.2.11"), "busy ana");
  // From there, after five checked and fifty unchecked guesses nothing is believed any more.
  EXPECT_EQ(guess(authenticator, 5 + 50), "held up ana");
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "held up ana");
  clock_.pass(std::chrono::minutes(10));
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
}

TEST_F(AuthenticatorTest, CountsTheSameWrongPasswordOnce) {
  Authenticator authenticator = make(at_once_);
  Authenticator another_worker = make(at_once_);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(prove(authenticator, basic("ana:old")), "wrong ana");
    EXPECT_EQ(prove(another_worker, basic("ana:old")), "wrong ana");
    clock_.pass(std::chrono::seconds(5));
  }
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
}

TEST_F(AuthenticatorTest, CountsAnAddressOverAllUsersButForThoseAtHomeThere) {
  Authenticator authenticator = make(at_once_);
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
  for (int i = 0; i < 20; ++i) guess(authenticator, 1, "user" + std::to_string(i));
  EXPECT_EQ(guess(authenticator, 1, "ben"), "held up ben");
  EXPECT_EQ(proof_.cause, SignInThrottle::Cause::address);
  EXPECT_EQ(proof_.wait, std::chrono::seconds(30));
  EXPECT_EQ(guess(authenticator, 1, "ben", "192.0.2.11"), "wrong ben");
  // She signed in from there today, so the others' failures are not hers, also when what was
  // remembered of her has gone.
  clock_.pass(std::chrono::seconds(20));
  Authenticator another_worker = make(at_once_);
  EXPECT_EQ(prove(another_worker, basic("ana:correct horse")), "accepted ana");
}

TEST_F(AuthenticatorTest, CountsAUserOverAllAddressesButForThoseAtHome) {
  Authenticator authenticator = make(at_once_);
  EXPECT_EQ(prove(authenticator, basic("ana:correct horse")), "accepted ana");
  for (int i = 0; i < 40; ++i) {
    guess(authenticator, 1, i % 2 == 0 ? "ana" : "corp\\ana", "198.51.100." + std::to_string(i));
  }
  EXPECT_EQ(guess(authenticator, 1, "ana", "203.0.113.1"), "held up ana");
  EXPECT_EQ(proof_.cause, SignInThrottle::Cause::user);
  Authenticator another_worker = make(at_once_);
  EXPECT_EQ(prove(another_worker, basic("ana:correct horse")), "accepted ana");
}

TEST_F(AuthenticatorTest, TakesASixtyFourForOneAddress) {
  Authenticator authenticator = make(at_once_);
  for (int i = 0; i < 5; ++i) {
    guess(authenticator, 1, "ana", "2001:db8::" + std::to_string(i + 1));
  }
  EXPECT_EQ(guess(authenticator, 1, "ana", "2001:db8::ffff:1"), "held up ana");
  EXPECT_EQ(guess(authenticator, 1, "ana", "2001:db8:0:1::1"), "wrong ana");
}

TEST_F(AuthenticatorTest, CountsNothingWhereTheLimitsAreZero) {
  limits_ = {std::chrono::minutes(10), 0, 0, 0};
  Authenticator authenticator = make(at_once_);
  EXPECT_EQ(guess(authenticator, 100), "wrong ana");
}

TEST_F(AuthenticatorTest, ChecksOncePasswordThatManyConnectionsBringAtOnce) {
  io::WorkPool one{1, 1, "one"};  // A second check beside the first would be told `busy`.
  Authenticator authenticator = make(one);
  io::Nursery nursery(worker_.executor());
  std::vector<Proof> proofs(20);
  for (Proof& proof : proofs) {
    nursery.start(prove_into(authenticator, basic("ana:correct horse"), *IpAddress::parse(kHome),
                             *users_, proof));
  }
  while (!nursery.empty()) {
    worker_.poll();
    std::this_thread::yield();
  }
  for (const Proof& proof : proofs) EXPECT_EQ(shown(proof), "accepted ana");
}

TEST_F(AuthenticatorTest, ABurstOfGuessesGetsNoMoreThanItsNumber) {
  io::WorkPool one{1, 64, "one"};
  Authenticator authenticator = make(one);
  io::Nursery nursery(worker_.executor());
  std::vector<Proof> proofs(60);
  for (std::size_t i = 0; i < proofs.size(); ++i) {
    nursery.start(prove_into(authenticator, basic("ana:" + std::to_string(i)),
                             *IpAddress::parse(kHome), *users_, proofs[i]));
  }
  while (!nursery.empty()) {
    worker_.poll();
    std::this_thread::yield();
  }
  EXPECT_EQ(worker_.metrics().get(Metric::auth_failures_total), 5);
  EXPECT_EQ(worker_.metrics().get(Metric::auth_held_up_total), 55);
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
