#include "proxy/app/action_book.h"

#include <gtest/gtest.h>

#include "discovery/store/sqlite_state_store.h"
#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

using State = ActionBook::State;
using std::chrono::hours;

const Time kStart = *parse_rfc3339("2026-11-27T10:00:00Z");

class ActionBookTest : public ::testing::Test {
 protected:
  std::string ask(std::string user, Time at = kStart) {
    delivery::ActionCall call;
    call.action = "remove";
    call.user = std::move(user);
    call.reason = "left us";
    call.by = "ida";
    const auto kept = book_.ask(std::move(call), at);
    return kept ? (*kept)->call.id : std::to_string(kept.error().status);
  }
  std::vector<std::string> entries() {
    std::vector<std::string> said;
    const auto log = store_->governance(0, 100);
    if (!log) return {"?"};
    for (const auto& entry : *log) said.push_back(entry.kind + " " + entry.who);
    return said;
  }

  testkit::TemporaryFolder folder_;
  std::unique_ptr<discovery::StateStore> store_ =
      std::move(*discovery::SqliteStateStore::open(folder_.path() + "/state.sqlite"));
  ActionBook book_{*store_};
};

TEST_F(ActionBookTest, ACallAndItsEndAreEntriesOfTheGovernanceLog) {
  const std::string id = ask("ana");
  ASSERT_TRUE(book_.end(id, State::done, "HTTP 200", kStart + hours(1)));
  EXPECT_EQ(entries(), (std::vector<std::string>{"webhook_action ida", "webhook_action ida"}));
}

TEST_F(ActionBookTest, WhatWaitsWaitsAfterARestartAndWhatEndedIsKnown) {
  const std::string waits = ask("ana");
  const std::string done = ask("ben");
  const std::string failed = ask("eve");
  book_.tried(waits, "no answer");
  ASSERT_TRUE(book_.end(done, State::done, "HTTP 200", kStart));
  ASSERT_TRUE(book_.end(failed, State::failed, "HTTP 422: \x1b[2Jno", kStart));
  ActionBook again(*store_);
  ASSERT_TRUE(again.load(kStart + hours(1)));
  EXPECT_EQ(again.pending(), 1u);
  const ActionBook::Kept& kept = again.all().at(waits);
  EXPECT_EQ(kept.state, State::pending);
  EXPECT_EQ(kept.call.user, "ana");
  EXPECT_EQ(kept.call.reason, "left us");
  EXPECT_EQ(kept.call.at, kStart);
  EXPECT_EQ(again.all().at(done).state, State::done);
  EXPECT_EQ(again.all().at(failed).detail, "HTTP 422: \\x1b[2Jno");
}

TEST_F(ActionBookTest, WhatEndedLongAgoIsForgotten) {
  const std::string id = ask("ana");
  ASSERT_TRUE(book_.end(id, State::done, "HTTP 200", kStart));
  ActionBook again(*store_);
  ASSERT_TRUE(again.load(kStart + ActionBook::kKept + hours(1)));
  EXPECT_TRUE(again.all().empty());
}

TEST_F(ActionBookTest, ThereIsAnEndToWhatWaits) {
  ActionBook small(*store_, 2);
  delivery::ActionCall call;
  call.action = "remove";
  ASSERT_TRUE(small.ask(call, kStart));
  const auto second = small.ask(call, kStart);
  ASSERT_TRUE(second);
  const std::string id = (*second)->call.id;
  const auto third = small.ask(call, kStart);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().status, 409);
  ASSERT_TRUE(small.end(id, State::failed, "no", kStart));
  EXPECT_TRUE(small.ask(call, kStart));
}

TEST_F(ActionBookTest, OfWhoIsErasedNothingIsWrittenAgain) {
  const std::string id = ask("ana");
  book_.drop([](const ActionBook::Kept& kept) { return kept.call.user == "ana"; });
  EXPECT_TRUE(book_.end(id, State::done, "HTTP 200", kStart));
  EXPECT_EQ(entries().size(), 1u);
}

}  // namespace
}  // namespace sallyport::app
