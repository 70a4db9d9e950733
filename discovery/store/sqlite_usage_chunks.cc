#include "discovery/store/sqlite_usage_chunks.h"

#include "base/core/log.h"
#include "discovery/store/usage_merge.h"

namespace sallyport::discovery {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::int64_t kMostFresh = 16;  // chunks of a day and family, before they are merged

// Of `level` in usage_chunks.
constexpr int kFresh = 0;
constexpr int kMerged = 1;
constexpr int kDamaged = 9;  // and never touched again

std::int64_t number_of(sys_days day) { return day.time_since_epoch().count(); }
sys_days day_of(std::int64_t number) { return sys_days(days(number)); }
std::int64_t number_of(UsageFamily family) { return static_cast<std::uint8_t>(family); }

UsagePeriod month_of(sys_days day) {
  const std::chrono::year_month_day date(day);
  const sys_days first = date.year() / date.month() / 1;
  const sys_days last = date.year() / date.month() / std::chrono::last;
  return {first, static_cast<unsigned>((last - first).count() + 1)};
}

}  // namespace

Result<void> SqliteUsageChunks::prepare() {
  const std::pair<SqliteStatement*, std::string_view> all[] = {
      {&insert_,
       "INSERT INTO usage_chunks (day, days, family, level, entries, first_user, last_user, data, "
       "source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"},
      {&read_, "SELECT data FROM usage_chunks WHERE n = ?"},
      {&remove_, "DELETE FROM usage_chunks WHERE n = ?"},
      {&mark_, "UPDATE usage_chunks SET level = 9 WHERE n = ?"},
  };
  static_assert(kDamaged == 9);
  for (const auto& [statement, sql] : all) {
    Result<SqliteStatement> prepared = db_.prepare(sql);
    if (!prepared) return pass_on(std::move(prepared));
    *statement = std::move(*prepared);
  }
  return {};
}

Result<void> SqliteUsageChunks::insert_fresh(sys_days day, UsageFamily family,
                                             UsageChunkWriter& chunk) {
  if (chunk.entries() == 0) return {};
  const int level = source_ == kSeenLive ? kFresh : kMerged;
  return insert({{day, 1}, family, level, source_}, make(chunk));
}

SqliteUsageChunks::Made SqliteUsageChunks::make(UsageChunkWriter& writer) {
  Made made{writer.entries(), writer.first_user(), writer.last_user(), {}};
  made.data = writer.finish();
  return made;
}

Result<void> SqliteUsageChunks::insert(const Place& place, const Made& chunk) {
  insert_.bind(1, number_of(place.period.day));
  insert_.bind(2, std::int64_t{place.period.days});
  insert_.bind(3, number_of(place.family));
  insert_.bind(4, std::int64_t{place.level});
  insert_.bind(5, static_cast<std::int64_t>(chunk.entries));
  insert_.bind(6, std::int64_t{chunk.first_user});
  insert_.bind(7, std::int64_t{chunk.last_user});
  insert_.bind_blob(8, chunk.data);
  insert_.bind(9, place.source);
  return insert_.run();
}

// ---- Merging

Result<SqliteUsageChunks::Merged> SqliteUsageChunks::merge_due(sys_days newest) {
  std::vector<std::pair<sys_days, UsageFamily>> due;
  {
    auto fresh = db_.prepare(
        "SELECT day, family, count(*) FROM usage_chunks WHERE level = 0 GROUP BY day, family");
    // Those of imports never are.
    if (!fresh) return pass_on(std::move(fresh));
    while (true) {
      const Result<bool> row = fresh->step();
      if (!row) return std::unexpected(row.error());
      if (!*row) break;
      const sys_days day = day_of(fresh->integer(0));
      if (fresh->integer(2) < kMostFresh && day + days(2) > newest) continue;
      due.emplace_back(day, static_cast<UsageFamily>(fresh->integer(1)));
    }
  }
  Merged merged;
  for (const auto& [day, family] : due) {
    const auto entries = gather(day, family);
    if (!entries) return std::unexpected(entries.error());
    if (*entries && family == UsageFamily::who) merged.emplace_back(day, **entries);
  }
  return merged;
}

Result<std::optional<std::size_t>> SqliteUsageChunks::gather(sys_days day, UsageFamily family) {
  auto statement = db_.prepare(
      "SELECT n, day FROM usage_chunks "
      "WHERE day = ? AND days = 1 AND family = ? AND source = ? AND level < 9");
  if (!statement) return pass_on(std::move(statement));
  statement->bind(1, number_of(day));
  statement->bind(2, number_of(family));
  statement->bind(3, source_);
  const auto sources = this->sources(*statement);
  if (!sources) return std::unexpected(sources.error());
  return rewrite(*sources, {{day, 1}, family, kMerged, source_});
}

Result<std::vector<SqliteUsageChunks::Source>> SqliteUsageChunks::sources(
    SqliteStatement& statement) {
  std::vector<Source> found;
  while (true) {
    const Result<bool> row = statement.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    found.push_back({statement.integer(0), day_of(statement.integer(1))});
  }
  statement.reset();
  return found;
}

Result<std::optional<std::size_t>> SqliteUsageChunks::rewrite(const std::vector<Source>& sources,
                                                              const Place& place) {
  UsageMerge merge;
  for (const Source& source : sources) {
    read_.bind(1, source.n);
    const Result<bool> row = read_.step();
    if (!row) return std::unexpected(row.error());
    Result<UsageChunk> chunk = UsageChunk::open(*row ? read_.text(0) : std::string_view());
    read_.reset();
    if (!chunk) {
      log::error(describe(chunk.error()));
      Result<void> marked = mark_damaged({source});
      if (!marked) return pass_on(std::move(marked));
      return std::optional<std::size_t>();
    }
    merge.add(std::move(*chunk), (source.day - place.period.day).count() * kDayMinutes);
  }
  std::vector<Made> made;
  std::size_t entries = 0;
  UsageEntry entry;
  while (merge.next(entry)) {
    writer_.add(entry);
    ++entries;
    if (writer_.full()) made.push_back(make(writer_));
  }
  if (writer_.entries() > 0) made.push_back(make(writer_));
  Result<void> done = merge.damaged() ? mark_damaged(sources) : remove(sources);
  if (done && merge.damaged()) return std::optional<std::size_t>();
  for (const Made& chunk : made) {
    if (done) done = insert(place, chunk);
  }
  if (!done) return pass_on(std::move(done));
  return std::optional(entries);
}

Result<void> SqliteUsageChunks::remove(const std::vector<Source>& sources) {
  for (const Source& source : sources) {
    remove_.bind(1, source.n);
    Result<void> done = remove_.run();
    if (!done) return done;
  }
  return {};
}

Result<void> SqliteUsageChunks::mark_damaged(const std::vector<Source>& sources) {
  for (const Source& source : sources) {
    mark_.bind(1, source.n);
    Result<void> done = mark_.run();
    if (!done) return done;
  }
  return {};
}

// ---- Thinning

Result<bool> SqliteUsageChunks::thin(sys_days before) {
  auto next = db_.prepare(
      "SELECT n, day, family, first_user, last_user, source FROM usage_chunks "
      "WHERE day < ? AND days = 1 AND level < 9 ORDER BY day, n LIMIT 1");
  if (!next) return pass_on(std::move(next));
  next->bind(1, number_of(month_of(before).day));
  const Result<bool> row = next->step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return false;
  const Source source{next->integer(0), day_of(next->integer(1))};
  const Place place{month_of(source.day), static_cast<UsageFamily>(next->integer(2)), kMerged,
                    next->integer(5)};
  const std::int64_t first_user = next->integer(3);
  const std::int64_t last_user = next->integer(4);
  next->reset();
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db_);
  if (!transaction) return pass_on(std::move(transaction));
  auto same = db_.prepare(
      "SELECT n, day FROM usage_chunks WHERE day = ? AND days > 1 AND family = ? AND level < 9 "
      "AND first_user <= ? AND last_user >= ? AND source = ?");
  if (!same) return pass_on(std::move(same));
  same->bind(1, number_of(place.period.day));
  same->bind(2, number_of(place.family));
  same->bind(3, last_user);
  same->bind(4, first_user);
  same->bind(5, place.source);
  auto sources = this->sources(*same);
  if (!sources) return std::unexpected(sources.error());
  sources->push_back(source);
  const auto entries = rewrite(*sources, place);
  if (!entries) return std::unexpected(entries.error());
  Result<void> done = transaction->commit();
  if (!done) return pass_on(std::move(done));
  return true;
}

// ---- Deleting

Result<std::optional<sys_days>> SqliteUsageChunks::first_to_keep(sys_days oldest,
                                                                 std::uint64_t most_bytes) {
  auto chunks = db_.prepare(
      "SELECT day, max(day + days), sum(length(data)) FROM usage_chunks GROUP BY day "
      "ORDER BY day DESC");
  if (!chunks) return pass_on(std::move(chunks));
  std::uint64_t bytes = 0;
  std::optional<sys_days> kept;
  while (true) {
    const Result<bool> row = chunks->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return std::optional<sys_days>();
    const sys_days day = day_of(chunks->integer(0));
    const sys_days end = day_of(chunks->integer(1));
    bytes += static_cast<std::uint64_t>(chunks->integer(2));
    // The newest stays in any case.
    const bool too_much = most_bytes != 0 && bytes > most_bytes && kept;
    if (end <= oldest || too_much) return std::optional(kept.value_or(end));
    kept = day;
  }
}

Result<void> SqliteUsageChunks::remove_before(sys_days day) {
  for (const char* sql :
       {"DELETE FROM usage_chunks WHERE day < ?", "DELETE FROM usage_names WHERE last_day < ?"}) {
    auto remove = db_.prepare(sql);
    if (!remove) return pass_on(std::move(remove));
    remove->bind(1, number_of(day));
    Result<void> done = remove->run();
    if (!done) return done;
  }
  return {};
}

}  // namespace sallyport::discovery
