// Answers as they come from a worker, and what every worker has when they are taken.

#include "proxy/app/standing_desk.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/io/nursery.h"
#include "discovery/store/sqlite_state_store.h"
#include "tests/kit/fake_clock.h"

namespace sallyport::app {
namespace {

class StandingDeskTest : public testing::Test {
 protected:
  StandingDeskTest()
      : clock_(*parse_rfc3339("2026-11-26T10:00:00Z")), desk_(9, clock_), worker_(0, clock_) {
    char name[] = "/tmp/sallyport-desk-XXXXXX";
    home_ = ::mkdtemp(name);
    auto opened = discovery::SqliteStateStore::open(home_ + "/state.sqlite");
    EXPECT_TRUE(opened) << describe(opened.error());
    store_ = std::move(*opened);
    book_ = std::make_unique<StandingBook>(*store_);
    EXPECT_TRUE(book_->load(clock_.now()));
    standing_ = std::make_unique<StandingDesk>(
        *book_, desk_,
        [this](std::shared_ptr<const policy::Standing> now) { return publish(std::move(now)); },
        [this](Task<void> task) {
          if (ending_) return false;
          on_desk_.start(std::move(task));
          return true;
        });
  }
  ~StandingDeskTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(home_, ignored);
  }

  Task<void> publish(std::shared_ptr<const policy::Standing> now) {
    published_ = std::move(now);
    ++times_;
    co_return;
  }
  Task<void> ask(GrantWish wish, std::optional<StandingDesk::Granted>& to) {
    StandingDesk::Granted granted = co_await standing_->grant_from(worker_, std::move(wish));
    to = std::move(granted);
  }
  Task<void> look_after() { co_await standing_->look_after(); }

  StandingDesk::Granted granted(GrantWish wish) {
    std::optional<StandingDesk::Granted> told;
    on_worker_.start(ask(std::move(wish), told));
    while (!told) {
      desk_.poll();
      worker_.poll();
    }
    return *told;
  }
  static GrantWish wish() {
    GrantWish made;
    made.grant.policy_id = "asks";
    made.grant.user = "ana";
    made.grant.app = "box";
    made.lasts = std::chrono::hours(1);
    made.who = "ana";
    return made;
  }

  testkit::FakeClock clock_;
  io::Worker desk_;
  io::Worker worker_;
  io::Nursery on_desk_{desk_.executor()};
  io::Nursery on_worker_{worker_.executor()};
  std::string home_;
  std::unique_ptr<discovery::StateStore> store_;
  std::unique_ptr<StandingBook> book_;
  std::unique_ptr<StandingDesk> standing_;
  std::shared_ptr<const policy::Standing> published_;
  int times_ = 0;
  bool ending_ = false;
};

TEST_F(StandingDeskTest, TakesAnAnswerOfAWorkerAndAnswersOnceAllHaveIt) {
  const auto told = granted(wish());
  ASSERT_TRUE(told) << told.error().detail;
  EXPECT_EQ(told->until, clock_.now() + std::chrono::hours(1));
  ASSERT_NE(published_, nullptr);
  EXPECT_EQ(published_->size(), 1u);
  EXPECT_EQ(times_, 1);
}

TEST_F(StandingDeskTest, TellsAWorkerWhyAnAnswerIsNone) {
  GrantWish nobody = wish();
  nobody.grant.user.clear();
  const auto told = granted(nobody);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().status, 400);
  EXPECT_EQ(times_, 0);
}

TEST_F(StandingDeskTest, LeavesNobodyWaitingWhereTheGatewayEnds) {
  ending_ = true;
  const auto told = granted(wish());
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().status, 503);
}

TEST_F(StandingDeskTest, LetsGoOfWhatHasEnded) {
  ASSERT_TRUE(granted(wish()));
  const auto look = [&] {
    on_desk_.start(look_after());
    while (!on_desk_.empty()) desk_.poll();
  };
  look();
  EXPECT_EQ(times_, 1);
  clock_.pass(std::chrono::hours(2));
  look();
  EXPECT_EQ(times_, 2);
  EXPECT_EQ(published_->size(), 0u);
}

}  // namespace
}  // namespace sallyport::app
