#pragma once
// Counted use at one moment, in pieces that reports add up: blocks (usage_block.h) that the store
// has made of days that are over, and one for each day of what else there is.
//
//   auto view = reader.view_usage(question);
//   for (const std::size_t piece : (*view)->widest()) ...(*view)->directory(piece)...
//
// INVARIANT: the pieces of widest(), and likewise those of by_period(), together say what
// read_usage() tells of the same question, each of it once.
// Thread rule: the reader's; a view ends before its reader, and no other question is asked
// meanwhile.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/beside.h"
#include "discovery/store/usage.h"
#include "discovery/store/usage_block.h"

namespace sallyport::discovery {

class UsageView {
 public:
  using Wanted = UsageServices;
  enum class Counts : bool { no, yes };
  using EachPart = std::function<void(const UsagePart& part)>;

  virtual ~UsageView() = default;

  const UsageNames& names() const { return names_; }
  const UsageExtent& extent() const { return extent_; }
  const std::vector<std::size_t>& widest() const { return widest_; }        // the fewest pieces
  const std::vector<std::size_t>& by_period() const { return by_period_; }  // a day, or a month
  UsagePeriod period(std::size_t piece) const { return pieces_[piece].period; }

  Result<UsageDirectory> directory(std::size_t piece);
  Result<UsageTotals> totals(std::size_t piece);
  // Those that are asked for next, in this order: they are unpacked beside the caller.
  void expect_directories(std::vector<std::size_t> pieces);
  void expect_totals(std::vector<std::size_t> pieces);
  // Parts with wanted services, and of those no others (UsagePart::read()).
  // INVARIANT: every number in them, likewise in the other two, is one of names(); of
  // UsageFamily::hour users are hours, 0 to 23.
  Result<void> each_part(std::size_t piece, const Wanted& wanted, UsagePart::Columns columns,
                         Counts counts, const EachPart& each);
  // The same, one after the other: services rise. Ends before the view.
  class Parts {
   public:
    virtual ~Parts() = default;
    // False: there are no more.
    virtual Result<bool> next(UsagePart& part) = 0;
  };
  Result<std::unique_ptr<Parts>> parts(std::size_t piece, const Wanted& wanted,
                                       UsagePart::Columns columns, Counts counts);

 protected:
  class CheckedParts;
  // Sections that are asked for one after the other.
  template <class Made>
  struct Expected {
    std::deque<std::size_t> pieces;  // not begun
    std::deque<std::pair<std::size_t, Beside::Begun<Result<Made>>>> begun;
  };
  class HeldParts;
  struct Piece {
    UsagePeriod period;
    std::int64_t n = 0;   // of the store
    UsageBlockData held;  // else
    bool is_held = false;
  };
  // Of a piece of the store.
  virtual Result<std::string> load_directory(std::int64_t n) = 0;
  virtual Result<std::string> load_totals(std::int64_t n) = 0;
  // Parts as they are kept.
  class KeptParts {
   public:
    virtual ~KeptParts() = default;
    // What it gives lives until the next call.
    virtual Result<bool> next(std::string_view& columns, std::string_view& counts) = 0;
  };
  virtual Result<std::unique_ptr<KeptParts>> open_parts(std::int64_t n, const Wanted& wanted,
                                                        Counts counts) = 0;

  template <class Made>
  Result<Made> take(Expected<Made>& expected, std::size_t piece);
  template <class Made>
  void begin_next(Expected<Made>& expected);
  // The bytes of a section.
  Result<std::string> section(const UsageDirectory*, const Piece& piece);
  Result<std::string> section(const UsageTotals*, const Piece& piece);

  UsageFamily family_ = UsageFamily::who;
  UsageNames names_;
  UsageExtent extent_;
  std::vector<Piece> pieces_;
  std::vector<std::size_t> widest_, by_period_;
  Expected<UsageDirectory> directories_;
  Expected<UsageTotals> totals_;
  Beside beside_;  // ends before what its work reads
};

// Single counts of several periods, put into a piece for each.
class UsagePieces {
 public:
  void add(UsagePeriod period, const UsageEntry& entry) { by_period_[period].add(entry); }
  // Empties it.
  std::vector<std::pair<UsagePeriod, UsageBlockData>> take(NameNumber nobody);

 private:
  std::map<UsagePeriod, UsageByService> by_period_;
};

// The number of the user "", or one that nobody has.
NameNumber number_of_nobody(const UsageNames& names);

// Out of what read_usage() tells, for readers that keep no blocks.
Result<std::unique_ptr<UsageView>> view_of_counts(UsageReader& reader,
                                                  const UsageQuestion& question);

}  // namespace sallyport::discovery
