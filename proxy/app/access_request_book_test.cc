#include "proxy/app/access_request_book.h"

#include <gtest/gtest.h>

#include "discovery/store/sqlite_state_store.h"
#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using State = portal::AccessAnswer::State;

const Time kStart = *parse_rfc3339("2026-11-26T10:00:00Z");

class AccessRequestBookTest : public ::testing::Test {
 protected:
  portal::AccessRequest wish(std::string user, std::string host = "mega.nz", Time at = kStart) {
    portal::AccessRequest asked;
    asked.user = std::move(user);
    asked.client = "192.0.2.7";
    asked.address = *IpAddress::parse("192.0.2.7");
    asked.host = std::move(host);
    asked.policy = "shut";
    asked.event = "01JDN" + std::to_string(1'000'000 + next_++);
    asked.reason = "for the fair";
    asked.at = at;
    return asked;
  }
  policy::Grant some_grant(Time until) {
    policy::Grant grant;
    grant.id.bytes[15] = 7;
    grant.until = until;
    return grant;
  }
  std::unique_ptr<discovery::StateStore> open() {
    return std::move(*discovery::SqliteStateStore::open(folder_.path() + "/state.sqlite"));
  }

  testkit::TemporaryFolder folder_;
  std::unique_ptr<discovery::StateStore> store_ = open();
  AccessRequestBook book_{*store_};
  int next_ = 0;
};

TEST_F(AccessRequestBookTest, KeepsWhatIsAskedAndAnsweredOverARestart) {
  const auto first = wish("ana"), second = wish("ben"), third = wish("cem");
  for (const auto& one : {first, second, third}) ASSERT_TRUE(book_.ask(one));
  EXPECT_FALSE(book_.granted(first.event, some_grant(kStart + days(7)), "ops", kStart + hours(1)));
  EXPECT_FALSE(book_.refuse(second.event, "Use Box.", "ops", kStart + hours(2)));

  AccessRequestBook again(*store_);
  ASSERT_TRUE(again.load(kStart + hours(3)));
  ASSERT_EQ(again.all().size(), 3u);
  const AccessRequestBook::Kept& granted = again.all().at(first.event);
  EXPECT_EQ(granted.answer.state, State::granted);
  EXPECT_EQ(granted.answer.until, kStart + days(7));
  EXPECT_EQ(granted.who, "ops");
  EXPECT_EQ(granted.asked.reason, "for the fair");
  EXPECT_EQ(granted.grant, some_grant({}).id.to_string());
  const AccessRequestBook::Kept& refused = again.all().at(second.event);
  EXPECT_EQ(refused.answer.state, State::refused);
  EXPECT_EQ(refused.answer.say, "Use Box.");
  EXPECT_EQ(again.all().at(third.event).answer.state, State::waiting);
  EXPECT_EQ(again.waiting_count(), 1u);
}

TEST_F(AccessRequestBookTest, WhoAsksAgainHasAskedOnce) {
  ASSERT_TRUE(book_.ask(wish("ana")));
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(book_.ask(wish("ana")));
  EXPECT_EQ(book_.all().size(), 1u);
  EXPECT_TRUE(book_.ask(wish("ana", "other.example")));
  EXPECT_EQ(book_.all().size(), 2u);
}

TEST_F(AccessRequestBookTest, AFloodOfOneLeavesRoomForOthers) {
  int kept = 0;
  for (int i = 0; i < 100; ++i) {
    const auto asked = book_.ask(wish("ana", std::to_string(i) + ".example"));
    if (asked) ++kept;
    EXPECT_TRUE(asked || asked.error().kind == ErrorKind::limit);
  }
  EXPECT_EQ(kept, int{AccessRequestBook::kMostOfOne});
  EXPECT_TRUE(book_.ask(wish("ben")));
}

TEST_F(AccessRequestBookTest, WhomNobodyKnowsCannotFillTheQueue) {
  std::size_t kept = 0;
  for (int i = 0; i < 600; ++i) {
    auto asked = wish("");
    asked.client = "198.51.100." + std::to_string(i);
    if (book_.ask(asked)) ++kept;
  }
  EXPECT_EQ(kept, AccessRequestBook::kMostWaitingOfNobody);
  EXPECT_TRUE(book_.ask(wish("ana")));
}

TEST_F(AccessRequestBookTest, ForgetsTheOldestAnswersOfWhoHasMany) {
  for (int i = 0; i < 25; ++i) {
    const auto asked = wish("ana", "mega.nz", kStart + minutes(i));
    ASSERT_TRUE(book_.ask(asked));
    ASSERT_FALSE(book_.refuse(asked.event, "", "ops", kStart + minutes(i)));
  }
  EXPECT_EQ(book_.all().size(), AccessRequestBook::kMostOfOne);
  AccessRequestBook again(*store_);
  ASSERT_TRUE(again.load(kStart + hours(1)));
  EXPECT_EQ(again.all().size(), AccessRequestBook::kMostOfOne);
  EXPECT_EQ(again.all().begin()->second.asked.at, kStart + minutes(5));
}

TEST_F(AccessRequestBookTest, TellsWhatCameOfIt) {
  const auto asked = wish("ana");
  EXPECT_EQ(book_.find(asked, kStart).state, State::none);
  ASSERT_TRUE(book_.ask(asked));
  EXPECT_EQ(book_.find(wish("ana"), kStart).state, State::waiting);
  EXPECT_EQ(book_.find(wish("ben"), kStart).state, State::none);
  ASSERT_FALSE(book_.granted(asked.event, some_grant(kStart + days(7)), "ops", kStart + hours(1)));
  EXPECT_EQ(book_.find(wish("ana"), kStart + hours(2)).state, State::granted);
  // Blocked after it was granted: the grant was taken back, so it may be asked for again.
  const auto later = wish("ana", "mega.nz", kStart + hours(3));
  EXPECT_EQ(book_.find(later, kStart + hours(3)).state, State::none);
  EXPECT_EQ(book_.find(wish("ana"), kStart + days(8)).state, State::none);
  ASSERT_TRUE(book_.ask(later));
  ASSERT_FALSE(book_.refuse(later.event, "No.", "ops", kStart + hours(4)));
  const auto told = book_.find(wish("ana", "mega.nz", kStart + hours(5)), kStart + hours(5));
  EXPECT_EQ(told.state, State::refused);
  EXPECT_EQ(told.say, "No.");
  const Time much_later = kStart + days(8);
  EXPECT_EQ(book_.find(wish("ana", "mega.nz", much_later), much_later).state, State::none);
}

TEST_F(AccessRequestBookTest, AnswersNothingTwiceAndNothingThatIsNotThere) {
  const auto asked = wish("ana");
  ASSERT_TRUE(book_.ask(asked));
  EXPECT_EQ(book_.refuse("01JX", "", "ops", kStart)->status, 404);
  EXPECT_EQ(book_.refuse(asked.event, "two\nlines", "ops", kStart)->status, 400);
  EXPECT_EQ(book_.refuse(asked.event, std::string(1001, 'x'), "ops", kStart)->status, 400);
  EXPECT_FALSE(book_.refuse(asked.event, "", "ops", kStart));
  EXPECT_EQ(book_.refuse(asked.event, "", "eve", kStart)->status, 409);
  EXPECT_EQ(book_.granted(asked.event, some_grant(kStart), "eve", kStart)->status, 409);
}

TEST_F(AccessRequestBookTest, WhatHasWaitedForTooLongMayBeAskedAgain) {
  ASSERT_TRUE(book_.ask(wish("ana")));
  const Time later = kStart + AccessRequestBook::kWaits;
  EXPECT_EQ(book_.find(wish("ana"), later).state, State::none);
  ASSERT_TRUE(book_.ask(wish("ana", "mega.nz", later)));
  EXPECT_EQ(book_.waiting_count(), 1u);
}

}  // namespace
}  // namespace sallyport::app
