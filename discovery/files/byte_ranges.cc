#include "discovery/files/byte_ranges.h"

#include <algorithm>

namespace sallyport::discovery {

std::uint64_t ByteRanges::add(std::uint64_t from, std::uint64_t end) {
  if (from >= end) return 0;
  // The ranges that this one touches.
  auto first =
      std::lower_bound(ranges_.begin(), ranges_.end(), from,
                       [](const Range& range, std::uint64_t at) { return range.end < at; });
  auto last = first;
  std::uint64_t known = 0;
  Range merged{from, end};
  for (; last != ranges_.end() && last->from <= end; ++last) {
    known += std::min(end, last->end) - std::min(end, std::max(from, last->from));
    merged = {std::min(merged.from, last->from), std::max(merged.end, last->end)};
  }
  if (first == last && ranges_.size() == most_) {
    lossy_ = true;
    return 0;
  }
  if (first == last) {
    ranges_.insert(first, merged);
  } else {
    *first = merged;
    ranges_.erase(first + 1, last);
  }
  return end - from - known;
}

bool ByteRanges::covers(std::uint64_t from, std::uint64_t end) const {
  if (from >= end) return true;
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [&](const Range& range) { return range.from <= from && end <= range.end; });
}

std::uint64_t ByteRanges::count() const {
  std::uint64_t out = 0;
  for (const Range& range : ranges_) out += range.end - range.from;
  return out;
}

}  // namespace sallyport::discovery
