#include "proxy/app/address_keeper.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "discovery/users/address_feed.h"
#include "tests/kit/fake_clock.h"

namespace sallyport::app {
namespace {

class AddressKeeperTest : public ::testing::Test {
 protected:
  AddressKeeperTest() : clock_(*parse_rfc3339("2026-11-24T12:00:00Z")) {
    std::string folder = (std::filesystem::temp_directory_path() / "addresses-XXXXXX").string();
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    start();
  }
  ~AddressKeeperTest() override { std::filesystem::remove_all(folder_); }

  // Another process, as it were: what is known comes from the file.
  void start() {
    published_.reset();
    keeper_ = std::make_unique<AddressKeeper>(
        folder_ + "/addresses.json", clock_,
        [this](const AddressKeeper::Map& map) { published_ = map; });
    keeper_->open();
  }
  void feed(const std::string& address, const std::string& user, const std::string& ttl) {
    auto entries = discovery::parse_address_feed("{\"entries\": [{\"address\": \"" + address +
                                                     "\", \"user\": \"" + user + "\", \"ttl\": \"" +
                                                     ttl + "\"}]}",
                                                 clock_.now());
    ASSERT_TRUE(entries);
    ASSERT_TRUE(keeper_->put(std::move(*entries)));
  }
  // As the workers see it.
  std::string who(const std::string& address) const {
    if (!published_) return "nothing published";
    const auto* entry = published_->find(*IpAddress::parse(address), clock_.now());
    return entry == nullptr ? "-" : entry->user;
  }

  testkit::FakeClock clock_;
  std::string folder_;
  std::unique_ptr<AddressKeeper> keeper_;
  AddressKeeper::Map published_;
};

TEST_F(AddressKeeperTest, TellsTheWorkersAtOnce) {
  feed("192.0.2.7", "ana", "1h");
  EXPECT_EQ(who("192.0.2.7"), "ana");
  feed("192.0.2.7", "ben", "1h");
  EXPECT_EQ(who("192.0.2.7"), "ben");
  EXPECT_TRUE(keeper_->remove(*IpPrefix::parse("192.0.2.7")));
  EXPECT_EQ(who("192.0.2.7"), "-");
}

TEST_F(AddressKeeperTest, RemembersOverARestartWhatStillLasts) {
  feed("192.0.2.7", "ana", "1h");
  feed("192.0.2.8", "ben", "3h");
  keeper_->look_after();
  clock_.pass(std::chrono::hours(2));
  start();
  EXPECT_EQ(who("192.0.2.7"), "-");
  EXPECT_EQ(who("192.0.2.8"), "ben");
  clock_.pass(std::chrono::hours(2));
  keeper_->look_after();
  EXPECT_EQ(published_->size(), 0u);
  start();
  EXPECT_EQ(who("192.0.2.8"), "-");
}

TEST_F(AddressKeeperTest, LosesWhatWasNotLookedAfterAndNothingElse) {
  feed("192.0.2.7", "ana", "1h");
  keeper_->look_after();
  feed("192.0.2.8", "ben", "1h");
  start();
  EXPECT_EQ(who("192.0.2.7"), "ana");
  EXPECT_EQ(who("192.0.2.8"), "-");
}

TEST_F(AddressKeeperTest, WritesOnlyWhatChanged) {
  feed("192.0.2.7", "ana", "1h");
  keeper_->look_after();
  std::filesystem::remove(folder_ + "/addresses.json");
  keeper_->look_after();
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/addresses.json"));
  feed("192.0.2.7", "ana", "2h");
  keeper_->look_after();
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/addresses.json"));
}

TEST_F(AddressKeeperTest, BeginsAnewWhereTheFileIsDamagedAndTriesAgainWhereItCannotWrite) {
  std::ofstream(folder_ + "/addresses.json") << "{\"entries\": [";
  start();
  EXPECT_EQ(keeper_->map()->size(), 0u);
  feed("192.0.2.7", "ana", "1h");
  std::filesystem::remove(folder_ + "/addresses.json");
  std::filesystem::create_directory(folder_ + "/addresses.json");
  std::ofstream(folder_ + "/addresses.json/in the way") << "x";
  keeper_->look_after();
  std::filesystem::remove_all(folder_ + "/addresses.json");
  keeper_->look_after();
  start();
  EXPECT_EQ(who("192.0.2.7"), "ana");
}

}  // namespace
}  // namespace sallyport::app
