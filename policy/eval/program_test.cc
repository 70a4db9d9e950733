#include "policy/eval/program.h"

#include <gtest/gtest.h>
#include <utility>

namespace sallyport::policy {
namespace {

// ---- The words of these tests: conditions by letter, rules by what they do.

const Attribute& attribute(std::string_view name) { return *find_attribute(name); }

// Conditions of the activities below: `activity` is known from the request on, `status` from the
// response on, `user` at connect or never.
Expression is_user(std::string name) {
  return Expression::test(attribute("user"), TextMatcher({std::move(name)}, {}, true), false);
}
Expression does(std::string type) {
  return Expression::test(attribute("activity"), TextMatcher({std::move(type)}, {}, false), false);
}
Expression has_status(std::int64_t status) {
  return Expression::test(attribute("status"), NumberMatcher({{status, status}}), false);
}
Expression no_user() { return Expression::test(attribute("user"), std::nullopt, true); }

CompiledRule rule(Action action, std::string name, std::vector<Expression> when) {
  return {.name = std::move(name),
          .action = action,
          .say = "",
          .rehearse = false,
          .when = std::move(when)};
}

CompiledRule rehearsed(Action action, std::string name, std::vector<Expression> when) {
  CompiledRule made = rule(action, std::move(name), std::move(when));
  made.rehearse = true;
  return made;
}

// Alice uploads, and the reply is 201; at each point what is known by then.
Activity alice(Point point) {
  Activity activity;
  activity.point = point;
  activity.user = "alice";
  if (point >= Point::request) activity.type = ActivityType::upload;
  if (point >= Point::response) activity.status = 201;
  return activity;
}

Activity nobody(Point point) {
  Activity activity = alice(point);
  activity.user.reset();
  return activity;
}

std::string told(const Verdict& verdict) {
  std::string text(to_string(verdict.action));
  if (!verdict.policy.empty()) text += " by " + verdict.policy;
  if (!verdict.final) text += ", open";
  for (const auto& [policy, action] : verdict.rehearsed) {
    text += ", " + policy + " would " + std::string(to_string(action));
  }
  return text;
}

std::string decided(const std::vector<CompiledRule>& rules, const Activity& activity) {
  const Verdict verdict = Program(rules).decide(activity.point, activity);
  EXPECT_EQ(verdict.point, activity.point);
  return told(verdict);
}

// ---- Order

TEST(Program, AllowsWhereThereAreNoRules) {
  EXPECT_EQ(told(Program().decide(Point::request, alice(Point::request))), "allow");
}

TEST(Program, LetsTheFirstRuleThatHoldsDecide) {
  const std::vector<CompiledRule> rules = {rule(Action::block, "bobs", {is_user("bob")}),
                                           rule(Action::monitor, "alices", {is_user("alice")}),
                                           rule(Action::block, "all", {})};
  EXPECT_EQ(decided(rules, alice(Point::request)), "monitor by alices");
  EXPECT_EQ(decided(rules, nobody(Point::request)), "block by all");
}

TEST(Program, HandsOnWhatTheAuthorSays) {
  CompiledRule made = rule(Action::block, "all", {});
  made.say = "Not here.";
  const Verdict verdict = Program({made}).decide(Point::request, Activity());
  EXPECT_TRUE(verdict.stops());
  EXPECT_EQ(verdict.say, "Not here.");
}

// ---- Not yet

TEST(Program, WaitsForARuleThatMayStillHold) {
  const std::vector<CompiledRule> rules = {rule(Action::block, "uploads", {does("upload")}),
                                           rule(Action::bypass, "alices", {is_user("alice")})};
  EXPECT_EQ(decided(rules, alice(Point::connect)), "allow, open");
  EXPECT_EQ(decided(rules, alice(Point::request)), "block by uploads");
}

TEST(Program, DoesNotWaitForARuleThatIsAlreadyFalse) {
  const std::vector<CompiledRule> rules = {
      rule(Action::block, "uploads of bob", {does("upload"), is_user("bob")}),
      rule(Action::block, "uploads of whom", {is_user("bob"), does("upload")}),
      rule(Action::bypass, "alices", {is_user("alice")})};
  EXPECT_EQ(decided(rules, alice(Point::connect)), "bypass by alices");
}

TEST(Program, DoesNotWaitForARuleThatIsUnknownForGood) {
  const std::vector<CompiledRule> rules = {
      rule(Action::block, "uploads of bob", {does("upload"), is_user("bob")}),
      rule(Action::bypass, "all", {})};
  EXPECT_EQ(decided(rules, nobody(Point::connect)), "bypass by all");
}

TEST(Program, DoesNotWaitForARuleThatWouldDoTheSame) {
  const std::vector<CompiledRule> rules = {rule(Action::block, "created", {has_status(201)}),
                                           rule(Action::block, "uploads", {does("upload")}),
                                           rule(Action::allow, "all", {})};
  EXPECT_EQ(decided(rules, alice(Point::connect)), "allow, open");
  EXPECT_EQ(decided(rules, alice(Point::request)), "block by uploads");
}

TEST(Program, WaitsWhereOneOfTheWaitingRulesWouldDoSomethingElse) {
  const std::vector<CompiledRule> rules = {rule(Action::monitor, "created", {has_status(201)}),
                                           rule(Action::block, "gone", {has_status(410)}),
                                           rule(Action::block, "uploads", {does("upload")})};
  EXPECT_EQ(decided(rules, alice(Point::request)), "allow, open");
  EXPECT_EQ(decided(rules, alice(Point::response)), "monitor by created");
}

TEST(Program, IsNotFinalAboutTheDefaultEither) {
  EXPECT_EQ(decided({rule(Action::block, "created", {has_status(201)})}, alice(Point::request)),
            "allow, open");
  EXPECT_EQ(decided({rule(Action::allow, "created", {has_status(201)})}, alice(Point::request)),
            "allow");
  EXPECT_EQ(decided({rule(Action::block, "gone", {has_status(410)})}, alice(Point::response)),
            "allow");
}

TEST(Program, NeverStopsOnAVerdictThatIsOpen) {
  const Program program(
      {rule(Action::monitor, "created", {has_status(201)}), rule(Action::block, "all", {})});
  EXPECT_FALSE(program.decide(Point::request, alice(Point::request)).stops());
}

TEST(Program, KnowsAFactThatComesEarlierThanItMust) {
  Activity activity = alice(Point::connect);
  activity.type = ActivityType::upload;
  EXPECT_EQ(decided({rule(Action::block, "uploads", {does("upload")})}, activity),
            "block by uploads");
}

// ---- Unknown

TEST(Program, HoldsNeitherAnUnknownConditionNorItsOpposite) {
  EXPECT_EQ(decided({rule(Action::block, "r", {is_user("bob")})}, nobody(Point::request)), "allow");
  EXPECT_EQ(decided({rule(Action::block, "r", {Expression::negation({is_user("bob")})})},
                    nobody(Point::request)),
            "allow");
  EXPECT_EQ(decided({rule(Action::block, "r", {Expression::negation({is_user("bob")})})},
                    alice(Point::request)),
            "block by r");
}

TEST(Program, HoldsANegationWhoseUnknownPartCannotMatter) {
  const std::vector<CompiledRule> rules = {
      rule(Action::block, "r", {Expression::negation({is_user("bob"), does("login")})})};
  EXPECT_EQ(decided(rules, nobody(Point::request)), "block by r");
}

TEST(Program, KeepsANegationOpenThatALateFactCanStillTurn) {
  const std::vector<CompiledRule> rules = {
      rule(Action::block, "r", {Expression::negation({is_user("bob"), has_status(410)})})};
  EXPECT_EQ(decided(rules, nobody(Point::request)), "allow, open");
  EXPECT_EQ(decided(rules, nobody(Point::response)), "block by r");
}

TEST(Program, HoldsAnyAndAllByTheirParts) {
  const auto any = Expression::any({is_user("bob"), does("upload")});
  const auto all = Expression::all({is_user("alice"), does("upload")});
  EXPECT_EQ(decided({rule(Action::block, "r", {any})}, nobody(Point::request)), "block by r");
  EXPECT_EQ(decided({rule(Action::block, "r", {all})}, nobody(Point::request)), "allow");
  EXPECT_EQ(decided({rule(Action::block, "r", {all})}, alice(Point::request)), "block by r");
}

TEST(Program, StatesThatThereIsNoUser) {
  const std::vector<CompiledRule> rules = {rule(Action::block, "r", {no_user()})};
  EXPECT_EQ(decided(rules, nobody(Point::connect)), "block by r");
  EXPECT_EQ(decided(rules, alice(Point::connect)), "allow");
  const std::vector<CompiledRule> turned = {
      rule(Action::block, "r", {Expression::negation({no_user()})})};
  EXPECT_EQ(decided(turned, nobody(Point::connect)), "allow");
  EXPECT_EQ(decided(turned, alice(Point::connect)), "block by r");
}

// ---- Bypass

TEST(Program, BypassesAtConnectOnly) {
  const std::vector<CompiledRule> rules = {rule(Action::bypass, "alices", {is_user("alice")}),
                                           rule(Action::block, "uploads", {does("upload")})};
  EXPECT_EQ(decided(rules, alice(Point::connect)), "bypass by alices");
  EXPECT_EQ(decided(rules, alice(Point::request)), "block by uploads");
}

// ---- Rehearsal

TEST(Program, RecordsRehearsedRulesWithoutLettingThemDecide) {
  const std::vector<CompiledRule> rules = {rehearsed(Action::block, "trial", {is_user("alice")}),
                                           rehearsed(Action::block, "other", {is_user("bob")}),
                                           rule(Action::monitor, "all", {}),
                                           rehearsed(Action::block, "late", {})};
  EXPECT_EQ(decided(rules, alice(Point::request)), "monitor by all, trial would block");
}

TEST(Program, RecordsRehearsedRulesBeforeTheDefaultToo) {
  EXPECT_EQ(decided({rehearsed(Action::block, "trial", {})}, alice(Point::request)),
            "allow, trial would block");
}

TEST(Program, IsFinalAlthoughARehearsedRuleWaits) {
  const std::vector<CompiledRule> rules = {rehearsed(Action::block, "trial", {has_status(201)}),
                                           rule(Action::bypass, "alices", {is_user("alice")})};
  EXPECT_EQ(decided(rules, alice(Point::connect)), "bypass by alices");
}

TEST(Program, RecordsNoRehearsedRuleThatStandsBehindAWaitingOne) {
  const std::vector<CompiledRule> rules = {rehearsed(Action::block, "first", {}),
                                           rule(Action::block, "created", {has_status(201)}),
                                           rehearsed(Action::block, "second", {})};
  EXPECT_EQ(decided(rules, alice(Point::request)), "allow, open, first would block");
  EXPECT_EQ(decided(rules, alice(Point::response)), "block by created, first would block");
}

// ----

TEST(Program, DescribesItself) {
  EXPECT_EQ(Program().describe(), "0 rules");
  EXPECT_EQ(Program({rule(Action::block, "a", {})}).describe(), "1 rule");
  EXPECT_EQ(Program({rule(Action::block, "a", {}), rehearsed(Action::block, "b", {})}).describe(),
            "2 rules, 1 of them rehearsed");
}

}  // namespace
}  // namespace sallyport::policy
