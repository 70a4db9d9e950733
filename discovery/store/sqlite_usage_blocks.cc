#include "discovery/store/sqlite_usage_blocks.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/core/log.h"
#include "discovery/store/sqlite_block_entries.h"
#include "discovery/store/usage_chunk.h"

namespace sallyport::discovery {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::chrono::hours kGatherEvery{1};
constexpr std::uint64_t kMany = 20;  // blocks to make at once, about which the log says something

std::int64_t width_of(int level) { return level == kLeafBlock ? 1 : level == kWeekBlock ? 7 : 28; }

}  // namespace

Result<bool> SqliteUsageBlocks::step(Time now) {
  const auto today = std::chrono::floor<days>(now).time_since_epoch().count();
  const Result<bool> gathered = gather(now);
  if (!gathered || *gathered) return gathered;
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db_);
  if (!transaction) return pass_on(std::move(transaction));
  auto place = next_leaf(today);
  for (const int level : {kWeekBlock, kFourWeekBlock}) {
    if (place && !*place) place = next_wider(today, level);
  }
  if (!place) return std::unexpected(place.error());
  if (!*place) {
    if (told_) log::info("put the counted use of " + std::to_string(made_) + " spans together");
    made_ = 0;
    told_ = false;
    return false;
  }
  if (++made_ == kMany && !told_) {
    told_ = true;
    log::info(
        "putting counted use together by app, beside the traffic; until then reports of long "
        "spans take longer");
  }
  Result<void> done = (*place)->level == kLeafBlock ? make_leaf(**place) : make_wider(**place);
  if (done) done = transaction->commit();
  if (!done) return pass_on(std::move(done));
  return true;
}

Result<bool> SqliteUsageBlocks::gather(Time now) {
  if (gathered_ != Time() && now - gathered_ < kGatherEvery && now >= gathered_) return false;
  const auto today = std::chrono::floor<days>(now).time_since_epoch().count();
  // Those that an older version made larger, too.
  const Result<std::int64_t> fresh = db_.integer(
      "SELECT coalesce(min(day), -1) FROM usage_chunks WHERE day < " + std::to_string(today) +
      " AND source = 0 AND days = 1 AND (level = 0 OR (level = 1 AND entries > " +
      std::to_string(kFullChunkEntries) + "))");
  if (!fresh) return std::unexpected(fresh.error());
  if (*fresh < 0) {
    gathered_ = now;
    return false;
  }
  // A day at a time, so that no step lasts.
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db_);
  if (!transaction) return pass_on(std::move(transaction));
  Result<void> done = counter_.gather(sys_days(days(*fresh)));
  if (done) done = transaction->commit();
  if (!done) return pass_on(std::move(done));
  return true;
}

Result<std::optional<SqliteUsageBlocks::Place>> SqliteUsageBlocks::next_leaf(std::int64_t today) {
  auto next = db_.prepare(
      "SELECT source, family, day, max(days) FROM usage_chunks c "
      "WHERE level > 0 AND day < ?1 AND day + days <= ?1 "
      "AND (source = 0 OR source IN (SELECT n FROM usage_imports WHERE state = 1)) "
      "AND NOT EXISTS (SELECT 1 FROM usage_blocks b WHERE b.source = c.source AND "
      "  b.family = c.family AND b.day = c.day AND b.level = 0) "
      "GROUP BY source, family, day "
      // What is damaged has none, and what is half put together by months has none yet.
      "HAVING max(level) < 9 AND min(days) = max(days) LIMIT 1");
  if (!next) return pass_on(std::move(next));
  next->bind(1, today);
  const Result<bool> row = next->step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::optional<Place>();
  return std::optional<Place>(
      {next->integer(0), next->integer(1), next->integer(2), next->integer(3), kLeafBlock});
}

// Of a span that is over.
Result<std::optional<SqliteUsageBlocks::Place>> SqliteUsageBlocks::next_wider(std::int64_t today,
                                                                              int level) {
  const std::int64_t width = width_of(level);
  auto next = db_.prepare(
      "SELECT source, family, day / ?1 * ?1 AS start FROM usage_blocks b "
      "WHERE level = ?2 AND (level > 0 OR days = 1) AND day / ?1 * ?1 + ?1 <= ?3 "
      "AND NOT EXISTS (SELECT 1 FROM usage_blocks w WHERE w.source = b.source AND "
      "  w.family = b.family AND w.day = b.day / ?1 * ?1 AND w.level = ?2 + 1) "
      "GROUP BY source, family, start HAVING count(*) > ?4 "
      // Nor one that reaches over a month: of that no day is known.
      "AND NOT EXISTS (SELECT 1 FROM usage_blocks m WHERE m.source = b.source AND "
      "  m.family = b.family AND m.level = 0 AND m.days > 1 AND m.day < start + ?1 AND "
      "  m.day + m.days > start) "
      "AND NOT EXISTS (SELECT 1 FROM usage_chunks c WHERE c.source = b.source AND "
      "  c.family = b.family AND c.level > 0 AND c.day < start + ?1 AND c.day + c.days > start AND "
      "  c.day > start - 31 AND NOT EXISTS (SELECT 1 FROM usage_blocks l WHERE l.source = c.source "
      "    AND l.family = c.family AND l.day = c.day AND l.level = 0)) LIMIT 1");
  if (!next) return pass_on(std::move(next));
  next->bind(1, width);
  next->bind(2, std::int64_t{level - 1});
  next->bind(3, today);
  // Every day is in a week, so that four weeks need not look for days.
  next->bind(4, std::int64_t{level == kWeekBlock ? 0 : 1});
  const Result<bool> row = next->step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::optional<Place>();
  return std::optional<Place>({next->integer(0), next->integer(1), next->integer(2), width, level});
}

Result<NameNumber> SqliteUsageBlocks::nobody(const Place& place) {
  if (place.family == static_cast<std::int64_t>(UsageFamily::hour)) return UINT32_MAX;
  auto row = db_.prepare("SELECT n FROM usage_names WHERE kind = ? AND name = ''");
  if (!row) return pass_on(std::move(row));
  row->bind(1, std::int64_t{static_cast<std::uint8_t>(NameKind::user)});
  const Result<bool> there = row->step();
  if (!there) return std::unexpected(there.error());
  return *there ? static_cast<NameNumber>(row->integer(0)) : UINT32_MAX;
}

Result<void> SqliteUsageBlocks::make_leaf(const Place& place) {
  const Result<NameNumber> nobody = this->nobody(place);
  if (!nobody) return std::unexpected(nobody.error());
  auto chunks = db_.prepare(
      "SELECT data, n FROM usage_chunks WHERE day = ? AND family = ? AND source = ? AND level > 0");
  if (!chunks) return pass_on(std::move(chunks));
  chunks->bind(1, place.day);
  chunks->bind(2, place.family);
  chunks->bind(3, place.source);
  UsageByService entries;
  std::vector<std::int64_t> damaged;
  while (true) {
    const Result<bool> row = chunks->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    Result<UsageChunk> chunk = UsageChunk::open(chunks->text(0));
    UsageEntry entry;
    while (chunk && chunk->next(entry)) entries.add(entry);
    if (!chunk || chunk->damaged()) damaged.push_back(chunks->integer(1));
  }
  chunks->reset();
  if (!damaged.empty()) return mark_damaged(damaged);
  UsageBlockWriter writer(*nobody, UsageBlockWriter::Packing::zstd);
  entries.write(writer);
  return insert(place, writer.finish());
}

// Never looked at again here, and told to whoever reads it.
Result<void> SqliteUsageBlocks::mark_damaged(const std::vector<std::int64_t>& chunks) {
  auto mark = db_.prepare("UPDATE usage_chunks SET level = 9 WHERE n = ?");
  if (!mark) return pass_on(std::move(mark));
  for (const std::int64_t n : chunks) {
    mark->bind(1, n);
    Result<void> done = mark->run();
    if (!done) return done;
  }
  return {};
}

Result<void> SqliteUsageBlocks::make_wider(const Place& place) {
  const Result<NameNumber> nobody = this->nobody(place);
  if (!nobody) return std::unexpected(nobody.error());
  std::vector<std::unique_ptr<SqliteBlockEntries>> sources;
  {
    auto blocks = db_.prepare(
        "SELECT n, day FROM usage_blocks WHERE source = ? AND family = ? AND day >= ? AND day < ? "
        "AND level = ?");
    if (!blocks) return pass_on(std::move(blocks));
    blocks->bind(1, place.source);
    blocks->bind(2, place.family);
    blocks->bind(3, place.day);
    blocks->bind(4, place.day + place.days);
    blocks->bind(5, std::int64_t{place.level - 1});
    while (true) {
      const Result<bool> row = blocks->step();
      if (!row) return std::unexpected(row.error());
      if (!*row) break;
      auto source = SqliteBlockEntries::open(db_, blocks->integer(0),
                                             (blocks->integer(1) - place.day) * kDayMinutes);
      if (!source) return pass_on(std::move(source));
      sources.push_back(std::move(*source));
    }
  }
  UsageBlockWriter writer(*nobody, UsageBlockWriter::Packing::zstd);
  std::vector<UsageEntry> of_service;
  while (true) {
    // The smallest service that is left, of every source.
    std::optional<NameNumber> service;
    for (const auto& source : sources) {
      if (source->any()) service = std::min(service.value_or(UINT32_MAX), source->service());
    }
    if (!service) break;
    of_service.clear();
    for (const auto& source : sources) {
      while (source->any() && source->service() == *service) {
        of_service.push_back(source->entry());
        Result<void> moved = source->advance();
        if (!moved) return moved;
      }
    }
    std::ranges::sort(of_service,
                      [](const UsageEntry& a, const UsageEntry& b) { return before(a, b); });
    for (const UsageEntry& entry : of_service) writer.add(entry);
  }
  return insert(place, writer.finish());
}

Result<void> SqliteUsageBlocks::insert(const Place& place, const UsageBlockData& data) {
  auto block = db_.prepare(
      "INSERT INTO usage_blocks (source, family, day, days, level) VALUES (?, ?, ?, ?, ?)");
  if (!block) return pass_on(std::move(block));
  block->bind(1, place.source);
  block->bind(2, place.family);
  block->bind(3, place.day);
  block->bind(4, place.days);
  block->bind(5, std::int64_t{place.level});
  Result<void> done = block->run();
  if (!done) return done;
  const Result<std::int64_t> n = db_.integer("SELECT last_insert_rowid()");
  if (!n) return std::unexpected(n.error());
  const std::pair<const char*, const std::string*> sections[] = {
      {"INSERT INTO usage_block_directories (n, data) VALUES (?, ?)", &data.directory},
      {"INSERT INTO usage_block_totals (n, data) VALUES (?, ?)", &data.totals}};
  for (const auto& [sql, bytes] : sections) {
    auto section = db_.prepare(sql);
    if (!section) return pass_on(std::move(section));
    section->bind(1, *n);
    section->bind_blob(2, *bytes);
    done = section->run();
    if (!done) return done;
  }
  auto insert = db_.prepare(
      "INSERT INTO usage_block_parts (block, part, first_service, last_service, columns, counts) "
      "VALUES (?, ?, ?, ?, ?, ?)");
  if (!insert) return pass_on(std::move(insert));
  std::int64_t number = 0;
  for (const UsageBlockData::Part& part : data.parts) {
    insert->bind(1, *n);
    insert->bind(2, number++);
    insert->bind(3, std::int64_t{part.first_service});
    insert->bind(4, std::int64_t{part.last_service});
    insert->bind_blob(5, part.columns);
    insert->bind_blob(6, part.counts);
    done = insert->run();
    if (!done) return done;
  }
  return {};
}

}  // namespace sallyport::discovery
