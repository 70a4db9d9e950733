#include "discovery/usage/usage_roll.h"

#include <algorithm>

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

void Distinct::add(std::uint32_t number) {
  if (!numbers_.empty() && numbers_.back() == number) return;
  numbers_.push_back(number);
  if (numbers_.size() > 2 * settled_ + 256) settle();
}

void Distinct::settle() const {
  std::ranges::sort(numbers_);
  const auto rest = std::ranges::unique(numbers_);
  numbers_.erase(rest.begin(), rest.end());
  settled_ = numbers_.size();
}

std::size_t Distinct::count() const {
  if (settled_ != numbers_.size()) settle();
  return numbers_.size();
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

// ---- UsageRoll

const std::string& UsageRoll::category(NameNumber service, const UsageNames& names) {
  static const std::string none;
  if (service >= categories_.size()) categories_.resize(service + std::size_t{1});
  const std::string*& known = categories_[service];
  if (known == nullptr) {
    const UsageName& name = names[service];
    const BookedApp* app = name.kind == NameKind::app ? book_.find(name.name) : nullptr;
    known = app != nullptr ? &app->facts.category : &none;
  }
  return *known;
}

// Nothing: of that kind there is no row for it.
std::optional<std::uint64_t> UsageRoll::key(UsagePeriod period, const UsageEntry& entry,
                                            const UsageNames& names) {
  const Who& who = entry.who;
  switch (by_) {
    case UsageBy::service:
      return entry.service;
    case UsageBy::user:
      return who.user;
    case UsageBy::address:
      return addresses_.try_emplace(who.address, static_cast<std::uint32_t>(addresses_.size()))
          .first->second;
    case UsageBy::device:
      return who.device;
    case UsageBy::country:
      return static_cast<std::uint64_t>(static_cast<unsigned char>(who.country[0])) << 8 |
             static_cast<unsigned char>(who.country[1]);
    case UsageBy::category: {
      if (entry.service == kOther || names[entry.service].kind != NameKind::app)
        return std::nullopt;
      const std::string& name = category(entry.service, names);
      return category_numbers_
          .try_emplace(name, static_cast<std::uint32_t>(category_numbers_.size()))
          .first->second;
    }
    case UsageBy::day:
      return static_cast<std::uint64_t>(period.day.time_since_epoch().count()) << 8 | period.days;
  }
  return std::nullopt;
}

std::string UsageRoll::name(UsagePeriod period, const UsageEntry& entry, const UsageNames& names) {
  const auto named = [&](NameNumber number) {
    return number == kOther ? std::string(kOtherName) : names[number].name;
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
      return category(entry.service, names);
    case UsageBy::day:
      return format_rfc3339(Time(period.day.time_since_epoch()))
          .substr(0, period.days > 1 ? 7 : 10);
  }
  return {};
}

void UsageRoll::count(UsageRow& row, UsagePeriod period, const UsageEntry& entry,
                      const UsageNames& names, std::uint32_t address) {
  const UsageCounts& counts = entry.counts;
  const Time first = Time(period.day.time_since_epoch()) + std::chrono::minutes(entry.first);
  const Time last = Time(period.day.time_since_epoch()) + std::chrono::minutes(entry.last);
  row.first = row.first == Time() ? first : std::min(row.first, first);
  row.last = std::max(row.last, last);
  row.counts += counts;
  const Who& who = entry.who;
  const bool somebody = who.user == kOther || !names[who.user].name.empty();
  if (somebody) {
    if (counts.transactions > 0) row.users.add(who.user);
    if (counts.blocked > 0) row.blocked_users.add(who.user);
    if (counts.asked > 0) row.asked_users.add(who.user);
    if (counts.continued > 0) row.continued_users.add(who.user);
  }
  if (counts.transactions == 0) return;
  row.addresses.add(address);
  row.devices.add(who.device);
  if (entry.service != kOther && is_service(names[entry.service])) row.services.add(entry.service);
}

void UsageRoll::add(UsagePeriod period, const UsageEntry& entry, const UsageNames& names) {
  if (entry.service == kOther || entry.who.user == kOther || entry.who.address == IpAddress()) {
    beyond_limits_ += entry.counts.transactions;
  }
  const std::uint32_t address =
      addresses_.try_emplace(entry.who.address, static_cast<std::uint32_t>(addresses_.size()))
          .first->second;
  count(total_, period, entry, names, address);
  const auto key = this->key(period, entry, names);
  if (!key) return;
  const auto [at, fresh] = rows_.try_emplace(*key);
  if (fresh) {
    at->second.name = name(period, entry, names);
    if (entry.service != kOther) at->second.kind = names[entry.service].kind;
    if (entry.service == kOther) at->second.kind = NameKind::unnamed;
  }
  count(at->second, period, entry, names, address);
}

std::vector<const UsageRow*> UsageRoll::rows() const {
  std::vector<const UsageRow*> rows;
  rows.reserve(rows_.size());
  for (const auto& [key, row] : rows_) rows.push_back(&row);
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
