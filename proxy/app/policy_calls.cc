#include "proxy/app/policy_calls.h"

#include "base/core/log.h"
#include "proxy/app/policy_actions.h"

namespace sallyport::app {

namespace {
constexpr std::size_t kAtOnce = 500;  // alerts that are read together
}

void PolicyCalls::take(const discovery::Alert& alert) {
  call_for_alert(caller_, alert, clock_.now());
  taken_.insert(alert.id.to_string());
  if (taken_.size() > kMostTaken) taken_.erase(taken_.begin());
}

void PolicyCalls::look() {
  const Result<void> passed = pass();
  const std::string trouble = passed ? std::string() : describe(passed.error());
  if (trouble != trouble_ && !trouble.empty()) {
    log::warning("what alerts called actions for cannot be noted: " + trouble);
  }
  trouble_ = trouble;
  if (!passed) store_.reset();
}

Result<void> PolicyCalls::pass() {
  if (store_ == nullptr) {
    auto opened = open_();
    if (!opened) return pass_on(std::move(opened));
    store_ = std::move(*opened);
    Result<std::uint64_t> place = store_->begin(std::string(kPlace));
    if (!place) return pass_on(std::move(place));
    place_ = *place;
  }
  const std::uint64_t began = place_;
  while (true) {
    Result<discovery::WaitingPage> page = store_->behind(place_, {}, kAtOnce);
    if (!page) return pass_on(std::move(page));
    const Time now = clock_.now();
    for (const discovery::WaitingAlert& one : page->alerts) {
      if (taken_.erase(one.alert.id.to_string()) > 0) continue;
      if (one.alert.time + kLatest > now) {
        call_for_alert(caller_, one.alert, now);
      } else {
        say_not_called(caller_, one.alert, now);
      }
    }
    if (page->looked_to <= place_) break;
    place_ = page->looked_to;
  }
  if (place_ == began) return {};
  return store_->passed(std::string(kPlace), place_, 0);
}

}  // namespace sallyport::app
