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

void add_key(KeyText& to, const Activity& activity) {
  struct Numbers {
    std::array<std::uint8_t, 16> address;
    std::uint32_t asn = 0;
    std::uint8_t is_v4 = 0, has_user = 0, has_agent = 0, has_app = 0;
    std::uint8_t has_type = 0, device = 0;
    std::uint16_t type = 0;
  };
  static_assert(std::has_unique_object_representations_v<Numbers>);
  const bool has_agent = activity.agent.has_value();
  to.add_bytes(Numbers{
      .address = activity.client.address.bytes(),
      .asn = activity.client.asn,
      .is_v4 = activity.client.address.is_v4(),
      .has_user = activity.user.has_value(),
      .has_agent = has_agent,
      .has_app = activity.app.has_value(),
      .has_type = activity.type.has_value(),
      .device = has_agent ? static_cast<std::uint8_t>(activity.agent->device) : std::uint8_t{0},
      .type = activity.type ? static_cast<std::uint16_t>(*activity.type) : std::uint16_t{0}});
  if (activity.user) to.add(*activity.user);
  if (has_agent) {
    to.add(activity.agent->os);
    to.add(activity.agent->browser);
  }
  to.add(activity.client.country);
  if (activity.client.asn == 0) to.add(activity.client.isp);
  to.add(app_of(activity));
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
  if (entries_.empty()) {
    entries_.resize(std::max<std::size_t>(2, most_));
    newer_.resize(entries_.size() / 2);
  }
  key_.clear();
  add_key(key_, activity);
  const std::string_view key = key_.view();
  const std::size_t pair = std::hash<std::string_view>()(key) & (newer_.size() - 1);
  for (std::size_t way = 0; way < 2 && most_ != 0; ++way) {
    if (entries_[2 * pair + way].key_ != key) continue;
    newer_[pair] = static_cast<std::uint8_t>(way);
    return entries_[2 * pair + way];
  }
  newer_[pair] ^= 1;
  Recent& entry = entries_[2 * pair + newer_[pair]];
  entry.key_ = key;
  entry.of_ = {};
  entry.day_ = 0;
  entry.has_seen_ = false;
  return entry;
}

void RecentTable::clear() {
  for (Recent& entry : entries_) {
    entry.key_.clear();  // that of none
    entry.of_ = {};
    entry.has_seen_ = false;
  }
}

}  // namespace sallyport::discovery::detect
