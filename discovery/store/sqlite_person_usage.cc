#include "discovery/store/sqlite_person_usage.h"

#include <map>
#include <optional>
#include <vector>

#include "discovery/store/sqlite_store.h"
#include "discovery/store/usage_chunk.h"

namespace sallyport::discovery {

namespace {

constexpr std::int64_t kWho = static_cast<std::int64_t>(UsageFamily::who);

Result<std::vector<NameNumber>> numbers_of(const SqliteDatabase& db, const NameMatch& names) {
  auto rows = db.prepare("SELECT n, name FROM usage_names WHERE kind = ?");
  if (!rows) return pass_on(std::move(rows));
  rows->bind(1, static_cast<std::int64_t>(NameKind::user));
  std::vector<NameNumber> found;
  while (true) {
    const Result<bool> row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return found;
    if (names.is(rows->text(1))) found.push_back(static_cast<NameNumber>(rows->integer(0)));
  }
}

Result<std::vector<std::int64_t>> chunks_with(const SqliteDatabase& db, NameNumber user) {
  auto rows = db.prepare(
      "SELECT n FROM usage_chunks WHERE family = ?1 AND first_user <= ?2 AND last_user >= ?2");
  if (!rows) return pass_on(std::move(rows));
  rows->bind(1, kWho);
  rows->bind(2, std::int64_t{user});
  std::vector<std::int64_t> found;
  while (true) {
    const Result<bool> row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return found;
    found.push_back(rows->integer(0));
  }
}

struct Nameless {
  std::string data;
  std::size_t entries = 0;
  std::uint64_t changed = 0;  // counts that had something of the person
};

// All that the user has in a chunk stands together; it becomes a count for each service.
Result<Nameless> without(UsageChunk chunk, NameNumber user) {
  const Who nameless{.user = user};
  Nameless made;
  UsageChunkWriter writer;
  std::map<NameNumber, UsageEntry> theirs;
  const auto put_theirs = [&] {
    for (const auto& [service, entry] : theirs) writer.add(entry);
    theirs.clear();
  };
  UsageEntry entry;
  while (chunk.next(entry)) {
    if (entry.who.user != user) {
      put_theirs();
      writer.add(entry);
      continue;
    }
    if (entry.who != nameless) ++made.changed;
    entry.who = nameless;
    const auto [place, fresh] = theirs.emplace(entry.service, entry);
    if (!fresh) place->second.add(entry);
  }
  if (chunk.damaged()) return UsageChunk::refusal("they are cut off");
  put_theirs();
  made.entries = writer.entries();
  if (made.entries > 0) made.data = writer.finish();
  return made;
}

Result<std::uint64_t> erase_in_chunk(const SqliteDatabase& db, std::int64_t n, NameNumber user) {
  auto transaction = SqliteTransaction::begin(db);
  if (!transaction) return pass_on(std::move(transaction));
  std::optional<UsageChunk> chunk;
  {
    auto row = db.prepare("SELECT data FROM usage_chunks WHERE n = ?");
    if (!row) return pass_on(std::move(row));
    row->bind(1, n);
    const Result<bool> there = row->step();
    if (!there) return std::unexpected(there.error());
    if (!*there) return 0;  // It was merged with others meanwhile.
    auto opened = UsageChunk::open(row->text(0));
    if (!opened) return pass_on(std::move(opened));
    chunk = std::move(*opened);
  }
  const Result<Nameless> made = without(std::move(*chunk), user);
  if (!made) return std::unexpected(made.error());
  if (made->changed == 0) return 0;
  auto update = db.prepare("UPDATE usage_chunks SET data = ?1, entries = ?2 WHERE n = ?3");
  if (!update) return pass_on(std::move(update));
  update->bind_blob(1, made->data);
  update->bind(2, static_cast<std::int64_t>(made->entries));
  update->bind(3, n);
  Result<void> done = update->run();
  if (done) done = transaction->commit();
  if (!done) return pass_on(std::move(done));
  return made->changed;
}

Result<void> rename(const SqliteDatabase& db, NameNumber user) {
  auto update = db.prepare("UPDATE usage_names SET name = '(erased ' || n || ')' WHERE n = ?");
  if (!update) return pass_on(std::move(update));
  update->bind(1, std::int64_t{user});
  return update->run();
}

}  // namespace

Result<std::uint64_t> read_person_usage(const std::string& path, const NameMatch& names,
                                        const UsageReader::Each& each) {
  auto store = SqliteStore::open_for_reading(path);
  if (!store) return pass_on(std::move(store));
  const UsageQuestion always{.since = std::chrono::sys_days(),
                             .until = std::chrono::sys_days(std::chrono::days(1'000'000))};
  std::uint64_t count = 0;
  const auto read = (*store)->read_usage(
      always, [&](const UsagePeriod& period, const UsageEntry& entry, const UsageNames& known) {
        if (entry.who.user == kOther || !names.is(known[entry.who.user].name)) return;
        ++count;
        if (each) each(period, entry, known);
      });
  if (!read) return std::unexpected(read.error());
  return count;
}

Result<std::uint64_t> erase_person_usage(const SqliteDatabase& db, const NameMatch& names) {
  const auto users = numbers_of(db, names);
  if (!users) return std::unexpected(users.error());
  std::uint64_t erased = 0;
  for (const NameNumber user : *users) {
    // A gateway merges chunks meanwhile: until there is nothing left of the person in any.
    std::uint64_t changed = 0;
    do {
      changed = 0;
      const auto chunks = chunks_with(db, user);
      if (!chunks) return std::unexpected(chunks.error());
      for (const std::int64_t n : *chunks) {
        const auto here = erase_in_chunk(db, n, user);
        if (!here) return std::unexpected(here.error());
        changed += *here;
      }
      erased += changed;
    } while (changed > 0);
    if (Result<void> done = rename(db, user); !done) return pass_on(std::move(done));
  }
  return erased;
}

}  // namespace sallyport::discovery
