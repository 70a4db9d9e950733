#include "discovery/store/sqlite_usage.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/core/log.h"
#include "discovery/events/pack_event.h"
#include "discovery/store/event_block.h"
#include "discovery/store/usage_merge.h"

namespace sallyport::discovery {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::int64_t kFreshChunks = 16;  // of a day and family, before they are merged
constexpr std::size_t kDaysInMemory = 4;
// More than that waits only in a store that was not counted before, or after long trouble.
constexpr std::uint64_t kMuch = 20 * SqliteUsage::kStep;

std::int64_t number_of(sys_days day) { return day.time_since_epoch().count(); }
sys_days day_of(std::int64_t number) { return sys_days(days(number)); }

using Entries = std::map<std::pair<Who, NameNumber>, UsageEntry>;

void add_entry(Entries& entries, const UsageEntry& entry) {
  const auto [at, fresh] = entries.try_emplace({entry.who, entry.service}, entry);
  if (!fresh) at->second.add(entry);
}

}  // namespace

struct SqliteUsage::Tally {
  Entries by_who;
  Entries by_hour;
};

SqliteUsage::SqliteUsage(const SqliteDatabase& db, const UsageLimits& limits)
    : db_(db), limits_(limits), names_(db, limits) {}

Result<void> SqliteUsage::prepare() {
  Result<SqliteStatement> insert = db_.prepare(
      "INSERT INTO usage_chunks (day, family, level, entries, data) VALUES (?, ?, ?, ?, ?)");
  if (!insert) return pass_on(std::move(insert));
  insert_ = std::move(*insert);
  Result<void> done = names_.prepare();
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

void SqliteUsage::forget() {
  names_.forget();
  days_.clear();
}

Result<bool> SqliteUsage::count() {
  Result<bool> more = count_blocks();
  if (!more) {
    forget();
    return more;
  }
  if (catching_up_ && !*more) {
    catching_up_ = false;
    log::info("counted the use of " + std::to_string(counted_) + " kept events");
  }
  return more;
}

Result<bool> SqliteUsage::count_blocks() {
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(db_);
  if (!transaction) return pass_on(std::move(transaction));
  Tallies tallies;
  std::int64_t last = 0;
  std::uint64_t events = 0;
  {
    auto blocks = db_.prepare(
        "SELECT n, events, ids, data FROM usage_waiting LEFT JOIN blocks USING (n) "
        "LEFT JOIN block_events USING (n) ORDER BY n");
    if (!blocks) return pass_on(std::move(blocks));
    while (events < kStep) {
      const Result<bool> row = blocks->step();
      if (!row) return std::unexpected(row.error());
      if (!*row) break;
      last = blocks->integer(0);
      events += static_cast<std::uint64_t>(blocks->integer(1));
      Result<void> done = count_block(blocks->text(2), blocks->text(3), tallies);
      if (!done) return pass_on(std::move(done));
    }
  }
  if (last == 0) return false;
  Result<void> done = keep(tallies);
  auto remove = db_.prepare("DELETE FROM usage_waiting WHERE n <= ?");
  if (!remove) return pass_on(std::move(remove));
  remove->bind(1, last);
  if (done) done = remove->run();
  if (done && !tallies.empty()) done = merge_due(tallies.rbegin()->first);
  if (done) done = transaction->commit();
  if (done) done = recount_waiting();
  if (!done) return pass_on(std::move(done));
  counted_ += events;
  return waiting_ > 0;
}

Result<void> SqliteUsage::count_block(std::string_view ids, std::string_view data,
                                      Tallies& tallies) {
  const Result<OpenBlock> block = OpenBlock::open(ids, data);
  if (!block) {
    log::error("the use that a block of events tells is not counted: " + describe(block.error()));
    return {};
  }
  for (std::size_t i = 0; i < block->size(); ++i) {
    Event event;
    if (!unpack_event(block->packed(i), event)) {
      log::error("the use that an event tells is not counted: it cannot be read");
      continue;
    }
    const std::optional<CountedUse> use = count_use(event);
    if (!use) continue;
    Result<void> added = add(*use, tallies);
    if (!added) return added;
  }
  return {};
}

Result<void> SqliteUsage::add(const CountedUse& use, Tallies& tallies) {
  const Result<UsageDay*> day = this->day(use.day);
  if (!day) return std::unexpected(day.error());
  const auto user = names_.number(NameKind::user, use.user, use.day);
  if (!user) return std::unexpected(user.error());
  const auto nobody = use.user.empty() ? user : names_.number(NameKind::user, "", use.day);
  if (!nobody) return std::unexpected(nobody.error());
  const auto device = names_.number(NameKind::device, use.device, use.day);
  if (!device) return std::unexpected(device.error());
  UsageEntry entry;
  entry.who = {user->number, device->number, use.country, use.address};
  const bool may =
      use.kind != NameKind::domain || (*day)->may_bring_domain(entry.who, nobody->number);
  const auto service = names_.number(use.kind, use.service, use.day, may);
  if (!service) return std::unexpected(service.error());
  if (service->fresh && use.kind == NameKind::domain) {
    (*day)->brought_domain(entry.who, nobody->number);
  }
  entry.who = (*day)->admit(entry.who, nobody->number);
  entry.service = service->number;
  entry.counts = use.counts;
  entry.first = entry.last = use.minute;
  Tally& tally = tallies[use.day];
  add_entry(tally.by_who, entry);
  entry.who = Who();
  entry.who.user = use.minute / 60u;
  add_entry(tally.by_hour, entry);
  return {};
}

// Of a day that is not in memory, what the chunks say of it.
Result<UsageDay*> SqliteUsage::day(sys_days day) {
  const auto known = days_.find(day);
  if (known != days_.end()) return &known->second;
  UsageDay made(limits_);
  auto chunks = db_.prepare("SELECT data, entries FROM usage_chunks WHERE day = ? AND family = ?");
  if (!chunks) return pass_on(std::move(chunks));
  chunks->bind(1, number_of(day));
  chunks->bind(2, std::int64_t{static_cast<std::uint8_t>(UsageFamily::who)});
  std::size_t entries = 0;
  while (true) {
    const Result<bool> row = chunks->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    entries += static_cast<std::size_t>(chunks->integer(1));
    Result<UsageChunk> chunk = UsageChunk::open(chunks->text(0));
    UsageEntry entry;
    while (chunk && chunk->next(entry)) made.restore(entry);
  }
  made.set_entries(entries);
  if (days_.size() >= kDaysInMemory) {
    // The oldest, unless that is what is counted for now.
    days_.erase(days_.begin()->first < day ? days_.begin() : std::prev(days_.end()));
  }
  return &days_.emplace(day, std::move(made)).first->second;
}

Result<void> SqliteUsage::keep(const Tallies& tallies) {
  for (const auto& [day, tally] : tallies) {
    const std::pair<UsageFamily, const Entries*> families[] = {{UsageFamily::who, &tally.by_who},
                                                               {UsageFamily::hour, &tally.by_hour}};
    for (const auto& [family, entries] : families) {
      for (const auto& [key, entry] : *entries) {
        writer_.add(entry);
      }
      if (entries->empty()) continue;
      const std::string data = writer_.finish();
      Result<void> done = insert_chunk(day, family, 0, entries->size(), data);
      if (!done) return done;
    }
    const auto known = days_.find(day);
    if (known != days_.end()) {
      known->second.set_entries(known->second.entries() + tally.by_who.size());
    }
  }
  return {};
}

Result<void> SqliteUsage::insert_chunk(sys_days day, UsageFamily family, int level,
                                       std::size_t entries, std::string_view data) {
  insert_.bind(1, number_of(day));
  insert_.bind(2, std::int64_t{static_cast<std::uint8_t>(family)});
  insert_.bind(3, std::int64_t{level});
  insert_.bind(4, static_cast<std::int64_t>(entries));
  insert_.bind_blob(5, data);
  return insert_.run();
}

// The days that have many fresh chunks, or are over.
Result<void> SqliteUsage::merge_due(sys_days newest) {
  std::vector<std::pair<sys_days, UsageFamily>> due;
  {
    auto fresh = db_.prepare(
        "SELECT day, family, count(*) FROM usage_chunks WHERE level = 0 GROUP BY day, family");
    if (!fresh) return pass_on(std::move(fresh));
    while (true) {
      const Result<bool> row = fresh->step();
      if (!row) return std::unexpected(row.error());
      if (!*row) break;
      const sys_days day = day_of(fresh->integer(0));
      if (fresh->integer(2) < kFreshChunks && day + days(2) > newest) continue;
      due.emplace_back(day, static_cast<UsageFamily>(fresh->integer(1)));
    }
  }
  for (const auto& [day, family] : due) {
    Result<void> merged = merge(day, family);
    if (!merged) return merged;
  }
  return {};
}

Result<void> SqliteUsage::merge(sys_days day, UsageFamily family) {
  UsageMerge merge;
  std::int64_t last = 0;
  bool readable = true;
  {
    auto chunks =
        db_.prepare("SELECT n, data FROM usage_chunks WHERE day = ? AND family = ? ORDER BY n");
    if (!chunks) return pass_on(std::move(chunks));
    chunks->bind(1, number_of(day));
    chunks->bind(2, std::int64_t{static_cast<std::uint8_t>(family)});
    while (true) {
      const Result<bool> row = chunks->step();
      if (!row) return std::unexpected(row.error());
      if (!*row) break;
      last = chunks->integer(0);
      Result<UsageChunk> chunk = UsageChunk::open(chunks->text(1));
      if (!chunk) log::error(describe(chunk.error()));
      readable = readable && chunk.has_value();
      if (chunk) merge.add(std::move(*chunk));
    }
  }
  std::vector<std::pair<std::size_t, std::string>> merged;  // entries and data
  std::size_t entries = 0;
  const auto finish = [&] {
    if (writer_.entries() == 0) return;
    entries += writer_.entries();
    const std::size_t count = writer_.entries();
    merged.emplace_back(count, writer_.finish());
  };
  UsageEntry entry;
  while (readable && merge.next(entry)) {
    writer_.add(entry);
    if (writer_.full()) finish();
  }
  finish();
  // What is damaged stays as it is: whoever reads it is told.
  if (!readable || merge.damaged()) return settle(day, family);
  for (const auto& [count, data] : merged) {
    Result<void> done = insert_chunk(day, family, 1, count, data);
    if (!done) return done;
  }
  auto remove = db_.prepare("DELETE FROM usage_chunks WHERE day = ? AND family = ? AND n <= ?");
  if (!remove) return pass_on(std::move(remove));
  remove->bind(1, number_of(day));
  remove->bind(2, std::int64_t{static_cast<std::uint8_t>(family)});
  remove->bind(3, last);
  const auto known = days_.find(day);
  if (family == UsageFamily::who && known != days_.end()) known->second.set_entries(entries);
  return remove->run();
}

// Not to be merged again until there is more.
Result<void> SqliteUsage::settle(sys_days day, UsageFamily family) {
  auto update = db_.prepare("UPDATE usage_chunks SET level = 1 WHERE day = ? AND family = ?");
  if (!update) return pass_on(std::move(update));
  update->bind(1, number_of(day));
  update->bind(2, std::int64_t{static_cast<std::uint8_t>(family)});
  return update->run();
}

Result<std::uint64_t> SqliteUsage::retain(sys_days oldest, std::uint64_t most_bytes) {
  Result<std::optional<sys_days>> deleted = first_kept_day(oldest, most_bytes);
  if (!deleted) return pass_on(std::move(deleted));
  if (*deleted) {
    Result<SqliteTransaction> transaction = SqliteTransaction::begin(db_);
    if (!transaction) return pass_on(std::move(transaction));
    for (const char* sql :
         {"DELETE FROM usage_chunks WHERE day < ?", "DELETE FROM usage_names WHERE last_day < ?"}) {
      auto remove = db_.prepare(sql);
      if (!remove) return pass_on(std::move(remove));
      remove->bind(1, number_of(**deleted));
      Result<void> done = remove->run();
      if (!done) return pass_on(std::move(done));
    }
    Result<void> done = transaction->commit();
    if (!done) return pass_on(std::move(done));
    forget();
  }
  const Result<std::int64_t> left = db_.integer("SELECT sum(length(data)) FROM usage_chunks");
  if (!left) return std::unexpected(left.error());
  return static_cast<std::uint64_t>(*left);
}

// The first day that stays; nothing where all do.
Result<std::optional<sys_days>> SqliteUsage::first_kept_day(sys_days oldest,
                                                            std::uint64_t most_bytes) {
  auto chunks =
      db_.prepare("SELECT day, sum(length(data)) FROM usage_chunks GROUP BY day ORDER BY day DESC");
  if (!chunks) return pass_on(std::move(chunks));
  std::uint64_t bytes = 0;
  std::optional<sys_days> kept;
  while (true) {
    const Result<bool> row = chunks->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return std::optional<sys_days>();
    const sys_days day = day_of(chunks->integer(0));
    bytes += static_cast<std::uint64_t>(chunks->integer(1));
    const bool too_much = most_bytes != 0 && bytes > most_bytes && kept;
    if (day < oldest || too_much) return std::optional(kept.value_or(day + days(1)));
    kept = day;
  }
}

}  // namespace sallyport::discovery
