// Reading what happened in a span of time: slices, read_past(), read_past_of().

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include "base/core/text.h"
#include "discovery/events/pack_event.h"
#include "discovery/store/event_block.h"
#include "discovery/store/sqlite_block_reader.h"
#include "discovery/store/sqlite_block_users.h"
#include "discovery/store/sqlite_blocks.h"

namespace sallyport::discovery {
namespace {

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
Time from_micros(std::int64_t count) { return Time(std::chrono::microseconds(count)); }

}  // namespace

Result<std::vector<Slice>> slices(const SqliteDatabase& db, Time since, Time until,
                                  std::size_t events_each) {
  std::vector<Slice> found;
  if (until <= since) return found;
  auto blocks = db.prepare(
      "SELECT first_time, last_time, events FROM blocks WHERE last_time >= ? AND first_time < ? "
      "ORDER BY last_time");
  if (!blocks) return pass_on(std::move(blocks));
  blocks->bind(1, micros(since));
  blocks->bind(2, micros(until));
  Time begin = since;
  std::uint64_t events = 0;
  while (true) {
    const Result<bool> row = blocks->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    const Time first = from_micros(blocks->integer(0));
    const Time last = from_micros(blocks->integer(1));
    const auto count = static_cast<std::uint64_t>(blocks->integer(2));
    // Of a block that reaches over an end, the part that its time suggests.
    const auto whole = (last - first).count() + 1;
    const auto inside =
        (std::min(last, until - Time::duration(1)) - std::max(first, since)).count() + 1;
    events += std::max<std::uint64_t>(
        1, count * static_cast<std::uint64_t>(inside) / static_cast<std::uint64_t>(whole));
    const Time end = std::min(until, last + Time::duration(1));
    if (events < events_each || end <= begin) continue;
    found.push_back({begin, end, events});
    begin = end;
    events = 0;
  }
  if (events > 0 && begin < until) found.push_back({begin, until, events});
  if (events > 0 && begin >= until) found.back().events += events;
  return found;
}

namespace {

// Events of blocks that overlap, by their start and then in the order of recording.
class PastOrder {
 public:
  // `user`: only theirs; nothing: all.
  PastOrder(Time since, Time until, const std::string* user,
            const std::function<void(const PastEvent&)>& each)
      : since_(since), until_(until), user_(user), each_(each) {}

  // A block that has gone meanwhile has nothing to tell.
  Result<void> add(BlockReader& reader, std::int64_t n) {
    Result<std::optional<OpenBlock>> opened = reader.open(n);
    if (!opened) return pass_on(std::move(opened));
    if (!*opened) return {};
    const auto block = std::make_shared<const OpenBlock>(std::move(**opened));
    for (std::size_t i = 0; i < block->size(); ++i) {
      EventGlance event;
      if (!glance(block->packed(i), event)) return BlockReader::unknown_words();
      if (event.start < since_ || event.start >= until_) continue;
      if (user_ != nullptr && !iequals(event.user, *user_)) continue;
      waiting_.push_back({block->id(i), n, event, block});
      std::push_heap(waiting_.begin(), waiting_.end(), later);
    }
    return {};
  }

  // Nothing follows that began before `bound`.
  void tell(Time bound) {
    while (!waiting_.empty() && waiting_.front().event.start < bound) tell_one();
  }
  void tell_all() {
    while (!waiting_.empty()) tell_one();
  }

 private:
  struct Waiting {
    Ulid id;
    std::int64_t n = 0;
    EventGlance event;
    std::shared_ptr<const OpenBlock> block;  // that the texts borrow from
  };

  static bool later(const Waiting& a, const Waiting& b) {
    return std::tie(a.event.start, a.n, a.id) > std::tie(b.event.start, b.n, b.id);
  }

  void tell_one() {
    std::pop_heap(waiting_.begin(), waiting_.end(), later);
    const Waiting next = std::move(waiting_.back());
    waiting_.pop_back();
    const EventGlance& event = next.event;
    each_({.id = next.id,
           .time = event.start,
           .kind = event.kind,
           .ending = event.ending,
           .action = event.action,
           .policy = event.policy,
           .user = event.user,
           .app_id = event.app_id,
           .bytes_in = event.bytes_in,
           .bytes_out = event.bytes_out,
           .facts = event.facts,
           .granted = event.granted,
           .suspended = event.suspended});
  }

  const Time since_;
  const Time until_;
  const std::string* const user_;
  const std::function<void(const PastEvent&)>& each_;
  std::vector<Waiting> waiting_;  // a heap: the earliest in front
};

// Blocks in the order of their last start, from one on.
struct NextBlocks {
  std::int64_t time = 0;
  std::int64_t n = 0;
  struct One {
    std::int64_t n;
    std::int64_t first_time;
    std::int64_t last_time;
  };

  static constexpr std::int64_t kStep = 64;

  Result<std::vector<One>> read(SqliteStatement& statement, Time until) {
    statement.bind(1, time);
    statement.bind(2, n);
    // What ends later than this cannot have begun in time.
    statement.bind(3, micros(until + kBlockSpan));
    statement.bind(4, kStep);
    std::vector<One> found;
    while (true) {
      const Result<bool> row = statement.step();
      if (!row) return std::unexpected(row.error());
      if (!*row) break;
      found.push_back({statement.integer(0), statement.integer(1), statement.integer(2)});
      time = found.back().last_time;
      n = found.back().n;
    }
    statement.reset();
    return found;
  }
};

}  // namespace

Result<void> read_past(const SqliteDatabase& db, Time since, Time until,
                       const std::function<void(const PastEvent&)>& each) {
  if (until <= since) return {};
  auto statement = db.prepare(
      "SELECT n, first_time, last_time FROM blocks WHERE (last_time, n) > (?, ?) "
      "AND last_time <= ? ORDER BY last_time, n LIMIT ?");
  if (!statement) return pass_on(std::move(statement));
  Result<BlockReader> reader = BlockReader::make(db);
  if (!reader) return pass_on(std::move(reader));
  PastOrder order(since, until, nullptr, each);
  NextBlocks next{micros(since), -1};  // Blocks count from 1.
  while (true) {
    const auto blocks = next.read(*statement, until);
    if (!blocks) return std::unexpected(blocks.error());
    if (blocks->empty()) break;
    for (const auto& [n, first_time, last_time] : *blocks) {
      order.tell(from_micros(last_time) - kBlockSpan);
      if (from_micros(first_time) >= until) continue;
      Result<void> added = order.add(*reader, n);
      if (!added) return added;
    }
  }
  order.tell_all();
  return {};
}

namespace {

// Those of the blocks that reach into the span, by their last start.
Result<std::vector<NextBlocks::One>> in_span(const SqliteDatabase& db,
                                             const std::vector<std::int64_t>& numbers, Time since,
                                             Time until) {
  auto block = db.prepare(
      "SELECT first_time, last_time FROM blocks WHERE n = ? AND +last_time >= ? AND first_time < "
      "?");
  if (!block) return pass_on(std::move(block));
  std::vector<NextBlocks::One> found;
  for (const std::int64_t n : numbers) {
    block->bind(1, n);
    block->bind(2, micros(since));
    block->bind(3, micros(until));
    const Result<bool> row = block->step();
    if (!row) return std::unexpected(row.error());
    if (*row) found.push_back({n, block->integer(0), block->integer(1)});
    block->reset();
  }
  std::ranges::sort(found, [](const auto& a, const auto& b) {
    return std::tie(a.last_time, a.n) < std::tie(b.last_time, b.n);
  });
  return found;
}

}  // namespace

Result<Time> start_of_latest(const SqliteDatabase& db, Time since, Time until, std::size_t events) {
  auto blocks = db.prepare(
      "SELECT last_time, events FROM blocks WHERE last_time >= ? AND last_time < ? "
      "ORDER BY last_time DESC");
  if (!blocks) return pass_on(std::move(blocks));
  blocks->bind(1, micros(since));
  // What ends later than this cannot have begun before.
  blocks->bind(2, micros(until + kBlockSpan));
  std::uint64_t found = 0;
  while (true) {
    const Result<bool> row = blocks->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return since;
    // All that began behind this moment is in blocks that were passed.
    const Time behind = from_micros(blocks->integer(0)) + Time::duration(1);
    if (found >= events && behind < until) return std::max(behind, since);
    found += static_cast<std::uint64_t>(blocks->integer(1));
  }
}

Result<void> read_past_of(const SqliteDatabase& db, const std::string& user, Time since, Time until,
                          const std::function<void(const PastEvent&)>& each) {
  if (until <= since) return {};
  const auto numbers = blocks_with_user(db, user);
  if (!numbers) return std::unexpected(numbers.error());
  if (!*numbers) {
    // There are so many that reading all is no more work.
    return read_past(db, since, until, [&](const PastEvent& event) {
      if (iequals(event.user, user)) each(event);
    });
  }
  const auto blocks = in_span(db, **numbers, since, until);
  if (!blocks) return std::unexpected(blocks.error());
  Result<BlockReader> reader = BlockReader::make(db);
  if (!reader) return pass_on(std::move(reader));
  PastOrder order(since, until, &user, each);
  for (const auto& [n, first_time, last_time] : *blocks) {
    order.tell(from_micros(last_time) - kBlockSpan);
    Result<void> added = order.add(*reader, n);
    if (!added) return added;
  }
  order.tell_all();
  return {};
}

}  // namespace sallyport::discovery
