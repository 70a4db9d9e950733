#pragma once
// Which alerts had their turn at calling webhook actions (policy_actions.h), over crashes: a place
// in the row of alerts (discovery/alerts/delivery_store.h), as receivers of alerts have one. What
// an alert calls is in the book of calls before the place moves past it, and an alert that has its
// call is not called for again, so what was due when the process died is called once at the next
// start.
//
// An alert that is older than kLatest by then is not called for: the action may be wrong by now.
// A call that failed stands in the book, and says so.
//
// Thread rule: the desk's.

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "base/core/clock.h"
#include "discovery/alerts/delivery_store.h"
#include "proxy/app/action_caller.h"

namespace sallyport::app {

class PolicyCalls {
 public:
  static constexpr std::chrono::hours kLatest{2};
  // Its name among receivers. No receiver is called so.
  static constexpr std::string_view kPlace = "(policy actions)";
  static constexpr std::size_t kMostTaken = 10'000;  // ids that are remembered

  using Open = std::function<Result<std::unique_ptr<discovery::DeliveryStore>>()>;
  // All outlive it.
  PolicyCalls(ActionCaller& caller, const Clock& clock, Open open)
      : caller_(caller), clock_(clock), open_(std::move(open)) {}

  // An alert that was just raised.
  void take(const discovery::Alert& alert);
  // Takes what is in the store and was not taken, and moves the place. At the start, now and then,
  // and at the end. Where the store cannot be read it is tried again the next time.
  void look();

 private:
  Result<void> pass();

  ActionCaller& caller_;
  const Clock& clock_;
  const Open open_;
  std::unique_ptr<discovery::DeliveryStore> store_;
  std::uint64_t place_ = 0;
  std::set<std::string> taken_;  // ids, which begin with the time
  std::string trouble_;          // said once
};

}  // namespace sallyport::app
