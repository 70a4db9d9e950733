#include "policy/replay/repeat_count.h"

#include <algorithm>
#include <deque>
#include <tuple>

namespace sallyport::policy {

std::uint32_t RepeatCount::number_of(std::string_view name) {
  const auto found = names_.find(name);
  if (found != names_.end()) return found->second;
  const auto number = static_cast<std::uint32_t>(names_.size());
  names_.emplace(name, number);
  return number;
}

void RepeatCount::add(const CompiledPolicy& policy, const Activity& activity, const Ulid& id) {
  Hit hit{policy.number, kNone, kNone, kNone, activity.at, id};
  // Users, addresses, apps and targets share one table: only what is alike is ever compared.
  hit.user = number_of(activity.user && !activity.user->empty()
                           ? std::string_view(*activity.user)
                           : std::string_view(scratch_ = activity.client.address.to_string()));
  if (policy.repeat.same_app) {
    hit.app = number_of(activity.app ? std::string_view(activity.app->id) : std::string_view());
  }
  if (policy.repeat.unique_targets) {
    scratch_ = activity.host;
    scratch_ += activity.path.value_or("");
    hit.target = number_of(scratch_);
  }
  hits_.push_back(hit);
}

void RepeatCount::merge(const RepeatCount& other) {
  std::vector<std::uint32_t> numbers(other.names_.size());
  for (const auto& [name, number] : other.names_) numbers[number] = number_of(name);
  const auto translated = [&](std::uint32_t number) {
    return number == kNone ? kNone : numbers[number];
  };
  hits_.reserve(hits_.size() + other.hits_.size());
  for (Hit hit : other.hits_) {
    hit.user = translated(hit.user);
    hit.app = translated(hit.app);
    hit.target = translated(hit.target);
    hits_.push_back(hit);
  }
}

std::vector<std::uint64_t> RepeatCount::count(std::span<const CompiledPolicy> policies) const {
  std::vector<std::uint64_t> full(policies.size(), 0);
  std::vector<Hit> hits = hits_;
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    return std::tie(a.policy, a.user, a.app, a.at, a.id) <
           std::tie(b.policy, b.user, b.app, b.at, b.id);
  });
  std::deque<Hit> within;  // the window of one series
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const Hit& hit = hits[i];
    const bool other_series = i == 0 || hit.policy != hits[i - 1].policy ||
                              hit.user != hits[i - 1].user || hit.app != hits[i - 1].app;
    if (other_series) within.clear();
    const RepeatRule& rule = policies[hit.policy].repeat;
    while (!within.empty() && within.front().at < hit.at - rule.window) within.pop_front();
    if (rule.unique_targets) {
      std::erase_if(within, [&](const Hit& one) { return one.target == hit.target; });
    }
    within.push_back(hit);
    if (within.size() < rule.min) continue;
    ++full[hit.policy];
    within.clear();
  }
  return full;
}

}  // namespace sallyport::policy
