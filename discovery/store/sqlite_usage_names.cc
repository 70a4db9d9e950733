#include "discovery/store/sqlite_usage_names.h"

#include <limits>

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMostKnown = 100'000;  // names of a kind in memory
constexpr std::size_t kMostCounts = 100;     // days and kinds in memory

std::int64_t number_of(std::chrono::sys_days day) { return day.time_since_epoch().count(); }

}  // namespace

SqliteUsageNames::SqliteUsageNames(const SqliteDatabase& db, const UsageLimits& limits)
    : db_(db), limits_(limits) {}

Result<void> SqliteUsageNames::prepare() {
  const std::pair<SqliteStatement*, std::string_view> all[] = {
      {&find_, "SELECT n, last_day FROM usage_names WHERE kind = ? AND name = ?"},
      {&count_, "SELECT count(*) FROM usage_names WHERE last_day = ? AND kind = ?"},
      {&insert_, "INSERT INTO usage_names (kind, name, last_day) VALUES (?, ?, ?)"},
      {&update_, "UPDATE usage_names SET last_day = max(last_day, ?) WHERE n = ?"},
      {&last_n_, "SELECT last_insert_rowid()"},
  };
  for (const auto& [statement, sql] : all) {
    Result<SqliteStatement> prepared = db_.prepare(sql);
    if (!prepared) return pass_on(std::move(prepared));
    *statement = std::move(*prepared);
  }
  return {};
}

void SqliteUsageNames::forget() {
  for (Names& names : known_) names.clear();
  counts_.clear();
}

std::size_t SqliteUsageNames::limit(NameKind kind) const {
  switch (kind) {
    case NameKind::domain:
      return limits_.domains;
    case NameKind::user:
      return limits_.users;
    case NameKind::device:
      return limits_.devices;
    case NameKind::app:  // Those of the catalog, which has limits of its own.
    case NameKind::noise:
    case NameKind::unnamed:
      break;
  }
  return std::numeric_limits<std::size_t>::max();
}

SqliteUsageNames::Known* SqliteUsageNames::find_known(Names& names, std::uint64_t hash,
                                                      std::string_view name) {
  const auto at =
      names.index.find(hash, [&](std::uint32_t one) { return names.known[one].first == name; });
  return at == FlatIndex::kNone ? nullptr : &names.known[at].second;
}

SqliteUsageNames::Known* SqliteUsageNames::add_known(Names& names, std::uint64_t hash,
                                                     std::string_view name, Known known) {
  if (names.known.size() >= kMostKnown) names.clear();
  names.index.find_or_add(hash, names.known.size(), [](std::uint32_t) { return false; });
  return &names.known.emplace_back(name, known).second;
}

Result<SqliteUsageNames::Numbered> SqliteUsageNames::number(NameKind kind, std::string_view name,
                                                            std::chrono::sys_days day,
                                                            bool may_be_fresh) {
  if (name.size() > kMostUsageName) return Numbered();
  Names& names = known_[static_cast<std::size_t>(kind)];
  const std::uint64_t hash = hasher_.text(name);
  Known* known = find_known(names, hash, name);
  if (known == nullptr) {
    const auto found = find(kind, name);
    if (!found) return std::unexpected(found.error());
    if (*found) known = add_known(names, hash, name, **found);
  }
  if (known != nullptr && known->last_day >= day) return Numbered{known->number, false};
  if (!may_be_fresh) return Numbered();
  const auto there = count(kind, day);
  if (!there) return std::unexpected(there.error());
  if (**there >= limit(kind)) return Numbered();
  ++**there;
  if (known != nullptr) {
    update_.bind(1, number_of(day));
    update_.bind(2, std::int64_t{known->number});
    Result<void> done = update_.run();
    if (!done) return pass_on(std::move(done));
    known->last_day = day;
    return Numbered{known->number, true};
  }
  insert_.bind(1, std::int64_t{static_cast<std::uint8_t>(kind)});
  insert_.bind(2, name);
  insert_.bind(3, number_of(day));
  Result<void> done = insert_.run();
  if (!done) return pass_on(std::move(done));
  const Result<bool> row = last_n_.step();
  if (!row) return std::unexpected(row.error());
  const std::int64_t n = last_n_.integer(0);
  last_n_.reset();
  if (n > std::numeric_limits<NameNumber>::max()) return Numbered();
  add_known(names, hash, name, {static_cast<NameNumber>(n), day});
  return Numbered{static_cast<NameNumber>(n), true};
}

Result<std::optional<SqliteUsageNames::Known>> SqliteUsageNames::find(NameKind kind,
                                                                      std::string_view name) {
  find_.bind(1, std::int64_t{static_cast<std::uint8_t>(kind)});
  find_.bind(2, name);
  const Result<bool> row = find_.step();
  if (!row) return std::unexpected(row.error());
  std::optional<Known> found;
  if (*row) {
    found = Known{static_cast<NameNumber>(find_.integer(0)),
                  std::chrono::sys_days(std::chrono::days(find_.integer(1)))};
  }
  find_.reset();
  return found;
}

Result<std::size_t*> SqliteUsageNames::count(NameKind kind, std::chrono::sys_days day) {
  const std::pair key(day, kind);
  const auto known = counts_.find(key);
  if (known != counts_.end()) return &known->second;
  count_.bind(1, number_of(day));
  count_.bind(2, std::int64_t{static_cast<std::uint8_t>(kind)});
  const Result<bool> row = count_.step();
  if (!row) return std::unexpected(row.error());
  const auto count = static_cast<std::size_t>(count_.integer(0));
  count_.reset();
  if (counts_.size() >= kMostCounts) counts_.erase(counts_.begin());
  return &counts_.insert_or_assign(key, count).first->second;
}

}  // namespace sallyport::discovery
