#pragma once
// One roll, filled from blocks of counted use. For block_rolls.cc.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "discovery/store/usage_block.h"
#include "discovery/usage/report.h"
#include "discovery/usage/usage_roll.h"

namespace sallyport::discovery {

class BlockRoll {
 public:
  explicit BlockRoll(UsageRoll& roll) : roll_(roll) {}

  UsageBy by() const { return roll_.by_; }
  bool has_total() const { return roll_.with_total_; }

  // What a service comes to in a piece.
  void add_service(UsagePeriod period, const UsageDirectory::Service& service,
                   const UsageNames& names);
  // What users, devices, countries and addresses come to. `addresses`: their numbers in the feed.
  void add_who(UsagePeriod period, const UsageTotals& totals,
               std::span<const std::uint32_t> addresses, const UsageNames& names);
  // When all of those were added: makes rows of the users or addresses that are shown. `addresses`:
  // of the feed, by number.
  void choose(const ReportQuestion& question, std::span<const IpAddress> addresses,
              const UsageNames& names);
  // A day about which all is known; `services` are those that the question asks for.
  void add_lone_day(UsagePeriod period, std::span<const UsageDirectory::Service* const> services,
                    std::uint32_t users, const UsageNames& names);

 private:
  UsageRow& row(std::uint32_t* place, NameKind kind, const std::string& name);
  template <class Sum>
  void add_to(Sum& sum, UsagePeriod period, const UsageTotal& total);
  UsageRoll::Sum& sum(std::size_t number);

  UsageRoll& roll_;
};

}  // namespace sallyport::discovery
