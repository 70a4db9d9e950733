#include "discovery/store/usage.h"

#include <algorithm>

namespace sallyport::discovery {

UsageCounts& UsageCounts::operator+=(const UsageCounts& other) {
  for (const auto count : kUsageCounts) this->*count += other.*count;
  return *this;
}

void UsageEntry::add(const UsageEntry& other) {
  counts += other.counts;
  first = std::min(first, other.first);
  last = std::max(last, other.last);
}

}  // namespace sallyport::discovery
