#include "policy/eval/repeat_window.h"

#include <algorithm>

namespace sallyport::policy {

bool RepeatWindow::add(const RepeatRule& rule, const Hit& hit) {
  if (full_) {
    hits_.clear();
    begin_ = 0;
    full_ = false;
  }
  const Time newest = hits().empty() ? hit.at : std::max(hits_.back().at, hit.at);
  const Time oldest = newest - rule.window;
  if (hit.at < oldest || !insert(hit, rule.unique_targets)) return false;
  forget_before(oldest);
  full_ = hits().size() >= rule.min;
  return full_;
}

// False: a later one of the same target stands for it.
bool RepeatWindow::insert(const Hit& hit, bool unique_targets) {
  const auto first = hits_.begin() + begin_;
  if (unique_targets) {
    const auto same =
        std::find_if(first, hits_.end(), [&](const Hit& one) { return one.target == hit.target; });
    if (same != hits_.end()) {
      if (same->at >= hit.at) return false;
      hits_.erase(same);
    }
  }
  // From the end: late ones are few, and late by little.
  auto place = hits_.end();
  while (place != hits_.begin() + begin_ && (place - 1)->at > hit.at) --place;
  hits_.insert(place, hit);
  return true;
}

void RepeatWindow::forget_before(Time oldest) {
  while (begin_ < hits_.size() && hits_[begin_].at < oldest) ++begin_;
  // Moved together when half of it is gone, so that each is moved about once.
  if (begin_ * std::size_t{2} > hits_.size()) {
    hits_.erase(hits_.begin(), hits_.begin() + begin_);
    begin_ = 0;
  }
}

void RepeatWindow::forget_after(Time until) {
  while (!hits().empty() && hits_.back().at > until) hits_.pop_back();
}

// Parts cannot run into each other: none holds a zero byte but the end of its own.
std::string repeat_series(const CompiledPolicy& policy, const Activity& activity) {
  std::string series = policy.id;
  series += '\0';
  if (activity.user) {
    series += 'u';
    series += *activity.user;
  } else {
    series += 'a';
    series += activity.client.address.to_string();
  }
  if (!policy.repeat.same_app) return series;
  series += '\0';
  if (activity.app) {
    series += 'i';
    series += activity.app->id;
  } else {
    series += 'h';
    series += activity.domain.empty() ? activity.host : activity.domain;
  }
  return series;
}

std::string repeat_target(const Activity& activity) {
  std::string target = activity.host;
  target += '\0';
  if (activity.path) target += *activity.path;
  // Many apps have one address for everything, and name what it is about elsewhere.
  if (activity.details) {
    for (const std::string* part : {&activity.details->object_id, &activity.details->object_name}) {
      target += '\0';
      target += *part;
    }
  }
  if (activity.file) {
    target += '\0';
    target += activity.file->name;
  }
  return target;
}

}  // namespace sallyport::policy
