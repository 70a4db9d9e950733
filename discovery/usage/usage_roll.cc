#include "discovery/usage/usage_roll.h"

#include <algorithm>
#include <cstring>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

constexpr std::string_view kOtherName = "(other)";

std::string text(const std::array<char, 2>& country) {
  return country[0] == 0 ? std::string() : std::string(country.data(), country.size());
}

bool is_service(const UsageName& name) {
  return name.kind == NameKind::app || name.kind == NameKind::domain;
}

}  // namespace

// ---- Distinct

void Distinct::settle() const {
  std::ranges::sort(numbers_);
  const auto rest = std::ranges::unique(numbers_);
  numbers_.erase(rest.begin(), rest.end());
  settled_ = numbers_.size();
  // A bit for each number up to the largest is then no more than four times as much memory, and
  // nothing is sorted any more.
  constexpr std::size_t kFew = 32;
  if (settled_ < kFew || numbers_.back() / 128 > settled_) return;
  for (const std::uint32_t number : numbers_) set(number);
  numbers_ = {};
  settled_ = 0;
}

void Distinct::set(std::uint32_t number) const {
  const std::size_t word = number / 64;
  if (word >= bits_.size()) bits_.resize(std::max(word + 1, bits_.size() * 5 / 4));
  const std::uint64_t bit = std::uint64_t{1} << number % 64;
  set_ += (bits_[word] & bit) == 0 ? 1 : 0;
  bits_[word] |= bit;
}

std::size_t Distinct::count() const {
  if (counted_ != 0) return counted_;
  if (bits_.empty() && settled_ != numbers_.size()) settle();
  return bits_.empty() ? numbers_.size() : set_;
}

// ---- UsageSieve

bool UsageSieve::passes(const UsageEntry& entry, const UsageNames& names) {
  const Who& who = entry.who;
  if (filter_.address && !filter_.address->contains(who.address)) return false;
  if (!filter_.country.empty() && text(who.country) != filter_.country) return false;
  const auto judged = [&](Judged& by, NameNumber number, auto judge) {
    return by(number, [&] { return number != kOther && (this->*judge)(names[number]); });
  };
  const bool any_service = filter_.apps.all() && filter_.domains.empty();
  if (!any_service && !judged(services_, entry.service, &UsageSieve::service_passes)) return false;
  const bool any_user = !filter_.user && filter_.group.empty();
  if (!any_user && !judged(users_judged_, who.user, &UsageSieve::user_passes)) return false;
  return filter_.device.empty() || judged(devices_, who.device, &UsageSieve::device_passes);
}

UsageServices UsageSieve::services(const UsageNames& names) {
  if (filter_.apps.all() && filter_.domains.empty()) return UsageServices::all();
  std::vector<NameNumber> some;
  for (NameNumber number = 0; number < names.size(); ++number) {
    if (number != kOther && service_passes(names[number])) some.push_back(number);
  }
  return UsageServices(std::move(some));
}

bool UsageSieve::service_passes(const UsageName& name) const {
  if (name.kind == NameKind::domain) {
    return std::ranges::find(filter_.domains, name.name) != filter_.domains.end();
  }
  if (name.kind != NameKind::app || filter_.apps.all()) return false;
  const BookedApp* app = book_.find(name.name);
  // Of an app that the catalog has no longer only its id is known.
  if (app == nullptr)
    return std::ranges::find(filter_.apps.apps, name.name) != filter_.apps.apps.end();
  return filter_.apps.passes(*app);
}

bool UsageSieve::user_passes(const UsageName& name) const {
  if (filter_.user && !iequals(name.name, *filter_.user)) return false;
  if (filter_.group.empty()) return true;
  const Person* person = users_.find(name.name);
  return person != nullptr &&
         std::ranges::find(person->groups, filter_.group) != person->groups.end();
}

bool UsageSieve::device_passes(const UsageName& name) const {
  return lower(name.name).find(lower(filter_.device)) != std::string::npos;
}

// ---- UsageFeed

std::uint32_t UsageFeed::number(const IpAddress& address) {
  std::uint64_t halves[2];
  static_assert(sizeof halves == 16);
  std::memcpy(halves, address.bytes().data(), sizeof halves);
  const auto [number, fresh] =
      numbers_.find_or_add(hasher_.number(halves[0], halves[1]), by_number_.size(),
                           [&](std::uint32_t one) { return by_number_[one] == address; });
  if (fresh) by_number_.push_back(address);
  return number;
}

UsageItem UsageFeed::take(UsagePeriod period, const UsageEntry& entry, const UsageNames& names) {
  if (!any_ || entry.who != who_) {
    any_ = true;
    who_ = entry.who;
    somebody_ = who_.user == kOther || !names[who_.user].name.empty();
    address_ = number(who_.address);
  }
  const Time begin{period.day.time_since_epoch()};
  return {period,
          entry,
          names,
          address_,
          somebody_,
          entry.service != kOther && is_service(names[entry.service]),
          begin + std::chrono::minutes(entry.first),
          begin + std::chrono::minutes(entry.last)};
}

// ---- UsageRoll

const std::string& UsageRoll::category(NameNumber service, const UsageNames& names) {
  static const std::string none;
  const UsageName& name = names[service];
  const BookedApp* app = name.kind == NameKind::app ? book_.find(name.name) : nullptr;
  return app != nullptr ? app->facts.category : none;
}

std::uint32_t* UsageRoll::dense(std::size_t number) {
  if (number >= dense_.size()) {
    dense_.resize(std::max(number + 1, dense_.size() * 5 / 4), kNoRow);
  }
  return &dense_[number];
}

std::uint32_t* UsageRoll::category_place(NameNumber service, const UsageNames& names) {
  if (service == kOther || names[service].kind != NameKind::app) return nullptr;
  if (service >= categories_.size()) categories_.resize(names.size());
  std::uint32_t& number = categories_[service];
  if (number == 0) {
    number = category_numbers_
                 .try_emplace(category(service, names),
                              static_cast<std::uint32_t>(category_numbers_.size() + 1))
                 .first->second;
  }
  return dense(number);
}

std::uint32_t* UsageRoll::place(const UsageItem& item) {
  const UsageEntry& entry = item.entry;
  const Who& who = entry.who;
  std::uint64_t rare = 0;
  switch (by_) {
    case UsageBy::service:
      return dense(entry.service);
    case UsageBy::user:
      return dense(who.user);
    case UsageBy::address:
      return dense(item.address);
    case UsageBy::device:
      return dense(who.device);
    case UsageBy::category:
      return category_place(entry.service, item.names);
    case UsageBy::country:
      rare = static_cast<std::uint64_t>(static_cast<unsigned char>(who.country[0])) << 8 |
             static_cast<unsigned char>(who.country[1]);
      break;
    case UsageBy::day:
      rare = static_cast<std::uint64_t>(item.period.day.time_since_epoch().count()) << 8 |
             item.period.days;
      break;
  }
  if (rare_last_ == nullptr || rare != rare_key_) {
    rare_key_ = rare;
    rare_last_ = &rare_.try_emplace(rare, kNoRow).first->second;  // which stays where it is
  }
  return rare_last_;
}

std::string UsageRoll::name(const UsageItem& item) {
  const UsageEntry& entry = item.entry;
  const auto named = [&](NameNumber number) {
    return number == kOther ? std::string(kOtherName) : item.names[number].name;
  };
  switch (by_) {
    case UsageBy::service:
      return named(entry.service);
    case UsageBy::user:
      return named(entry.who.user);
    case UsageBy::address:
      return entry.who.address == IpAddress() ? std::string(kOtherName)
                                              : entry.who.address.to_string();
    case UsageBy::device:
      return named(entry.who.device);
    case UsageBy::country:
      return text(entry.who.country);
    case UsageBy::category:
      return category(entry.service, item.names);
    case UsageBy::day:
      return format_rfc3339(Time(item.period.day.time_since_epoch()))
          .substr(0, item.period.days > 1 ? 7 : 10);
  }
  return {};
}

void UsageRoll::count(UsageRow& row, const UsageItem& item) {
  const UsageCounts& counts = item.entry.counts;
  row.first = row.first == Time() ? item.first : std::min(row.first, item.first);
  row.last = std::max(row.last, item.last);
  row.counts += counts;
  const Who& who = item.entry.who;
  if (item.somebody) {
    if (counts.transactions > 0) row.users.add(who.user);
    if (counts.blocked > 0) row.blocked_users.add(who.user);
    if (counts.asked > 0) row.asked_users.add(who.user);
    if (counts.continued > 0) row.continued_users.add(who.user);
  }
  if (counts.transactions == 0) return;
  row.addresses.add(item.address);
  row.devices.add(who.device);
  if (item.is_service) row.services.add(item.entry.service);
}

void UsageRoll::add(const UsageItem& item) {
  const UsageEntry& entry = item.entry;
  if (entry.service == kOther || entry.who.user == kOther || entry.who.address == IpAddress()) {
    beyond_limits_ += entry.counts.transactions;
  }
  if (with_total_) count(total_, item);
  std::uint32_t* const at = place(item);
  if (at == nullptr) return;
  if (*at == kNoRow) {
    *at = static_cast<std::uint32_t>(rows_.size());
    UsageRow& row = rows_.emplace_back();
    row.name = name(item);
    row.kind = entry.service == kOther ? NameKind::unnamed : item.names[entry.service].kind;
  }
  count(rows_[*at], item);
}

std::vector<const UsageRow*> UsageRoll::rows() const {
  std::vector<const UsageRow*> rows;
  rows.reserve(rows_.size());
  for (const UsageRow& row : rows_) rows.push_back(&row);
  return rows;
}

// ---- Metrics

std::span<const NamedMetric> usage_metrics() {
  static constexpr NamedMetric kAll[] = {
      {"traffic", [](const UsageRow& row) { return row.traffic(); }, true},
      {"sent", [](const UsageRow& row) { return row.counts.sent; }, true},
      {"received", [](const UsageRow& row) { return row.counts.received; }, true},
      {"transactions", [](const UsageRow& row) { return row.counts.transactions; }},
      {"uploads", [](const UsageRow& row) { return row.counts.uploads; }},
      {"upload_bytes", [](const UsageRow& row) { return row.counts.upload_bytes; }, true},
      {"downloads", [](const UsageRow& row) { return row.counts.downloads; }},
      {"download_bytes", [](const UsageRow& row) { return row.counts.download_bytes; }, true},
      {"blocked", [](const UsageRow& row) { return row.counts.blocked; }},
      {"users", [](const UsageRow& row) { return std::uint64_t{row.users.count()}; }},
      {"addresses", [](const UsageRow& row) { return std::uint64_t{row.addresses.count()}; }},
  };
  return kAll;
}

const NamedMetric* find_usage_metric(std::string_view name) {
  for (const NamedMetric& one : usage_metrics()) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

}  // namespace sallyport::discovery
