#include "policy/replay/replay.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sallyport::policy {
namespace {

// The last point at which the gateway asked.
Point last_point(Reach reach) {
  switch (reach) {
    case Reach::connection:
      return Point::connect;
    case Reach::request:
      return Point::request;
    case Reach::all:
      return Point::response;
  }
  std::unreachable();
}

bool open(Outcome outcome) { return outcome.may_hold() && !outcome.holds(); }

bool decides(const CompiledPolicy& policy) {
  return (policy.kind == Kind::access || policy.kind == Kind::session) && !policy.edits_only;
}

// Whether what no record keeps could make it hold, or not hold.
bool is_open(const CompiledPolicy& policy, const PastActivity& past) {
  return open(judge_without_unkept(policy, last_point(past.reach), past.facts));
}

// What the person had answered then.
Standing standing_of(const Program& program, const PastActivity& past) {
  std::vector<std::shared_ptr<const Grant>> grants;
  for (const std::string_view id : past.granted) {
    const CompiledPolicy* policy = program.find(id);
    if (policy == nullptr) continue;
    if (auto grant = grant_wanted(*policy, past.facts)) {
      grants.push_back(std::make_shared<const Grant>(std::move(*grant)));
    }
  }
  return {std::move(grants), {}};
}

// The oldest of a heap is on top.
bool newer(const ReplayExample& a, const ReplayExample& b) {
  return std::tie(a.at, a.id) > std::tie(b.at, b.id);
}

std::vector<ReplayTop> most(const std::map<std::string, std::uint64_t, std::less<>>& counts,
                            std::size_t top) {
  std::vector<ReplayTop> all;
  for (const auto& [name, count] : counts) all.push_back({name, count});
  std::stable_sort(all.begin(), all.end(),
                   [](const ReplayTop& a, const ReplayTop& b) { return a.count > b.count; });
  if (all.size() > top) all.resize(top);
  return all;
}

void add_one(std::map<std::string, std::uint64_t, std::less<>>& counts, std::string_view name) {
  const auto found = counts.find(name);
  if (found != counts.end()) {
    ++found->second;
  } else {
    counts.emplace(name, 1);
  }
}

}  // namespace

std::string_view to_string(Effect effect) {
  constexpr std::string_view kWords[] = {"allow", "monitor", "block", "bypass", "ask"};
  return kWords[static_cast<std::size_t>(effect)];
}

Effect effect_of(Action action) {
  switch (action) {
    case Action::monitor:
    case Action::notice:
      return Effect::monitor;
    case Action::coach:
    case Action::justify:
    case Action::step_up:
    case Action::sign_in_again:
      return Effect::ask;
    case Action::block:
    case Action::isolate:
      return Effect::block;
    case Action::bypass:
      return Effect::bypass;
    case Action::allow:
    case Action::intercept:
      return Effect::allow;
  }
  std::unreachable();
}

std::string_view to_string(Change change) {
  constexpr std::string_view kWords[] = {"newly_blocked",  "no_longer_blocked",
                                         "newly_bypassed", "no_longer_bypassed",
                                         "newly_asked",    "no_longer_asked"};
  return kWords[static_cast<std::size_t>(change)];
}

Replay::Replay(const Program& program, Options options)
    : program_(program),
      options_(options),
      unkept_(policies_that_ask_for_unkept(program)),
      unkept_before_(options.before != nullptr ? policies_that_ask_for_unkept(*options.before)
                                               : std::vector<std::uint32_t>()),
      repeats_(options.most_repeats) {
  sums_.policies.resize(program.size());
  asks_for_unkept_.resize(program.size());
  for (const std::uint32_t number : unkept_) asks_for_unkept_[number] = true;
}

Replay::Judged Replay::judge_by(const Program& program, const std::vector<std::uint32_t>& unkept,
                                const PastActivity& past) const {
  const Activity& facts = past.facts;
  const bool fault_at_request = facts.point > Point::connect;
  Judged judged;
  const Course course{.until = last_point(past.reach), .fault_at_request = fault_at_request};
  judged.decision = past.granted.empty()
                        ? program.decide_whole(facts, course)
                        : program.decide_whole(facts, course, standing_of(program, past));
  const Decision& decision = judged.decision;
  // Where no policy speaks of a fault, the origin fails and the client is told why, as before.
  const bool failed = decision.by_fault && decision.policy == nullptr;
  if (decision.final && !failed) judged.effect = effect_of(decision.action);
  // A tunnel that is opened now is no tunnel any more, whatever happens in it.
  const bool was_tunnel = past.reach == Reach::connection && past.then == Effect::bypass;
  judged.sure = decision.final || !past.cut || was_tunnel;
  // What is not kept is inside: it is not asked for where that is not reached.
  const bool ended_at_connect =
      decision.by_fault ? !fault_at_request : decision.stops() && decision.point == Point::connect;
  if (decision.bypasses() || ended_at_connect) return judged;
  for (const std::uint32_t number : unkept) {
    const CompiledPolicy& policy = program.policies()[number];
    if (policy.rehearse || !decides(policy)) continue;
    const bool decided = decision.policy == &policy;
    const bool later =
        !decision.by_fault && decision.policy != nullptr && decision.policy->number < number;
    const bool same = !decided && effect_of(policy.action) == judged.effect;
    if (!later && !same && is_open(policy, past)) judged.sure = false;
  }
  return judged;
}

bool Replay::unsettled(const CompiledPolicy& policy, const PastActivity& past) const {
  return asks_for_unkept_[policy.number] && is_open(policy, past);
}

void Replay::judge(const PastActivity& past) {
  ++sums_.judged;
  const Judged now = judge_by(program_, unkept_, past);
  count_policies(past, now);
  Effect then = past.then;
  std::string_view policy_then = past.policy_then;
  bool sure = now.sure;
  if (options_.before != nullptr) {
    const Judged before = judge_by(*options_.before, unkept_before_, past);
    then = before.effect;
    policy_then = before.decision.policy != nullptr ? std::string_view(before.decision.policy->name)
                                                    : std::string_view();
    sure = sure && before.sure;
  }
  if (!sure) {
    ++sums_.unsure;
    return;
  }
  count_change(past, now, then, policy_then);
}

void Replay::count_policies(const PastActivity& past, const Judged& now) {
  const Activity& facts = past.facts;
  auto& tallies = sums_.policies;
  // One reference for std::function, which then allocates nothing.
  struct Told {
    Replay& replay;
    const PastActivity& past;
  } told{*this, past};
  program_.matches(last_point(past.reach), facts, [&told](const CompiledPolicy& one) {
    if (!told.replay.unsettled(one, told.past)) ++told.replay.sums_.policies[one.number].matched;
  });
  const auto count = [&](const Decision& decision) {
    if (decision.final && decision.policy != nullptr && !unsettled(*decision.policy, past)) {
      PolicyTally& tally = tallies[decision.policy->number];
      ++tally.decided;
      if (decision.policy->alerts_per_day > 0) ++tally.alerts;
    }
    for (const CompiledPolicy* one : decision.rehearsed()) ++tallies[one->number].rehearsed;
  };
  count(now.decision);
  // The gateway reports tunnels too, with what is known of them. What is bypassed newly has an
  // inside that nobody would see.
  const bool tunnel = past.reach == Reach::connection && past.then == Effect::bypass;
  const bool inside = now.effect != Effect::bypass || tunnel;
  if (inside && program_.has_reports()) {
    program_.report(facts, [&told](const CompiledPolicy& one) {
      if (told.replay.unsettled(one, told.past)) return;
      PolicyTally& tally = told.replay.sums_.policies[one.number];
      ++tally.matched;
      if (one.repeat.min > 1) {
        told.replay.repeats_.add(one, told.past.facts, told.past.id);
      } else {
        ++(one.rehearse ? tally.rehearsed : tally.reported);
      }
    });
  }
  for (const std::uint32_t number : unkept_) {
    const CompiledPolicy& policy = program_.policies()[number];
    if (policy.kind == Kind::detection || (policy.kind == Kind::activity && !inside)) continue;
    if (is_open(policy, past)) ++tallies[number].not_kept;
  }
  const bool goes_on =
      now.effect != Effect::block && now.effect != Effect::bypass && now.effect != Effect::ask;
  if (past.cut && goes_on && !now.decision.by_fault) count_not_seen(past);
}

// Walks all policies, without an index: few activities come here, and most policies are open then.
void Replay::count_not_seen(const PastActivity& past) {
  const Point last = last_point(past.reach);
  for (const CompiledPolicy& policy : program_.policies()) {
    if (policy.kind == Kind::tls || policy.kind == Kind::app_discovery ||
        policy.kind == Kind::detection) {
      continue;
    }
    if (asks_for_unkept_[policy.number]) continue;  // Counted for that already.
    if (open(policy.judge(last, past.facts))) ++sums_.policies[policy.number].not_seen;
  }
}

void Replay::count_change(const PastActivity& past, const Judged& now, Effect then,
                          std::string_view policy_then) {
  ++sums_.effects[static_cast<std::size_t>(then)][static_cast<std::size_t>(now.effect)];
  if (then == now.effect) return;
  const Activity& facts = past.facts;
  const std::string_view user = facts.user ? std::string_view(*facts.user) : std::string_view();
  const std::string_view app = facts.app ? std::string_view(facts.app->name) : std::string_view();
  const std::string_view policy_now =
      now.decision.policy != nullptr ? std::string_view(now.decision.policy->name) : "";
  // Found by view, so that one that is there costs no allocation.
  const auto key = std::make_tuple(then, policy_then, now.effect, policy_now);
  const auto known = transitions_.find(key);
  if (known != transitions_.end()) {
    ++known->second;
  } else {
    transitions_.emplace(
        Transition{then, std::string(policy_then), now.effect, std::string(policy_now)}, 1);
  }
  add_one(touched_users_, user);
  add_one(touched_apps_, app);
  const std::pair<Change, bool> changes[] = {
      {Change::newly_blocked, now.effect == Effect::block},
      {Change::no_longer_blocked, then == Effect::block},
      {Change::newly_bypassed, now.effect == Effect::bypass},
      {Change::no_longer_bypassed, then == Effect::bypass},
      {Change::newly_asked, now.effect == Effect::ask},
      {Change::no_longer_asked, then == Effect::ask},
  };
  for (const auto& [change, came] : changes) {
    if (!came) continue;
    ++sums_.changes[static_cast<std::size_t>(change)];
    auto& kept = sums_.examples[static_cast<std::size_t>(change)];
    if (options_.examples == 0) continue;
    if (kept.size() >= options_.examples &&
        std::tie(facts.at, past.id) < std::tie(kept.front().at, kept.front().id)) {
      continue;
    }
    keep_example(change, {past.id, facts.at, facts.user.value_or(""), facts.client.address,
                          facts.app ? facts.app->name : "", facts.host, facts.method.value_or(""),
                          facts.path.value_or(""), then, std::string(policy_then), now.effect,
                          std::string(policy_now)});
  }
  if (now.effect != Effect::block) return;
  if (now.decision.policy != nullptr) ++sums_.policies[now.decision.policy->number].newly_blocked;
  add_one(users_, user);
  add_one(apps_, app);
}

void Replay::keep_example(Change change, ReplayExample example) {
  auto& kept = sums_.examples[static_cast<std::size_t>(change)];
  kept.push_back(std::move(example));
  std::push_heap(kept.begin(), kept.end(), newer);
  if (kept.size() <= options_.examples) return;
  std::pop_heap(kept.begin(), kept.end(), newer);
  kept.pop_back();
}

void Replay::merge(Replay other) {
  sums_.judged += other.sums_.judged;
  sums_.unsure += other.sums_.unsure;
  for (std::size_t then = 0; then < kEffects; ++then) {
    for (std::size_t now = 0; now < kEffects; ++now) {
      sums_.effects[then][now] += other.sums_.effects[then][now];
    }
  }
  for (std::size_t change = 0; change < kChanges; ++change) {
    sums_.changes[change] += other.sums_.changes[change];
    for (ReplayExample& one : other.sums_.examples[change]) {
      keep_example(static_cast<Change>(change), std::move(one));
    }
  }
  for (std::size_t number = 0; number < sums_.policies.size(); ++number) {
    constexpr std::uint64_t PolicyTally::* kCounts[] = {
        &PolicyTally::matched,   &PolicyTally::decided,  &PolicyTally::reported,
        &PolicyTally::rehearsed, &PolicyTally::alerts,   &PolicyTally::newly_blocked,
        &PolicyTally::not_kept,  &PolicyTally::not_seen,
    };
    for (const auto count : kCounts) {
      sums_.policies[number].*count += other.sums_.policies[number].*count;
    }
  }
  for (const auto& [name, count] : other.users_) users_[name] += count;
  for (const auto& [name, count] : other.apps_) apps_[name] += count;
  for (const auto& [transition, count] : other.transitions_) transitions_[transition] += count;
  for (const auto& [name, count] : other.touched_users_) touched_users_[name] += count;
  for (const auto& [name, count] : other.touched_apps_) touched_apps_[name] += count;
  repeats_.merge(other.repeats_);
}

ReplayReport Replay::report() const {
  ReplayReport report = sums_;
  const std::vector<std::uint64_t> full = repeats_.count(program_.policies());
  for (const CompiledPolicy& policy : program_.policies()) {
    PolicyTally& tally = report.policies[policy.number];
    (policy.rehearse ? tally.rehearsed : tally.reported) += full[policy.number];
    if (policy.alerts_per_day > 0) tally.alerts += tally.reported;
  }
  for (auto& examples : report.examples) std::sort(examples.begin(), examples.end(), newer);
  report.users = most(users_, options_.top);
  report.apps = most(apps_, options_.top);
  report.touched_users = most(touched_users_, options_.top);
  report.touched_apps = most(touched_apps_, options_.top);
  for (const auto& [transition, count] : transitions_) {
    const auto& [then, policy_then, now, policy_now] = transition;
    report.transitions.push_back({then, policy_then, now, policy_now, count});
  }
  std::ranges::stable_sort(report.transitions, std::greater(), &ReplayTransition::count);
  report.repeats_left_out = repeats_.left_out();
  return report;
}

}  // namespace sallyport::policy
