#include "discovery/store/sqlite_usage.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/core/log.h"
#include "discovery/events/pack_event.h"
#include "discovery/store/event_block.h"

namespace sallyport::discovery {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::size_t kDaysInMemory = 4;
// More than that waits only in a store that was not counted before, or after long trouble.
constexpr std::uint64_t kMuch = 20 * SqliteUsage::kStep;

std::int64_t number_of(sys_days day) { return day.time_since_epoch().count(); }

// Of one day, while a step counts.
class Entries {
 public:
  void add(const UsageEntry& entry) {
    const auto [at, fresh] = entries_.try_emplace({entry.who, entry.service}, entry);
    if (!fresh) at->second.add(entry);
  }
  std::size_t size() const { return entries_.size(); }

  std::vector<const UsageEntry*> sorted() const {
    std::vector<const UsageEntry*> sorted;
    sorted.reserve(entries_.size());
    for (const auto& [key, entry] : entries_) sorted.push_back(&entry);
    std::ranges::sort(sorted, [](const auto* a, const auto* b) { return before(*a, *b); });
    return sorted;
  }

 private:
  struct Key {
    Who who;
    NameNumber service = kOther;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      const auto& bytes = key.who.address.bytes();
      const std::string_view address(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      std::size_t hash = std::hash<std::string_view>()(address);
      for (const std::uint64_t part :
           {std::uint64_t{key.who.user} << 32 | key.who.device, std::uint64_t{key.service}}) {
        hash = (hash ^ part) * 0x9e3779b97f4a7c15ull;
        hash ^= hash >> 32;
      }
      return hash;
    }
  };
  std::unordered_map<Key, UsageEntry, Hash> entries_;
};

}  // namespace

struct SqliteUsage::Tally {
  Entries by_who;
  Entries by_hour;
};

SqliteUsage::SqliteUsage(const SqliteDatabase& db, const UsageLimits& limits)
    : db_(db), limits_(limits), names_(db, limits), chunks_(db) {}

Result<void> SqliteUsage::prepare() {
  Result<void> done = names_.prepare();
  if (done) done = chunks_.prepare();
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
  if (waiting_ == 0) return false;
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
      Result<void> done = count_block(blocks->text(2), blocks->text(3), tallies);
      if (!done) return pass_on(std::move(done));
    }
  }
  if (last == 0) {
    waiting_ = 0;
    return false;
  }
  Result<void> done = keep(tallies);
  auto remove = db_.prepare("DELETE FROM usage_waiting WHERE n <= ?");
  if (!remove) return pass_on(std::move(remove));
  remove->bind(1, last);
  if (done) done = remove->run();
  if (done) done = transaction->commit();
  if (!done) return pass_on(std::move(done));
  counted_ += events;
  waiting_ = all ? 0 : waiting_ - std::min(waiting_, events);
  return !all;
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
  tally.by_who.add(entry);
  entry.who = Who();
  entry.who.user = use.minute / 60u;
  tally.by_hour.add(entry);
  return {};
}

// Of a day that is not in memory, what the chunks say of it.
Result<UsageDay*> SqliteUsage::day(sys_days day) {
  const auto known = days_.find(day);
  if (known != days_.end()) return &known->second;
  UsageDay made(limits_);
  auto chunks = db_.prepare(
      "SELECT data, entries FROM usage_chunks WHERE day = ? AND days = 1 AND family = ?");
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
      Result<void> done;
      for (const UsageEntry* entry : entries->sorted()) {
        writer_.add(*entry);
        if (writer_.full()) done = chunks_.insert_fresh(day, family, writer_);
        if (!done) return done;
      }
      done = chunks_.insert_fresh(day, family, writer_);
      if (!done) return done;
    }
    const auto known = days_.find(day);
    if (known != days_.end()) {
      known->second.set_entries(known->second.entries() + tally.by_who.size());
    }
  }
  if (tallies.empty()) return {};
  const auto merged = chunks_.merge_due(tallies.rbegin()->first);
  if (!merged) return std::unexpected(merged.error());
  for (const auto& [day, entries] : *merged) {
    const auto known = days_.find(day);
    if (known != days_.end()) known->second.set_entries(entries);
  }
  return {};
}

Result<std::uint64_t> SqliteUsage::retain(sys_days oldest, std::uint64_t most_bytes) {
  const auto first = chunks_.first_to_keep(oldest, most_bytes);
  if (!first) return std::unexpected(first.error());
  if (*first) {
    Result<SqliteTransaction> transaction = SqliteTransaction::begin(db_);
    if (!transaction) return pass_on(std::move(transaction));
    Result<void> done = chunks_.remove_before(**first);
    if (done) done = transaction->commit();
    forget();
    if (!done) return pass_on(std::move(done));
  }
  const Result<std::int64_t> left = db_.integer("SELECT sum(length(data)) FROM usage_chunks");
  if (!left) return std::unexpected(left.error());
  return static_cast<std::uint64_t>(*left);
}

}  // namespace sallyport::discovery
