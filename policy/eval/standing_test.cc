#include "policy/eval/standing.h"

#include <gtest/gtest.h>

#include "policy/eval/compiled_policy.h"

namespace sallyport::policy {
namespace {

Time at(int minute) {
  return *parse_rfc3339("2026-11-26T10:00:00Z") + std::chrono::minutes(minute);
}

Ulid id_of(int n) {
  Ulid id;
  id.bytes[15] = static_cast<std::uint8_t>(n);
  return id;
}

CompiledPolicy asking(Action action = Action::coach, GrantWidth width = GrantWidth::app) {
  CompiledPolicy policy;
  policy.id = "asks";
  policy.action = action;
  policy.grant_width = width;
  return policy;
}

Activity ana() {
  Activity activity;
  activity.at = at(0);
  activity.user = "ana";
  activity.client.address = *IpAddress::parse("192.0.2.7");
  activity.host = "www.box.example";
  activity.domain = "box.example";
  activity.app = AppFacts{"box", "Box", "cloud_storage", {"sanctioned"}};
  return activity;
}

Standing with(Grant grant, Time until = Time::max()) {
  grant.id = id_of(1);
  grant.until = until;
  return {{std::make_shared<const Grant>(std::move(grant))}, {}};
}

bool passes(const Standing& standing, const CompiledPolicy& policy, const Activity& activity) {
  return standing.find_grant(policy, activity) != nullptr;
}

TEST(Standing, KnowsNobodyAtFirst) {
  EXPECT_FALSE(passes(Standing::none(), asking(), ana()));
  EXPECT_EQ(Standing::none().find_suspension(ana()), nullptr);
}

TEST(Standing, GrantsWhatWasAnsweredToWhoAnsweredItAndNobodyElse) {
  const Standing standing = with(*grant_wanted(asking(), ana()));
  EXPECT_TRUE(passes(standing, asking(), ana()));
  Activity other = ana();
  other.user = "bob";
  EXPECT_FALSE(passes(standing, asking(), other));
  other.user.reset();
  EXPECT_FALSE(passes(standing, asking(), other));
  other = ana();
  other.client.address = *IpAddress::parse("198.51.100.1");
  EXPECT_TRUE(passes(standing, asking(), other));
  other = ana();
  other.app->id = "mega";
  EXPECT_FALSE(passes(standing, asking(), other));
  CompiledPolicy another = asking();
  another.id = "asks-too";
  EXPECT_FALSE(passes(standing, another, ana()));
}

TEST(Standing, TakesTheAnswerToOneQuestionForNoOther) {
  const Standing standing = with(*grant_wanted(asking(Action::coach), ana()));
  for (const Action action : {Action::justify, Action::step_up, Action::notice, Action::block}) {
    EXPECT_FALSE(passes(standing, asking(action), ana())) << to_string(action);
  }
}

TEST(Standing, IsAsWideAsThePolicySays) {
  Activity elsewhere = ana();
  elsewhere.app->id = "mega";
  Activity away = ana();
  away.client.address = *IpAddress::parse("2001:db8::1");
  const auto widths = [&](GrantWidth width) {
    const CompiledPolicy policy = asking(Action::step_up, width);
    const Standing standing = with(*grant_wanted(policy, ana()));
    return std::string(passes(standing, policy, ana()) ? "here " : "") +
           (passes(standing, policy, elsewhere) ? "elsewhere " : "") +
           (passes(standing, policy, away) ? "away" : "");
  };
  EXPECT_EQ(widths(GrantWidth::user), "here elsewhere away");
  EXPECT_EQ(widths(GrantWidth::app), "here away");
  EXPECT_EQ(widths(GrantWidth::address), "here ");
  // An answer that was given while the policy was wider or narrower is none.
  const Standing narrow = with(*grant_wanted(asking(Action::coach, GrantWidth::address), ana()));
  EXPECT_FALSE(passes(narrow, asking(Action::coach, GrantWidth::app), ana()));
}

TEST(Standing, TakesTheRegistrableDomainWhereThereIsNoApp) {
  Activity outside = ana();
  outside.app.reset();
  const Standing standing = with(*grant_wanted(asking(), outside));
  EXPECT_TRUE(passes(standing, asking(), outside));
  outside.host = "mail.box.example";
  EXPECT_TRUE(passes(standing, asking(), outside));
  outside.domain = "other.example";
  EXPECT_FALSE(passes(standing, asking(), outside));
  EXPECT_FALSE(passes(standing, asking(), ana()));
  // A host of one label is no app of that name.
  outside.host = outside.domain = "box";
  EXPECT_FALSE(passes(with(*grant_wanted(asking(), outside)), asking(), ana()));
}

TEST(Standing, GrantsAnAddressWhereNobodyIsKnownButNoSecondFactor) {
  Activity nobody = ana();
  nobody.user.reset();
  const Standing standing = with(*grant_wanted(asking(), nobody));
  EXPECT_TRUE(passes(standing, asking(), nobody));
  nobody.client.address = *IpAddress::parse("192.0.2.8");
  EXPECT_FALSE(passes(standing, asking(), nobody));
  EXPECT_FALSE(grant_wanted(asking(Action::step_up), nobody));
  Grant forged = *grant_wanted(asking(), nobody);
  forged.action = Action::step_up;
  EXPECT_FALSE(passes(with(forged), asking(Action::step_up), nobody));
  EXPECT_FALSE(grant_wanted(asking(Action::monitor), ana()));
  CompiledPolicy unopened = asking(Action::block);
  unopened.kind = Kind::tls;
  EXPECT_FALSE(grant_wanted(unopened, ana()));
}

TEST(Standing, LetsPassABlockOnlyOnceItHolds) {
  const CompiledPolicy shut = asking(Action::block);
  const Standing standing = with(*grant_wanted(shut, ana()));
  EXPECT_NE(standing.find_pass(shut, ana(), Outcome::yes()), nullptr);
  EXPECT_EQ(standing.find_pass(shut, ana(), Outcome::not_yet()), nullptr);
  const CompiledPolicy coach = asking();
  EXPECT_NE(with(*grant_wanted(coach, ana())).find_pass(coach, ana(), Outcome::not_yet()), nullptr);
}

TEST(Standing, EndsOnAWholeMinute) {
  const Standing standing = with(*grant_wanted(asking(), ana()), at(5) + std::chrono::seconds(20));
  Activity later = ana();
  later.at = at(6) - std::chrono::microseconds(1);
  EXPECT_TRUE(passes(standing, asking(), later));
  later.at = at(6);
  EXPECT_FALSE(passes(standing, asking(), later));
  EXPECT_EQ(end_of_minute(at(5)), at(5));
  EXPECT_EQ(end_of_minute(Time::max()), Time::max());
}

TEST(Standing, FindsEachOfMany) {
  std::vector<std::shared_ptr<const Grant>> grants;
  for (int n = 0; n < 1000; ++n) {
    Grant grant = *grant_wanted(asking(), ana());
    grant.user = "user" + std::to_string(n);
    grant.id = id_of(n % 256);
    grants.push_back(std::make_shared<const Grant>(std::move(grant)));
  }
  const Standing standing(std::move(grants), {});
  EXPECT_EQ(standing.size(), 1000u);
  Activity activity = ana();
  for (int n = 0; n < 1000; ++n) {
    activity.user = "user" + std::to_string(n);
    const Grant* found = standing.find_grant(asking(), activity);
    ASSERT_NE(found, nullptr) << n;
    EXPECT_EQ(found->user, *activity.user);
  }
}

// ---- Suspensions

Suspension of(std::string user, Suspension::Reach reach, std::string app = {}) {
  return {id_of(9), std::move(user), reach, std::move(app), Action::block, at(0), at(60)};
}

TEST(Standing, SuspendsAsFarAsItReaches) {
  using Reach = Suspension::Reach;
  const auto holds = [](const Suspension& one, const Activity& activity) {
    return Standing({}, {of("aaa", Reach::everything), one}).find_suspension(activity) != nullptr;
  };
  Activity unsanctioned = ana();
  unsanctioned.app->id = "mega";
  unsanctioned.app->tags = {};
  Activity outside = ana();
  outside.app.reset();
  const auto told = [&](const Suspension& one) {
    return std::string(holds(one, ana()) ? "box " : "") +
           (holds(one, unsanctioned) ? "mega " : "") + (holds(one, outside) ? "outside" : "");
  };
  EXPECT_EQ(told(of("ana", Reach::everything)), "box mega outside");
  EXPECT_EQ(told(of("ana", Reach::app, "mega")), "mega ");
  EXPECT_EQ(told(of("ana", Reach::sanctioned)), "box ");
  EXPECT_EQ(told(of("bob", Reach::everything)), "");
}

TEST(Standing, SuspendsUnderEveryNameUntilItsEnd) {
  const Standing standing({}, {of("ana@corp.example", Suspension::Reach::everything)});
  Activity activity = ana();
  EXPECT_EQ(standing.find_suspension(activity), nullptr);
  activity.user_names = {"ana", "ana@corp.example"};
  EXPECT_NE(standing.find_suspension(activity), nullptr);
  activity.at = at(60);
  EXPECT_EQ(standing.find_suspension(activity), nullptr);
  activity.at = at(0);
  activity.user.reset();
  EXPECT_EQ(standing.find_suspension(activity), nullptr);
}

// ---- Suspensions that ask

Suspension suspension_that(Action action, int id = 9) {
  Suspension made = of("ana", Suspension::Reach::everything);
  made.id = id_of(id);
  made.action = action;
  made.from = at(10);
  return made;
}

Activity asked_at(int minute, const char* domain = "box.example") {
  Activity activity = ana();
  activity.at = at(minute);
  activity.method = "GET";
  activity.domain = domain;
  return activity;
}

Standing answered(const Suspension& suspension, const Activity& activity, int minute) {
  Grant grant = *grant_wanted(suspension, activity);
  grant.from = at(minute);
  grant.until = at(minute + 30);
  return {{std::make_shared<const Grant>(std::move(grant))}, {suspension}};
}

TEST(Standing, AsksOfRequestsAndOfNothingThatNobodyCouldAnswer) {
  const Standing standing({}, {suspension_that(Action::step_up)});
  EXPECT_NE(standing.find_suspension(asked_at(20)), nullptr);
  Activity tunnel = asked_at(20);
  tunnel.method.reset();
  EXPECT_EQ(standing.find_suspension(tunnel), nullptr);
  EXPECT_EQ(standing.find_suspension(asked_at(60)), nullptr);  // It has ended.
  Activity bob = asked_at(20);
  bob.user = "bob";
  EXPECT_EQ(standing.find_suspension(bob), nullptr);
}

TEST(Standing, ABlockGoesBeforeWhatAsks) {
  Suspension blocks = of("ana", Suspension::Reach::everything);
  blocks.id = id_of(10);
  const Standing standing({}, {suspension_that(Action::step_up), blocks});
  EXPECT_EQ(standing.find_suspension(asked_at(20))->id, id_of(10));
  EXPECT_EQ(standing.find_asking(asked_at(20), Action::step_up)->id, id_of(9));
  EXPECT_EQ(standing.find_asking(asked_at(20), Action::sign_in_again), nullptr);
  EXPECT_EQ(standing.find_asking(asked_at(20), Action::block), nullptr);
}

TEST(Standing, ASecondFactorAnswersEverywhereUntilItsEnd) {
  const Standing standing = answered(suspension_that(Action::step_up), asked_at(11), 11);
  EXPECT_EQ(standing.find_suspension(asked_at(20)), nullptr);
  EXPECT_EQ(standing.find_suspension(asked_at(20, "mega.example")), nullptr);
  EXPECT_NE(standing.find_suspension(asked_at(41)), nullptr);
  EXPECT_NE(standing.find_asking(asked_at(20), Action::step_up), nullptr);
}

TEST(Standing, ASessionIsSignedInToAgainDomainByDomain) {
  const Standing standing = answered(suspension_that(Action::sign_in_again), asked_at(11), 11);
  EXPECT_EQ(standing.find_suspension(asked_at(20)), nullptr);
  EXPECT_NE(standing.find_suspension(asked_at(20, "mega.example")), nullptr);
}

TEST(Standing, AnAnswerOfBeforeTheSuspensionCountsNothing) {
  EXPECT_NE(
      answered(suspension_that(Action::step_up), asked_at(9), 9).find_suspension(asked_at(20)),
      nullptr);
  // Nor one to another question.
  Grant other = *grant_wanted(suspension_that(Action::sign_in_again), asked_at(11));
  other.from = at(11);
  const Standing standing({std::make_shared<const Grant>(other)},
                          {suspension_that(Action::step_up)});
  EXPECT_NE(standing.find_suspension(asked_at(20)), nullptr);
  EXPECT_FALSE(grant_wanted(of("ana", Suspension::Reach::everything), asked_at(11)));
}

TEST(Standing, NothingIsAskedWherePeopleProveWhoTheyAre) {
  Suspension blocks = of("bob", Suspension::Reach::everything);
  const Standing standing({}, {suspension_that(Action::step_up), blocks}, {},
                          {"login.corp.example"});
  Activity there = asked_at(20);
  for (const auto& [host, open] :
       {std::pair("login.corp.example", true), std::pair("a.login.corp.example", true),
        std::pair("xlogin.corp.example", false), std::pair("corp.example", false)}) {
    there.host = host;
    EXPECT_EQ(standing.find_suspension(there) == nullptr, open) << host;
  }
  there.user = "bob";
  there.host = "login.corp.example";
  EXPECT_NE(standing.find_suspension(there), nullptr);  // Whoever may do nothing may not do this.
}

TEST(Standing, AnAnswerHoldsNoLongerThanWhatAsked) {
  using namespace std::chrono_literals;
  Suspension one = suspension_that(Action::step_up);
  EXPECT_EQ(answer_holds(one, at(50)), 10min);
  one.until = Time::max();
  EXPECT_EQ(answer_holds(one, at(50)), 8h);
  one.action = Action::sign_in_again;
  one.until = at(0) + std::chrono::days(7);
  EXPECT_EQ(answer_holds(one, at(0)), std::chrono::days(7));
}

TEST(Standing, WordsOfReachesReadBack) {
  for (const char* word : {"everything", "app", "sanctioned"}) {
    const auto reach = parse_suspension_reach(word);
    ASSERT_TRUE(reach);
    EXPECT_EQ(to_string(*reach), word);
  }
  EXPECT_FALSE(parse_suspension_reach("all"));
}

}  // namespace
}  // namespace sallyport::policy
