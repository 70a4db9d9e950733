#include "discovery/store/sqlite_block_users.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/core/log.h"
#include "discovery/events/pack_event.h"
#include "discovery/store/event_block.h"
#include "discovery/store/event_filter.h"

namespace sallyport::discovery {
namespace {

constexpr std::uint64_t kSpanEvents = 8192;
constexpr std::int64_t kMostSpanWidth = 32 * 1024;  // numbers
constexpr std::size_t kMostFound = 20'000;          // blocks

Result<std::vector<std::pair<std::int64_t, std::int64_t>>> read_spans(const SqliteDatabase& db) {
  auto rows = db.prepare("SELECT first_n, last_n FROM block_spans ORDER BY first_n");
  if (!rows) return pass_on(std::move(rows));
  std::vector<std::pair<std::int64_t, std::int64_t>> spans;
  while (true) {
    const Result<bool> row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return spans;
    spans.emplace_back(rows->integer(0), rows->integer(1));
  }
}

// The keys of the users of a block's events. False: some of it cannot be read.
bool read_users(std::string_view ids, std::string_view data, std::vector<std::uint64_t>& users) {
  users.clear();
  const Result<OpenBlock> block = OpenBlock::open(ids, data);
  if (!block) return false;
  for (std::size_t i = 0; i < block->size(); ++i) {
    EventGlance event;
    if (!glance(block->packed(i), event)) return false;
    users.push_back(user_key(event.user));
  }
  return true;
}

}  // namespace

void SqliteBlockUsers::begin_block(std::int64_t n, std::uint64_t events) {
  if (blocks_ > 0 && (n <= last_ || n - first_ >= kMostSpanWidth)) forget();
  if (blocks_ == 0) first_ = n;
  last_ = n;
  ++blocks_;
  events_ += events;
}

void SqliteBlockUsers::add(std::string_view user) { builder_.add(last_, user_key(user)); }

void SqliteBlockUsers::forget() {
  (void)builder_.build(0);
  blocks_ = events_ = 0;
}

Result<void> SqliteBlockUsers::keep() {
  if (events_ < kSpanEvents) return {};
  // Whatever else has a number between them is in no span.
  const Result<std::int64_t> there =
      db_.integer("SELECT count(*) FROM blocks WHERE n BETWEEN " + std::to_string(first_) +
                  " AND " + std::to_string(last_));
  if (!there) return std::unexpected(there.error());
  Result<void> done;
  if (static_cast<std::uint64_t>(*there) == blocks_) done = insert(first_, last_, builder_);
  forget();
  return done;
}

Result<void> SqliteBlockUsers::insert(std::int64_t first, std::int64_t last,
                                      BlockUsersBuilder& builder) {
  auto span = db_.prepare("INSERT INTO block_spans (first_n, last_n) VALUES (?, ?)");
  if (!span) return pass_on(std::move(span));
  span->bind(1, first);
  span->bind(2, last);
  Result<void> done = span->run();
  if (!done) return done;
  auto insert = db_.prepare("INSERT INTO block_users (bucket, first_n, data) VALUES (?, ?, ?)");
  if (!insert) return pass_on(std::move(insert));
  const std::vector<std::string> buckets = builder.build(first);
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (buckets[i].empty()) continue;
    insert->bind(1, static_cast<std::int64_t>(i));
    insert->bind(2, first);
    insert->bind_blob(3, buckets[i]);
    done = insert->run();
    if (!done) return done;
  }
  return {};
}

Result<bool> SqliteBlockUsers::catch_up() {
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db_);
  if (!transaction) return pass_on(std::move(transaction));
  Result<void> done = db_.execute(
      "DELETE FROM block_spans WHERE last_n < (SELECT coalesce(min(n), 9223372036854775807) "
      "FROM blocks)");
  if (!done) return pass_on(std::move(done));
  // The first block behind which there is a gap.
  const auto spans = read_spans(db_);
  if (!spans) return std::unexpected(spans.error());
  std::int64_t behind = 0;
  const auto first = db_.integer("SELECT coalesce(min(n), 0) FROM blocks");
  if (!first) return std::unexpected(first.error());
  behind = *first - 1;
  for (const auto& [begin, end] : *spans) {
    if (begin > behind + 1) {
      // Numbers may be missing.
      const auto between =
          db_.integer("SELECT count(*) FROM (SELECT 1 FROM blocks WHERE n > " +
                      std::to_string(behind) + " AND n < " + std::to_string(begin) + " LIMIT 1)");
      if (!between) return std::unexpected(between.error());
      if (*between > 0) break;
    }
    behind = end;
  }
  const Result<bool> more = index_from(behind);
  if (!more) return more;
  done = transaction->commit();
  if (!done) return pass_on(std::move(done));
  return more;
}

// Up to the next span, or what waits to be counted, or what is counted and not kept yet.
Result<bool> SqliteBlockUsers::index_from(std::int64_t behind) {
  auto blocks = db_.prepare(
      "SELECT n, ids, data FROM block_events WHERE n > ?1 AND n < min("
      "coalesce((SELECT min(first_n) FROM block_spans WHERE first_n > ?1), 9223372036854775807), "
      "coalesce((SELECT min(n) FROM usage_waiting), 9223372036854775807), ?2) ORDER BY n");
  if (!blocks) return pass_on(std::move(blocks));
  blocks->bind(1, behind);
  blocks->bind(2, blocks_ > 0 ? first_ : INT64_MAX);
  BlockUsersBuilder builder;
  std::int64_t first = 0, last = 0;
  std::uint64_t events = 0;
  bool ended = false;
  std::vector<std::uint64_t> users;  // of one block
  while (events < kSpanEvents) {
    const Result<bool> row = blocks->step();
    if (!row) return std::unexpected(row.error());
    ended = !*row;
    if (ended) break;
    const std::int64_t n = blocks->integer(0);
    if (first != 0 && n - first >= kMostSpanWidth) break;
    // What cannot be read is told to whoever asks for it; here it is in no span.
    if (!read_users(blocks->text(1), blocks->text(2), users)) break;
    if (first == 0) first = n;
    last = n;
    for (const std::uint64_t user : users) builder.add(n, user);
    events += users.size();
  }
  blocks->reset();
  auto next =
      db_.integer("SELECT count(*) FROM block_spans WHERE first_n > " + std::to_string(behind));
  if (!next) return std::unexpected(next.error());
  // The end of the store waits until there is enough, so that spans are not small.
  if (first == 0 || (ended && events < kSpanEvents && *next == 0)) {
    if (caught_up_ > 0) {
      log::info("indexed the users of " + std::to_string(caught_up_) + " kept events");
    }
    caught_up_ = 0;
    return false;
  }
  Result<void> done = insert(first, last, builder);
  if (!done) return pass_on(std::move(done));
  caught_up_ += events;
  return true;
}

Result<std::optional<std::vector<std::int64_t>>> blocks_with_user(const SqliteDatabase& db,
                                                                  std::string_view user) {
  const std::uint64_t key = user_key(user);
  std::vector<std::int64_t> found;
  std::vector<std::pair<std::int64_t, std::int64_t>> spans;
  auto rows = db.prepare(
      "SELECT s.first_n, s.last_n, data FROM block_spans s LEFT JOIN block_users u "
      "ON u.first_n = s.first_n AND u.bucket = ? ORDER BY s.first_n");
  if (!rows) return pass_on(std::move(rows));
  rows->bind(1, static_cast<std::int64_t>(bucket_of(key)));
  while (true) {
    const Result<bool> row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    spans.emplace_back(rows->integer(0), rows->integer(1));
    Result<void> read = find_user_blocks(rows->text(2), key, spans.back().first, found);
    if (!read) return pass_on(std::move(read));
    if (found.size() > kMostFound) return std::optional<std::vector<std::int64_t>>();
  }
  // And every block that is in no span.
  auto others = db.prepare("SELECT n FROM blocks WHERE n > ? AND n < ? LIMIT ?");
  if (!others) return pass_on(std::move(others));
  std::int64_t behind = INT64_MIN;
  spans.emplace_back(INT64_MAX, INT64_MAX);
  for (const auto& [first, last] : spans) {
    if (first - 1 > behind || behind == INT64_MIN) {
      others->bind(1, behind);
      others->bind(2, first);
      others->bind(3, static_cast<std::int64_t>(kMostFound + 1));
      while (true) {
        const Result<bool> row = others->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) break;
        found.push_back(others->integer(0));
      }
      others->reset();
      if (found.size() > kMostFound) return std::optional<std::vector<std::int64_t>>();
    }
    behind = last;
  }
  std::ranges::sort(found);
  return std::optional(std::move(found));
}

}  // namespace sallyport::discovery
