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
  return Expression::test(attribute("user"), {TextMatcher({std::move(name)}, {}, true)});
}
Expression does(std::string type) {
  return Expression::test(attribute("activity"), {TextMatcher({std::move(type)}, {}, false)});
}
Expression has_status(std::int64_t status) {
  return Expression::test(attribute("status"), {NumberMatcher({{status, status}})});
}
Expression no_user() { return Expression::test(attribute("user"), {}, Expression::Missing::holds); }

CompiledPolicy rule(Action action, std::string name, std::vector<Expression> when) {
  CompiledPolicy made;
  made.id = made.name = std::move(name);
  made.kind = action == Action::bypass || action == Action::intercept ? Kind::tls : Kind::session;
  made.action = action;
  made.when = std::move(when);
  return made;
}

CompiledPolicy rehearsed(Action action, std::string name, std::vector<Expression> when) {
  CompiledPolicy made = rule(action, std::move(name), std::move(when));
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

std::string decided(const std::vector<CompiledPolicy>& rules, const Activity& activity) {
  const Program program(rules);
  const Verdict verdict(program.decide(activity.point, activity));
  EXPECT_EQ(verdict.point, activity.point);
  return told(verdict);
}

// ---- Order

TEST(Program, AllowsWhereThereAreNoRules) {
  EXPECT_EQ(told(Verdict(Program().decide(Point::request, alice(Point::request)))), "allow");
}

TEST(Program, LetsTheFirstRuleThatHoldsDecide) {
  const std::vector<CompiledPolicy> rules = {rule(Action::block, "bobs", {is_user("bob")}),
                                             rule(Action::monitor, "alices", {is_user("alice")}),
                                             rule(Action::block, "all", {})};
  EXPECT_EQ(decided(rules, alice(Point::request)), "monitor by alices");
  EXPECT_EQ(decided(rules, nobody(Point::request)), "block by all");
}

TEST(Program, HandsOnWhatTheAuthorSays) {
  CompiledPolicy made = rule(Action::block, "all", {});
  made.say = "Not here.";
  const Program program({made});
  const Verdict verdict(program.decide(Point::request, Activity()));
  EXPECT_TRUE(verdict.stops());
  EXPECT_EQ(verdict.say, "Not here.");
}

// ---- Not yet

TEST(Program, WaitsForARuleThatMayStillHold) {
  const std::vector<CompiledPolicy> rules = {rule(Action::block, "uploads", {does("upload")}),
                                             rule(Action::monitor, "alices", {is_user("alice")})};
  EXPECT_EQ(decided(rules, alice(Point::connect)), "allow, open");
  EXPECT_EQ(decided(rules, alice(Point::request)), "block by uploads");
}

TEST(Program, DoesNotWaitForARuleThatIsAlreadyFalse) {
  const std::vector<CompiledPolicy> rules = {
      rule(Action::block, "uploads of bob", {does("upload"), is_user("bob")}),
      rule(Action::block, "uploads of whom", {is_user("bob"), does("upload")}),
      rule(Action::monitor, "alices", {is_user("alice")})};
  EXPECT_EQ(decided(rules, alice(Point::connect)), "monitor by alices");
}

TEST(Program, DoesNotWaitForARuleThatIsUnknownForGood) {
  const std::vector<CompiledPolicy> rules = {
      rule(Action::block, "uploads of bob", {does("upload"), is_user("bob")}),
      rule(Action::monitor, "all", {})};
  EXPECT_EQ(decided(rules, nobody(Point::connect)), "monitor by all");
}

TEST(Program, DoesNotWaitForARuleThatWouldDoTheSame) {
  const std::vector<CompiledPolicy> rules = {rule(Action::block, "created", {has_status(201)}),
                                             rule(Action::block, "uploads", {does("upload")}),
                                             rule(Action::allow, "all", {})};
  EXPECT_EQ(decided(rules, alice(Point::connect)), "allow, open");
  EXPECT_EQ(decided(rules, alice(Point::request)), "block by uploads");
}

TEST(Program, WaitsWhereOneOfTheWaitingRulesWouldDoSomethingElse) {
  const std::vector<CompiledPolicy> rules = {rule(Action::monitor, "created", {has_status(201)}),
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

// What is stopped at connect must not depend on who looks, and when.
TEST(Program, DoesNotLookAtAFactBeforeItsTime) {
  Activity activity = alice(Point::connect);
  activity.type = ActivityType::upload;
  EXPECT_EQ(decided({rule(Action::block, "uploads", {does("upload")})}, activity), "allow, open");
}

TEST(Program, KnowsAFactThatMayComeEarly) {
  const auto to_tor =
      Expression::test(attribute("destination.ip.tag"), {TextMatcher({"tor"}, {}, true)});
  Activity activity = alice(Point::connect);
  EXPECT_EQ(decided({rule(Action::block, "tor", {to_tor})}, activity), "allow, open");
  activity.destination = AddressFacts{};
  activity.destination->tags = {"tor"};
  EXPECT_EQ(decided({rule(Action::block, "tor", {to_tor})}, activity), "block by tor");
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
  const std::vector<CompiledPolicy> rules = {
      rule(Action::block, "r", {Expression::negation({is_user("bob"), does("login")})})};
  EXPECT_EQ(decided(rules, nobody(Point::request)), "block by r");
}

TEST(Program, KeepsANegationOpenThatALateFactCanStillTurn) {
  const std::vector<CompiledPolicy> rules = {
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
  const std::vector<CompiledPolicy> rules = {rule(Action::block, "r", {no_user()})};
  EXPECT_EQ(decided(rules, nobody(Point::connect)), "block by r");
  EXPECT_EQ(decided(rules, alice(Point::connect)), "allow");
  const std::vector<CompiledPolicy> turned = {
      rule(Action::block, "r", {Expression::negation({no_user()})})};
  EXPECT_EQ(decided(turned, nobody(Point::connect)), "allow");
  EXPECT_EQ(decided(turned, alice(Point::connect)), "block by r");
}

// ---- Whether a connection is opened

std::string connected(const std::vector<CompiledPolicy>& policies, const Activity& activity) {
  const Program program(policies);
  return told(Verdict(program.decide_connection(activity)));
}

TEST(Program, LeavesAConnectionUnopenedByTheFirstTlsPolicyThatHolds) {
  const std::vector<CompiledPolicy> policies = {rule(Action::intercept, "bobs", {is_user("bob")}),
                                                rule(Action::bypass, "all", {})};
  EXPECT_EQ(connected(policies, alice(Point::connect)), "bypass by all");
  Activity bob = alice(Point::connect);
  bob.user = "bob";
  EXPECT_EQ(connected(policies, bob), "allow");
}

TEST(Program, BlocksBeforeItBypassesWhateverTheOrder) {
  const std::vector<CompiledPolicy> policies = {rule(Action::bypass, "unopened", {}),
                                                rule(Action::block, "alices", {is_user("alice")})};
  EXPECT_EQ(connected(policies, alice(Point::connect)), "block by alices");
  EXPECT_EQ(connected(policies, nobody(Point::connect)), "bypass by unopened");
}

// What is not opened has no later point that the policy could wait for.
TEST(Program, HoldsNoBypassBackForAPolicyThatWaits) {
  const std::vector<CompiledPolicy> policies = {rule(Action::block, "uploads", {does("upload")}),
                                                rule(Action::bypass, "alices", {is_user("alice")})};
  EXPECT_EQ(connected(policies, alice(Point::connect)), "bypass by alices");
  EXPECT_EQ(connected(policies, nobody(Point::connect)), "allow, open");
}

TEST(Program, AsksTlsPoliciesAtConnectOnly) {
  EXPECT_EQ(decided({rule(Action::bypass, "all", {})}, alice(Point::request)), "allow");
}

TEST(Program, RecordsARehearsedBypassBesideWhatIsDecided) {
  EXPECT_EQ(connected({rehearsed(Action::bypass, "trial", {}), rule(Action::monitor, "all", {})},
                      alice(Point::connect)),
            "monitor by all, trial would bypass");
}

Expression has_fault(std::string fault) {
  return Expression::test(attribute("certificate.fault"),
                          {TextMatcher({std::move(fault)}, {}, false)});
}

TEST(Program, DecidesAboutFaultsOfCertificates) {
  const Program program({rule(Action::bypass, "old boxes", {has_fault("expired")})});
  Activity activity = alice(Point::connect);
  EXPECT_EQ(told(Verdict(program.decide_connection(activity))), "allow");
  activity.certificate_faults = {"expired"};
  EXPECT_EQ(told(Verdict(program.decide_fault(activity))), "bypass by old boxes");
  activity.certificate_faults = {"revoked"};
  EXPECT_EQ(told(Verdict(program.decide_fault(activity))), "block");
}

TEST(Program, NeverBypassesAChainOfOurOwnAuthority) {
  const Program program({rule(Action::bypass, "lab", {has_fault("own_authority")})});
  Activity activity = alice(Point::connect);
  activity.certificate_faults = {"own_authority"};
  EXPECT_EQ(told(Verdict(program.decide_fault(activity))), "block");
}

TEST(Program, GoesTheWholeWayAsTheGatewayDoes) {
  const Program program({rule(Action::block, "no uploads", {does("upload")}),
                         rehearsed(Action::monitor, "trial", {}),
                         rule(Action::bypass, "old boxes", {has_fault("expired")})});
  Activity activity = alice(Point::response);
  activity.scheme = "https";
  activity.type = ActivityType::upload;
  const auto whole = [&](Course course) {
    return told(Verdict(program.decide_whole(activity, course)));
  };
  EXPECT_EQ(whole({}), "block by no uploads");
  EXPECT_EQ(whole({.until = Point::connect}), "allow, open");
  // The fault is seen before any request, unless it is seen inside.
  activity.certificate_faults = {"expired"};
  EXPECT_EQ(whole({}), "bypass by old boxes");
  EXPECT_EQ(whole({.until = Point::connect}), "bypass by old boxes");
  EXPECT_EQ(whole({.fault_at_request = true}), "block by no uploads");
  activity.type = ActivityType::view;
  EXPECT_EQ(whole({.fault_at_request = true}), "block, trial would monitor");
  EXPECT_TRUE(program.decide_whole(activity, {.fault_at_request = true}).by_fault);
  // Nobody showed a certificate.
  activity.scheme = "http";
  EXPECT_EQ(whole({}), "allow, trial would monitor");
}

// ---- Effects that decide nothing

TEST(Program, NamesEveryActivityPolicyThatMatches) {
  std::vector<CompiledPolicy> policies = {rule(Action::allow, "uploads", {does("upload")}),
                                          rule(Action::allow, "bobs", {is_user("bob")}),
                                          rule(Action::allow, "alices", {is_user("alice")})};
  for (CompiledPolicy& policy : policies) policy.kind = Kind::activity;
  const Program program(policies);
  std::string names;
  program.report(alice(Point::response),
                 [&](const CompiledPolicy& policy) { names += policy.name + "\n"; });
  EXPECT_EQ(names, "uploads\nalices\n");
  EXPECT_EQ(told(Verdict(program.decide(Point::request, alice(Point::request)))), "allow");
}

TEST(Program, AppliesEveryPolicyThatEditsFields) {
  std::vector<CompiledPolicy> policies = {rule(Action::allow, "all", {}),
                                          rule(Action::allow, "tenant", {is_user("alice")}),
                                          rule(Action::block, "uploads", {does("upload")})};
  policies[1].edits_only = true;
  const Program program(policies);
  std::string names;
  program.edits(alice(Point::request), [&](const CompiledPolicy& policy) { names += policy.name; });
  EXPECT_EQ(names, "tenant");
}

// ---- Exceptions, and time

TEST(Program, DoesNotHoldWhereAnExceptionHolds) {
  CompiledPolicy made = rule(Action::block, "uploads", {does("upload")});
  made.except.push_back(Expression::all({is_user("alice")}));
  EXPECT_EQ(decided({made}, alice(Point::request)), "allow");
  // Nobody is known to be alice, so nobody is excepted.
  EXPECT_EQ(decided({made}, nobody(Point::request)), "block by uploads");
}

TEST(Program, WaitsForAnExceptionThatMayStillHold) {
  CompiledPolicy made = rule(Action::block, "uploads", {does("upload")});
  made.except.push_back(Expression::all({has_status(201)}));
  EXPECT_EQ(decided({made}, alice(Point::request)), "allow, open");
  EXPECT_EQ(decided({made}, alice(Point::response)), "allow");
}

TEST(Program, HoldsFromItsStartUntilItsEnd) {
  CompiledPolicy made = rule(Action::block, "autumn", {});
  made.starts = Time(std::chrono::seconds(100));
  made.expires = Time(std::chrono::seconds(200));
  const auto at = [&](int second) {
    Activity activity = alice(Point::request);
    activity.at = Time(std::chrono::seconds(second));
    return decided({made}, activity);
  };
  EXPECT_EQ(at(99), "allow");
  EXPECT_EQ(at(100), "block by autumn");
  EXPECT_EQ(at(199), "block by autumn");
  EXPECT_EQ(at(200), "allow");
}

TEST(Program, TellsWhichFactsItWaitsFor) {
  const Program program({rule(Action::block, "gone", {is_user("alice"), has_status(410)}),
                         rule(Action::block, "bobs", {is_user("bob"), does("upload")})});
  EXPECT_EQ(program.waits_for(Point::request, alice(Point::request)),
            std::vector<std::string_view>{"status"});
  EXPECT_TRUE(program.asks("activity"));
  EXPECT_FALSE(program.asks("header"));
}

// ---- Rehearsal

TEST(Program, RecordsRehearsedRulesWithoutLettingThemDecide) {
  const std::vector<CompiledPolicy> rules = {rehearsed(Action::block, "trial", {is_user("alice")}),
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
  const std::vector<CompiledPolicy> rules = {rehearsed(Action::block, "trial", {has_status(201)}),
                                             rule(Action::monitor, "alices", {is_user("alice")})};
  EXPECT_EQ(decided(rules, alice(Point::connect)), "monitor by alices");
}

TEST(Program, RecordsNoRehearsedRuleThatStandsBehindAWaitingOne) {
  const std::vector<CompiledPolicy> rules = {rehearsed(Action::block, "first", {}),
                                             rule(Action::block, "created", {has_status(201)}),
                                             rehearsed(Action::block, "second", {})};
  EXPECT_EQ(decided(rules, alice(Point::request)), "allow, open, first would block");
  EXPECT_EQ(decided(rules, alice(Point::response)), "block by created, first would block");
}

// ----

// ---- What asks, and what was answered

Standing answers(std::vector<Grant> grants, std::vector<Suspension> suspensions = {}) {
  std::vector<std::shared_ptr<const Grant>> shared;
  for (Grant& one : grants) shared.push_back(std::make_shared<const Grant>(std::move(one)));
  return {std::move(shared), std::move(suspensions)};
}

Grant answer_of(const CompiledPolicy& policy, const Activity& activity, int id = 1) {
  Grant grant = *grant_wanted(policy, activity);
  grant.id.bytes[15] = static_cast<std::uint8_t>(id);
  return grant;
}

std::string told_with(const Program& program, const Standing& standing, Point point) {
  const Verdict verdict(program.decide(point, alice(point), standing));
  std::string text = told(verdict);
  for (const auto& [policy, grant] : verdict.granted) text += ", passed " + policy;
  return text;
}

TEST(Program, PassesOverWhatWasAnsweredAndAsksThePoliciesBehindIt) {
  const Program program({rule(Action::coach, "coached", {is_user("alice")}),
                         rule(Action::step_up, "proven", {does("upload")}),
                         rule(Action::block, "blocked", {has_status(201)})});
  EXPECT_EQ(told_with(program, Standing::none(), Point::request), "coach by coached");
  const Activity asked = alice(Point::response);
  const Standing one = answers({answer_of(program.policies()[0], asked)});
  EXPECT_EQ(told_with(program, one, Point::request), "step_up by proven, passed coached");
  const Standing both =
      answers({answer_of(program.policies()[0], asked), answer_of(program.policies()[1], asked)});
  EXPECT_EQ(told_with(program, both, Point::request), "allow, open, passed coached, passed proven");
  EXPECT_EQ(told_with(program, both, Point::response),
            "block by blocked, passed coached, passed proven");
}

TEST(Program, StopsByWhatAsksUntilItIsAnswered) {
  for (const Action action : {Action::coach, Action::justify, Action::step_up}) {
    const Program program({rule(action, "asked", {})});
    EXPECT_TRUE(program.decide(Point::request, alice(Point::request)).stops());
    EXPECT_TRUE(program.decide_connection(alice(Point::connect)).stops());
  }
}

TEST(Program, DoesNotWaitForABlockWhereItAsksAnyway) {
  const Program program(
      {rule(Action::block, "late", {has_status(201)}), rule(Action::coach, "coached", {})});
  EXPECT_EQ(told_with(program, Standing::none(), Point::request), "coach by coached");
}

TEST(Program, DoesNotWaitForAQuestionThatIsAnswered) {
  const Program program(
      {rule(Action::coach, "late", {has_status(201)}), rule(Action::allow, "fine", {})});
  EXPECT_EQ(told_with(program, Standing::none(), Point::request), "allow, open");
  const Standing answered = answers({answer_of(program.policies()[0], alice(Point::response))});
  EXPECT_EQ(told_with(program, answered, Point::request), "allow by fine");
}

TEST(Program, ShowsANoticeOnlyWhereItPassesWithoutOne) {
  const CompiledPolicy notice = rule(Action::notice, "watched", {is_user("alice")});
  const auto with = [&](CompiledPolicy behind) {
    return told_with(Program({notice, std::move(behind)}), Standing::none(), Point::request);
  };
  EXPECT_EQ(with(rule(Action::block, "no", {does("upload")})), "block by no");
  EXPECT_EQ(with(rule(Action::coach, "ask", {does("upload")})), "coach by ask");
  EXPECT_EQ(with(rule(Action::allow, "yes", {does("upload")})), "notice by watched");
  EXPECT_EQ(with(rule(Action::monitor, "see", {})), "notice by watched");
  EXPECT_EQ(with(rule(Action::block, "late", {has_status(201)})), "notice by watched, open");
  const Program alone({notice});
  EXPECT_FALSE(alone.decide(Point::request, alice(Point::request)).stops());
  EXPECT_TRUE(alone.decide(Point::request, alice(Point::request)).shows_notice());
  const Standing seen = answers({answer_of(notice, alice(Point::request))});
  EXPECT_EQ(told_with(alone, seen, Point::request), "allow, passed watched");
}

TEST(Program, PassesOverABlockThatAnOperatorLiftedForSomebodyOnceItHolds) {
  const Program program({rule(Action::block, "shut", {is_user("alice")}),
                         rule(Action::block, "late", {has_status(201)}),
                         rule(Action::allow, "fine", {})});
  const Activity asked = alice(Point::response);
  const Standing one = answers({answer_of(program.policies()[0], asked)});
  EXPECT_EQ(told_with(program, Standing::none(), Point::request), "block by shut");
  EXPECT_EQ(told_with(program, one, Point::request), "allow, open, passed shut");
  EXPECT_EQ(told_with(program, one, Point::response), "block by late, passed shut");
  const Standing both = answers(
      {answer_of(program.policies()[0], asked), answer_of(program.policies()[1], asked, 2)});
  EXPECT_EQ(told_with(program, both, Point::request), "allow, open, passed shut");
  EXPECT_EQ(told_with(program, both, Point::response), "allow by fine, passed shut, passed late");
}

TEST(Program, RehearsesNoQuestionThatIsAnswered) {
  const Program program({rehearsed(Action::coach, "coached", {})});
  const auto count = [&](const Standing& standing) {
    return program.decide(Point::request, alice(Point::request), standing).rehearsed().size();
  };
  EXPECT_EQ(count(Standing::none()), 1u);
  EXPECT_EQ(count(answers({answer_of(program.policies()[0], alice(Point::request))})), 0u);
}

TEST(Program, BlocksASuspendedUserBeforeAnyPolicy) {
  const Program program(
      {rule(Action::allow, "fine", {}), rule(Action::bypass, "unopened", {is_user("alice")})});
  Suspension suspension;
  suspension.user = "alice";
  suspension.id.bytes[15] = 7;
  const Standing standing = answers({}, {suspension});
  const Decision decision = program.decide_connection(alice(Point::connect), standing);
  EXPECT_TRUE(decision.stops());
  EXPECT_EQ(decision.suspension, suspension.id);
  const Verdict verdict(decision);
  EXPECT_EQ(verdict.policy_id, "suspension");
  EXPECT_EQ(verdict.suspension, suspension.id.to_string());
  EXPECT_EQ(verdict.say, "Your access is suspended.");
  EXPECT_FALSE(program.decide_connection(nobody(Point::connect), standing).stops());
}

TEST(Program, AsksASuspendedUserBeforeAnyPolicyOnceThereIsARequest) {
  const Program program({rule(Action::allow, "fine", {})});
  Suspension suspension;
  suspension.user = "alice";
  suspension.action = Action::step_up;
  suspension.id.bytes[15] = 7;
  const Standing standing = answers({}, {suspension});
  EXPECT_FALSE(program.decide_connection(alice(Point::connect), standing).stops());
  Activity activity = alice(Point::request);
  activity.method = "GET";
  const Decision decision = program.decide(Point::request, activity, standing);
  EXPECT_TRUE(decision.stops());
  const Verdict verdict(decision);
  EXPECT_EQ(verdict.action, Action::step_up);
  EXPECT_EQ(verdict.policy_id, "suspension");
  EXPECT_EQ(verdict.suspension, suspension.id.to_string());
  EXPECT_EQ(verdict.grant_width, GrantWidth::user);
  EXPECT_EQ(verdict.say, "");
}

TEST(Program, WaitsBehindAQuestionThatIsAnswered) {
  const Program program(
      {rule(Action::coach, "coached", {}), rule(Action::block, "late", {has_status(201)})});
  const Activity activity = alice(Point::request);
  EXPECT_TRUE(program.waits_for(Point::request, activity).empty());
  const Standing answered = answers({answer_of(program.policies()[0], activity)});
  EXPECT_EQ(program.waits_for(Point::request, activity, false, answered),
            std::vector<std::string_view>{"status"});
}

TEST(Program, DescribesItself) {
  EXPECT_EQ(Program().describe(), "0 policies");
  EXPECT_EQ(Program({rule(Action::block, "a", {})}).describe(), "1 policy");
  EXPECT_EQ(Program({rule(Action::block, "a", {}), rehearsed(Action::block, "b", {})}).describe(),
            "2 policies, 1 of them in rehearsal");
}

}  // namespace
}  // namespace sallyport::policy
