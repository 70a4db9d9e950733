#include "policy/eval/program.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "base/core/check.h"

namespace sallyport::policy {
namespace {

// A set of actions, for "would every pending policy do the same?". All that stops counts as one. A
// pending notice holds nobody back, so it is never in it.
class ActionSet {
 public:
  void add(Action action) {
    if (action != Action::notice) bits_ |= bit(action);
  }
  bool empty() const { return bits_ == 0; }
  bool has(Action action) const { return (bits_ & bit(action)) != 0; }
  bool only(Action action) const { return (bits_ & ~bit(action)) == 0; }
  void add(ActionSet others) { bits_ |= others.bits_; }

 private:
  static std::uint32_t bit(Action action) {
    return 1U << static_cast<unsigned>(stops(action) ? Action::block : action);
  }
  std::uint32_t bits_ = 0;
};

// Of more policies that wait than these, none is tried: "ask again" is the cheaper answer.
constexpr std::size_t kMostWaitersTried = 16;

void add_late(ActionSet& set, const PolicyIndex::PointIndex& index, std::uint32_t before) {
  for (const Action action : PolicyIndex::kMayBeLate) {
    if (index.first_late(action) < before) set.add(action);
  }
}

Decision suspended(const Suspension& suspension, Point point) {
  Decision decision;
  decision.action = suspension.action;
  decision.point = point;
  decision.suspension = suspension.id;
  decision.suspended_until = end_of_minute(suspension.until);
  return decision;
}

bool asks_for_certificate(std::span<const Expression> parts) {
  return std::any_of(parts.begin(), parts.end(), [](const Expression& part) {
    return part.kind() == Expression::Kind::test ? part.attribute().subject == Subject::certificate
                                                 : asks_for_certificate(part.parts());
  });
}

bool is_of_file(const Attribute& attribute) { return attribute.name.starts_with("file."); }

bool is_ours(std::span<const std::string> faults) {
  return std::find(faults.begin(), faults.end(), "own_authority") != faults.end();
}

template <class Visit>
void each_test(std::span<const Expression> parts, const Visit& visit) {
  for (const Expression& part : parts) {
    if (part.kind() == Expression::Kind::test) {
      visit(part);
    } else {
      each_test(part.parts(), visit);
    }
  }
}

}  // namespace

Program::Program() = default;

Program::Program(std::vector<CompiledPolicy> policies) : policies_(std::move(policies)) {
  std::vector<std::uint32_t> deciders, openers, faults, editors, reporters, detectors;
  std::set<const Attribute*> asked;
  for (std::uint32_t number = 0; number < policies_.size(); ++number) {
    CompiledPolicy& policy = policies_[number];
    policy.number = number;
    switch (policy.kind) {
      case Kind::access:
      case Kind::session:
        (policy.edits_only ? editors : deciders).push_back(number);
        if (policy.throttle.download != 0) has_download_rates_ = true;
        break;
      case Kind::activity:
        reporters.push_back(number);
        break;
      case Kind::tls:
        (asks_for_certificate(policy.when) ? faults : openers).push_back(number);
        break;
      case Kind::detection:
        detectors.push_back(number);
        break;
      case Kind::app_discovery:
        break;
    }
    const auto ask = [&](const Expression& test) { asked.insert(&test.attribute()); };
    each_test(policy.when, ask);
    each_test(policy.except, ask);
  }
  for (const std::uint32_t number : deciders) {
    bool asks = false;
    const auto of_file = [&](const Expression& test) {
      asks = asks || is_of_file(test.attribute());
    };
    each_test(policies_[number].when, of_file);
    each_test(policies_[number].except, of_file);
    if (asks) file_asks_.push_back(number);
  }
  deciders_ = PolicyIndex(policies_, std::move(deciders));
  openers_ = PolicyIndex(policies_, std::move(openers));
  faults_ = PolicyIndex(policies_, std::move(faults));
  edits_ = PolicyIndex(policies_, std::move(editors));
  reports_ = PolicyIndex(policies_, std::move(reporters));
  detections_ = PolicyIndex(policies_, std::move(detectors));
  // Attributes stand in one table that is sorted by name.
  asked_.assign(asked.begin(), asked.end());
  asks_session_ = std::any_of(asked_.begin(), asked_.end(), [](const Attribute* one) {
    return one->name.starts_with("session.");
  });
  for (std::uint32_t number = 0; number < policies_.size(); ++number) {
    by_id_.emplace(policies_[number].id, number);
  }
}

// Pending policies among those that wait, up to a number that only grows. Asked only once something
// holds, which is rare before everything is known.
class Program::Waiters {
 public:
  Waiters(const Program& program, const PolicyIndex::PointIndex& index, Point point,
          const Activity& activity, const Standing& standing)
      : program_(program),
        point_(point),
        activity_(activity),
        standing_(standing),
        candidates_(index, activity, PolicyIndex::Take::waiting),
        next_(candidates_.next()) {}

  ActionSet before(std::uint32_t number) {
    while (next_ != nullptr && next_->number < number) {
      const Filed& filed = *next_;
      const CompiledPolicy& policy = program_.policies_[filed.number];
      // One more that would do the same changes nothing.
      if (filed.action != Action::notice && !pending_.has(filed.action)) {
        const Outcome outcome = policy.judge(point_, activity_);
        if (outcome.may_hold() && standing_.find_pass(policy, activity_, outcome) == nullptr) {
          pending_.add(filed.action);
        }
      }
      next_ = candidates_.next();
    }
    return pending_;
  }

  // Whether none of them would do anything but allow.
  bool nothing_comes() {
    while (next_ != nullptr) before(next_->number + 1);
    return pending_.only(Action::allow);
  }

 private:
  const Program& program_;
  Point point_;
  const Activity& activity_;
  const Standing& standing_;
  PolicyIndex::Candidates candidates_;
  const Filed* next_;
  ActionSet pending_;
};

Decision Program::decide_by(const PolicyIndex& index, Point point, const Activity& activity,
                            const Standing& standing, PolicyIndex::Recall* recall) const {
  Decision decision;
  decision.point = point;
  if (index.empty()) return decision;
  const CompiledPolicy* notice = nullptr;  // the first that matches
  const auto with_notice = [&] {
    if (notice != nullptr &&
        (decision.action == Action::allow || decision.action == Action::monitor)) {
      decision.action = Action::notice;
      decision.policy = notice;
    }
    return decision;
  };
  const PolicyIndex::PointIndex& here = index.at(point);
  ActionSet pending;  // of those that do not wait for sure
  std::optional<Waiters> waiters;
  PolicyIndex::Candidates candidates(here, activity, PolicyIndex::Take::ready, recall);
  std::uint32_t last = PolicyIndex::PointIndex::kNone;
  for (const Filed* filed = candidates.next(); filed != nullptr; filed = candidates.next()) {
    if (filed->number == last) continue;
    const CompiledPolicy& policy = policies_[filed->number];
    const Outcome outcome = policy.judge(point, activity, filed->key_part);
    last = filed->number;
    if (!outcome.may_hold()) continue;
    if (const Grant* grant = standing.find_pass(policy, activity, outcome)) {
      if (outcome.holds()) decision.add_granted(policy, grant->id);
      continue;
    }
    if (!outcome.holds()) {
      if (!policy.rehearse) pending.add(policy.action);
      continue;
    }
    ActionSet before = pending;
    add_late(before, here, filed->number);
    if (here.waiting() != 0) {
      if (!waiters) waiters.emplace(*this, here, point, activity, standing);
      before.add(waiters->before(filed->number));
    }
    if (policy.rehearse) {
      // After a pending policy nobody can say yet that this one would have been asked.
      if (before.empty()) decision.add_rehearsed(policy);
      continue;
    }
    if (policy.action == Action::notice) {
      // One that may be let pass without it waits with it.
      if (notice == nullptr && before.only(Action::block)) notice = &policy;
      continue;
    }
    if (!before.only(policy.action)) {
      decision.final = false;
      return with_notice();
    }
    decision.action = policy.action;
    decision.policy = &policy;
    return with_notice();
  }
  add_late(pending, here, PolicyIndex::PointIndex::kNone);
  decision.final = pending.only(Action::allow);
  if (decision.final && here.waiting() != 0) {
    if (here.waiting() > kMostWaitersTried) {
      decision.final = false;
    } else {
      if (!waiters) waiters.emplace(*this, here, point, activity, standing);
      decision.final = waiters->nothing_comes();
    }
  }
  return with_notice();
}

Decision Program::decide(Point point, const Activity& activity, const Standing& standing,
                         Recall* recall) const {
  const Suspension* suspension = standing.find_suspension(activity);
  // At connect nobody can be asked: `activity` may be that of a whole exchange.
  const bool too_early =
      point == Point::connect && suspension != nullptr && suspension->action != Action::block;
  if (suspension != nullptr && !too_early) return suspended(*suspension, point);
  PolicyIndex::Recall* of_point = nullptr;
  if (recall != nullptr && point == Point::connect) of_point = &recall->connect;
  if (recall != nullptr && point == Point::request) of_point = &recall->request;
  if (recall != nullptr && point == Point::response) of_point = &recall->response;
  return decide_by(deciders_, point, activity, standing, of_point);
}

Decision Program::decide_connection(const Activity& activity, const Standing& standing) const {
  const Decision named = decide(Point::connect, activity, standing);
  if (named.stops()) return named;
  Decision opened = decide_by(openers_, Point::connect, activity, Standing::none());
  if (opened.policy == nullptr || opened.action == Action::intercept) {
    // Both are told: what would have been decided, and what would have been left unopened.
    Decision both = named;
    for (const CompiledPolicy* one : opened.rehearsed()) both.add_rehearsed(*one);
    return both;
  }
  for (const CompiledPolicy* one : named.rehearsed()) opened.add_rehearsed(*one);
  opened.keep_granted(named);
  return opened;
}

Decision Program::decide_fault(const Activity& activity) const {
  Decision decision = decide_by(faults_, Point::request, activity, Standing::none());
  decision.final = true;  // Whatever is missing now is missing for good.
  decision.by_fault = true;
  if (decision.action == Action::bypass && is_ours(*activity.certificate_faults)) {
    decision.policy = nullptr;
  }
  if (decision.policy == nullptr) decision.action = Action::block;
  return decision;
}

void Program::edits(const Activity& activity,
                    const std::function<void(const CompiledPolicy&)>& each, Point point) const {
  each_match(edits_, point, activity, each);
}

void Program::report(const Activity& activity,
                     const std::function<void(const CompiledPolicy&)>& each, Recall* recall) const {
  each_match(reports_, Point::download, activity, each,
             recall == nullptr ? nullptr : &recall->reports);
}

void Program::detects(const Activity& activity,
                      const std::function<void(const CompiledPolicy&)>& each,
                      Recall* recall) const {
  each_match(detections_, Point::download, activity, each,
             recall == nullptr ? nullptr : &recall->detections);
}

void Program::matches(Point point, const Activity& activity,
                      const std::function<void(const CompiledPolicy&)>& each) const {
  each_match(deciders_, point, activity, each);
  each_match(edits_, point, activity, each);
  if (activity.scheme != "http") each_match(openers_, Point::connect, activity, each);
  if (activity.certificate_faults && !activity.certificate_faults->empty()) {
    each_match(faults_, Point::request, activity, each);
  }
}

void Program::each_match(const PolicyIndex& index, Point point, const Activity& activity,
                         const std::function<void(const CompiledPolicy&)>& each,
                         PolicyIndex::Recall* recall) const {
  if (index.empty()) return;
  PolicyIndex::Candidates candidates(index.at(point), activity, PolicyIndex::Take::ready, recall);
  std::uint32_t last = PolicyIndex::PointIndex::kNone;
  for (const Filed* filed = candidates.next(); filed != nullptr; filed = candidates.next()) {
    if (filed->number == last) continue;
    const CompiledPolicy& policy = policies_[filed->number];
    last = filed->number;
    if (policy.judge(point, activity, filed->key_part).holds()) each(policy);
  }
}

Decision Program::decide_whole(const Activity& activity, Course course,
                               const Standing& standing) const {
  const bool tls = activity.scheme != "http";
  const bool faulty = tls && activity.certificate_faults && !activity.certificate_faults->empty();
  Decision decision =
      tls ? decide_connection(activity, standing) : decide(Point::connect, activity, standing);
  if (decision.stops() || decision.bypasses()) return decision;
  const auto next = [&decision](Decision later) {
    later.keep_rehearsed(decision);
    later.keep_granted(decision);
    decision = later;
  };
  if (faulty && !course.fault_at_request) {
    next(decide_fault(activity));
    return decision;
  }
  if (course.until == Point::connect) return decision;
  next(decide(Point::request, activity, standing));
  if (decision.stops()) return decision;
  if (faulty) {
    next(decide_fault(activity));
    if (decision.bypasses()) {
      decision.action = Action::block;
      decision.policy = nullptr;
    }
    return decision;
  }
  if (course.until < Point::response) return decision;
  next(decide(Point::response, activity, standing));
  return decision;
}

bool Program::asks(std::string_view attribute) const {
  return std::any_of(asked_.begin(), asked_.end(),
                     [&](const Attribute* one) { return one->name == attribute; });
}

template <class Use>
void Program::each_waiting(Point point, const Activity& activity, bool enforced,
                           const Standing& standing, const Use& use) const {
  for (const std::uint32_t number : deciders_.members()) {
    const CompiledPolicy& policy = policies_[number];
    if (enforced && policy.rehearse) continue;
    const Outcome outcome = policy.judge(point, activity);
    if (!outcome.may_hold() || standing.find_pass(policy, activity, outcome) != nullptr) continue;
    if (!outcome.holds()) {
      use(policy);
    } else if (!policy.rehearse && policy.action != Action::notice) {
      return;  // Nothing behind it is asked any more.
    }
  }
}

std::vector<std::string_view> Program::waits_for(Point point, const Activity& activity,
                                                 bool enforced, const Standing& standing) const {
  std::set<std::string_view> names;
  each_waiting(point, activity, enforced, standing, [&](const CompiledPolicy& policy) {
    const auto waits = [&](const Expression& test) {
      if (see(test.attribute(), point, activity).not_yet) names.insert(test.attribute().name);
    };
    each_test(policy.when, waits);
    each_test(policy.except, waits);
  });
  return {names.begin(), names.end()};
}

bool Program::decided_before(std::uint32_t number, Point point, const Activity& activity,
                             const Standing& standing) const {
  PolicyIndex::Candidates candidates(deciders_.at(point), activity, PolicyIndex::Take::ready);
  for (const Filed* filed = candidates.next(); filed != nullptr && filed->number < number;
       filed = candidates.next()) {
    const CompiledPolicy& policy = policies_[filed->number];
    if (policy.rehearse || policy.action == Action::notice) continue;
    const Outcome outcome = policy.judge(point, activity, filed->key_part);
    if (outcome.holds() && standing.find_pass(policy, activity, outcome) == nullptr) return true;
  }
  return false;
}

bool Program::waits_for_file(Point point, const Activity& activity, bool enforced,
                             const Standing& standing) const {
  for (const std::uint32_t number : file_asks_) {
    const CompiledPolicy& policy = policies_[number];
    if (enforced && policy.rehearse) continue;
    const Outcome outcome = policy.judge(point, activity);
    if (!outcome.may_hold() || outcome.holds()) continue;
    bool waits = false;
    const auto see_file = [&](const Expression& test) {
      waits =
          waits || (is_of_file(test.attribute()) && see(test.attribute(), point, activity).not_yet);
    };
    each_test(policy.when, see_file);
    each_test(policy.except, see_file);
    if (!waits || standing.find_pass(policy, activity, outcome) != nullptr) continue;
    return !decided_before(number, point, activity, standing);
  }
  return false;
}

bool Program::waits_for_end_only(Point point, const Activity& activity, bool enforced,
                                 const Standing& standing) const {
  std::size_t waiting = 0;
  std::size_t for_all = 0;
  each_waiting(point, activity, enforced, standing, [&](const CompiledPolicy& policy) {
    ++waiting;
    if (policy.hold == Hold::all && !policy.rehearse) ++for_all;
  });
  return waiting > 0 && for_all == 0;
}

const CompiledPolicy* Program::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &policies_[found->second];
}

std::vector<const CompiledPolicy*> Program::app_policies() const {
  std::vector<const CompiledPolicy*> found;
  for (const CompiledPolicy& policy : policies_) {
    if (policy.kind == Kind::app_discovery) found.push_back(&policy);
  }
  return found;
}

std::string Program::describe() const {
  const auto rehearsed =
      std::count_if(policies_.begin(), policies_.end(),
                    [](const CompiledPolicy& policy) { return policy.rehearse; });
  std::string text =
      std::to_string(policies_.size()) + (policies_.size() == 1 ? " policy" : " policies");
  if (rehearsed > 0) text += ", " + std::to_string(rehearsed) + " of them in rehearsal";
  return text;
}

}  // namespace sallyport::policy
