#include "discovery/alerts/distinct_count.h"

#include <algorithm>

namespace sallyport::discovery {

// FNV-1a, then the finaliser of splitmix64, which spreads it over all bits.
std::uint64_t mark_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  hash ^= hash >> 30;
  hash *= 0xbf58476d1ce4e5b9;
  hash ^= hash >> 27;
  hash *= 0x94d049bb133111eb;
  return hash ^ hash >> 31;
}

bool DistinctCount::add(std::uint64_t mark) {
  if (marks_.size() == kMost && mark >= marks_.back()) return false;
  const auto place = std::lower_bound(marks_.begin(), marks_.end(), mark);
  if (place != marks_.end() && *place == mark) return false;
  if (marks_.size() == kMost) marks_.pop_back();
  marks_.insert(place, mark);
  return true;
}

std::uint64_t DistinctCount::count() const {
  if (marks_.size() < kMost) return marks_.size();
  // The k-th smallest of n uniform marks lies at about k / n of their range.
  const double at = static_cast<double>(marks_.back()) / 18446744073709551616.0;
  return static_cast<std::uint64_t>(static_cast<double>(kMost - 1) / at);
}

}  // namespace sallyport::discovery
