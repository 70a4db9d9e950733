#include "discovery/store/sqlite_blocks.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "discovery/events/pack_event.h"
#include "discovery/events/seen_text.h"
#include "discovery/store/event_block.h"
#include "discovery/store/event_filter.h"
#include "discovery/store/sqlite_values.h"

namespace sallyport::discovery {
namespace {

// Ids are made when an exchange is recorded or begins, so their time is not before the start; the
// rest is for clocks that were set back.
constexpr std::chrono::minutes kIdSlack{10};

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
Time from_micros(std::int64_t count) { return Time(std::chrono::microseconds(count)); }

std::int64_t millis(Time time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

Ulid to_id(std::string_view bytes) {
  Ulid id;
  if (bytes.size() == id.bytes.size()) std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

std::unexpected<Error> unknown_words() {
  return fail(ErrorKind::invalid, Side::ours,
              "an event of the store is damaged, or has words that this version does not know");
}

// Opens blocks by their number.
class BlockReader {
 public:
  static Result<BlockReader> make(const SqliteDatabase& db) {
    auto statement = db.prepare("SELECT ids, data FROM block_events WHERE n = ?");
    if (!statement) return pass_on(std::move(statement));
    return BlockReader(std::move(*statement));
  }

  // Nothing: it was removed meanwhile.
  Result<std::optional<OpenBlock>> open(std::int64_t n) {
    statement_.bind(1, n);
    const Result<bool> row = statement_.step();
    if (!row) return std::unexpected(row.error());
    std::optional<OpenBlock> opened;
    if (*row) {
      Result<OpenBlock> block = OpenBlock::open(statement_.text(0), statement_.text(1));
      if (!block) return pass_on(std::move(block));
      opened = std::move(*block);
    }
    statement_.reset();
    return opened;
  }

 private:
  explicit BlockReader(SqliteStatement statement) : statement_(std::move(statement)) {}
  SqliteStatement statement_;
};

Row row_of(const Event& event) {
  const policy::Activity& facts = event.activity;
  Row row;
  row.id = event.id;
  row.time = event.start;
  row.kind = event.kind;
  row.user = facts.user.value_or("");
  row.client = facts.client.address;
  if (facts.app) {
    row.app_id = facts.app->id;
    row.app_name = facts.app->name;
  }
  row.host = facts.host;
  row.method = facts.method.value_or("");
  row.path = facts.path.value_or("");
  row.type = facts.type;
  row.action = event.verdict.action;
  row.policy = event.verdict.policy;
  row.status = facts.status;
  row.bytes_in = event.bytes_in;
  row.bytes_out = event.bytes_out;
  row.ending = event.ending;
  row.duration_us = event.duration_us;
  if (facts.seen) row.uncommon = seen_traits_text(facts.seen->uncommon);
  return row;
}

// Rows of several blocks, whose ids overlap, in one order: a row is given out once no block that
// follows can have one before it.
class RowOrder {
 public:
  struct Later {
    bool newest;
    bool operator()(const Row& a, const Row& b) const { return newest ? a.id < b.id : a.id > b.id; }
  };

  RowOrder(Order order, std::size_t limit) : newest_(order == Order::newest_first), limit_(limit) {}

  void add(Row row) {
    waiting_.push_back(std::move(row));
    std::push_heap(waiting_.begin(), waiting_.end(), Later{newest_});
  }

  // Nothing follows that stands before `bound` in the order.
  void give_out(const Ulid& bound) {
    while (!waiting_.empty() && !full() &&
           (newest_ ? waiting_.front().id > bound : waiting_.front().id < bound)) {
      give_one();
    }
  }
  void give_out_all() {
    while (!waiting_.empty() && !full()) give_one();
  }

  bool full() const { return rows_.size() >= limit_; }
  std::vector<Row> take() { return std::move(rows_); }

 private:
  void give_one() {
    std::pop_heap(waiting_.begin(), waiting_.end(), Later{newest_});
    rows_.push_back(std::move(waiting_.back()));
    waiting_.pop_back();
  }

  bool newest_;
  std::size_t limit_;
  std::vector<Row> waiting_;  // a heap: the next one in front
  std::vector<Row> rows_;
};

bool behind(const Query& query, const Ulid& id) {
  if (!query.after) return true;
  return query.order == Order::newest_first ? id < *query.after : id > *query.after;
}

Result<void> add_rows(const OpenBlock& block, const Query& query,
                      const std::vector<std::string>& app_ids, RowOrder& rows) {
  for (std::size_t i = 0; i < block.size(); ++i) {
    const Ulid id = block.id(i);
    if (!behind(query, id)) continue;
    Event event;
    if (!unpack_event(block.packed(i), event)) return unknown_words();
    event.id = id;
    if (matches(query, app_ids, event)) rows.add(row_of(event));
  }
  return {};
}

}  // namespace

SqliteQuery blocks_of(const Query& query) {
  SqliteQuery out;
  out.sql = "SELECT n, last_id, filter FROM blocks WHERE last_id >= ?";
  const bool newest = query.order == Order::newest_first;
  Ulid least;
  if (query.since) least = first_id_of(millis(*query.since - kIdSlack));
  if (query.after && !newest) least = std::max(least, *query.after);
  out.values.emplace_back(SqliteBlob{std::string(id_key(least))});
  if (query.after && newest) {
    const std::int64_t last = millis_of(*query.after) + kBlockSpanMillis + 1;
    out.sql += " AND last_id < ? AND first_id < ?";
    out.values.emplace_back(SqliteBlob{std::string(id_key(first_id_of(last)))});
    out.values.emplace_back(SqliteBlob{std::string(id_key(*query.after))});
  }
  // The plus keeps SQLite from the index on time, along which blocks stand in another order.
  if (query.since) {
    out.sql += " AND +last_time >= ?";
    out.values.emplace_back(micros(*query.since));
  }
  if (query.until) {
    out.sql += " AND first_time < ?";
    out.values.emplace_back(micros(*query.until));
  }
  out.sql += newest ? " ORDER BY last_id DESC" : " ORDER BY last_id";
  return out;
}

Result<std::optional<Event>> find_event(const SqliteDatabase& db, const Ulid& id) {
  auto blocks = db.prepare(
      "SELECT n, ids FROM blocks JOIN block_events USING (n) "
      "WHERE last_id >= ?1 AND last_id < ?2 AND first_id <= ?1");
  if (!blocks) return pass_on(std::move(blocks));
  const Ulid behind = first_id_of(millis_of(id) + kBlockSpanMillis + 1);
  blocks->bind_blob(1, id_key(id));
  blocks->bind_blob(2, id_key(behind));
  while (true) {
    const Result<bool> row = blocks->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return std::optional<Event>();
    const std::size_t at = find_id(blocks->text(1), id);
    if (at == kNotThere) continue;
    Result<BlockReader> reader = BlockReader::make(db);
    if (!reader) return pass_on(std::move(reader));
    Result<std::optional<OpenBlock>> block = reader->open(blocks->integer(0));
    if (!block) return pass_on(std::move(block));
    if (!*block) return std::optional<Event>();
    Event event;
    if (!unpack_event((*block)->packed(at), event)) return unknown_words();
    event.id = id;
    return std::optional<Event>(std::move(event));
  }
}

Result<std::vector<Row>> find_rows(const SqliteDatabase& db, const Query& query,
                                   const std::vector<std::string>& app_ids) {
  const FilterQuestion question(query, app_ids);
  const SqliteQuery asked = blocks_of(query);
  auto blocks = db.prepare(asked.sql);
  if (!blocks) return pass_on(std::move(blocks));
  bind_values(*blocks, asked);
  Result<BlockReader> reader = BlockReader::make(db);
  if (!reader) return pass_on(std::move(reader));
  RowOrder rows(query.order, std::clamp<std::size_t>(query.limit, 1, kMaxRows));
  while (true) {
    const Result<bool> row = blocks->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    const Ulid last = to_id(blocks->text(1));
    // Blocks come in the order of their last ids; their first ones are within kBlockSpan of them.
    rows.give_out(query.order == Order::newest_first
                      ? last
                      : first_id_of(millis_of(last) - kBlockSpanMillis));
    if (rows.full()) return rows.take();
    if (question.denied_by(blocks->text(2))) continue;
    Result<std::optional<OpenBlock>> block = reader->open(blocks->integer(0));
    if (!block) return pass_on(std::move(block));
    if (!*block) continue;
    Result<void> added = add_rows(**block, query, app_ids, rows);
    if (!added) return pass_on(std::move(added));
  }
  rows.give_out_all();
  return rows.take();
}

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
  PastOrder(Time since, Time until, const std::function<void(const PastEvent&)>& each)
      : since_(since), until_(until), each_(each) {}

  Result<void> add(std::int64_t n, OpenBlock opened) {
    const auto block = std::make_shared<const OpenBlock>(std::move(opened));
    for (std::size_t i = 0; i < block->size(); ++i) {
      EventGlance event;
      if (!glance(block->packed(i), event)) return unknown_words();
      if (event.start < since_ || event.start >= until_) continue;
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
  PastOrder order(since, until, each);
  NextBlocks next{micros(since), -1};  // Blocks count from 1.
  while (true) {
    const auto blocks = next.read(*statement, until);
    if (!blocks) return std::unexpected(blocks.error());
    if (blocks->empty()) break;
    for (const auto& [n, first_time, last_time] : *blocks) {
      order.tell(from_micros(last_time) - kBlockSpan);
      if (from_micros(first_time) >= until) continue;
      Result<std::optional<OpenBlock>> block = reader->open(n);
      if (!block) return pass_on(std::move(block));
      if (!*block) continue;
      Result<void> added = order.add(n, std::move(**block));
      if (!added) return added;
    }
  }
  order.tell_all();
  return {};
}

}  // namespace sallyport::discovery
