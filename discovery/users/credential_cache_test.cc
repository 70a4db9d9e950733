#include "discovery/users/credential_cache.h"

#include <gtest/gtest.h>
#include <string>

namespace sallyport::discovery {
namespace {

using std::chrono::seconds;

const CredentialCache::Moment kStart{};

class CredentialCacheTest : public testing::Test {
 protected:
  std::string find(std::string_view user, std::string_view password, int after,
                   std::string_view version = "v1") {
    const auto found = cache_.find(user, password, version, kStart + seconds(after));
    return !found ? "unknown" : *found ? "right" : "wrong";
  }
  void remember(std::string_view user, std::string_view password, bool right, int after) {
    cache_.remember(user, password, "v1", right, kStart + seconds(after));
  }

  CredentialCache cache_{CredentialCache::make_key(), {.most = 3}};
};

TEST_F(CredentialCacheTest, RemembersExactlyWhatWasChecked) {
  remember("ana", "pw", true, 0);
  EXPECT_EQ(find("ana", "pw", 1), "right");
  EXPECT_EQ(find("ana", "pw2", 1), "unknown");
  EXPECT_EQ(find("ben", "pw", 1), "unknown");
  EXPECT_EQ(find("an", "apw", 1), "unknown");
  EXPECT_EQ(find("", "anapw", 1), "unknown");
}

TEST_F(CredentialCacheTest, ForgetsWithANewPasswordFile) {
  remember("ana", "pw", true, 0);
  EXPECT_EQ(find("ana", "pw", 1, "v2"), "unknown");
}

TEST_F(CredentialCacheTest, BelievesForFiveMinutesFromTheCheckHoweverOftenUsed) {
  remember("ana", "pw", true, 0);
  remember("ana", "pw", true, 200);
  EXPECT_EQ(find("ana", "pw", 299), "right");
  EXPECT_EQ(find("ana", "pw", 300), "unknown");
  remember("ana", "pw", true, 301);
  EXPECT_EQ(find("ana", "pw", 600), "right");
}

TEST_F(CredentialCacheTest, RemembersWrongOnesBriefly) {
  remember("ana", "bad", false, 0);
  EXPECT_EQ(find("ana", "bad", 9), "wrong");
  EXPECT_EQ(find("ana", "bad", 10), "unknown");
}

TEST_F(CredentialCacheTest, IsBoundedAndGuessingPushesNobodyOut) {
  remember("ana", "pw", true, 0);
  for (int i = 0; i < 100; ++i) remember("ana", "guess" + std::to_string(i), false, 1);
  EXPECT_EQ(cache_.size(), 4u);
  EXPECT_EQ(find("ana", "pw", 2), "right");
  EXPECT_EQ(find("ana", "guess99", 2), "wrong");
  EXPECT_EQ(find("ana", "guess0", 2), "unknown");
}

TEST_F(CredentialCacheTest, LetsTheOldestGoFirst) {
  for (int i = 0; i < 4; ++i) remember("user" + std::to_string(i), "pw", true, i);
  EXPECT_EQ(find("user0", "pw", 5), "unknown");
  EXPECT_EQ(find("user1", "pw", 5), "right");
  EXPECT_EQ(find("user3", "pw", 5), "right");
}

TEST_F(CredentialCacheTest, DropsWhatExpired) {
  remember("ana", "pw", true, 0);
  remember("ben", "pw", true, 1000);
  EXPECT_EQ(cache_.size(), 1u);
  cache_.clear();
  EXPECT_EQ(cache_.size(), 0u);
  EXPECT_EQ(find("ben", "pw", 1001), "unknown");
}

TEST(CredentialCacheKey, DiffersEachTime) {
  EXPECT_NE(CredentialCache::make_key(), CredentialCache::make_key());
}

}  // namespace
}  // namespace sallyport::discovery
