#include "discovery/foreign/use_tally.h"

#include <algorithm>

namespace sallyport::discovery::foreign {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::sys_days;

std::int64_t hour_of(const CountedUse& use) {
  return use.day.time_since_epoch().count() * 24 + use.minute / 60;
}

}  // namespace

std::size_t UseTally::HashKey::operator()(const Key& key) const {
  const auto& bytes = key.address.bytes();
  const std::string_view address(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::size_t hash = std::hash<std::string_view>()(address);
  for (const std::uint64_t part :
       {static_cast<std::uint64_t>(key.hour), std::uint64_t{key.user} << 32 | key.device,
        std::uint64_t{key.service} << 8 | static_cast<std::uint8_t>(key.kind)}) {
    hash = (hash ^ part) * 0x9e3779b97f4a7c15ull;
    hash ^= hash >> 32;
  }
  return hash;
}

std::uint32_t UseTally::number(std::string_view text) {
  if (const auto known = numbers_.find(text); known != numbers_.end()) return known->second;
  const auto fresh = static_cast<std::uint32_t>(texts_.size());
  texts_.push_back(&numbers_.emplace(text, fresh).first->first);
  return fresh;
}

void UseTally::add(const CountedUse& use) {
  const Key key{hour_of(use), number(use.user), number(use.device), number(use.service),
                use.kind,     use.country,      use.address};
  const auto [at, fresh] = sums_.try_emplace(key, Sum{{}, use.minute, use.last});
  Sum& sum = at->second;
  sum.counts += use.counts;
  sum.first = std::min(sum.first, use.minute);
  sum.last = std::max(sum.last, use.last);
}

std::vector<CountedUse> UseTally::uses() const {
  std::vector<CountedUse> uses;
  uses.reserve(sums_.size());
  for (const auto& [key, sum] : sums_) {
    CountedUse& use = uses.emplace_back();
    use.day = std::chrono::floor<days>(std::chrono::sys_time<hours>(hours(key.hour)));
    use.minute = sum.first;
    use.last = sum.last;
    use.kind = key.kind;
    use.service = *texts_[key.service];
    use.user = *texts_[key.user];
    use.device = *texts_[key.device];
    use.country = key.country;
    use.address = key.address;
    use.counts = sum.counts;
  }
  std::ranges::stable_sort(uses, {}, &CountedUse::day);
  return uses;
}

void UseTally::clear() {
  sums_.clear();
  numbers_.clear();
  texts_.clear();
}

}  // namespace sallyport::discovery::foreign
