// The books of the desk where names are hidden: what they keep and show has pseudonyms, what they
// publish to workers has names, and what is of before is the same people's.

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "discovery/store/sqlite_state_store.h"
#include "discovery/users/address_feed.h"
#include "policy/compile/compile.h"
#include "proxy/app/address_keeper.h"
#include "proxy/app/factor_keeper.h"
#include "proxy/app/names.h"
#include "proxy/app/question_book.h"
#include "proxy/app/standing_book.h"
#include "tests/kit/fake_clock.h"
#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

using discovery::NameCipher;
using std::chrono::hours;

const Time kStart = *parse_rfc3339("2026-11-26T10:00:00Z");

NameCipherPtr a_cipher() {
  return std::make_shared<const NameCipher>(std::string(NameCipher::kKeySize, 'k'));
}

class HiddenBooks : public ::testing::Test {
 protected:
  testkit::TemporaryFolder folder_;
  std::unique_ptr<discovery::StateStore> store_ =
      std::move(*discovery::SqliteStateStore::open(folder_.path() + "/state.sqlite"));
  const NameCipherPtr cipher_ = a_cipher();
  const std::string ana_ = cipher_->hide("ana");
};

policy::Suspension suspension_of_user(std::string user) {
  policy::Suspension wanted;
  wanted.user = std::move(user);
  return wanted;
}

TEST_F(HiddenBooks, SuspendByPseudonymAndWorkersJudgeByName) {
  StandingBook book(*store_, cipher_);
  ASSERT_TRUE(book.suspend(suspension_of_user(ana_), "key outside", "ops", kStart));
  EXPECT_EQ(book.suspensions().begin()->second.suspension.user, ana_);
  policy::Activity activity;
  activity.at = kStart + hours(1);
  activity.user = "ana";
  EXPECT_NE(book.standing()->find_suspension(activity), nullptr);
  activity.user = ana_;
  EXPECT_EQ(book.standing()->find_suspension(activity), nullptr);
  EXPECT_EQ(*book.unsuspend(ana_, {}, "", "ops", kStart), 1u);
}

TEST_F(HiddenBooks, TakeWhatIsOfBeforeForTheSamePerson) {
  StandingBook before(*store_);
  ASSERT_TRUE(before.suspend(suspension_of_user("ana"), "", "ops", kStart));
  policy::Grant grant;
  grant.policy_id = "asks";
  grant.action = policy::Action::coach;
  grant.user = "ana";
  ASSERT_TRUE(before.grant(grant, hours(8), "", "ana", kStart));
  StandingBook book(*store_, cipher_);
  ASSERT_TRUE(book.load(kStart));
  EXPECT_EQ(book.grants().begin()->second.grant->user, ana_);
  EXPECT_EQ(book.standing()->size(), 1u);
  EXPECT_EQ(book.standing()->suspensions().front().user, "ana");
  EXPECT_EQ(*book.unsuspend(ana_, {}, "", "ops", kStart), 1u);
  StandingBook again(*store_, cipher_);
  ASSERT_TRUE(again.load(kStart));
  EXPECT_TRUE(again.suspensions().empty());
}

TEST_F(HiddenBooks, KeepAFactorOfBeforeAndForgetItForGood) {
  const discovery::StateEntry entry{
      "second_factor", "ana",  R"({"secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAA=","last_step":1})",
      "ana",           kStart, std::nullopt};
  ASSERT_TRUE(store_->put({&entry, 1}));
  {
    FactorKeeper keeper(*store_, true, cipher_);
    ASSERT_TRUE(keeper.load(kStart));
    EXPECT_TRUE(keeper.state_of(ana_).enrolled);
    EXPECT_FALSE(keeper.state_of("ana").enrolled);
    // It is kept under the pseudonym from now on.
    ASSERT_TRUE(keeper.check(ana_, "000000", kStart));
    EXPECT_TRUE(*keeper.forget(ana_, "ops", kStart));
  }
  FactorKeeper again(*store_, true, cipher_);
  ASSERT_TRUE(again.load(kStart));
  EXPECT_TRUE(again.all().empty());
}

TEST_F(HiddenBooks, AskThePersonWhomThePseudonymIsOf) {
  QuestionBook book(*store_, cipher_);
  std::shared_ptr<const portal::Questions> seen;
  book.publish_to([&](std::shared_ptr<const portal::Questions> now) { seen = std::move(now); });
  portal::Question question;
  question.user = ana_;
  question.say = "Was this you?";
  const auto asked = book.ask(question, std::chrono::seconds(0), "ops", kStart);
  ASSERT_TRUE(asked);
  ASSERT_NE(seen->next_of("ana", kStart), nullptr);
  EXPECT_EQ(seen->next_of(ana_, kStart), nullptr);
  EXPECT_TRUE(book.answer(asked->question.id, ana_, portal::Said::yes, "192.0.2.7", kStart));
}

TEST_F(HiddenBooks, KeepAddressesByPseudonymsAndBringNamesBack) {
  const std::string file = folder_.path() + "/addresses.json";
  testkit::FakeClock clock(kStart);
  AddressKeeper::Map published;
  const auto publish = [&](const AddressKeeper::Map& map) { published = map; };
  {
    AddressKeeper keeper(file, clock, publish, cipher_);
    auto entries = discovery::parse_address_feed(
        R"({"entries": [{"address": "192.0.2.7", "user": "ana", "ttl": "1h"}]})", kStart);
    ASSERT_TRUE(entries);
    ASSERT_TRUE(keeper.put(std::move(*entries)));
    EXPECT_EQ(keeper.shown().front().user, ana_);
    keeper.look_after();
  }
  std::ifstream in(file);
  const std::string kept{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(kept.find(ana_), kept.npos) << kept;
  EXPECT_EQ(kept.find("\"ana\""), kept.npos) << kept;
  AddressKeeper again(file, clock, publish, cipher_);
  again.open();
  EXPECT_EQ(published->find(*IpAddress::parse("192.0.2.7"), kStart)->user, "ana");
}

TEST_F(HiddenBooks, PoliciesHoldOfNamesAndOfPseudonyms) {
  policy::PolicySources sources;
  sources.policies.push_back(std::make_shared<const Source>(
      Source{"p.yaml",
             "- { id: by-name, name: A, when: { user: Ana }, then: block }\n"
             "- { id: by-pseudonym, name: B, when: { user: " +
                 cipher_->hide("ben") +
                 " }, then: block }\n"
                 "- { id: shared, name: C, when: { target.email: [x@y.example, "
                 "ana@corp.example] }, then: block }\n"}));
  sources.also_named = also_named(cipher_);
  Diagnostics warnings;
  const auto program = policy::compile(sources, {}, warnings);
  ASSERT_TRUE(program) << render(program.error());
  const auto decided = [&](std::string user, std::string target = "") {
    policy::Activity activity;
    activity.point = policy::Point::request;
    activity.at = kStart;
    activity.host = "x.test";
    activity.user = std::move(user);
    if (!target.empty()) {
      activity.details = policy::Details();
      activity.details->target_emails = {target};
    }
    const policy::Decision decision = (*program)->decide(policy::Point::request, activity);
    return decision.policy == nullptr ? std::string() : decision.policy->id;
  };
  EXPECT_EQ(decided("ana"), "by-name");
  EXPECT_EQ(decided(ana_), "by-name");
  EXPECT_EQ(decided("ben"), "by-pseudonym");
  EXPECT_EQ(decided(cipher_->hide("ben")), "by-pseudonym");
  EXPECT_EQ(decided("carol"), "");
  EXPECT_EQ(decided("carol", "ana@corp.example"), "shared");
  EXPECT_EQ(decided("carol", cipher_->hide("ana@corp.example")), "shared");
}

}  // namespace
}  // namespace sallyport::app
