#include "discovery/store/sqlite_block_entries.h"

#include <algorithm>

#include "discovery/store/usage_chunk.h"

namespace sallyport::discovery {

Result<std::unique_ptr<SqliteBlockEntries>> SqliteBlockEntries::open(const SqliteDatabase& db,
                                                                     std::int64_t n,
                                                                     std::int64_t minutes) {
  std::unique_ptr<SqliteBlockEntries> made(new SqliteBlockEntries(minutes));
  {
    auto totals = db.prepare("SELECT data FROM usage_block_totals WHERE n = ?");
    if (!totals) return pass_on(std::move(totals));
    totals->bind(1, n);
    const Result<bool> row = totals->step();
    if (!row) return std::unexpected(row.error());
    auto read = UsageTotals::read(*row ? totals->text(0) : std::string_view());
    if (!read) return pass_on(std::move(read));
    made->totals_ = std::move(*read);
  }
  auto parts =
      db.prepare("SELECT columns, counts FROM usage_block_parts WHERE block = ? ORDER BY part");
  if (!parts) return pass_on(std::move(parts));
  made->parts_ = std::move(*parts);
  made->parts_.bind(1, n);
  Result<void> first = made->next_part();
  if (!first) return pass_on(std::move(first));
  return made;
}

Result<void> SqliteBlockEntries::next_part() {
  part_ = {};
  run_ = at_ = 0;
  const Result<bool> row = parts_.step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return {};
  Result<UsagePart> part = UsagePart::read(parts_.text(0), UsagePart::Columns::all);
  if (!part) return pass_on(std::move(part));
  Result<void> read = part->read_counts(parts_.text(1));
  if (!read) return read;
  const bool known = std::ranges::all_of(
      part->addresses, [&](std::uint32_t one) { return one < totals_.addresses.size(); });
  const bool inside = std::ranges::all_of(part->totals, [&](const UsageTotal& one) {
    return one.first + minutes_ >= 0 && one.last + minutes_ < kPeriodMinutes;
  });
  if (!known || !inside) return UsageChunk::refusal("a summary is malformed");
  part_ = std::move(*part);
  return {};
}

UsageEntry SqliteBlockEntries::entry() const {
  UsageEntry made;
  made.who = {part_.users[at_], part_.devices[at_], country_of(part_.countries[at_]),
              totals_.addresses[part_.addresses[at_]].first};
  made.service = service();
  const UsageTotal& total = part_.totals[at_];
  made.counts = total.counts;
  made.first = static_cast<std::uint16_t>(total.first + minutes_);
  made.last = static_cast<std::uint16_t>(total.last + minutes_);
  return made;
}

Result<void> SqliteBlockEntries::advance() {
  ++at_;
  if (at_ == part_.size()) return next_part();
  if (at_ == part_.runs[run_].end) ++run_;
  return {};
}

}  // namespace sallyport::discovery
