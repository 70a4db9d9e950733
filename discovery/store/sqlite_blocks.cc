#include "discovery/store/sqlite_blocks.h"

#include <algorithm>
#include <utility>

#include "base/core/text.h"
#include "discovery/events/pack_event.h"
#include "discovery/store/event_block.h"
#include "discovery/store/event_filter.h"
#include "discovery/store/row.h"
#include "discovery/store/sqlite_block_reader.h"
#include "discovery/store/sqlite_candidates.h"
#include "discovery/store/sqlite_values.h"

namespace sallyport::discovery {
namespace {

// Ids are made when an exchange is recorded or begins, so their time is not before the start; the
// rest is for clocks that were set back.
constexpr std::chrono::minutes kIdSlack{10};

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }

std::int64_t millis(Time time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
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

// The id right before `id` in the order.
Ulid before(Ulid id, bool newest) {
  for (std::size_t i = id.bytes.size(); i > 0; --i) {
    std::uint8_t& byte = id.bytes[i - 1];
    const bool carries = newest ? byte == 0xff : byte == 0;
    byte = static_cast<std::uint8_t>(newest ? byte + 1 : byte - 1);
    if (!carries) break;
  }
  return id;
}

Result<void> add_rows(const OpenBlock& block, const Query& query,
                      const std::vector<std::string>& app_ids, const Search& search,
                      RowOrder& rows) {
  for (std::size_t i = 0; i < block.size(); ++i) {
    const Ulid id = block.id(i);
    if (!behind(query, id)) continue;
    if (query.user) {
      // Most of a block are others': a glance tells them, at a tenth of the cost.
      EventGlance seen;
      if (glance(block.packed(i), seen) && !iequals(seen.user, *query.user)) continue;
    }
    Event event;
    if (!unpack_event(block.packed(i), event)) return BlockReader::unknown_words();
    event.id = id;
    if (!matches(query, app_ids, event)) continue;
    if (!search.keeps || search.keeps(event)) rows.add(row_of(event));
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
    if (!unpack_event((*block)->packed(at), event)) return BlockReader::unknown_words();
    event.id = id;
    return std::optional<Event>(std::move(event));
  }
}

Result<std::vector<Row>> find_rows(const SqliteDatabase& db, const Query& query,
                                   const std::vector<std::string>& app_ids, Search& search) {
  const FilterQuestion question(query, app_ids);
  Candidates blocks(db, query);
  Result<void> prepared = blocks.prepare();
  if (!prepared) return pass_on(std::move(prepared));
  Result<BlockReader> reader = BlockReader::make(db);
  if (!reader) return pass_on(std::move(reader));
  RowOrder rows(query.order, std::clamp<std::size_t>(query.limit, 1, kMaxRows));
  while (true) {
    const Result<bool> row = blocks.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    const Ulid last = blocks.last_id();
    // Blocks come in the order of their last ids; their first ones are within kBlockSpan of them.
    const bool newest = query.order == Order::newest_first;
    const Ulid bound = newest ? last : first_id_of(millis_of(last) - kBlockSpanMillis);
    rows.give_out(bound);
    if (rows.full()) return rows.take();
    if (search.stop && search.stop()) {
      search.stopped_at = before(bound, newest);
      if (query.after && !behind(query, *search.stopped_at)) search.stopped_at = query.after;
      return rows.take();
    }
    if (question.denied_by(blocks.filter())) continue;
    Result<std::optional<OpenBlock>> block = reader->open(blocks.n());
    if (!block) return pass_on(std::move(block));
    if (!*block) continue;
    Result<void> added = add_rows(**block, query, app_ids, search, rows);
    if (!added) return pass_on(std::move(added));
  }
  rows.give_out_all();
  return rows.take();
}

}  // namespace sallyport::discovery
