#pragma once
// One pass through the single counts of several pieces (discovery/store/usage_view.h), service by
// service, for what cannot be added up: how many different users, addresses, ... there were. A user
// of a service is counted once because the pass marks whom it has met in this service; so rows need
// numbers and no sets, but for those that gather from several services.
//
// For questions about some services alone it adds up what users, addresses, devices and countries
// come to, too. For block_rolls.cc.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/usage_view.h"
#include "discovery/usage/report.h"
#include "discovery/usage/usage_roll.h"

namespace sallyport::discovery {

// Whether rows are put in an order, or chosen, by how many different ones they have.
bool sorted_by_sets(const ReportQuestion& question);

class ServicePass {
 public:
  enum class Add : bool { sets, counts_too };
  // `addresses`: of a piece, the numbers of its addresses in the feed. All outlive the pass.
  using Numbers = std::function<std::span<const std::uint32_t>(std::size_t piece)>;

  ServicePass(UsageView& view, std::vector<UsageRoll*> rolls, const UsageFeed& feed, Add add,
              bool sorted_by_sets);

  Result<void> run(const std::function<bool(NameNumber)>& passes, const UsageView::Wanted& wanted,
                   const Numbers& numbers);

 private:
  // Where one piece is.
  struct Cursor {
    std::unique_ptr<UsageView::Parts> parts;
    UsagePart part;
    std::size_t run = 0;
    std::span<const std::uint32_t> addresses;
    UsagePeriod period;
  };
  // What is asked of a roll for each count.
  struct Target {
    UsageRoll* roll = nullptr;
    UsageBy by = UsageBy::service;
    UsageRow* row = nullptr;  // of the service, where it is by service or category
  };
  struct Meeting {
    NameNumber user;
    std::uint32_t address;
    std::uint32_t at;  // in the part
    bool fresh_user, fresh_address;
  };
  // The last one that was met, by number; another mark for each service.
  class Met {
   public:
    bool first(std::size_t number, std::uint32_t mark) {
      if (number >= marks_.size()) marks_.resize(number + number / 4 + 1);
      if (marks_[number] == mark) return false;
      marks_[number] = mark;
      return true;
    }

   private:
    std::vector<std::uint32_t> marks_;
  };

  Result<void> load(Cursor& cursor);
  void begin_service(NameNumber service);
  void add_run(const Cursor& cursor, const UsagePart::Run& run);
  void add_counts(const Cursor& cursor, std::uint32_t i);
  // What was met in a run.
  void add_category(UsageRow& row);
  void add_users(UsageRoll& roll);
  void add_addresses(UsageRoll& roll);
  void add_devices(UsageRoll& roll, const UsagePart& part);
  void add_countries(UsageRoll& roll, const UsagePart& part);
  UsageRow* row_of(UsageRoll& roll, std::uint32_t number);
  UsageRow& made_row(UsageRoll& roll, std::uint32_t& place, UsageBy by, std::uint64_t number);

  UsageView& view_;
  const UsageFeed& feed_;
  const bool with_counts_, all_sets_;
  bool all_columns_ = false;
  const NameNumber nobody_;
  std::vector<Target> targets_;
  std::vector<UsageRoll*> totals_;  // that have one, where counts are added
  std::uint32_t mark_ = 0;
  bool counts_as_service_ = false;
  Met users_, addresses_, devices_, countries_;
  Met user_country_, user_device_;  // the last of each, to pass over repetitions
  std::vector<Meeting> met_;
};

}  // namespace sallyport::discovery
