#include "proxy/app/standing_book.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/core/text.h"
#include "discovery/store/sqlite_state_store.h"
#include "policy/eval/compiled_policy.h"

namespace sallyport::app {
namespace {

using policy::Action;
using policy::Grant;
using policy::Suspension;
using std::chrono::hours;
using std::chrono::minutes;

class StandingBookTest : public testing::Test {
 protected:
  StandingBookTest() {
    char name[] = "/tmp/sallyport-standing-XXXXXX";
    home_ = ::mkdtemp(name);
    open();
  }
  ~StandingBookTest() override {
    book_.reset();
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(home_, ignored);
  }
  // As after a restart at that minute.
  Result<void> open(int minute = 0) {
    book_.reset();
    store_.reset();
    auto opened = discovery::SqliteStateStore::open(home_ + "/state.sqlite");
    EXPECT_TRUE(opened) << describe(opened.error());
    store_ = std::move(*opened);
    book_ = std::make_unique<StandingBook>(*store_);
    return book_->load(at(minute));
  }
  static Time at(int minute) { return *parse_rfc3339("2026-11-26T10:00:00Z") + minutes(minute); }
  static Grant answer(std::string user, std::string app = "box", Action action = Action::coach) {
    Grant grant;
    grant.policy_id = "asks";
    grant.action = action;
    grant.user = std::move(user);
    grant.app = std::move(app);
    return grant;
  }
  static Grant of_address(const std::string& address) {
    Grant grant = answer("");
    grant.address = *IpAddress::parse(address);
    return grant;
  }
  auto grant(Grant wanted, int minute = 0, std::string reason = "") {
    return book_->grant(std::move(wanted), hours(1), std::move(reason), "ana", at(minute));
  }
  // "ana box, bob box": whose answers are in force, as the workers' Standing finds them.
  std::string passing(int minute) {
    std::string text;
    policy::CompiledPolicy asks;
    asks.id = "asks";
    asks.action = Action::coach;
    for (const char* user : {"ana", "bob"}) {
      policy::Activity activity;
      activity.at = at(minute);
      activity.user = user;
      activity.app = policy::AppFacts{"box", "", "", {}};
      if (book_->standing()->find_grant(asks, activity) != nullptr) {
        text += (text.empty() ? "" : " ") + std::string(user);
      }
    }
    return text;
  }
  bool is_suspended(const std::string& user, int minute, const std::string& app = "") {
    policy::Activity activity;
    activity.at = at(minute);
    activity.user = user;
    if (!app.empty()) activity.app = policy::AppFacts{app, "", "", {"sanctioned"}};
    return book_->standing()->find_suspension(activity) != nullptr;
  }
  static Suspension suspension(std::string user, Time until = Time::max()) {
    Suspension made;
    made.user = std::move(user);
    made.until = until;
    return made;
  }

  std::string home_;
  std::unique_ptr<discovery::StateStore> store_;
  std::unique_ptr<StandingBook> book_;
};

TEST_F(StandingBookTest, KeepsAnswersOverARestartWithWhoAndWhy) {
  Grant wanted = answer("ana");
  wanted.address = *IpAddress::parse("2001:db8::7");
  wanted.app.clear();
  wanted.site = "box.example";
  const auto made = grant(wanted, 0, "for the \"audit\"");
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(made->from, at(0));
  EXPECT_EQ(made->until, at(60));
  ASSERT_TRUE(open(1));
  ASSERT_EQ(book_->grants().size(), 1u);
  const auto& [id, kept] = *book_->grants().begin();
  EXPECT_EQ(*kept.grant, *made);
  EXPECT_EQ(kept.who, "ana");
  EXPECT_EQ(kept.reason, "for the \"audit\"");
}

TEST_F(StandingBookTest, LetsAnswersEnd) {
  ASSERT_TRUE(grant(answer("ana")));
  ASSERT_TRUE(grant(answer("bob"), 30));
  EXPECT_EQ(passing(59), "ana bob");
  EXPECT_EQ(passing(60), "bob");
  EXPECT_FALSE(book_->expire(at(59)));
  EXPECT_TRUE(book_->expire(at(60)));
  EXPECT_EQ(book_->grants().size(), 1u);
  ASSERT_TRUE(open(60));
  EXPECT_EQ(book_->grants().size(), 1u);
  ASSERT_TRUE(open(90));
  EXPECT_TRUE(book_->grants().empty());
}

TEST_F(StandingBookTest, AnsweringAgainLastsAnewUnderTheSameId) {
  const auto first = grant(answer("ana"));
  const auto again = grant(answer("ana"), 20, "once more");
  ASSERT_TRUE(first && again);
  EXPECT_EQ(first->id, again->id);
  EXPECT_EQ(again->until, at(80));
  EXPECT_EQ(book_->grants().size(), 1u);
  const auto other = grant(answer("ana", "mega"), 20);
  ASSERT_TRUE(other);
  EXPECT_NE(other->id, first->id);
}

TEST_F(StandingBookTest, TakesAnswersBack) {
  const auto made = grant(answer("ana"));
  ASSERT_TRUE(made);
  EXPECT_EQ(book_->revoke(made->id, "root", at(1)), std::nullopt);
  EXPECT_EQ(passing(1), "");
  EXPECT_TRUE(book_->standing()->was_revoked(made->id.to_string()));
  const auto refused = book_->revoke(made->id, "root", at(1));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 404);
  ASSERT_TRUE(open(1));
  EXPECT_TRUE(book_->grants().empty());
  const auto changes = store_->changes("grant", 10);
  ASSERT_TRUE(changes);
  ASSERT_EQ(changes->size(), 2u);
  EXPECT_EQ(changes->front().who, "root");
}

TEST_F(StandingBookTest, RefusesWhatNobodyCanBeGranted) {
  const auto status = [&](Grant wanted, std::string reason = "") {
    const auto made = grant(std::move(wanted), 0, std::move(reason));
    return made ? 200 : made.error().status;
  };
  EXPECT_EQ(status(answer("ana", "box", Action::monitor)), 400);
  EXPECT_EQ(status(answer("")), 400);
  Grant unknown = of_address("192.0.2.7");
  unknown.action = Action::step_up;
  EXPECT_EQ(status(unknown), 400);
  EXPECT_EQ(status(answer("ana"), "two\nlines"), 400);
  EXPECT_EQ(status(answer("ana"), std::string(StandingBook::kMostReason + 1, 'x')), 400);
  EXPECT_EQ(status(of_address("192.0.2.7")), 200);
  EXPECT_FALSE(book_->grant(answer("ana"), std::chrono::seconds(0), "", "", at(0)));
}

TEST_F(StandingBookTest, OnePersonHoldsSoManyAndLosesTheOldest) {
  for (std::size_t n = 0; n <= StandingBook::kMostOfOne; ++n) {
    ASSERT_TRUE(grant(answer("ana", "app" + std::to_string(n)), static_cast<int>(n) / 10));
  }
  ASSERT_TRUE(grant(answer("bob"), 11));
  EXPECT_EQ(book_->grants().size(), StandingBook::kMostOfOne + 1);
  const auto left = std::count_if(book_->grants().begin(), book_->grants().end(),
                                  [](const auto& one) { return one.second.grant->app == "app0"; });
  EXPECT_EQ(left, 0);
  ASSERT_TRUE(open(12));
  EXPECT_EQ(book_->grants().size(), StandingBook::kMostOfOne + 1);
}

TEST_F(StandingBookTest, LeavesOutAnAnswerThatCannotBeReadAndRefusesASuspension) {
  const auto put = [&](const char* kind, std::string value) {
    const discovery::StateEntry entry{kind,  Ulid().to_string(), std::move(value), "", at(0),
                                      at(60)};
    ASSERT_TRUE(store_->put(std::span(&entry, 1)));
  };
  for (const char* value :
       {"", "{", "[]", "{}", R"({"policy":"p","action":"monitor","user":"ana"})",
        R"({"policy":"p","action":"coach"})",
        R"({"policy":"p","action":"coach","user":"ana","address":"x"})",
        R"({"policy":"p","action":"coach","user":"ana"} x)"}) {
    put("grant", value);
    EXPECT_TRUE(open()) << value;
    EXPECT_TRUE(book_->grants().empty()) << value;
  }
  put("grant", R"({"policy":"p","action":"coach","user":"ana","later":[1]})");
  EXPECT_TRUE(open());
  EXPECT_EQ(book_->grants().size(), 1u);
  for (const char* value : {"{}", R"({"user":"ana","reach":"app"})",
                            R"({"user":"ana","reach":"everything","asks":"coach"})",
                            R"({"user":"ana","reach":"everything","asks":"block"})",
                            R"({"user":"ana","reach":"all"})", R"({"reach":"everything"})"}) {
    put("suspension", value);
    EXPECT_FALSE(open()) << value;
  }
}

TEST_F(StandingBookTest, SuspendsUntilItsEndOrUntilItIsLifted) {
  const auto made = book_->suspend(suspension("ana", at(30)), "why", "root", at(0));
  ASSERT_TRUE(made) << made.error().detail;
  ASSERT_TRUE(book_->suspend(suspension("bob"), "", "root", at(0)));
  EXPECT_TRUE(is_suspended("ana", 29));
  EXPECT_FALSE(is_suspended("ana", 30));
  ASSERT_TRUE(open(1));
  EXPECT_TRUE(is_suspended("ana", 1));
  EXPECT_TRUE(is_suspended("bob", 100'000));
  EXPECT_EQ(book_->suspensions().at(made->id).reason, "why");
  const auto lifted = book_->unsuspend("bob", std::nullopt, "", "root", at(2));
  ASSERT_TRUE(lifted);
  EXPECT_EQ(*lifted, 1u);
  EXPECT_FALSE(is_suspended("bob", 2));
  EXPECT_FALSE(book_->unsuspend("bob", std::nullopt, "", "root", at(2)));
  ASSERT_TRUE(open(2));
  EXPECT_EQ(book_->suspensions().size(), 1u);
}

TEST_F(StandingBookTest, ReplacesASuspensionOfTheSameReachAndLiftsOnlyWhatIsMeant) {
  using Reach = Suspension::Reach;
  Suspension in_box = suspension("ana");
  in_box.reach = Reach::app;
  in_box.app = "box";
  Suspension sanctioned = suspension("ana");
  sanctioned.reach = Reach::sanctioned;
  ASSERT_TRUE(book_->suspend(in_box, "", "", at(0)));
  ASSERT_TRUE(book_->suspend(sanctioned, "", "", at(0)));
  in_box.until = at(10);
  ASSERT_TRUE(book_->suspend(in_box, "", "", at(1)));
  EXPECT_EQ(book_->suspensions().size(), 2u);
  EXPECT_FALSE(book_->unsuspend("ana", Reach::app, "mega", "", at(1)));
  EXPECT_EQ(book_->unsuspend("ana", Reach::sanctioned, "", "", at(1)).value_or(0), 1u);
  EXPECT_TRUE(is_suspended("ana", 2, "box"));
  EXPECT_FALSE(is_suspended("ana", 2, "drive"));
  EXPECT_FALSE(book_->suspend(suspension("", at(5)), "", "", at(0)));
  EXPECT_FALSE(book_->suspend(suspension("ana", at(0)), "", "", at(0)));
}

TEST_F(StandingBookTest, KeepsWhatASuspensionAsksAndLiftsItApartFromWhatBlocks) {
  Suspension step_up = suspension("ana");
  step_up.action = Action::step_up;
  Suspension sign_in = suspension("ana", at(60));
  sign_in.action = Action::sign_in_again;
  ASSERT_TRUE(book_->suspend(step_up, "", "root", at(0)));
  ASSERT_TRUE(book_->suspend(sign_in, "", "root", at(0)));
  ASSERT_TRUE(book_->suspend(suspension("ana"), "", "root", at(0)));
  ASSERT_TRUE(open(1));
  ASSERT_EQ(book_->suspensions().size(), 3u);
  EXPECT_TRUE(is_suspended("ana", 1));
  EXPECT_EQ(book_->unsuspend("ana", std::nullopt, "", "root", at(1)).value_or(0), 1u);
  EXPECT_FALSE(is_suspended("ana", 1));  // Nothing was asked there.
  const auto refused = book_->unsuspend("ana", std::nullopt, "", "root", at(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().detail,
            "'ana' is not suspended; a suspension is in force that says sign_in_again");
  const auto lift = [&](Action action) {
    return book_->unsuspend("ana", std::nullopt, "", "root", at(2), action).value_or(0);
  };
  EXPECT_EQ(lift(Action::step_up), 1u);
  EXPECT_EQ(lift(Action::step_up), 0u);
  EXPECT_EQ(lift(Action::sign_in_again), 1u);
  ASSERT_TRUE(open(3));
  EXPECT_TRUE(book_->suspensions().empty());
}

TEST_F(StandingBookTest, SuspendsByNoOtherActionAndEndsSessionsNoLongerThanTheyAreKnown) {
  Suspension one = suspension("ana");
  for (const Action action : {Action::coach, Action::allow, Action::notice}) {
    one.action = action;
    EXPECT_FALSE(book_->suspend(one, "", "", at(0)));
  }
  one.action = Action::sign_in_again;
  EXPECT_FALSE(book_->suspend(one, "", "", at(0)));
  one.until = at(0) + policy::kMostSignInAgain + hours(1);
  EXPECT_FALSE(book_->suspend(one, "", "", at(0)));
  one.until = at(0) + policy::kMostSignInAgain;
  EXPECT_TRUE(book_->suspend(one, "", "", at(0)));
}

}  // namespace
}  // namespace sallyport::app
