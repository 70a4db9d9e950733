#include "policy/compile/interval_sets.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sallyport::policy {
namespace {

using Interval = NumberMatcher::Interval;

constexpr std::int64_t kWholeDay = 24 * 60;
constexpr std::int64_t kWholeWeek = 7;

void flatten(const std::vector<Interval>& intervals, std::int64_t round,
             std::vector<Interval>& to) {
  for (const Interval& one : intervals) {
    if (one.least <= one.most) {
      to.push_back(one);
    } else {  // over midnight, over Sunday
      to.push_back({one.least, round - 1});
      to.push_back({0, one.most});
    }
  }
}

// Sorted, with a gap between each two.
void unite(std::vector<Interval>& intervals) {
  std::sort(intervals.begin(), intervals.end(),
            [](const Interval& a, const Interval& b) { return a.least < b.least; });
  std::vector<Interval> united;
  for (const Interval& one : intervals) {
    if (!united.empty() && one.least <= united.back().most + (united.back().most != INT64_MAX)) {
      united.back().most = std::max(united.back().most, one.most);
    } else {
      united.push_back(one);
    }
  }
  intervals = std::move(united);
}

}  // namespace

bool inside(const std::vector<Interval>& a, const std::vector<Interval>& b) {
  return std::all_of(a.begin(), a.end(), [&](const Interval& one) {
    const auto after = std::upper_bound(
        b.begin(), b.end(), one.least,
        [](std::int64_t wanted, const Interval& other) { return wanted < other.least; });
    return after != b.begin() && one.most <= std::prev(after)->most;
  });
}

bool apart(const std::vector<Interval>& a, const std::vector<Interval>& b) {
  auto at = a.begin();
  auto other = b.begin();
  while (at != a.end() && other != b.end()) {
    if (at->most < other->least) {
      ++at;
    } else if (other->most < at->least) {
      ++other;
    } else {
      return false;
    }
  }
  return true;
}

Span span_of(std::span<const Matcher> all) {
  Span span;
  for (const Matcher& matcher : all) {
    if (const auto* numbers = std::get_if<NumberMatcher>(&matcher)) {
      flatten(numbers->intervals(), 0, span.intervals);
    } else if (const auto* times = std::get_if<TimeMatcher>(&matcher)) {
      span.zone = times->zone();
      flatten(times->intervals(),
              times->what() == TimeMatcher::What::of_day ? kWholeDay : kWholeWeek, span.intervals);
    } else {
      span.comparable = false;
    }
  }
  unite(span.intervals);
  return span;
}

bool is_interval(const Attribute& attribute) {
  switch (attribute.type) {
    case Type::number:
    case Type::time_of_day:
    case Type::weekday:
    case Type::date:
      return true;
    default:
      return false;
  }
}

}  // namespace sallyport::policy
