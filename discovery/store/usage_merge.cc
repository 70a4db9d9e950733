#include "discovery/store/usage_merge.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace sallyport::discovery {

bool UsageMerge::read(Source& source) {
  const bool any = source.chunk.next(source.entry);
  damaged_ = damaged_ || source.chunk.damaged();
  if (!any) return false;
  const std::int64_t last = source.entry.last + source.minutes;
  if (last >= kPeriodMinutes || source.entry.first + source.minutes < 0) {
    damaged_ = true;
    return false;
  }
  source.entry.first = static_cast<std::uint16_t>(source.entry.first + source.minutes);
  source.entry.last = static_cast<std::uint16_t>(last);
  return true;
}

void UsageMerge::add(UsageChunk chunk, std::int64_t minutes) {
  Source source{std::move(chunk), {}, minutes};
  if (!read(source)) return;
  heap_.push_back(static_cast<std::uint32_t>(sources_.size()));
  sources_.push_back(std::move(source));
  std::ranges::push_heap(heap_, std::bind_front(&UsageMerge::later, this));
}

UsageEntry UsageMerge::take() {
  const auto later = std::bind_front(&UsageMerge::later, this);
  std::ranges::pop_heap(heap_, later);
  Source& source = sources_[heap_.back()];
  const UsageEntry taken = source.entry;
  if (read(source)) {
    std::ranges::push_heap(heap_, later);
  } else {
    heap_.pop_back();
  }
  return taken;
}

bool UsageMerge::next(UsageEntry& entry) {
  if (heap_.empty() || damaged_) return false;
  entry = take();
  while (!heap_.empty() && !before(entry, sources_[heap_.front()].entry)) entry.add(take());
  return !damaged_;
}

}  // namespace sallyport::discovery
