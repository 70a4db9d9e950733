#include "proxy/auth/expiring_table.h"

#include <algorithm>

#include "base/core/check.h"

namespace sallyport::auth {
namespace {

// A cell: 24 bits of the key, 40 bits of milliseconds, which is 34 years.
constexpr int kEndBits = 40;
constexpr std::uint64_t kEndMask = (std::uint64_t{1} << kEndBits) - 1;
constexpr int kMostTries = 16;  // of a bucket that others write too

std::uint64_t tag_of(std::uint64_t key) { return key >> kEndBits; }  // not the bits of the bucket
std::uint64_t tag_in(std::uint64_t cell) { return cell >> kEndBits; }
std::uint64_t end_in(std::uint64_t cell) { return cell & kEndMask; }

}  // namespace

ExpiringTable::ExpiringTable(std::size_t cells, Moment begin)
    : buckets_(cells / kWays), mask_(cells / kWays - 1), begin_(begin) {
  CHECK(cells >= kWays && (cells & (cells - 1)) == 0);
}

std::uint64_t ExpiringTable::at(Moment now) const {
  const auto passed = std::chrono::duration_cast<Span>(now - begin_).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(passed, 0)) + 1;
}

ExpiringTable::Span ExpiringTable::left(std::uint64_t key, Moment now) const {
  const std::uint64_t time = at(now);
  std::uint64_t end = 0;
  for (const Cell& cell : bucket_of(key).cells) {
    const std::uint64_t value = cell.load(std::memory_order_relaxed);
    if (tag_in(value) == tag_of(key)) end = std::max(end, end_in(value));
  }
  return Span(end > time ? static_cast<std::int64_t>(end - time) : 0);
}

// `end` gives the new end from that of the mark there is (at most `now` where there is none).
template <class End>
void ExpiringTable::put(std::uint64_t key, std::uint64_t now, End end) {
  Bucket& bucket = bucket_of(key);
  for (int i = 0; i < kMostTries; ++i) {
    // Its own cell, else the one whose mark ends first.
    Cell* chosen = nullptr;
    std::uint64_t seen = 0;
    for (Cell& cell : bucket.cells) {
      const std::uint64_t value = cell.load(std::memory_order_relaxed);
      const bool own = value != 0 && tag_in(value) == tag_of(key);
      if (own || chosen == nullptr || end_in(value) < end_in(seen)) {
        chosen = &cell;
        seen = value;
      }
      if (own) break;
    }
    const bool own = seen != 0 && tag_in(seen) == tag_of(key);
    const std::uint64_t until = std::min(end(own ? std::max(end_in(seen), now) : now), kEndMask);
    const std::uint64_t fresh = tag_of(key) << kEndBits | until;
    if (chosen->compare_exchange_strong(seen, fresh, std::memory_order_relaxed)) return;
  }
}

void ExpiringTable::extend(std::uint64_t key, Span by, Moment now) {
  put(key, at(now),
      [by](std::uint64_t end) { return end + static_cast<std::uint64_t>(by.count()); });
}

void ExpiringTable::mark(std::uint64_t key, Span span, Moment now) {
  const std::uint64_t end = at(now) + static_cast<std::uint64_t>(span.count());
  put(key, at(now), [end](std::uint64_t) { return end; });
}

void ExpiringTable::clear(std::uint64_t key) {
  for (Cell& cell : bucket_of(key).cells) {
    std::uint64_t value = cell.load(std::memory_order_relaxed);
    while (value != 0 && tag_in(value) == tag_of(key)) {
      if (cell.compare_exchange_weak(value, 0, std::memory_order_relaxed)) break;
    }
  }
}

}  // namespace sallyport::auth
