#include "policy/testkit/coverage.h"

#include <algorithm>
#include <set>
#include <utility>

#include "policy/model/policy.h"
#include "policy/testkit/happened.h"
#include "policy/testkit/reasons.h"

namespace sallyport::policy {

Coverage::Coverage(const Program& program) : program_(program) {
  watched_.resize(program.policies().size());
  for (const CompiledPolicy& policy : program.policies()) {
    const Policy* written = policy.written.get();
    if (written == nullptr) continue;
    const bool always = policy.when.empty() && policy.except.empty() && policy.repeat.min <= 1 &&
                        written->per_day.empty();
    add(policy, written->id ? written->id->place : written->place, "the policy",
        {.what = Watched::What::policy});
    items_.back().always = always;
    for (std::size_t i = 0; i < policy.when.size() && i < written->when.size(); ++i) {
      watch(policy.when[i], written->when[i], policy.number);
    }
    for (std::size_t i = 0; i < policy.except.size() && i < written->except.size(); ++i) {
      const Exception& exception = written->except[i];
      add(policy, exception.place, "the exception",
          {.expression = &policy.except[i], .what = Watched::What::expression});
      // The compiler adds the date on which it expires as a last part.
      if (exception.when.size() < 2) continue;
      const auto parts = policy.except[i].parts();
      for (std::size_t j = 0; j < exception.when.size() && j < parts.size(); ++j) {
        watch(parts[j], exception.when[j], policy.number);
      }
    }
    if (policy.repeat.min > 1 && written->repeat) {
      add(policy, written->repeat->place, "repeat", {.what = Watched::What::repeat});
    }
    if (policy.kind == Kind::detection && written->detect) {
      add(policy, written->detect->place, "what it finds in a history",
          {.what = Watched::What::history});
      add(policy, written->detect->place, "a near miss in a history",
          {.what = Watched::What::near_miss});
      items_.back().always = true;
    }
    for (const DailyThreshold& one : written->per_day) {
      for (const Threshold& asked : thresholds(policy.per_day, DayTotals())) {
        if (asked.measure != *one.measure) continue;
        add(policy, one.value.place, "per_day: " + *one.measure + ": " + *one.value,
            {.what = Watched::What::per_day, .measure = asked.measure});
      }
    }
  }
}

void Coverage::add(const CompiledPolicy& policy, Place place, std::string text, Watched watched) {
  watched.item = static_cast<std::uint32_t>(items_.size());
  items_.push_back({.policy = &policy, .place = std::move(place), .text = std::move(text)});
  watched_[policy.number].push_back(watched);
}

void Coverage::watch(const Expression& expression, const Condition& written, std::uint32_t policy) {
  if (expression.kind() == Expression::Kind::test) {
    add(program_.policies()[policy], written.attribute.place, written_text(written),
        {.expression = &expression, .what = Watched::What::expression});
    return;
  }
  const auto parts = expression.parts();
  for (std::size_t i = 0; i < parts.size() && i < written.parts.size(); ++i) {
    watch(parts[i], written.parts[i], policy);
  }
}

void Coverage::observe_history(const TestCase& test) {
  const auto see = [&](const Ids& ids, Watched::What what, bool CoveredItem::* seen) {
    for (const auto& id : ids) {
      const CompiledPolicy* policy = program_.find(*id);
      if (policy == nullptr) continue;
      for (const Watched& watched : watched_[policy->number]) {
        if (watched.what == what) items_[watched.item].*seen = true;
      }
    }
  };
  see(test.finds, Watched::What::history, &CoveredItem::seen_true);
  if (test.varies) {
    see(test.without, Watched::What::near_miss, &CoveredItem::seen_true);
  } else {
    see(test.without, Watched::What::history, &CoveredItem::seen_false);
  }
}

void Coverage::observe(const TestCase& test, const Activity& activity) {
  std::set<const CompiledPolicy*> about;
  for (const auto& id : test.about()) {
    if (const CompiledPolicy* policy = program_.find(*id)) about.insert(policy);
  }
  for (const CompiledPolicy* policy : about) {
    Point point = test.at ? **test.at : Point::download;
    if (policy->kind == Kind::activity || policy->kind == Kind::app_discovery ||
        policy->kind == Kind::detection) {
      point = Point::download;
    }
    for (const Watched& watched : watched_[policy->number]) {
      CoveredItem& item = items_[watched.item];
      bool holds = false;
      bool known = true;
      switch (watched.what) {
        case Watched::What::policy:
          holds = holds_in_case(*policy, point, test, activity);
          known = holds || !policy->judge(point, activity).may_hold() || point == Point::download;
          break;
        case Watched::What::expression: {
          const Outcome outcome = watched.expression->judge(point, activity);
          holds = outcome.holds();
          known = holds || !outcome.may_hold();
          break;
        }
        case Watched::What::history:
        case Watched::What::near_miss:
          known = false;  // observe_history()
          break;
        case Watched::What::repeat:
          holds = is_enough(policy->repeat, test.repeat);
          break;
        case Watched::What::per_day: {
          known = test.day.has_value();
          if (!known) break;
          for (const Threshold& one : thresholds(policy->per_day, *test.day)) {
            if (one.measure == watched.measure) holds = one.holds();
          }
          break;
        }
      }
      if (!known) continue;
      (holds ? item.seen_true : item.seen_false) = true;
    }
  }
}

std::size_t Coverage::covered() const {
  return static_cast<std::size_t>(std::count_if(
      items_.begin(), items_.end(), [](const CoveredItem& item) { return item.covered(); }));
}

int Coverage::percent() const {
  return items_.empty() ? 100 : static_cast<int>(covered() * 100 / items_.size());
}

}  // namespace sallyport::policy
