#include "discovery/alerts/repeat_windows.h"

#include <algorithm>

#include "base/crypto/sha256.h"
#include "discovery/alerts/alert.h"

namespace sallyport::discovery {
namespace {

// Nobody can choose a user name or a path that is taken for another.
template <class T>
T digest_of(std::string_view text) {
  const Sha256Digest whole = sha256(text);
  T part;
  std::memcpy(&part, whole.data(), sizeof part);
  return part;
}

}  // namespace

std::optional<RepeatWindows::Full> RepeatWindows::add(std::string_view name,
                                                      const policy::RepeatRule& rule,
                                                      std::string_view target, const Ulid& event,
                                                      Time at, Time now) {
  const Key key = digest_of<Key>(name);
  auto found = series_.find(key);
  if (found == series_.end()) {
    if (series_.size() >= most_series_) make_room();
    found = series_.try_emplace(key).first;
  }
  Series& series = found->second;
  series.seen = ++turn_;
  at = std::min(at, now);
  while (series.size() > 0 && series.activities.back().at > now) {
    series.activities.pop_back();
    --activities_;
  }
  const Time newest = series.size() > 0 ? std::max(series.activities.back().at, at) : at;
  const Time oldest = newest - rule.window;
  if (at < oldest) return std::nullopt;
  insert(series, {at, event, rule.unique_targets ? digest_of<std::uint64_t>(target) : 0},
         rule.unique_targets);
  drop_old(series, oldest);
  if (series.size() >= rule.min) {
    const auto first = series.activities.begin() + static_cast<std::ptrdiff_t>(series.begin);
    Full full{series.size(), first->at, series.activities.back().at, {}};
    const std::size_t named = std::min(series.size(), kMostEvidence);
    for (auto one = series.activities.end() - static_cast<std::ptrdiff_t>(named);
         one != series.activities.end(); ++one) {
      full.events.push_back(one->event);
    }
    activities_ -= series.size();
    series_.erase(found);
    return full;
  }
  while (activities_ > most_activities_) make_room();
  return std::nullopt;
}

void RepeatWindows::insert(Series& series, const Activity& activity, bool unique_targets) {
  auto& all = series.activities;
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(series.begin);
  if (unique_targets) {
    const auto same = std::find_if(
        begin, all.end(), [&](const Activity& one) { return one.target == activity.target; });
    if (same != all.end()) {
      if (same->at >= activity.at) return;
      all.erase(same);
      --activities_;
    }
  }
  // From the end: late ones are few, and late by little.
  auto place = all.end();
  const auto first = all.begin() + static_cast<std::ptrdiff_t>(series.begin);
  while (place != first && (place - 1)->at > activity.at) --place;
  all.insert(place, activity);
  ++activities_;
}

void RepeatWindows::drop_old(Series& series, Time oldest) {
  auto& all = series.activities;
  while (series.size() > 0 && all[series.begin].at < oldest) {
    ++series.begin;
    --activities_;
  }
  // Moved together when half of it is gone, so that each is moved about once.
  if (series.begin * 2 > all.size()) {
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(series.begin));
    series.begin = 0;
  }
}

void RepeatWindows::make_room() {
  std::vector<std::uint64_t> turns;
  turns.reserve(series_.size());
  for (const auto& [key, series] : series_) turns.push_back(series.seen);
  const auto last = turns.begin() + static_cast<std::ptrdiff_t>(turns.size() / 8);
  std::nth_element(turns.begin(), last, turns.end());
  forgotten_ += std::erase_if(series_, [&, until = *last](const auto& one) {
    if (one.second.seen > until) return false;
    activities_ -= one.second.size();
    return true;
  });
}

}  // namespace sallyport::discovery
