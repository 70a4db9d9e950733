#include "discovery/alerts/window_refill.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "policy/activity/pack.h"

namespace sallyport::discovery {
namespace {

using policy::CompiledPolicy;

constexpr std::size_t kSlice = 2000;  // events between two looks at the clock

struct Noted {
  const CompiledPolicy* policy;
  std::string series;
  std::string target;
  Ulid id;
  Time at;
};

bool repeats(const CompiledPolicy& policy) {
  return policy.kind == policy::Kind::activity && !policy.rehearse && policy.repeat.min > 1;
}

// What the events of one slice say, by time.
class Notes {
 public:
  explicit Notes(const policy::Program& program) : program_(program) {}

  void take(const PastEvent& event) {
    if (!event.facts || !unpack(*event.facts, facts_) || facts_.host.empty()) return;
    program_.report(facts_, [&](const CompiledPolicy& policy) {
      if (!repeats(policy)) return;
      noted_.push_back({&policy, repeat_series(policy, facts_),
                        policy.repeat.unique_targets ? repeat_target(facts_) : std::string(),
                        event.id, event.time});
    });
  }
  std::vector<Noted> done() && { return std::move(noted_); }

 private:
  const policy::Program& program_;
  policy::Activity facts_;
  std::vector<Noted> noted_;
};

}  // namespace

std::chrono::seconds longest_window(const policy::Program& program) {
  std::chrono::seconds longest{0};
  for (const CompiledPolicy& policy : program.policies()) {
    if (repeats(policy)) longest = std::max(longest, policy.repeat.window);
  }
  return longest;
}

Result<Refilled> refill(RepeatWindows& windows, const policy::Program& program, Store& past,
                        const Clock& clock, const RefillLimits& limits) {
  Refilled refilled;
  const std::chrono::seconds longest = longest_window(program);
  if (longest.count() == 0) return refilled;
  const auto deadline = clock.steady() + limits.patience;
  const Time now = clock.now();
  Result<std::vector<Slice>> slices =
      past.slices(now - 2 * longest, now + Time::duration(1), kSlice);
  if (!slices) return pass_on(std::move(slices));
  // The newest first, as they matter most; told to the windows in the order of time.
  std::vector<std::vector<Noted>> newest_first;
  std::size_t noted = 0;
  for (auto slice = slices->rbegin(); slice != slices->rend(); ++slice) {
    if (refilled.events + slice->events > limits.most_events || clock.steady() >= deadline ||
        noted > RepeatWindows::kMostActivities) {
      refilled.whole = false;
      break;
    }
    Notes notes(program);
    Result<void> read = past.read_past(slice->since, slice->until, [&](const PastEvent& event) {
      notes.take(event);
      ++refilled.events;
    });
    if (!read) return pass_on(std::move(read));
    newest_first.push_back(std::move(notes).done());
    noted += newest_first.back().size();
  }
  for (auto some = newest_first.rbegin(); some != newest_first.rend(); ++some) {
    for (const Noted& one : *some) {
      windows.add(one.series, one.policy->repeat, one.target, one.id, one.at, now);
    }
  }
  return refilled;
}

}  // namespace sallyport::discovery
