#include "discovery/usage/block_roll.h"

#include <algorithm>
#include <string_view>

#include "discovery/usage/service_pass.h"

namespace sallyport::discovery {
namespace {

constexpr std::string_view kOtherName = "(other)";

bool is_service(NameNumber number, const UsageNames& names) {
  return number != kOther &&
         (names[number].kind == NameKind::app || names[number].kind == NameKind::domain);
}

std::string name_of(NameNumber number, const UsageNames& names) {
  return number == kOther ? std::string(kOtherName) : names[number].name;
}

NameKind kind_of(NameNumber number, const UsageNames& names) {
  return number == kOther ? NameKind::unnamed : names[number].kind;
}

std::uint64_t key_of(const std::array<char, 2>& country) { return country_code(country); }

}  // namespace

UsageRow& BlockRoll::row(std::uint32_t* place, NameKind kind, const std::string& name) {
  if (*place == UsageRoll::kNoRow) {
    *place = static_cast<std::uint32_t>(roll_.rows_.size());
    UsageRow& made = roll_.rows_.emplace_back();
    made.name = name;
    made.kind = kind;
  }
  return roll_.rows_[*place];
}

template <class Sum>
void BlockRoll::add_to(Sum& sum, UsagePeriod period, const UsageTotal& total) {
  const Time begin{period.day.time_since_epoch()};
  const Time first = begin + std::chrono::minutes(total.first);
  sum.first = sum.first == Time() ? first : std::min(sum.first, first);
  sum.last = std::max<Time>(sum.last, begin + std::chrono::minutes(total.last));
  sum.counts += total.counts;
}

UsageRoll::Sum& BlockRoll::sum(std::size_t number) {
  if (number >= roll_.sums_.size()) roll_.sums_.resize(number + number / 4 + 1);
  UsageRoll::Sum& sum = roll_.sums_[number];
  sum.any = true;
  return sum;
}

void BlockRoll::add_service(UsagePeriod period, const UsageDirectory::Service& service,
                            const UsageNames& names) {
  roll_.beyond_limits_ += service.beyond;
  if (roll_.with_total_) add_to(roll_.total_, period, service.total);
  const NameNumber number = service.service;
  if (by() == UsageBy::service) {
    std::uint32_t* const place = roll_.dense(number);
    if (*place == UsageRoll::kNoRow)
      (void)row(place, kind_of(number, names), name_of(number, names));
    add_to(roll_.rows_[*place], period, service.total);
  } else if (by() == UsageBy::category) {
    std::uint32_t* const place = roll_.category_place(number, names);
    if (place == nullptr) return;
    if (*place == UsageRoll::kNoRow) (void)row(place, NameKind::app, roll_.category(number, names));
    add_to(roll_.rows_[*place], period, service.total);
  }
}

void BlockRoll::add_who(UsagePeriod period, const UsageTotals& totals,
                        std::span<const std::uint32_t> addresses, const UsageNames& names) {
  if (roll_.with_total_) {
    UsageRow& all = roll_.total_;
    for (const auto& [user, total] : totals.users) {
      if (user != kOther && names[user].name.empty()) continue;
      if (total.counts.transactions > 0) all.users.add(user);
      if (total.counts.blocked > 0) all.blocked_users.add(user);
      if (total.counts.asked > 0) all.asked_users.add(user);
      if (total.counts.continued > 0) all.continued_users.add(user);
    }
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      if (totals.addresses[i].second.counts.transactions > 0) all.addresses.add(addresses[i]);
    }
    for (const auto& [device, total] : totals.devices) {
      if (total.counts.transactions > 0) all.devices.add(device);
    }
  }
  const auto add_numbers = [&](const UsageTotals::Of<NameNumber>& numbers) {
    for (const auto& [number, total] : numbers) {
      std::uint32_t* const place = roll_.dense(number);
      if (*place == UsageRoll::kNoRow) (void)row(place, NameKind::unnamed, name_of(number, names));
      add_to(roll_.rows_[*place], period, total);
    }
  };
  switch (by()) {
    case UsageBy::user:
      for (const auto& [user, total] : totals.users) add_to(sum(user), period, total);
      return;
    case UsageBy::device:
      return add_numbers(totals.devices);
    case UsageBy::address:
      for (std::size_t i = 0; i < addresses.size(); ++i) {
        add_to(sum(addresses[i]), period, totals.addresses[i].second);
      }
      return;
    case UsageBy::country:
      for (const auto& [country, total] : totals.countries) {
        const std::string name = country[0] == 0 ? std::string() : std::string(country.data(), 2);
        std::uint32_t& place =
            roll_.rare_.try_emplace(key_of(country), UsageRoll::kNoRow).first->second;
        add_to(row(&place, NameKind::unnamed, name), period, total);
      }
      return;
    case UsageBy::service:
    case UsageBy::category:
    case UsageBy::day:
      return;
  }
}

// The limit is about rows; of those that come to as much as the last one, all get one, because
// their names decide.
void BlockRoll::choose(const ReportQuestion& question, std::span<const IpAddress> addresses,
                       const UsageNames& names) {
  if (by() != UsageBy::user && by() != UsageBy::address) return;
  const bool all = sorted_by_sets(question);
  const UsageMetric metric =
      question.sort != nullptr ? question.sort->value : find_usage_metric("traffic")->value;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> chosen;  // by what counts, and number
  UsageRow scratch;
  for (std::uint32_t number = 0; number < roll_.sums_.size(); ++number) {
    if (!roll_.sums_[number].any) continue;
    scratch.counts = roll_.sums_[number].counts;
    const bool within =
        all || std::ranges::all_of(question.thresholds, [&](const UsageThreshold& one) {
          const std::uint64_t value = one.metric->value(scratch);
          return one.more ? value > one.value : value < one.value;
        });
    if (within) chosen.emplace_back(metric(scratch), number);
  }
  if (!all && chosen.size() > question.limit && question.limit > 0) {
    const auto last = chosen.begin() + static_cast<std::ptrdiff_t>(question.limit) - 1;
    std::ranges::nth_element(chosen, last, std::ranges::greater());
    const std::uint64_t least = last->first;
    std::erase_if(chosen, [&](const auto& one) { return one.first < least; });
  }
  for (const auto& [value, number] : chosen) {
    const UsageRoll::Sum& sum = roll_.sums_[number];
    std::string name;
    if (by() == UsageBy::user) {
      name = name_of(number, names);
    } else {
      const IpAddress& address = addresses[number];
      name = address == IpAddress() ? std::string(kOtherName) : address.to_string();
    }
    UsageRow& made = row(roll_.dense(number), NameKind::unnamed, name);
    made.counts = sum.counts;
    made.first = sum.first;
    made.last = sum.last;
  }
}

void BlockRoll::add_lone_day(UsagePeriod period,
                             std::span<const UsageDirectory::Service* const> services,
                             std::uint32_t users, const UsageNames& names) {
  const std::uint64_t key =
      static_cast<std::uint64_t>(period.day.time_since_epoch().count()) << 8 | period.days;
  std::uint32_t& place = roll_.rare_.try_emplace(key, UsageRoll::kNoRow).first->second;
  UsageRow& one =
      row(&place, NameKind::unnamed,
          format_rfc3339(Time(period.day.time_since_epoch())).substr(0, period.days > 1 ? 7 : 10));
  std::size_t different = 0;
  for (const UsageDirectory::Service* service : services) {
    add_to(one, period, service->total);
    roll_.beyond_limits_ += service->beyond;
    different +=
        service->total.counts.transactions > 0 && is_service(service->service, names) ? 1 : 0;
  }
  one.users.count_more(users);
  one.services.count_more(different);
}

}  // namespace sallyport::discovery
