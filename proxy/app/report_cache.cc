#include "proxy/app/report_cache.h"

#include <algorithm>
#include <utility>

namespace sallyport::app {

namespace {

bool same(const std::weak_ptr<const void>& a, const std::weak_ptr<const void>& b) {
  return !a.owner_before(b) && !b.owner_before(a);
}

}  // namespace

bool ReportCache::Stamp::operator==(const Stamp& other) const {
  return same(first_, other.first_) && same(second_, other.second_) && erasures_ == other.erasures_;
}

std::string ReportCache::key_of(std::string_view what,
                                const std::map<std::string, std::string>& query, Time now) {
  std::string key = format_rfc3339(now).substr(0, 10) + '\n' + std::string(what);
  for (const auto& [name, value] : query) {
    if (name != "by" && name != "reason") key += '\n' + name + '=' + value;
  }
  return key;
}

std::list<ReportCache::Kept>::iterator ReportCache::locate(std::string_view key) {
  return std::ranges::find(kept_, key, &Kept::key);
}

void ReportCache::drop_older(const Stamp& stamp) {
  if (stamp.erasures() == erasures_) return;
  erasures_ = stamp.erasures();
  kept_.clear();
  bytes_ = 0;
}

ReportCache::Found ReportCache::find(std::string_view key, const Stamp& stamp, Moment now) {
  const std::lock_guard lock(mutex_);
  drop_older(stamp);
  const auto at = locate(key);
  if (at == kept_.end()) return {};
  const auto age = now - at->made;
  if (!(at->stamp == stamp) || age >= kStale) {
    bytes_ -= at->answer->text.size();
    kept_.erase(at);
    return {};
  }
  kept_.splice(kept_.begin(), kept_, at);
  const bool make_anew = age >= at->fresh && !std::exchange(at->being_made, age >= at->fresh);
  return {at->answer, std::chrono::duration_cast<std::chrono::seconds>(age), make_anew};
}

void ReportCache::put(std::string_view key, const Stamp& stamp, Answer answer, Cost cost,
                      Moment now) {
  const std::lock_guard lock(mutex_);
  if (const auto old = locate(key); old != kept_.end()) {
    bytes_ -= old->answer->text.size();
    kept_.erase(old);
  }
  // What was begun before an erasure may speak of who is erased.
  if (stamp.erasures() != erasures_) return;
  if (cost < kCheap || answer.text.size() > kMostBytes) return;
  bytes_ += answer.text.size();
  kept_.push_front({std::string(key), stamp, std::make_shared<const Answer>(std::move(answer)), now,
                    std::min<std::chrono::nanoseconds>(20 * cost, kFreshest)});
  while (kept_.size() > kMost || bytes_ > kMostBytes) {
    bytes_ -= kept_.back().answer->text.size();
    kept_.pop_back();
  }
}

void ReportCache::give_up(std::string_view key) {
  const std::lock_guard lock(mutex_);
  if (const auto at = locate(key); at != kept_.end()) at->being_made = false;
}

std::size_t ReportCache::size() const {
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

}  // namespace sallyport::app
