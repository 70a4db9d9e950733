#include "discovery/usage/service_pass.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace sallyport::discovery {
namespace {

bool counts_different_ones(const NamedMetric* metric) {
  return metric != nullptr && (metric->name == "users" || metric->name == "addresses");
}

bool is_service(NameNumber number, const UsageNames& names) {
  return number != kOther &&
         (names[number].kind == NameKind::app || names[number].kind == NameKind::domain);
}

void add_to(UsageRow& row, UsagePeriod period, const UsageTotal& total) {
  const Time begin{period.day.time_since_epoch()};
  const Time first = begin + std::chrono::minutes(total.first);
  row.first = row.first == Time() ? first : std::min(row.first, first);
  row.last = std::max<Time>(row.last, begin + std::chrono::minutes(total.last));
  row.counts += total.counts;
}

}  // namespace

bool sorted_by_sets(const ReportQuestion& question) {
  return counts_different_ones(question.sort) ||
         std::ranges::any_of(question.thresholds, [](const UsageThreshold& one) {
           return counts_different_ones(one.metric);
         });
}

ServicePass::ServicePass(UsageView& view, std::vector<UsageRoll*> rolls, const UsageFeed& feed,
                         Add add, bool sorted_by_sets)
    : view_(view),
      feed_(feed),
      with_counts_(add == Add::counts_too),
      all_sets_(sorted_by_sets),
      nobody_(number_of_nobody(view.names())) {
  for (UsageRoll* roll : rolls) {
    targets_.push_back({roll, roll->by_});
    if (with_counts_ && roll->with_total_) totals_.push_back(roll);
    all_columns_ = all_columns_ || with_counts_ || roll->by_ == UsageBy::device ||
                   roll->by_ == UsageBy::country;
  }
}

Result<void> ServicePass::load(Cursor& cursor) {
  cursor.run = 0;
  cursor.part = {};
  const Result<bool> any = cursor.parts->next(cursor.part);
  if (!any) return std::unexpected(any.error());
  if (!*any) {
    cursor.parts.reset();
    return {};
  }
  const auto inside = [&](std::uint32_t one) { return one < cursor.addresses.size(); };
  if (!std::ranges::all_of(cursor.part.addresses, inside)) {
    return fail(ErrorKind::invalid, Side::ours, "a summary of use in the event store is damaged");
  }
  return {};
}

Result<void> ServicePass::run(const std::function<bool(NameNumber)>& passes,
                              const UsageView::Wanted& wanted, const Numbers& numbers) {
  std::vector<Cursor> cursors;
  for (const std::size_t piece : view_.widest()) {
    auto parts =
        view_.parts(piece, wanted, all_columns_ ? UsagePart::Columns::all : UsagePart::Columns::few,
                    with_counts_ ? UsageView::Counts::yes : UsageView::Counts::no);
    if (!parts) return pass_on(std::move(parts));
    Cursor& cursor = cursors.emplace_back();
    cursor.parts = std::move(*parts);
    cursor.addresses = numbers(piece);
    cursor.period = view_.period(piece);
    Result<void> loaded = load(cursor);
    if (!loaded) return loaded;
  }
  while (true) {
    std::optional<NameNumber> next;
    for (const Cursor& cursor : cursors) {
      if (cursor.parts == nullptr) continue;
      next = std::min(next.value_or(UINT32_MAX), cursor.part.runs[cursor.run].service);
    }
    if (!next) return {};
    const bool pass = passes(*next);
    if (pass) begin_service(*next);
    for (Cursor& cursor : cursors) {
      // Of a service that reaches over the end of a part, the rest is in the next one.
      while (cursor.parts != nullptr && cursor.part.runs[cursor.run].service == *next) {
        if (pass) add_run(cursor, cursor.part.runs[cursor.run]);
        if (++cursor.run < cursor.part.runs.size()) continue;
        Result<void> loaded = load(cursor);
        if (!loaded) return loaded;
      }
    }
  }
}

void ServicePass::begin_service(NameNumber service) {
  ++mark_;
  const UsageNames& names = view_.names();
  counts_as_service_ = is_service(service, names);
  for (Target& target : targets_) {
    target.row = nullptr;
    std::uint32_t* place = nullptr;
    if (target.by == UsageBy::service) place = target.roll->dense(service);
    if (target.by == UsageBy::category) place = target.roll->category_place(service, names);
    if (place != nullptr && *place != UsageRoll::kNoRow) target.row = &target.roll->rows_[*place];
  }
}

UsageRow& ServicePass::made_row(UsageRoll& roll, std::uint32_t& place, UsageBy by,
                                std::uint64_t number) {
  if (place != UsageRoll::kNoRow) return roll.rows_[place];
  place = static_cast<std::uint32_t>(roll.rows_.size());
  UsageRow& row = roll.rows_.emplace_back();
  const auto other = [] { return std::string("(other)"); };
  if (by == UsageBy::user || by == UsageBy::device) {
    row.name = number == kOther ? other() : view_.names()[number].name;
  } else if (by == UsageBy::address) {
    const IpAddress& address = feed_.addresses()[number];
    row.name = address == IpAddress() ? other() : address.to_string();
  } else if (number != 0) {
    const std::array<char, 2> country = country_of(static_cast<std::uint16_t>(number));
    row.name.assign(country.data(), country.size());
  }
  return row;
}

void ServicePass::add_counts(const Cursor& cursor, std::uint32_t i) {
  const UsagePart& part = cursor.part;
  for (const Target& target : targets_) {
    UsageRoll& roll = *target.roll;
    UsageRow* row = nullptr;
    switch (target.by) {
      case UsageBy::user:
        row = &made_row(roll, *roll.dense(part.users[i]), target.by, part.users[i]);
        break;
      case UsageBy::device:
        row = &made_row(roll, *roll.dense(part.devices[i]), target.by, part.devices[i]);
        break;
      case UsageBy::address: {
        const std::uint32_t address = cursor.addresses[part.addresses[i]];
        row = &made_row(roll, *roll.dense(address), target.by, address);
        break;
      }
      case UsageBy::country: {
        std::uint32_t& place =
            roll.rare_.try_emplace(part.countries[i], UsageRoll::kNoRow).first->second;
        row = &made_row(roll, place, target.by, part.countries[i]);
        break;
      }
      case UsageBy::service:
      case UsageBy::category:
      case UsageBy::day:
        continue;
    }
    add_to(*row, cursor.period, part.totals[i]);
  }
  const NameNumber user = part.users[i];
  const std::uint8_t flags = part.flags[i];
  if ((flags & ~UsagePart::kPassed) == 0 || user == nobody_) return;
  for (UsageRoll* roll : totals_) {
    if ((flags & UsagePart::kBlocked) != 0) roll->total_.blocked_users.add(user);
    if ((flags & UsagePart::kAsked) != 0) roll->total_.asked_users.add(user);
    if ((flags & UsagePart::kContinued) != 0) roll->total_.continued_users.add(user);
  }
}

void ServicePass::add_run(const Cursor& cursor, const UsagePart::Run& run) {
  const UsagePart& part = cursor.part;
  if (with_counts_) {
    for (std::uint32_t i = run.begin; i < run.end; ++i) add_counts(cursor, i);
  }
  // Who and where was let through, and which of them for the first time in this service.
  met_.clear();
  std::size_t users = 0, addresses = 0;
  for (std::uint32_t i = run.begin; i < run.end; ++i) {
    if ((part.flags[i] & UsagePart::kPassed) == 0) continue;
    const NameNumber user = part.users[i];
    const std::uint32_t address = cursor.addresses[part.addresses[i]];
    const bool fresh_user = users_.first(user, mark_);
    const bool fresh_address = addresses_.first(address, mark_);
    users += fresh_user && user != nobody_ ? 1 : 0;
    addresses += fresh_address ? 1 : 0;
    met_.push_back({user, address, i, fresh_user, fresh_address});
  }
  if (met_.empty()) return;
  for (const Target& target : targets_) {
    if (target.by == UsageBy::service && target.row != nullptr) {
      target.row->users.count_more(users);
      target.row->addresses.count_more(addresses);
    }
    if (target.by == UsageBy::category && target.row != nullptr) add_category(*target.row);
    if (target.by == UsageBy::user) add_users(*target.roll);
    if (target.by == UsageBy::address) add_addresses(*target.roll);
    if (target.by == UsageBy::device) add_devices(*target.roll, part);
    if (target.by == UsageBy::country) add_countries(*target.roll, part);
  }
  for (UsageRoll* roll : totals_) {
    for (const Meeting& one : met_) {
      if (one.fresh_user && one.user != nobody_) roll->total_.users.add(one.user);
      if (one.fresh_address) roll->total_.addresses.add(one.address);
      roll->total_.devices.add(part.devices[one.at]);
    }
  }
}

void ServicePass::add_category(UsageRow& row) {
  for (const Meeting& one : met_) {
    if (one.fresh_user && one.user != nobody_) row.users.add(one.user);
    if (one.fresh_address) row.addresses.add(one.address);
  }
}

// Null: it is not shown.
UsageRow* ServicePass::row_of(UsageRoll& roll, std::uint32_t number) {
  const std::uint32_t at = *roll.dense(number);
  return at == UsageRoll::kNoRow ? nullptr : &roll.rows_[at];
}

void ServicePass::add_users(UsageRoll& roll) {
  for (const Meeting& one : met_) {
    if (!one.fresh_user && !all_sets_) continue;
    UsageRow* const row = row_of(roll, one.user);
    if (row == nullptr) continue;
    if (one.fresh_user && counts_as_service_) row->services.count_more();
    if (!all_sets_) continue;
    row->addresses.add(one.address);
    if (one.user != nobody_) row->users.add(one.user);
  }
}

void ServicePass::add_addresses(UsageRoll& roll) {
  for (const Meeting& one : met_) {
    UsageRow* const row = row_of(roll, one.address);
    if (row == nullptr) continue;
    if (one.fresh_address && counts_as_service_) row->services.count_more();
    if (all_sets_) row->addresses.add(one.address);
    if (one.user != nobody_) row->users.add(one.user);
  }
}

void ServicePass::add_devices(UsageRoll& roll, const UsagePart& part) {
  for (const Meeting& one : met_) {
    const NameNumber device = part.devices[one.at];
    UsageRow* const row = row_of(roll, device);
    if (row == nullptr) continue;
    if (devices_.first(device, mark_) && counts_as_service_) row->services.count_more();
    if (all_sets_) row->addresses.add(one.address);
    // The last one again says nothing new.
    const bool known = one.user == nobody_ || !user_device_.first(one.user, device + 1);
    if (!known) row->users.add(one.user);
  }
}

void ServicePass::add_countries(UsageRoll& roll, const UsagePart& part) {
  std::uint16_t last = 0;
  UsageRow* row = nullptr;
  for (const Meeting& one : met_) {
    const std::uint16_t country = part.countries[one.at];
    if (row == nullptr || country != last) {
      const auto place = roll.rare_.find(country);
      if (place == roll.rare_.end()) continue;
      row = &roll.rows_[place->second];
      last = country;
      if (countries_.first(country, mark_) && counts_as_service_) row->services.count_more();
    }
    if (all_sets_) row->addresses.add(one.address);
    const bool known = one.user == nobody_ || !user_country_.first(one.user, country + 1u);
    if (!known) row->users.add(one.user);
  }
}

}  // namespace sallyport::discovery
