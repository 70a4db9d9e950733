#include "discovery/store/sqlite_person.h"

#include <algorithm>

#include "base/core/text.h"
#include "discovery/events/pack_event.h"
#include "discovery/store/event_block.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_person_usage.h"
#include "discovery/store/sqlite_schema.h"
#include "discovery/store/sqlite_scrub.h"
#include "discovery/store/sqlite_store.h"
#include "discovery/store/sqlite_values.h"

namespace sallyport::discovery {

namespace {

constexpr std::chrono::milliseconds kBusy{10'000};
constexpr std::int64_t kStep = 256;  // blocks whose numbers are read at once
constexpr const char* kFreePages = "PRAGMA incremental_vacuum(500)";

std::vector<std::string> unmistakable(const std::vector<std::string>& names) {
  std::vector<std::string> found;
  std::ranges::copy_if(names, std::back_inserter(found), [](const std::string& name) {
    return name.find_first_of("@\\") != name.npos;
  });
  return found;
}

// Whether the bytes hold one of the names at all, wherever: few blocks do, and only those are taken
// apart.
bool may_name(std::string_view bytes, const NameMatch& names) {
  return std::ranges::any_of(names.names(), [&](const std::string& name) {
    return !std::ranges::search(bytes, name, [](char a, char b) {
              return to_lower(a) == b;
            }).empty();
  });
}

std::unexpected<Error> damaged() {
  return fail(ErrorKind::invalid, Side::ours,
              "an event of the store is damaged, or has words that this version does not know");
}

// The numbers of all blocks behind `n`, some at once.
Result<std::vector<std::int64_t>> next_blocks(const SqliteDatabase& db, std::int64_t n) {
  auto rows = db.prepare("SELECT n FROM blocks WHERE n > ? ORDER BY n LIMIT ?");
  if (!rows) return pass_on(std::move(rows));
  rows->bind(1, n);
  rows->bind(2, kStep);
  std::vector<std::int64_t> found;
  while (true) {
    const Result<bool> row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return found;
    found.push_back(rows->integer(0));
  }
}

// Nothing: it was removed meanwhile.
Result<std::optional<OpenBlock>> open_block(const SqliteDatabase& db, std::int64_t n) {
  auto row = db.prepare("SELECT ids, data FROM block_events WHERE n = ?");
  if (!row) return pass_on(std::move(row));
  row->bind(1, n);
  const Result<bool> there = row->step();
  if (!there) return std::unexpected(there.error());
  if (!*there) return std::optional<OpenBlock>();
  auto block = OpenBlock::open(row->text(0), row->text(1));
  if (!block) return pass_on(std::move(block));
  return std::optional<OpenBlock>(std::move(*block));
}

bool blank_texts(std::vector<std::string>& texts, const PersonNames& person) {
  bool any = false;
  for (std::string& text : texts) {
    if (person.all.is(text)) {
      text = "(erased)";
      any = true;
    } else {
      any = person.plain.blank_out(text) || any;
    }
  }
  if (any) {
    std::ranges::sort(texts);
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  }
  return any;
}

bool blank_account(std::string& text, const PersonNames& person) {
  if (!person.all.is(text)) return person.plain.blank_out(text);
  text = "(erased)";
  return true;
}

bool blank_details(Boxed<policy::Details>& boxed, const PersonNames& person) {
  if (!boxed) return false;
  policy::Details& details = *boxed;
  bool any = blank_account(details.account, person);
  for (const policy::DetailText& one : policy::detail_texts()) {
    any = person.plain.blank_out(details.*one.field) || any;
  }
  // Of people that are administered the object is an account.
  if (details.object_kind == "user" || details.object_kind == "member") {
    any = blank_account(details.object_name, person) || any;
    any = blank_account(details.object_id, person) || any;
  }
  for (const policy::DetailList& one : policy::detail_lists()) {
    any = blank_texts(details.*one.field, person) || any;
  }
  return any;
}

bool blank_file(std::optional<policy::FileFacts>& file, const PersonNames& person) {
  return file && person.plain.blank_out(file->name);
}

bool blank_text(std::optional<std::string>& text, const PersonNames& person) {
  return text && person.plain.blank_out(*text);
}

// What a block is made of, once the person is out of it.
struct Cleaned {
  std::vector<Event> left;
  PersonEvents found;
};

Result<Cleaned> cleaned(const OpenBlock& block, const PersonNames& person) {
  Cleaned clean;
  for (std::size_t i = 0; i < block.size(); ++i) {
    Event event;
    if (!unpack_event(block.packed(i), event)) return damaged();
    event.id = block.id(i);
    if (person.all.is(event.activity.user.value_or(""))) {
      ++clean.found.events;
      continue;
    }
    if (may_name(block.packed(i), person.all) && blank_out(event, person)) ++clean.found.mentions;
    clean.left.push_back(std::move(event));
  }
  return clean;
}

Result<PersonEvents> find_in(const OpenBlock& block, const PersonNames& person,
                             const std::function<void(const Event&)>& each) {
  PersonEvents found;
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (!may_name(block.packed(i), person.all)) continue;
    Event event;
    if (!unpack_event(block.packed(i), event)) return damaged();
    event.id = block.id(i);
    if (person.all.is(event.activity.user.value_or(""))) {
      ++found.events;
      if (each) each(event);
    } else if (blank_out(event, person)) {
      ++found.mentions;
    }
  }
  return found;
}

Result<void> run(const SqliteDatabase& db, std::string_view sql, std::int64_t n) {
  auto statement = db.prepare(sql);
  if (!statement) return pass_on(std::move(statement));
  statement->bind(1, n);
  return statement->run();
}

Result<bool> waits_to_be_counted(const SqliteDatabase& db, std::int64_t n) {
  auto row = db.prepare("SELECT 1 FROM usage_waiting WHERE n = ?");
  if (!row) return pass_on(std::move(row));
  row->bind(1, n);
  return row->step();
}

// In the place of the block that had the number `n`; 0: a new one, to be counted where `waits`. One
// that stays keeps its times, which are bounds: who goes through the past in their order meanwhile
// sees it exactly once.
Result<void> put_block(const SqliteDatabase& db, const EventBlock& block, std::int64_t n,
                       bool waits) {
  auto head = db.prepare(
      n > 0 ? "UPDATE blocks SET first_id = ?1, last_id = ?2, events = ?5, activities = ?6, "
              "filter = ?7 WHERE n = ?8"
            : "INSERT INTO blocks (first_id, last_id, first_time, last_time, events, activities, "
              "filter) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  if (!head) return pass_on(std::move(head));
  head->bind_blob(1, id_key(block.first_id));
  head->bind_blob(2, id_key(block.last_id));
  head->bind(3, block.first_time.time_since_epoch().count());
  head->bind(4, block.last_time.time_since_epoch().count());
  head->bind(5, std::int64_t{block.events});
  head->bind(6, std::int64_t{block.activities});
  head->bind_blob(7, block.filter);
  if (n > 0) head->bind(8, n);
  if (Result<void> done = head->run(); !done) return done;
  std::int64_t number = n;
  if (n == 0) {
    const auto made = db.integer("SELECT last_insert_rowid()");
    if (!made) return std::unexpected(made.error());
    number = *made;
    if (waits) {
      Result<void> done = run(db, "INSERT INTO usage_waiting (n) VALUES (?)", number);
      if (!done) return done;
    }
  }
  auto body = db.prepare("INSERT OR REPLACE INTO block_events (n, ids, data) VALUES (?1, ?2, ?3)");
  if (!body) return pass_on(std::move(body));
  body->bind(1, number);
  body->bind_blob(2, block.ids);
  body->bind_blob(3, block.data);
  return body->run();
}

// One block, all or nothing of it.
Result<PersonEvents> erase_in(const SqliteDatabase& db, std::int64_t n, const PersonNames& person,
                              BlockWriter& writer) {
  auto transaction = SqliteTransaction::begin(db);
  if (!transaction) return pass_on(std::move(transaction));
  // Read again: retention may have taken it.
  auto block = open_block(db, n);
  if (!block) return pass_on(std::move(block));
  if (!*block) return PersonEvents();
  const auto clean = cleaned(**block, person);
  if (!clean) return std::unexpected(clean.error());
  if (clean->found.events + clean->found.mentions == 0) return PersonEvents();
  const auto waits = waits_to_be_counted(db, n);
  if (!waits) return std::unexpected(waits.error());
  std::vector<const Event*> events;
  for (const Event& event : clean->left) events.push_back(&event);
  Result<void> done;
  if (events.empty()) {
    done = run(db, "DELETE FROM block_events WHERE n = ?", n);
    if (done) done = run(db, "DELETE FROM blocks WHERE n = ?", n);
    if (done) done = run(db, "DELETE FROM usage_waiting WHERE n = ?", n);
  }
  std::int64_t place = n;
  for (const EventBlock& one : writer.write(std::move(events))) {
    if (done) done = put_block(db, one, place, *waits);
    place = 0;
  }
  if (done) done = transaction->commit();
  if (!done) return pass_on(std::move(done));
  return clean->found;
}

Result<void> vacuum_free(const SqliteDatabase& db) {
  auto left = db.integer("PRAGMA freelist_count");
  while (left && *left > 0) {
    if (Result<void> done = db.execute(kFreePages); !done) return done;
    const auto now = db.integer("PRAGMA freelist_count");
    if (!now) return std::unexpected(now.error());
    if (*now >= *left) break;  // A file of a version that could not give pages back.
    left = now;
  }
  if (!left) return std::unexpected(left.error());
  return {};
}

Result<SqliteDatabase> open_file(const std::string& path, SqliteDatabase::Mode mode) {
  auto db = SqliteDatabase::open(path, mode, kBusy);
  if (!db) return db;
  if (Result<void> known = check_schema(*db, event_schema()); !known) {
    return pass_on(std::move(known));
  }
  return db;
}

}  // namespace

PersonNames::PersonNames(std::vector<std::string> names) : all(names), plain(unmistakable(names)) {}

bool blank_out(Event& event, const PersonNames& person) {
  policy::Activity& facts = event.activity;
  bool any = blank_details(facts.details, person);
  for (std::optional<std::string>* text : {&facts.path, &facts.query, &facts.user_agent}) {
    any = blank_text(*text, person) || any;
  }
  any = blank_file(facts.file, person) || any;
  for (std::string* text : {&facts.host, &event.query, &event.error}) {
    any = person.plain.blank_out(*text) || any;
  }
  for (ActivityRecord& record : event.activities) {
    any = blank_details(record.details, person) || any;
    any = blank_file(record.file, person) || any;
  }
  return any;
}

Result<PersonEvents> read_person_events(const std::string& path, const PersonNames& person,
                                        const std::function<void(const Event&)>& each) {
  auto db = open_file(path, SqliteDatabase::Mode::read);
  if (!db) return pass_on(std::move(db));
  PersonEvents found;
  std::int64_t n = 0;
  while (true) {
    const auto blocks = next_blocks(*db, n);
    if (!blocks) return std::unexpected(blocks.error());
    if (blocks->empty()) break;
    n = blocks->back();
    for (const std::int64_t one : *blocks) {
      const auto block = open_block(*db, one);
      if (!block) return std::unexpected(block.error());
      if (!*block) continue;
      const auto here = find_in(**block, person, each);
      if (!here) return std::unexpected(here.error());
      found.events += here->events;
      found.mentions += here->mentions;
    }
  }
  const auto uses = read_person_usage(path, person.all, {});
  if (!uses) return std::unexpected(uses.error());
  found.uses = *uses;
  return found;
}

Result<ErasedEvents> erase_person_events(const std::string& path, const PersonNames& person,
                                         Vacuum vacuum) {
  {
    // What an older version kept in rows is in blocks then.
    auto store = SqliteStore::open({.path = path});
    if (!store) return pass_on(std::move(store));
  }
  auto db = open_file(path, SqliteDatabase::Mode::write);
  if (!db) return pass_on(std::move(db));
  if (Result<void> done = db->execute("PRAGMA secure_delete = ON"); !done) {
    return pass_on(std::move(done));
  }
  ErasedEvents erased;
  BlockWriter writer;
  std::int64_t n = 0;
  while (true) {
    const auto blocks = next_blocks(*db, n);
    if (!blocks) return std::unexpected(blocks.error());
    if (blocks->empty()) break;
    n = blocks->back();
    for (const std::int64_t one : *blocks) {
      const auto block = open_block(*db, one);
      if (!block) return std::unexpected(block.error());
      if (!*block) continue;
      const auto here = find_in(**block, person, {});
      if (!here) return std::unexpected(here.error());
      if (here->events + here->mentions == 0) continue;
      const auto gone = erase_in(*db, one, person, writer);
      if (!gone) return std::unexpected(gone.error());
      erased.events += gone->events;
      erased.mentions += gone->mentions;
    }
  }
  const auto uses = erase_person_usage(*db, person.all);
  if (!uses) return std::unexpected(uses.error());
  erased.uses = *uses;
  Result<void> done = vacuum == Vacuum::whole ? db->execute("VACUUM") : vacuum_free(*db);
  if (!done) return pass_on(std::move(done));
  done = empty_log(*db);
  if (!done && done.error().kind != ErrorKind::unavailable) return pass_on(std::move(done));
  erased.scrubbed = done.has_value();
  return erased;
}

}  // namespace sallyport::discovery
