#include "proxy/session/waits.h"

#include <algorithm>
#include <cmath>

namespace sallyport::session {

namespace {

// The upper edges of all buckets but the last, in nanoseconds.
constexpr auto make_edges() {
  std::array<std::int64_t, Durations::kBuckets> edges{};
  double edge = 1'000;
  for (std::int64_t& one : edges) {
    one = static_cast<std::int64_t>(edge);
    edge *= 1.2;
  }
  return edges;
}
constexpr auto kEdges = make_edges();
static_assert(kEdges.back() > 90'000'000'000);

}  // namespace

void Durations::add(std::chrono::nanoseconds duration) {
  const auto at = std::ranges::lower_bound(kEdges, duration.count());
  const auto bucket = std::min<std::ptrdiff_t>(at - kEdges.begin(), kBuckets - 1);
  ++buckets_[static_cast<std::size_t>(bucket)];
  ++count_;
}

void Durations::add(const Durations& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
}

std::chrono::microseconds Durations::quantile(double share) const {
  if (count_ == 0) return std::chrono::microseconds(0);
  const auto wanted = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += buckets_[i];
    if (seen >= wanted) {
      return std::chrono::ceil<std::chrono::microseconds>(std::chrono::nanoseconds(kEdges[i]));
    }
  }
  return std::chrono::ceil<std::chrono::microseconds>(std::chrono::nanoseconds(kEdges.back()));
}

void Waits::add(const Measured& measured, Moment now) {
  const std::int64_t minute = minute_of(now);
  Minute& into = ring_[static_cast<std::size_t>(minute % static_cast<std::int64_t>(kMinutes))];
  if (minute != minute_) {
    minute_ = minute;
    turn_ = 0;
    into = Minute{.minute = minute, .own = {}, .origin = {}};
  }
  if (measured.own.count() >= 0) into.own.add(measured.own);
  if (measured.origin.count() >= 0) into.origin.add(measured.origin);
}

std::vector<Waits::Minute> Waits::minutes(Moment now) const {
  const std::int64_t last = minute_of(now);
  std::vector<Minute> out;
  for (const Minute& one : ring_) {
    const bool there = one.own.count() + one.origin.count() > 0;
    if (there && one.minute <= last && last - one.minute < static_cast<std::int64_t>(kMinutes)) {
      out.push_back(one);
    }
  }
  std::ranges::sort(out, {}, &Minute::minute);
  return out;
}

}  // namespace sallyport::session
