#pragma once
// Activity policies with `repeat`: `min` activities of one user within `window`. The one place that
// counts them; the gateway's alerts, replay and cases all go through it.
//
//   RepeatWindow window;                                     // of one series (repeat_series)
//   if (window.add(policy.repeat, {at, id, target})) ...     // the policy came true
//
// In the order of time: where `min` activities lie within `window`, both ends included, the policy
// comes true, and counting begins anew behind them. With `same_app` each app counts apart; with
// `unique_targets` the latest of each target counts.
//
// What comes late counts where it belongs, unless it is older than the newest by more than the
// window. Cost: constant where activities come in order; with `unique_targets` as many steps as the
// rule's `min`.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/core/id.h"
#include "policy/eval/compiled_policy.h"

namespace sallyport::policy {

class RepeatWindow {
 public:
  struct Hit {
    Time at;
    Ulid id;
    std::uint64_t target = 0;  // which of all; matters only with `unique_targets`
  };

  // True: the policy came true. hits() are those that made it so, until the next add, which begins
  // anew.
  bool add(const RepeatRule& rule, const Hit& hit);

  // Sorted by time.
  std::span<const Hit> hits() const { return {hits_.data() + begin_, hits_.size() - begin_}; }
  // Those behind `until`: the clock was set back.
  void forget_after(Time until);

 private:
  bool insert(const Hit& hit, bool unique_targets);
  void forget_before(Time oldest);

  std::vector<Hit> hits_;  // Those before begin_ are gone.
  std::uint32_t begin_ = 0;
  bool full_ = false;
};

// What counts together: the policy, the user (else the client's address) and, with `same_app`, the
// app (else the domain, else the host). Equal exactly where all of them are. For `repeat` > 1.
std::string repeat_series(const CompiledPolicy& policy, const Activity& activity);
// What counts once with `unique_targets`: host and path.
std::string repeat_target(const Activity& activity);

}  // namespace sallyport::policy
