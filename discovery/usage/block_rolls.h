#pragma once
// Rolls filled from blocks of counted use (discovery/store/usage_view.h), for questions that ask
// for no person, place or device alone: what services, people and places come to is added up block
// by block, and single counts are only looked at for how many different ones there are.
//
// INVARIANT: rows and totals are those that UsageRoll::add() makes of every single count; but for
// by user and by address there need be no rows that choose_rows() would not choose.

#include <vector>

#include "base/core/result.h"
#include "discovery/store/usage_view.h"
#include "discovery/usage/report.h"
#include "discovery/usage/usage_roll.h"

namespace sallyport::discovery {

bool asks_for_no_who(const UsageFilter& filter);

// REQUIRES: asks_for_no_who(question.filter)
Result<UsageExtent> read_block_rolls(const ReportQuestion& question,
                                     const std::vector<UsageRoll*>& rolls);

}  // namespace sallyport::discovery
