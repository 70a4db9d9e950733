#include "discovery/foreign/use_tally.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace sallyport::discovery::foreign {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::sys_days;

std::int64_t hour_of(const CountedUse& use) {
  return use.day.time_since_epoch().count() * 24 + use.minute / 60;
}

}  // namespace

std::uint64_t UseTally::hash(const Key& key) const {
  std::array<std::uint64_t, 2> address;
  std::memcpy(address.data(), key.address.bytes().data(), sizeof address);
  std::uint64_t hash = hasher_.number(address[0], address[1]);
  hash = hasher_.number(static_cast<std::uint64_t>(key.hour) << 32 | key.user, hash);
  return hasher_.number(std::uint64_t{key.service} << 32 | key.device, hash);
}

std::uint32_t UseTally::number(std::string_view text) {
  const auto [at, fresh] = numbers_.find_or_add(
      hasher_.text(text), texts_.size(), [&](std::uint32_t one) { return texts_[one] == text; });
  if (fresh) texts_.emplace_back(text);
  return at;
}

void UseTally::add(const CountedUse& use) {
  const Key key{hour_of(use), number(use.user), number(use.device), number(use.service),
                use.kind,     use.country,      use.address};
  const auto [at, fresh] = index_.find_or_add(
      hash(key), sums_.size(), [&](std::uint32_t one) { return sums_[one].key == key; });
  if (fresh) {
    sums_.push_back({key, use.counts, use.minute, use.last});
    return;
  }
  Sum& sum = sums_[at];
  sum.counts += use.counts;
  sum.first = std::min(sum.first, use.minute);
  sum.last = std::max(sum.last, use.last);
}

std::vector<CountedUse> UseTally::uses() const {
  std::vector<const Sum*> by_day;
  by_day.reserve(sums_.size());
  for (const Sum& sum : sums_) by_day.push_back(&sum);
  const auto day = [](const Sum* sum) {
    return std::chrono::floor<days>(std::chrono::sys_time<hours>(hours(sum->key.hour)));
  };
  if (!std::ranges::is_sorted(by_day, {}, day)) std::ranges::stable_sort(by_day, {}, day);
  std::vector<CountedUse> uses;
  uses.reserve(sums_.size());
  for (const Sum* sum : by_day) {
    CountedUse& use = uses.emplace_back();
    use.day = day(sum);
    use.minute = sum->first;
    use.last = sum->last;
    use.kind = sum->key.kind;
    use.service = texts_[sum->key.service];
    use.user = texts_[sum->key.user];
    use.device = texts_[sum->key.device];
    use.country = sum->key.country;
    use.address = sum->key.address;
    use.counts = sum->counts;
  }
  return uses;
}

void UseTally::clear() {
  sums_.clear();
  index_.clear();
  texts_.clear();
  numbers_.clear();
}

}  // namespace sallyport::discovery::foreign
