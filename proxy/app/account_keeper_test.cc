// Accounts and tokens: what is kept, what is refused, what stands in the log.

#include "proxy/app/account_keeper.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/crypto/totp.h"
#include "discovery/store/sqlite_state_store.h"
#include "discovery/users/bcrypt.h"
#include "proxy/app/governance_words.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {
namespace {

using admin::Role;

const Time kNow = *parse_rfc3339("2026-11-27T12:00:00Z");

class AccountKeeperTest : public ::testing::Test {
 protected:
  AccountKeeperTest() {
    char name[] = "/tmp/sallyport-accounts-XXXXXX";
    home_ = ::mkdtemp(name);
    store_ = std::move(*discovery::SqliteStateStore::open(hand_file(home_)));
  }
  ~AccountKeeperTest() override {
    store_.reset();
    std::filesystem::remove_all(home_);
  }
  AccountKeeper open() {
    AccountKeeper keeper(home_, *store_);
    const auto loaded = keeper.load();
    EXPECT_TRUE(loaded) << describe(loaded.error());
    return keeper;
  }
  int status(const std::optional<AccountKeeper::Refusal>& refusal) {
    return refusal ? refusal->status : 200;
  }
  std::string log() {
    std::string text;
    const auto entries = store_->governance(0, 100);
    for (const auto& entry : *entries) {
      const GovernanceWords words = words_of(entry);
      text += words.action + " " + words.what + " by " + entry.who + "\n";
    }
    return text;
  }

  std::string home_;
  std::unique_ptr<discovery::StateStore> store_;
};

TEST_F(AccountKeeperTest, KeepsWhatItIsGivenForItsOwnerAlone) {
  {
    AccountKeeper keeper = open();
    EXPECT_TRUE(keeper.empty());
    EXPECT_EQ(status(keeper.add("ana", Role::operator_, "$2b$10$hash", "root", kNow)), 200);
    EXPECT_EQ(status(keeper.add("ben", Role::viewer, "$2b$10$other", "ana", kNow)), 200);
    EXPECT_EQ(status(keeper.add_token("siem", Role::analyst, "spt_secret", "ana", kNow)), 200);
    EXPECT_EQ(status(keeper.set_password("ben", "$2b$12$fresh", false, "ben", kNow)), 200);
  }
  struct stat file{};
  ASSERT_EQ(::stat(accounts_file(home_).c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  AccountKeeper keeper = open();
  ASSERT_NE(keeper.find("ana"), nullptr);
  EXPECT_EQ(keeper.find("ana")->role, Role::operator_);
  EXPECT_TRUE(keeper.find("ana")->must_change);
  EXPECT_EQ(keeper.find("ben")->hash, "$2b$12$fresh");
  EXPECT_FALSE(keeper.find("ben")->must_change);
  ASSERT_NE(keeper.find_token("spt_secret"), nullptr);
  EXPECT_EQ(keeper.find_token("spt_secret")->first, "siem");
  EXPECT_EQ(keeper.find_token("spt_other"), nullptr);
  std::ifstream in(accounts_file(home_));
  const std::string text(std::istreambuf_iterator<char>(in), {});
  EXPECT_EQ(text.find("spt_secret"), std::string::npos);
  EXPECT_EQ(log(),
            "add account ana (operator) by root\nadd account ben (viewer) by ana\n"
            "add token siem (analyst) by ana\nchange account ben password (viewer) by ben\n");
}

TEST_F(AccountKeeperTest, TheLastOperatorStays) {
  AccountKeeper keeper = open();
  ASSERT_EQ(status(keeper.add("ana", Role::operator_, "h", "", kNow)), 200);
  ASSERT_EQ(status(keeper.add("ben", Role::viewer, "h", "", kNow)), 200);
  EXPECT_EQ(status(keeper.remove("ana", "ben", kNow)), 409);
  EXPECT_EQ(status(keeper.set_role("ana", Role::analyst, "ana", kNow)), 409);
  EXPECT_EQ(status(keeper.set_role("ben", Role::operator_, "ana", kNow)), 200);
  EXPECT_EQ(status(keeper.remove("ana", "ben", kNow)), 200);
  EXPECT_EQ(keeper.find("ana"), nullptr);
}

TEST_F(AccountKeeperTest, RefusesWhatCannotBe) {
  AccountKeeper keeper = open();
  for (const char* name : {"", "Ana", "a b", "-ana", "ana\n", "../ana", "\xc3\xa4nne"}) {
    EXPECT_EQ(status(keeper.add(name, Role::viewer, "h", "", kNow)), 400) << name;
    EXPECT_EQ(status(keeper.add_token(name, Role::viewer, "t", "", kNow)), 400) << name;
  }
  EXPECT_EQ(status(keeper.add(std::string(65, 'a'), Role::viewer, "h", "", kNow)), 400);
  EXPECT_EQ(status(keeper.add("ana@corp.example", Role::viewer, "h", "", kNow)), 200);
  EXPECT_EQ(status(keeper.add("ana@corp.example", Role::viewer, "h", "", kNow)), 409);
  EXPECT_EQ(status(keeper.remove("zoe", "", kNow)), 404);
  EXPECT_EQ(status(keeper.set_password("zoe", "h", false, "", kNow)), 404);
  EXPECT_EQ(status(keeper.remove_token("zoe", "", kNow)), 404);
  EXPECT_EQ(status(keeper.set_factor("ana@corp.example", "", "", kNow)), 404);
}

TEST_F(AccountKeeperTest, ACodeIsRightOnceAlsoAfterARestart) {
  const std::string secret = new_totp_secret();
  const std::string code = hotp(secret, totp_step(kNow));
  {
    AccountKeeper keeper = open();
    ASSERT_EQ(status(keeper.add("ana", Role::operator_, "h", "", kNow)), 200);
    EXPECT_FALSE(keeper.has_factor("ana"));
    ASSERT_EQ(status(keeper.set_factor("ana", secret, "root", kNow)), 200);
    EXPECT_EQ(keeper.check_code("ana", code, kNow).value(), portal::CodeCheck::right);
  }
  AccountKeeper keeper = open();
  EXPECT_TRUE(keeper.has_factor("ana"));
  EXPECT_EQ(keeper.check_code("ana", code, kNow).value(), portal::CodeCheck::used);
  EXPECT_EQ(status(keeper.set_factor("ana", "", "root", kNow)), 200);
  EXPECT_FALSE(open().has_factor("ana"));
}

TEST_F(AccountKeeperTest, AFileThatOthersReadOrThatIsDamagedIsRefused) {
  ASSERT_EQ(status(open().add("ana", Role::operator_, "h", "", kNow)), 200);
  const std::string file = accounts_file(home_);
  AccountKeeper keeper(home_, *store_);
  ::chmod(file.c_str(), 0640);
  EXPECT_EQ(keeper.load().error().kind, ErrorKind::permission);
  for (const char* text : {"", "{", "[]", "{\"accounts\":[{\"name\":\"ana\",\"role\":\"god\"}]}",
                           "{\"accounts\":[{\"name\":\"A\",\"role\":\"viewer\"}]}", "{} x"}) {
    std::filesystem::remove(file);
    std::ofstream(file) << text;
    ::chmod(file.c_str(), 0600);
    AccountKeeper damaged(home_, *store_);
    EXPECT_EQ(damaged.load().error().kind, ErrorKind::invalid) << text;
  }
}

TEST_F(AccountKeeperTest, WhatCannotBeWrittenIsNotDone) {
  AccountKeeper keeper = open();
  ASSERT_EQ(status(keeper.add("ana", Role::operator_, "h", "", kNow)), 200);
  std::filesystem::create_directory(accounts_file(home_) + ".new");
  EXPECT_EQ(status(keeper.add("ben", Role::viewer, "h", "", kNow)), 503);
  EXPECT_EQ(keeper.find("ben"), nullptr);
  EXPECT_EQ(status(keeper.set_password("ana", "other", false, "", kNow)), 503);
  EXPECT_EQ(keeper.find("ana")->hash, "h");
}

TEST(AccountPasswords, AreLongEnoughAndNoName) {
  EXPECT_EQ(wrong_with_password("correct horse 7", "ana"), "");
  EXPECT_NE(wrong_with_password("short", "ana"), "");
  EXPECT_NE(wrong_with_password(std::string(73, 'x') + "y", "ana"), "");
  EXPECT_NE(wrong_with_password("aaaaaaaaaaaaaa", "ben"), "");
  EXPECT_NE(wrong_with_password("my name is ANA, truly", "ana"), "");
  EXPECT_NE(wrong_with_password(std::string("abcdefghijkl\0m", 14), "ana"), "");
}

TEST(AccountPasswords, OfOneTimeAreReadableAndEachAnother) {
  const std::string one = one_time_password();
  EXPECT_EQ(one.size(), 19u);
  EXPECT_EQ(one.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567-"), std::string::npos);
  EXPECT_NE(one, one_time_password());
  EXPECT_TRUE(new_api_token().starts_with("spt_"));
}

TEST(Bcrypt, AHashIsOfItsPasswordAlone) {
  const std::string hash = discovery::bcrypt_hash("correct horse", 4);
  EXPECT_EQ(hash.size(), 60u);
  EXPECT_TRUE(discovery::bcrypt_matches(hash, "correct horse"));
  EXPECT_FALSE(discovery::bcrypt_matches(hash, "correct horsE"));
  EXPECT_FALSE(discovery::bcrypt_matches(hash, ""));
  EXPECT_FALSE(discovery::bcrypt_matches(hash, std::string("correct horse\0x", 15)));
  EXPECT_NE(hash, discovery::bcrypt_hash("correct horse", 4));
  EXPECT_EQ(discovery::bcrypt_hash(std::string(600, 'x'), 4), "");
  EXPECT_FALSE(discovery::bcrypt_matches(discovery::bcrypt_decoy(4), "x"));
  EXPECT_FALSE(discovery::bcrypt_matches("no hash", "x"));
}

}  // namespace
}  // namespace sallyport::app
