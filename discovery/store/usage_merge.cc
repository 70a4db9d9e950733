#include "discovery/store/usage_merge.h"

#include <algorithm>
#include <utility>

namespace sallyport::discovery {

void UsageMerge::add(UsageChunk chunk) {
  UsageEntry entry;
  const bool any = chunk.next(entry);
  damaged_ = damaged_ || chunk.damaged();
  if (!any) return;
  sources_.push_back({std::move(chunk), entry});
  std::push_heap(sources_.begin(), sources_.end(), later);
}

UsageEntry UsageMerge::take() {
  std::pop_heap(sources_.begin(), sources_.end(), later);
  Source& source = sources_.back();
  const UsageEntry taken = source.entry;
  if (source.chunk.next(source.entry)) {
    std::push_heap(sources_.begin(), sources_.end(), later);
    return taken;
  }
  damaged_ = damaged_ || source.chunk.damaged();
  sources_.pop_back();
  return taken;
}

bool UsageMerge::next(UsageEntry& entry) {
  if (sources_.empty() || damaged_) return false;
  entry = take();
  while (!sources_.empty() && !before(entry, sources_.front().entry)) entry.add(take());
  return !damaged_;
}

}  // namespace sallyport::discovery
