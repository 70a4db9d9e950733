#include "proxy/app/factor_keeper.h"

#include <gtest/gtest.h>

#include "base/crypto/totp.h"
#include "discovery/store/sqlite_state_store.h"
#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

using portal::CodeCheck;

const Time kStart = *parse_rfc3339("2026-11-26T10:00:00Z");
const std::string kSecret = "12345678901234567890";

std::string code_at(Time time) { return hotp(kSecret, totp_step(time)); }

class FactorKeeperTest : public ::testing::Test {
 protected:
  testkit::TemporaryFolder folder_;
  std::unique_ptr<discovery::StateStore> store_ =
      std::move(*discovery::SqliteStateStore::open(folder_.path() + "/state.sqlite"));
};

TEST_F(FactorKeeperTest, KnowsOverARestartWhoEnrolledAndWhichCodesWereUsed) {
  FactorKeeper keeper(*store_, true);
  EXPECT_EQ(*keeper.enrol("ana", kSecret, code_at(kStart), kStart), CodeCheck::right);
  FactorKeeper again(*store_, true);
  ASSERT_TRUE(again.load(kStart));
  EXPECT_TRUE(again.state_of("ana").enrolled);
  EXPECT_EQ(*again.check("ana", code_at(kStart), kStart), CodeCheck::used);
  ASSERT_EQ(again.all().size(), 1u);
  EXPECT_EQ(again.all()[0].user, "ana");
  EXPECT_EQ(again.all()[0].enrolled, kStart);
  EXPECT_EQ(again.all()[0].used, kStart);
}

TEST_F(FactorKeeperTest, ForgetsAFactorForGoodAndLetsAnotherBeSetUp) {
  FactorKeeper keeper(*store_, true);
  ASSERT_EQ(*keeper.enrol("ana", kSecret, code_at(kStart), kStart), CodeCheck::right);
  EXPECT_FALSE(*keeper.forget("ben", "ops", kStart));
  EXPECT_TRUE(*keeper.forget("ana", "ops", kStart));
  EXPECT_FALSE(*keeper.forget("ana", "ops", kStart));
  EXPECT_TRUE(keeper.state_of("ana").may_enrol);
  FactorKeeper again(*store_, true);
  ASSERT_TRUE(again.load(kStart));
  EXPECT_TRUE(again.all().empty());
  const auto changes = store_->changes("second_factor", 1);
  ASSERT_EQ(changes->size(), 1u);
  EXPECT_EQ(changes->front().who, "ops");
  EXPECT_EQ(changes->front().value, std::nullopt);
}

TEST_F(FactorKeeperTest, LetsNobodyEnrolWhereThatIsNotAllowed) {
  FactorKeeper keeper(*store_, false);
  EXPECT_EQ(*keeper.enrol("ana", kSecret, code_at(kStart), kStart), CodeCheck::not_enrolled);
  EXPECT_FALSE(keeper.state_of("ana").may_enrol);
}

TEST_F(FactorKeeperTest, RefusesToStartWithoutAFactorThatCannotBeRead) {
  const discovery::StateEntry entry{"second_factor", "ana",  "{\"secret\": 1}",
                                    "ana",           kStart, std::nullopt};
  ASSERT_TRUE(store_->put({&entry, 1}));
  FactorKeeper keeper(*store_, true);
  EXPECT_FALSE(keeper.load(kStart));
}

}  // namespace
}  // namespace sallyport::app
