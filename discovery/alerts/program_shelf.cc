#include "discovery/alerts/program_shelf.h"

#include <algorithm>

namespace sallyport::discovery {

void ProgramShelf::put(const std::string& snapshot, ProgramPtr program) {
  ProgramPtr out;  // Ends outside the lock.
  const std::lock_guard lock(mutex_);
  // The same snapshot again comes last: files that were put back.
  const auto same = std::find_if(programs_.begin(), programs_.end(),
                                 [&](const auto& one) { return one.first == snapshot; });
  if (same != programs_.end()) {
    out = std::move(same->second);
    programs_.erase(same);
  } else if (programs_.size() == kKept) {
    out = std::move(programs_.front().second);
    programs_.pop_front();
  }
  programs_.emplace_back(snapshot, std::move(program));
}

ProgramShelf::ProgramPtr ProgramShelf::find(std::string_view snapshot) const {
  const std::lock_guard lock(mutex_);
  for (auto one = programs_.rbegin(); one != programs_.rend(); ++one) {
    if (one->first == snapshot) return one->second;
  }
  return nullptr;
}

ProgramShelf::ProgramPtr ProgramShelf::newest() const {
  const std::lock_guard lock(mutex_);
  return programs_.empty() ? nullptr : programs_.back().second;
}

}  // namespace sallyport::discovery
