#include "discovery/store/sqlite_usage_counter.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/flat_index.h"
#include "base/crypto/flat_key.h"

namespace sallyport::discovery {
namespace {

using std::chrono::sys_days;

constexpr std::size_t kDaysInMemory = 4;

std::int64_t number_of(sys_days day) { return day.time_since_epoch().count(); }

// Of one day, while a step counts.
class Entries {
 public:
  void add(const UsageEntry& entry) {
    const auto [at, fresh] =
        index_.find_or_add(hash(entry), entries_.size(), [&](std::uint32_t one) {
          return entries_[one].service == entry.service && entries_[one].who == entry.who;
        });
    if (fresh) {
      entries_.push_back(entry);
    } else {
      entries_[at].add(entry);
    }
  }
  std::size_t size() const { return entries_.size(); }

  std::vector<const UsageEntry*> sorted() const {
    // Most pairs are told apart by what fits a number.
    struct One {
      std::uint64_t first;
      const UsageEntry* entry;
    };
    std::vector<One> order;
    order.reserve(entries_.size());
    for (const UsageEntry& entry : entries_) {
      order.push_back({std::uint64_t{entry.who.user} << 32 | entry.who.device, &entry});
    }
    std::ranges::sort(order, [](const One& a, const One& b) {
      return a.first != b.first ? a.first < b.first : before(*a.entry, *b.entry);
    });
    std::vector<const UsageEntry*> sorted;
    sorted.reserve(order.size());
    for (const One& one : order) sorted.push_back(one.entry);
    return sorted;
  }

 private:
  std::uint64_t hash(const UsageEntry& entry) const {
    return hasher_.number(entry.service, hash_of(entry.who, hasher_));
  }

  FlatHasher hasher_ = flat_hasher();
  std::vector<UsageEntry> entries_;
  FlatIndex index_;  // to entries_
};

}  // namespace

struct SqliteUsageCounter::Tally {
  Entries by_who;
  Entries by_hour;
};

SqliteUsageCounter::SqliteUsageCounter(const SqliteDatabase& db, const UsageLimits& limits,
                                       UsageSource source)
    : db_(db), limits_(limits), source_(source), names_(db, limits), chunks_(db, source) {}

SqliteUsageCounter::~SqliteUsageCounter() = default;

Result<void> SqliteUsageCounter::prepare() {
  Result<void> done = names_.prepare();
  return done ? chunks_.prepare() : done;
}

void SqliteUsageCounter::forget() {
  tallies_.clear();
  names_.forget();
  days_.clear();
}

Result<void> SqliteUsageCounter::add(const CountedUse& use) {
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
  // Whether a domain may be a fresh one is only asked where it is.
  auto service = names_.number(use.kind, use.service, use.day, use.kind != NameKind::domain);
  if (service && use.kind == NameKind::domain && service->number == kOther &&
      (*day)->may_bring_domain(entry.who, nobody->number)) {
    service = names_.number(use.kind, use.service, use.day);
  }
  if (!service) return std::unexpected(service.error());
  if (service->fresh && use.kind == NameKind::domain) {
    (*day)->brought_domain(entry.who, nobody->number);
  }
  entry.who = (*day)->admit(entry.who, nobody->number);
  entry.service = service->number;
  entry.counts = use.counts;
  entry.first = use.minute;
  entry.last = use.last;
  Tally& tally = tallies_[use.day];
  tally.by_who.add(entry);
  entry.who = Who();
  entry.who.user = use.minute / 60u;
  tally.by_hour.add(entry);
  return {};
}

// Of a day that is not in memory, what the chunks say of it.
Result<UsageDay*> SqliteUsageCounter::day(sys_days day) {
  const auto known = days_.find(day);
  if (known != days_.end()) return &known->second;
  UsageDay made(limits_);
  auto chunks = db_.prepare(
      "SELECT data, entries FROM usage_chunks "
      "WHERE day = ? AND days = 1 AND family = ? AND source = ?");
  if (!chunks) return pass_on(std::move(chunks));
  chunks->bind(1, number_of(day));
  chunks->bind(2, std::int64_t{static_cast<std::uint8_t>(UsageFamily::who)});
  chunks->bind(3, source_);
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

Result<std::vector<sys_days>> SqliteUsageCounter::keep() {
  std::vector<sys_days> kept;
  for (const auto& [day, tally] : tallies_) {
    const std::pair<UsageFamily, const Entries*> families[] = {{UsageFamily::who, &tally.by_who},
                                                               {UsageFamily::hour, &tally.by_hour}};
    for (const auto& [family, entries] : families) {
      Result<void> done;
      for (const UsageEntry* entry : entries->sorted()) {
        writer_.add(*entry);
        if (writer_.full()) done = chunks_.insert_fresh(day, family, writer_);
        if (!done) return std::unexpected(done.error());
      }
      done = chunks_.insert_fresh(day, family, writer_);
      if (!done) return std::unexpected(done.error());
    }
    const auto known = days_.find(day);
    if (known != days_.end()) {
      known->second.set_entries(known->second.entries() + tally.by_who.size());
    }
    kept.push_back(day);
  }
  tallies_.clear();
  return kept;
}

Result<void> SqliteUsageCounter::merge_due(sys_days newest) {
  const auto merged = chunks_.merge_due(newest);
  if (!merged) return std::unexpected(merged.error());
  for (const auto& [day, entries] : *merged) set_entries(day, entries);
  return {};
}

Result<void> SqliteUsageCounter::gather(sys_days day) {
  for (const UsageFamily family : {UsageFamily::who, UsageFamily::hour}) {
    const auto entries = chunks_.gather(day, family);
    if (!entries) return std::unexpected(entries.error());
    if (*entries && family == UsageFamily::who) set_entries(day, **entries);
  }
  return {};
}

void SqliteUsageCounter::set_entries(sys_days day, std::size_t entries) {
  const auto known = days_.find(day);
  if (known != days_.end()) known->second.set_entries(entries);
}

}  // namespace sallyport::discovery
