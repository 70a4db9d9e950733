#include "policy/replay/repeat_count.h"

#include <algorithm>
#include <tuple>

#include "policy/eval/repeat_window.h"

namespace sallyport::policy {

std::uint32_t RepeatCount::number_of(std::string_view name) {
  const auto found = names_.find(name);
  if (found != names_.end()) return found->second;
  const auto number = static_cast<std::uint32_t>(names_.size());
  names_.emplace(name, number);
  return number;
}

void RepeatCount::add(const CompiledPolicy& policy, const Activity& activity, const Ulid& id) {
  if (most_ != 0 && hits_.size() >= most_) {
    ++left_out_;
    return;
  }
  // Series and targets share one table: only what is alike is ever compared.
  const std::uint32_t series = number_of(repeat_series(policy, activity));
  const std::uint32_t target =
      policy.repeat.unique_targets ? number_of(repeat_target(activity)) : kNone;
  hits_.push_back({policy.number, series, target, activity.at, id});
}

void RepeatCount::merge(const RepeatCount& other) {
  std::vector<std::uint32_t> numbers(other.names_.size());
  for (const auto& [name, number] : other.names_) numbers[number] = number_of(name);
  left_out_ += other.left_out_;
  hits_.reserve(hits_.size() + other.hits_.size());
  for (Hit hit : other.hits_) {
    hit.series = numbers[hit.series];
    if (hit.target != kNone) hit.target = numbers[hit.target];
    hits_.push_back(hit);
  }
}

std::vector<std::uint64_t> RepeatCount::count(std::span<const CompiledPolicy> policies) const {
  std::vector<std::uint64_t> full(policies.size(), 0);
  std::vector<Hit> hits = hits_;
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    return std::tie(a.series, a.at, a.id) < std::tie(b.series, b.at, b.id);
  });
  RepeatWindow window;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const Hit& hit = hits[i];
    if (i > 0 && hit.series != hits[i - 1].series) window = {};
    if (window.add(policies[hit.policy].repeat, {hit.at, hit.id, hit.target})) ++full[hit.policy];
  }
  return full;
}

}  // namespace sallyport::policy
