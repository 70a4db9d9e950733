#include "policy/testkit/happened.h"

#include <algorithm>

#include "policy/eval/repeat_window.h"

namespace sallyport::policy {
namespace {

bool asks_for_certificate(std::span<const Expression> parts) {
  return std::any_of(parts.begin(), parts.end(), [](const Expression& part) {
    return part.kind() == Expression::Kind::test ? part.attribute().subject == Subject::certificate
                                                 : asks_for_certificate(part.parts());
  });
}

void add_once(std::vector<const CompiledPolicy*>& to, const CompiledPolicy& policy) {
  if (std::find(to.begin(), to.end(), &policy) == to.end()) to.push_back(&policy);
}

void take(Happened& happened, const Decision& decision) {
  happened.action = decision.action;
  happened.final = decision.final;
  happened.policy = decision.policy;
  happened.point = decision.point;
  for (const CompiledPolicy* one : decision.rehearsed()) add_once(happened.rehearsed, *one);
  for (const Decision::Granted& one : decision.granted()) add_once(happened.granted, *one.policy);
}

// What the person of the case has answered.
Standing standing_of(const Program& program, const TestCase& test, const Activity& activity) {
  std::vector<std::shared_ptr<const Grant>> grants;
  for (const auto& id : test.grants) {
    const CompiledPolicy* policy = program.find(*id);
    if (policy == nullptr) continue;
    if (auto grant = grant_wanted(*policy, activity)) {
      grants.push_back(std::make_shared<const Grant>(std::move(*grant)));
    }
  }
  return {std::move(grants), {}};
}

// An intercepted connection goes on to be judged, so a decision does not name the policy that
// opened it.
void take_opener(Happened& happened, const Program& program, const Activity& activity) {
  happened.action = Action::intercept;
  happened.policy = nullptr;
  happened.final = true;
  for (const CompiledPolicy& policy : program.policies()) {
    if (policy.kind != Kind::tls || policy.rehearse || asks_for_certificate(policy.when)) continue;
    if (!policy.judge(Point::connect, activity).holds()) continue;
    happened.policy = &policy;
    return;
  }
}

void decide(Happened& happened, const Program& program, const TestCase& test,
            const Activity& activity) {
  const bool tls = activity.scheme != "http";
  const bool at_connect = !test.at || **test.at == Point::connect;
  const Standing standing = standing_of(program, test, activity);
  if (at_connect && tls && test.expect && **test.expect == Action::intercept) {
    const Decision decision = program.decide_connection(activity, standing);
    take(happened, decision);
    if (!decision.stops() && !decision.bypasses()) take_opener(happened, program, activity);
    return;
  }
  if (!test.at) {
    const bool tunnel = activity.scheme == "tunnel";
    take(happened, program.decide_whole(
                       activity, {.until = tunnel ? Point::connect : Point::response}, standing));
    return;
  }
  take(happened, at_connect && tls ? program.decide_connection(activity, standing)
                                   : program.decide(**test.at, activity, standing));
}

void take_match(Happened& happened, std::vector<const CompiledPolicy*>& to,
                const CompiledPolicy& policy) {
  add_once(policy.rehearse ? happened.rehearsed : to, policy);
}

}  // namespace

// The first of the apps has the most of all, so it is counted; and as the activities come evenly,
// what its first `min` do not come to, the others do not either.
bool is_enough(const RepeatRule& rule, const std::optional<Repetition>& repetition) {
  if (rule.min <= 1) return true;
  const Repetition happened = repetition.value_or(Repetition());
  const std::uint64_t apps = rule.same_app ? happened.apps : 1;
  const auto of_first = [apps](std::uint64_t all) { return (all + apps - 1) / apps; };
  const std::uint64_t targets = of_first(happened.targets.value_or(happened.times));
  const std::uint64_t times = std::min<std::uint64_t>(of_first(happened.times), rule.min);
  const double gap = happened.times > 1 ? std::chrono::duration<double>(happened.within).count() /
                                              static_cast<double>(happened.times - 1)
                                        : 0;
  RepeatWindow window;
  for (std::uint64_t n = 0; n < times; ++n) {
    const std::chrono::duration<double> after(gap * static_cast<double>(n * apps));
    const Time at(std::chrono::duration_cast<Time::duration>(after));
    if (window.add(rule, {at, Ulid(), n % targets})) return true;
  }
  return false;
}

std::vector<Threshold> thresholds(const DailyThresholds& asked, const DayTotals& day) {
  std::vector<Threshold> found;
  const auto add = [&](std::string_view measure, const std::optional<std::uint64_t>& more_than,
                       std::uint64_t is) {
    if (more_than) found.push_back({measure, *more_than, is});
  };
  add("traffic", asked.traffic, day.traffic.value_or(day.uploaded + day.downloaded));
  add("uploaded", asked.uploaded, day.uploaded);
  add("downloaded", asked.downloaded, day.downloaded);
  add("users", asked.users, day.users);
  add("addresses", asked.addresses, day.addresses);
  add("transactions", asked.transactions, day.transactions);
  return found;
}

bool holds_in_case(const CompiledPolicy& policy, Point point, const TestCase& test,
                   const Activity& activity) {
  if (!policy.judge(point, activity).holds()) return false;
  if (policy.kind == Kind::activity) return is_enough(policy.repeat, test.repeat);
  if (policy.kind != Kind::app_discovery) return true;
  if (!test.day) return false;
  const std::vector<Threshold> all = thresholds(policy.per_day, *test.day);
  return std::all_of(all.begin(), all.end(), [](const Threshold& one) { return one.holds(); });
}

Happened judge_case(const Program& program, const TestCase& test, const Activity& activity) {
  Happened happened;
  if (test.day) {
    for (const CompiledPolicy* policy : program.app_policies()) {
      if (holds_in_case(*policy, Point::download, test, activity)) {
        take_match(happened, happened.reports, *policy);
      }
    }
    return happened;
  }
  decide(happened, program, test, activity);
  program.report(activity, [&](const CompiledPolicy& policy) {
    if (is_enough(policy.repeat, test.repeat)) take_match(happened, happened.reports, policy);
  });
  program.detects(activity, [&](const CompiledPolicy& policy) {
    take_match(happened, happened.reports, policy);
  });
  program.edits(activity, [&](const CompiledPolicy& policy) {
    take_match(happened, happened.edits, policy);
  });
  const auto slow = [&](const CompiledPolicy& policy) {
    if (policy.throttle.download != 0) take_match(happened, happened.edits, policy);
  };
  if (program.has_download_rates()) program.edits(activity, slow, Point::response);
  return happened;
}

}  // namespace sallyport::policy
