#include "proxy/app/alert_book.h"

#include <gtest/gtest.h>

#include "discovery/alerts/sqlite_alert_store.h"
#include "discovery/store/sqlite_state_store.h"
#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

using discovery::Alert;
using discovery::AlertResolution;
using discovery::AlertStep;

const Time kNow = *parse_rfc3339("2026-11-27T10:00:00Z");

class AlertBookTest : public ::testing::Test {
 protected:
  Alert alert(unsigned char number) {
    Alert made;
    made.id.bytes[15] = number;
    made.time = kNow;
    made.policy_id = made.policy = "p";
    made.text = "x";
    return made;
  }
  AlertStep close_as_benign() {
    AlertStep step;
    step.kind = AlertStep::Kind::close;
    step.resolution = AlertResolution::benign;
    step.who = "ana";
    step.at = kNow;
    return step;
  }
  std::unique_ptr<discovery::StateStore> open() {
    return std::move(*discovery::SqliteStateStore::open(folder_.path() + "/state.sqlite"));
  }

  testkit::TemporaryFolder folder_;
  std::unique_ptr<discovery::StateStore> store_ = open();
  AlertBook book_{store_.get()};
};

TEST_F(AlertBookTest, KeepsWhatWasMadeOfAnAlertOverARestart) {
  ASSERT_TRUE(book_.apply(alert(1), close_as_benign()));
  store_.reset();
  store_ = open();
  AlertBook again(store_.get());
  ASSERT_TRUE(again.load(kNow));
  EXPECT_EQ(again.of(alert(1).id), book_.of(alert(1).id));
  EXPECT_EQ(again.of(alert(1).id).history.at(0).who, "ana");
  EXPECT_EQ(again.of(alert(2).id), discovery::AlertHandling());
}

TEST_F(AlertBookTest, KnowsWhatWasReadAndThatItChanged) {
  AlertStep read;
  read.kind = AlertStep::Kind::read;
  read.who = "ana";
  read.at = kNow;
  const std::uint64_t before = book_.changes();
  ASSERT_TRUE(book_.apply(alert(2), read));
  ASSERT_TRUE(book_.apply(alert(1), read));
  EXPECT_EQ(book_.read(), (std::vector<Ulid>{alert(1).id, alert(2).id}));
  EXPECT_GT(book_.changes(), before);
  read.kind = AlertStep::Kind::unread;
  ASSERT_TRUE(book_.apply(alert(1), read));
  EXPECT_EQ(book_.read(), std::vector<Ulid>{alert(2).id});
}

TEST_F(AlertBookTest, RefusesWhatCannotBeDoneAndKeepsNothingOfIt) {
  AlertStep step;
  step.kind = AlertStep::Kind::reopen;
  const auto refused = book_.apply(alert(1), step);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, 400);
  EXPECT_EQ(book_.size(), 0U);
  AlertBook nowhere(nullptr);
  EXPECT_EQ(nowhere.apply(alert(1), close_as_benign()).error().status, 503);
}

TEST_F(AlertBookTest, LeavesOutWhatCannotBeRead) {
  const discovery::StateEntry entry{"alert", alert(3).id.to_string(), "{", "", kNow, {}};
  ASSERT_TRUE(store_->put({&entry, 1}));
  ASSERT_TRUE(book_.load(kNow));
  EXPECT_EQ(book_.size(), 0U);
}

TEST_F(AlertBookTest, FindsAlertsByTheirState) {
  auto alerts = std::move(*discovery::SqliteAlertStore::open(folder_.path() + "/alerts.sqlite"));
  discovery::AlertBatch batch;
  for (unsigned char number = 1; number <= 9; ++number) batch.alerts.push_back(alert(number));
  ASSERT_TRUE(alerts->write(batch));
  for (const unsigned char number : {2, 5, 8}) {
    ASSERT_TRUE(book_.apply(alert(number), close_as_benign()));
  }
  const auto found = [&](std::string state, std::size_t limit) {
    discovery::AlertQuery query;
    query.limit = limit;
    std::string ids;
    const auto rows = find_alerts(*alerts, query, {std::move(state)}, book_);
    for (const Alert& one : *rows) {
      ids += std::to_string(one.id.bytes[15]);
    }
    return ids;
  };
  EXPECT_EQ(found("", 3), "987");
  EXPECT_EQ(found("benign", 100), "852");
  EXPECT_EQ(found("benign", 2), "85");
  EXPECT_EQ(found("open", 100), "976431");
  EXPECT_EQ(found("true_positive", 100), "");
}

}  // namespace
}  // namespace sallyport::app
