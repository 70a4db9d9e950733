#include "discovery/store/sqlite_usage.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/core/log.h"
#include "discovery/events/pack_event.h"
#include "discovery/store/event_block.h"
#include "discovery/store/sqlite_usage_exclusions.h"

namespace sallyport::discovery {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

// More than that waits only in a store that was not counted before, or after long trouble.
constexpr std::uint64_t kMuch = 20 * SqliteUsage::kStep;

}  // namespace

SqliteUsage::SqliteUsage(const SqliteDatabase& db, const UsageLimits& limits)
    : db_(db), counter_(db, limits, kSeenLive), blocks_(db, counter_), users_(db) {}

Result<void> SqliteUsage::prepare() {
  Result<void> done = counter_.prepare();
  if (!done) return done;
  // Where that cannot be read, counting will say so: it is no reason not to keep events.
  if (!recount_waiting()) waiting_ = kStep;
  if (waiting_ > kMuch) {
    catching_up_ = true;
    log::info("counting the use that " + std::to_string(waiting_) +
              " kept events tell, beside the traffic; until then sallyport discover does not know "
              "all");
  }
  return {};
}

Result<void> SqliteUsage::recount_waiting() {
  const Result<std::int64_t> events =
      db_.integer("SELECT sum(events) FROM usage_waiting JOIN blocks USING (n)");
  if (!events) return std::unexpected(events.error());
  waiting_ = static_cast<std::uint64_t>(*events);
  return {};
}

Result<bool> SqliteUsage::count() {
  if (waiting_ == 0) return false;
  Result<bool> more = count_blocks();
  if (!more) {
    counter_.forget();
    users_.forget();
    return more;
  }
  if (catching_up_ && !*more) {
    catching_up_ = false;
    log::info("counted the use of " + std::to_string(counted_) + " kept events");
  }
  return more;
}

Result<bool> SqliteUsage::count_blocks() {
  if (!exclusions_) {
    // Where they cannot be read nothing is counted, so that nobody is who must not be.
    auto exclusions = read_exclusions(db_);
    if (!exclusions) return pass_on(std::move(exclusions));
    exclusions_ = std::move(*exclusions);
  }
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db_);
  if (!transaction) return pass_on(std::move(transaction));
  std::int64_t last = 0;
  std::uint64_t events = 0;
  bool all = false;
  {
    auto blocks = db_.prepare(
        "SELECT n, events, ids, data FROM usage_waiting LEFT JOIN blocks USING (n) "
        "LEFT JOIN block_events USING (n) ORDER BY n");
    if (!blocks) return pass_on(std::move(blocks));
    while (events < kStep) {
      const Result<bool> row = blocks->step();
      if (!row) return std::unexpected(row.error());
      all = !*row;
      if (all) break;
      last = blocks->integer(0);
      events += static_cast<std::uint64_t>(blocks->integer(1));
      users_.begin_block(last, static_cast<std::uint64_t>(blocks->integer(1)));
      Result<void> done = count_block(blocks->text(2), blocks->text(3));
      if (!done) return pass_on(std::move(done));
    }
  }
  if (last == 0) {
    waiting_ = 0;
    return false;
  }
  const auto kept = counter_.keep();
  if (!kept) return std::unexpected(kept.error());
  Result<void> done;
  if (!kept->empty()) done = counter_.merge_due(kept->back());
  auto remove = db_.prepare("DELETE FROM usage_waiting WHERE n <= ?");
  if (!remove) return pass_on(std::move(remove));
  remove->bind(1, last);
  if (done) done = remove->run();
  if (done) done = users_.keep();
  if (done) done = transaction->commit();
  if (!done) return pass_on(std::move(done));
  counted_ += events;
  waiting_ = all ? 0 : waiting_ - std::min(waiting_, events);
  return !all;
}

Result<void> SqliteUsage::count_block(std::string_view ids, std::string_view data) {
  const Result<OpenBlock> block = OpenBlock::open(ids, data);
  if (!block) {
    log::error("the use that a block of events tells is not counted: " + describe(block.error()));
    users_.forget();
    return {};
  }
  bool unreadable = false;
  for (std::size_t i = 0; i < block->size(); ++i) {
    Event event;
    if (!unpack_event(block->packed(i), event)) {
      log::error("the use that an event tells is not counted: it cannot be read");
      unreadable = true;
      continue;
    }
    users_.add(event.activity.user ? std::string_view(*event.activity.user) : std::string_view());
    if (exclusions_->hold(event.activity)) continue;
    const std::optional<CountedUse> use = count_use(event);
    if (!use) continue;
    Result<void> added = counter_.add(*use);
    if (!added) return added;
  }
  if (unreadable) users_.forget();
  return {};
}

Result<std::uint64_t> SqliteUsage::retain(sys_days oldest, std::uint64_t most_bytes) {
  const auto first = counter_.chunks().first_to_keep(oldest, most_bytes);
  if (!first) return std::unexpected(first.error());
  if (*first) {
    Result<SqliteTransaction> transaction = SqliteTransaction::begin(db_);
    if (!transaction) return pass_on(std::move(transaction));
    Result<void> done = counter_.chunks().remove_before(**first);
    if (done) done = transaction->commit();
    counter_.forget();
    if (!done) return pass_on(std::move(done));
  }
  // What is put together and indexed is no event either.
  const Result<std::int64_t> left = db_.integer(
      "SELECT (SELECT total(length(data)) FROM usage_chunks) + "
      "(SELECT total(length(columns) + length(counts)) FROM usage_block_parts) + "
      "(SELECT total(length(data)) FROM usage_block_totals) + "
      "(SELECT total(length(data)) FROM usage_block_directories)");
  if (!left) return std::unexpected(left.error());
  return static_cast<std::uint64_t>(*left);
}

}  // namespace sallyport::discovery
