#include "discovery/usage/block_rolls.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "discovery/usage/block_roll.h"
#include "discovery/usage/service_pass.h"

namespace sallyport::discovery {
namespace {

// One reading of one view.
class BlockReading {
 public:
  BlockReading(const ReportQuestion& question, const std::vector<UsageRoll*>& rolls,
               UsageView& view)
      : question_(question),
        rolls_(rolls),
        view_(view),
        sieve_(*question.book, *question.users, question.filter),
        wanted_(sieve_.services(view.names())),
        any_service_(wanted_.is_all()) {}

  Result<void> read() {
    for (UsageRoll* roll : rolls_) {
      if (BlockRoll(*roll).by() == UsageBy::day) {
        days_.push_back(roll);
      } else {
        others_.push_back(roll);
      }
    }
    const bool by_service = std::ranges::all_of(others_, [](UsageRoll* roll) {
      const UsageBy by = BlockRoll(*roll).by();
      return !BlockRoll(*roll).has_total() && (by == UsageBy::service || by == UsageBy::category);
    });
    Result<void> done;
    done = add_totals();
    if (done) {
      done =
          pass(any_service_ || by_service ? ServicePass::Add::sets : ServicePass::Add::counts_too);
    }
    if (done && !days_.empty()) done = add_days();
    return done;
  }

 private:
  bool passes(NameNumber service) {
    if (any_service_) return true;
    UsageEntry entry;
    entry.service = service;
    return sieve_.passes(entry, view_.names());
  }
  // The numbers of a piece's addresses in the feed.
  std::vector<std::uint32_t> numbers_of(const UsageTotals& totals) {
    std::vector<std::uint32_t> numbers;
    numbers.reserve(totals.addresses.size());
    for (const auto& [address, total] : totals.addresses) numbers.push_back(feed_.number(address));
    return numbers;
  }

  Result<void> add_totals();
  Result<void> pass(ServicePass::Add add);
  Result<void> add_counts(const std::vector<std::size_t>& pieces,
                          const std::vector<UsageRoll*>& rolls);
  Result<void> add_days();
  Result<bool> add_lone_day(std::size_t piece);

  const ReportQuestion& question_;
  const std::vector<UsageRoll*>& rolls_;
  UsageView& view_;
  UsageSieve sieve_;
  UsageFeed feed_;
  const UsageServices wanted_;
  const bool any_service_;
  std::vector<UsageRoll*> days_, others_;
  std::map<std::size_t, std::vector<std::uint32_t>> addresses_;  // by piece
};

Result<void> BlockReading::add_totals() {
  const bool of_who = std::ranges::any_of(others_, [](UsageRoll* roll) {
    const UsageBy by = BlockRoll(*roll).by();
    return BlockRoll(*roll).has_total() || (by != UsageBy::service && by != UsageBy::category);
  });
  view_.expect_directories(view_.widest());
  view_.expect_totals(view_.widest());
  for (const std::size_t piece : view_.widest()) {
    const UsagePeriod period = view_.period(piece);
    const auto directory = view_.directory(piece);
    if (!directory) return std::unexpected(directory.error());
    for (const UsageDirectory::Service& one : directory->services) {
      if (!passes(one.service)) continue;
      for (UsageRoll* roll : others_) {
        BlockRoll(*roll).add_service(period, one, view_.names());
      }
    }
    // Addresses are needed for the sets of services, too.
    const auto totals = view_.totals(piece);
    if (!totals) return std::unexpected(totals.error());
    const std::vector<std::uint32_t> numbers = numbers_of(*totals);
    for (UsageRoll* roll : others_) {
      if (of_who && any_service_) BlockRoll(*roll).add_who(period, *totals, numbers, view_.names());
    }
    addresses_[piece] = numbers;
  }
  return {};
}

Result<void> BlockReading::pass(ServicePass::Add add) {
  if (others_.empty()) return {};
  for (UsageRoll* roll : others_) {
    if (add == ServicePass::Add::sets)
      BlockRoll(*roll).choose(question_, feed_.addresses(), view_.names());
  }
  ServicePass pass(view_, others_, feed_, add, sorted_by_sets(question_));
  return pass.run(
      [this](NameNumber service) { return passes(service); }, wanted_,
      [this](std::size_t piece) { return std::span<const std::uint32_t>(addresses_[piece]); });
}

// Every single count of the services that are asked for, one by one.
Result<void> BlockReading::add_counts(const std::vector<std::size_t>& pieces,
                                      const std::vector<UsageRoll*>& rolls) {
  Result<void> done;
  for (const std::size_t piece : pieces) {
    const UsagePeriod period = view_.period(piece);
    std::optional<UsageTotals> totals;  // read once a part is wanted
    std::optional<Error> failed;
    done = view_.each_part(piece, wanted_, UsagePart::Columns::all, UsageView::Counts::yes,
                           [&](const UsagePart& part) {
                             if (failed) return;
                             if (!totals) {
                               auto read = view_.totals(piece);
                               if (!read) {
                                 failed = read.error();
                                 return;
                               }
                               totals = std::move(*read);
                             }
                             for (const UsagePart::Run& run : part.runs) {
                               if (!passes(run.service)) continue;
                               for (std::uint32_t i = run.begin; i < run.end; ++i) {
                                 if (part.addresses[i] >= totals->addresses.size()) continue;
                                 UsageEntry entry;
                                 entry.who = {part.users[i], part.devices[i],
                                              country_of(part.countries[i]),
                                              totals->addresses[part.addresses[i]].first};
                                 entry.service = run.service;
                                 entry.counts = part.totals[i].counts;
                                 entry.first = part.totals[i].first;
                                 entry.last = part.totals[i].last;
                                 const UsageItem item = feed_.take(period, entry, view_.names());
                                 for (UsageRoll* roll : rolls) roll->add(item);
                               }
                             }
                           });
    if (!done) return done;
    if (failed) return std::unexpected(*failed);
  }
  return done;
}

// ---- Days

// Of a day that is in one piece what its directory says is all. False: it is not.
Result<bool> BlockReading::add_lone_day(std::size_t piece) {
  const auto directory = view_.directory(piece);
  if (!directory) return std::unexpected(directory.error());
  std::vector<const UsageDirectory::Service*> services;
  for (const UsageDirectory::Service& one : directory->services) {
    if (passes(one.service)) services.push_back(&one);
  }
  if (!any_service_ && services.size() > 1) return false;
  const std::uint32_t users = any_service_       ? directory->users
                              : services.empty() ? 0
                                                 : services.front()->users;
  if (services.empty()) return true;
  for (UsageRoll* roll : days_) {
    BlockRoll(*roll).add_lone_day(view_.period(piece), services, users, view_.names());
  }
  return true;
}

Result<void> BlockReading::add_days() {
  std::map<UsagePeriod, std::vector<std::size_t>> pieces;
  for (const std::size_t piece : view_.by_period()) pieces[view_.period(piece)].push_back(piece);
  std::vector<std::size_t> lone;
  for (const auto& [period, of_period] : pieces) {
    if (of_period.size() == 1) lone.push_back(of_period.front());
  }
  view_.expect_directories(std::move(lone));
  for (const auto& [period, of_period] : pieces) {
    if (of_period.size() == 1) {
      const Result<bool> added = add_lone_day(of_period.front());
      if (!added) return std::unexpected(added.error());
      if (*added) continue;
    }
    Result<void> done = add_counts(of_period, days_);
    if (!done) return done;
  }
  return {};
}

}  // namespace

bool asks_for_no_who(const UsageFilter& filter) {
  return !filter.user && filter.group.empty() && !filter.address && filter.country.empty() &&
         filter.device.empty();
}

Result<UsageExtent> read_block_rolls(const ReportQuestion& question,
                                     const std::vector<UsageRoll*>& rolls) {
  const auto view = question.store->view_usage(
      {.since = question.since, .until = question.until, .source = question.source});
  if (!view) return std::unexpected(view.error());
  Result<void> read = BlockReading(question, rolls, **view).read();
  if (!read) return pass_on(std::move(read));
  return (*view)->extent();
}

}  // namespace sallyport::discovery
