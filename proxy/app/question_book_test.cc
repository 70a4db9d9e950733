#include "proxy/app/question_book.h"

#include <gtest/gtest.h>

#include "discovery/store/sqlite_state_store.h"
#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

using portal::Said;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

const Time kStart = *parse_rfc3339("2026-11-26T10:00:00Z");

portal::Question about(std::string user, std::string event = "") {
  portal::Question question;
  question.user = std::move(user);
  question.event = std::move(event);
  if (question.event.empty()) question.say = "Was it you?";
  return question;
}

class QuestionBookTest : public ::testing::Test {
 protected:
  QuestionBookTest() {
    book_.publish_to(
        [this](std::shared_ptr<const portal::Questions> now) { seen_ = std::move(now); });
  }
  std::string ask(portal::Question question, Time at = kStart, seconds lasts = seconds(0)) {
    const auto asked = book_.ask(std::move(question), lasts, "ops", at);
    return asked ? asked->question.id : std::to_string(asked.error().status);
  }

  testkit::TemporaryFolder folder_;
  std::unique_ptr<discovery::StateStore> store_ =
      std::move(*discovery::SqliteStateStore::open(folder_.path() + "/state.sqlite"));
  QuestionBook book_{*store_};
  std::shared_ptr<const portal::Questions> seen_;
};

TEST_F(QuestionBookTest, AsksAndKeepsWhatIsSaidOverARestart) {
  EXPECT_EQ(seen_->next_of("ana", kStart), nullptr);
  const std::string first = ask(about("ana", "01JX"));
  const std::string second = ask(about("ben"));
  EXPECT_EQ(seen_->next_of("ana", kStart)->id, first);
  ASSERT_TRUE(book_.answer(first, "ana", Said::no, "192.0.2.7", kStart + hours(1)));
  EXPECT_EQ(seen_->next_of("ana", kStart), nullptr);
  EXPECT_NE(seen_->next_of("ben", kStart), nullptr);

  QuestionBook again(*store_);
  ASSERT_TRUE(again.load(kStart + hours(2)));
  std::shared_ptr<const portal::Questions> seen;
  again.publish_to([&](std::shared_ptr<const portal::Questions> now) { seen = std::move(now); });
  EXPECT_EQ(seen->next_of("ben", kStart + hours(2))->id, second);
  const QuestionBook::Kept& kept = again.all().at(first);
  EXPECT_EQ(state_of(kept, kStart), "not_me");
  EXPECT_EQ(kept.by, "ops");
  EXPECT_EQ(kept.client, "192.0.2.7");
  EXPECT_EQ(kept.answered, kStart + hours(1));
  EXPECT_EQ(kept.question.event, "01JX");
  EXPECT_EQ(state_of(again.all().at(second), kStart), "open");
  EXPECT_EQ(state_of(again.all().at(second), kStart + QuestionBook::kUsual), "expired");
}

TEST_F(QuestionBookTest, AnAnswerIsToldWithTheAlertThatItIsAboutAndKeptAsThePersonsOwn) {
  std::vector<QuestionBook::Kept> told;
  book_.tell_answers([&](const QuestionBook::Kept& kept) { told.push_back(kept); });
  const auto asked = book_.ask(about("ana", "01JX"), seconds(0), "ops", kStart, "01JA");
  ASSERT_TRUE(asked);
  ASSERT_TRUE(book_.answer(asked->question.id, "ana", Said::no, "192.0.2.7", kStart + hours(1)));
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].alert, "01JA");
  EXPECT_EQ(told[0].by, "ops");
  EXPECT_EQ(said_words(told[0]), "this was not me");
  const auto entries = store_->entries("question", kStart);
  ASSERT_TRUE(entries);
  EXPECT_EQ(entries->at(0).who, "ana") << "who answered did it, not who asked";
  EXPECT_EQ(entries->at(0).at, kStart + hours(1));
  QuestionBook again(*store_);
  ASSERT_TRUE(again.load(kStart));
  EXPECT_EQ(again.all().at(asked->question.id).by, "ops");
  EXPECT_EQ(again.all().at(asked->question.id).alert, "01JA");
  EXPECT_EQ(again.all().at(asked->question.id).asked, kStart);
}

TEST_F(QuestionBookTest, TakesOneAnswerOfWhomItAskedInTime) {
  const std::string id = ask(about("ana"), kStart, hours(1));
  EXPECT_EQ(book_.answer(id, "ben", Said::yes, "", kStart).error().kind, ErrorKind::not_found);
  EXPECT_EQ(book_.answer("01JX", "ana", Said::yes, "", kStart).error().kind, ErrorKind::not_found);
  EXPECT_EQ(book_.answer(id, "ana", Said::yes, "", kStart + hours(1)).error().kind,
            ErrorKind::not_found);
  EXPECT_TRUE(book_.answer(id, "ana", Said::yes, "", kStart));
  EXPECT_EQ(book_.answer(id, "ana", Said::no, "", kStart).error().kind, ErrorKind::not_found);
  EXPECT_EQ(state_of(book_.all().at(id), kStart), "yes");
}

TEST_F(QuestionBookTest, IsBoundedForEachPerson) {
  for (std::size_t i = 0; i < QuestionBook::kMostOpenOfOne; ++i) {
    EXPECT_EQ(ask(about("ana")).size(), 26u);
  }
  EXPECT_EQ(ask(about("ana")), "409");
  EXPECT_EQ(ask(about("ben")).size(), 26u);
  // What is over leaves room.
  EXPECT_EQ(ask(about("ana"), kStart + QuestionBook::kUsual).size(), 26u);
}

TEST_F(QuestionBookTest, AsksAboutAnEventOnce) {
  const std::string id = ask(about("ana", "01JX"));
  EXPECT_EQ(ask(about("ana", "01JX")), "409");
  ASSERT_TRUE(book_.answer(id, "ana", Said::mistake, "", kStart));
  EXPECT_EQ(ask(about("ana", "01JX")).size(), 26u);
}

TEST_F(QuestionBookTest, RefusesWhatIsNoQuestion) {
  EXPECT_EQ(ask(about("")), "400");
  portal::Question empty = about("ana");
  empty.say.clear();
  EXPECT_EQ(ask(empty), "400");
  portal::Question lines = about("ana");
  lines.say = "one\ntwo";
  EXPECT_EQ(ask(lines), "400");
  lines.say = std::string(QuestionBook::kMostSay + 1, 'x');
  EXPECT_EQ(ask(lines), "400");
  EXPECT_EQ(ask(about("ana"), kStart, seconds(1)), "400");
  EXPECT_EQ(ask(about("ana"), kStart, days(91)), "400");
}

TEST_F(QuestionBookTest, TakesBackWhatNobodyAnswered) {
  const std::string id = ask(about("ana"));
  const std::string said = ask(about("ana"));
  ASSERT_TRUE(book_.answer(said, "ana", Said::yes, "", kStart));
  EXPECT_FALSE(book_.withdraw(id, "ops", kStart));
  EXPECT_EQ(seen_->next_of("ana", kStart), nullptr);
  EXPECT_EQ(book_.withdraw(id, "ops", kStart)->status, 404);
  EXPECT_EQ(book_.withdraw(said, "ops", kStart)->status, 409);
}

TEST(QuestionBook, SaysOfAnEventWhatAPersonRemembers) {
  discovery::Event event;
  event.start = kStart;
  event.activity.app = policy::AppFacts{"box", "Box", "cloud_storage", {}};
  event.activity.type = policy::ActivityType::upload;
  event.activity.file.emplace();
  event.activity.file->name = "plan.pdf";
  portal::Question question = about("ana");
  tell_about(event, question);
  EXPECT_EQ(question.app, "Box");
  EXPECT_EQ(question.what, "upload plan.pdf");
  EXPECT_EQ(question.when, kStart);
  EXPECT_EQ(question.user, "ana");
}

}  // namespace
}  // namespace sallyport::app
