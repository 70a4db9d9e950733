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
  policy::RepeatWindow& window = series.window;
  activities_ -= window.hits().size();
  window.forget_after(now);
  const bool came_true = window.add(
      rule, {std::min(at, now), event, rule.unique_targets ? digest_of<std::uint64_t>(target) : 0});
  const std::span<const policy::RepeatWindow::Hit> hits = window.hits();
  if (came_true) {
    Full full{hits.size(), hits.front().at, hits.back().at, {}};
    for (const auto& hit : hits.last(std::min(hits.size(), kMostEvidence))) {
      full.events.push_back(hit.id);
    }
    series_.erase(found);
    return full;
  }
  activities_ += hits.size();
  while (activities_ > most_activities_) make_room();
  return std::nullopt;
}

void RepeatWindows::make_room() {
  std::vector<std::uint64_t> turns;
  turns.reserve(series_.size());
  for (const auto& [key, series] : series_) turns.push_back(series.seen);
  const auto last = turns.begin() + static_cast<std::ptrdiff_t>(turns.size() / 8);
  std::nth_element(turns.begin(), last, turns.end());
  forgotten_ += std::erase_if(series_, [&, until = *last](const auto& one) {
    if (one.second.seen > until) return false;
    activities_ -= one.second.window.hits().size();
    return true;
  });
}

}  // namespace sallyport::discovery
