#include "discovery/detect/recent.h"

#include <algorithm>
#include <functional>
#include <string_view>

#include "discovery/detect/naming.h"

namespace sallyport::discovery::detect {
namespace {

using policy::Activity;
using policy::DetectRule;

constexpr std::uint16_t kMarked = 64;  // detections that have a bit

template <class T>
void append_raw(std::string& to, const T& value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}
void append(std::string& to, std::string_view text) {
  append_raw(to, static_cast<std::uint32_t>(text.size()));
  to += text;
}

void append_key(std::string& to, const Activity& activity) {
  to += static_cast<char>(activity.user ? 1 : 0);
  if (activity.user) append(to, *activity.user);
  const IpAddress& address = activity.client.address;
  to += address.is_v4() ? '4' : '6';
  to.append(reinterpret_cast<const char*>(address.bytes().data()), address.bytes().size());
  append(to, activity.client.country);
  append_raw(to, activity.client.asn);
  append(to, activity.client.isp);
  to += static_cast<char>(activity.agent ? 1 : 0);
  if (activity.agent) {
    to += static_cast<char>(activity.agent->device);
    append(to, activity.agent->os);
    append(to, activity.agent->browser);
  }
  to += static_cast<char>(activity.app ? 1 : 0);
  append(to, app_of(activity));
  to += static_cast<char>(activity.type ? 1 : 0);
  if (activity.type) append_raw(to, *activity.type);
}

}  // namespace

bool Recent::has_noted(DetectRule::Subject of, std::uint16_t detection, std::uint16_t day) const {
  const Of& one = of_[index(of)];
  return day == day_ && detection < kMarked && (one.noted >> detection & 1) != 0 &&
         one.forgot == one.subject->forgot;
}

void Recent::note(DetectRule::Subject of, std::uint16_t detection, std::uint16_t day) {
  if (detection >= kMarked) return;
  turn_to(day);
  Of& one = of_[index(of)];
  if (one.forgot != one.subject->forgot) one.noted = 0;
  one.forgot = one.subject->forgot;
  one.noted |= std::uint64_t{1} << detection;
}

bool Recent::has_seen(std::uint16_t day) const {
  return day == day_ && has_seen_ &&
         seen_forgot_ == of_[index(DetectRule::Subject::user)].subject->forgot;
}

void Recent::see(std::uint8_t traits, std::uint16_t day) {
  turn_to(day);
  has_seen_ = true;
  seen_traits_ = traits;
  seen_forgot_ = of_[index(DetectRule::Subject::user)].subject->forgot;
}

void Recent::turn_to(std::uint16_t day) {
  if (day == day_) return;
  day_ = day;
  has_seen_ = false;
  for (Of& one : of_) one.noted = 0;
}

Recent& RecentTable::find(const Activity& activity) {
  entries_.resize(std::max<std::size_t>(1, most_));
  key_.clear();
  append_key(key_, activity);
  Recent& entry = entries_[most_ == 0 ? 0 : std::hash<std::string_view>()(key_) & (most_ - 1)];
  if (most_ != 0 && entry.key_ == key_) return entry;
  std::swap(entry.key_, key_);
  entry.of_ = {};
  entry.day_ = 0;
  entry.has_seen_ = false;
  return entry;
}

void RecentTable::clear() {
  for (Recent& entry : entries_) {
    entry.key_.clear();
    entry.of_ = {};
    entry.has_seen_ = false;
  }
}

}  // namespace sallyport::discovery::detect
