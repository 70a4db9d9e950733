#include "discovery/store/sqlite_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "discovery/events/encode.h"
#include "discovery/events/samples_for_tests.h"
#include "discovery/store/sqlite_blocks.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_schema.h"
#include "policy/activity/pack.h"

namespace sallyport::discovery {
namespace {

using samples::allowed;
using samples::blocked;
using samples::second;
using samples::TempDirectory;
using namespace std::chrono_literals;

std::unique_ptr<SqliteStore> open(SqliteOptions options) {
  auto store = SqliteStore::open(std::move(options));
  if (!store) ADD_FAILURE() << describe(store.error());
  return store ? std::move(*store) : nullptr;
}

std::vector<Event> many(int from, int to) {
  std::vector<Event> events;
  for (int n = from; n < to; ++n) events.push_back(n % 2 == 0 ? allowed(n) : blocked(n));
  return events;
}

// Events whose paths nothing compresses.
std::vector<Event> noisy(int from, int to) {
  std::vector<Event> events = many(from, to);
  std::uint32_t state = 1;
  for (Event& event : events) {
    event.activity.path = "/";
    for (int i = 0; i < 300; ++i) {
      state = state * 1664525u + 1013904223u;
      *event.activity.path += static_cast<char>('!' + state / 65536 % 90);
    }
  }
  return events;
}

std::string refusal(const std::string& path) {
  const auto store = SqliteStore::open({.path = path});
  return store ? "opened" : describe(store.error());
}

SqliteDatabase raw(const std::string& path) {
  auto db = SqliteDatabase::open(path, SqliteDatabase::Mode::write, 0ms);
  CHECK(db);
  return std::move(*db);
}

void execute(const std::string& path, const std::string& sql) {
  const auto done = raw(path).execute(sql);
  ASSERT_TRUE(done) << describe(done.error());
}

std::uint64_t count(SqliteStore& store) {
  const auto totals = store.totals();
  return totals ? totals->events : 0;
}

TEST(SqliteStore, LetsNobodyElseRead) {
  const TempDirectory directory;
  const auto store = open({.path = directory / "e.db"});
  ASSERT_TRUE(store->write(many(0, 1)));
  for (const char* name : {"e.db", "e.db-wal", "e.db-shm"}) {
    struct stat status{};
    ASSERT_EQ(::stat((directory / name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 0137, 0u) << name;
  }
}

TEST(SqliteStore, TakesABatchWholeOrNotAtAllOnAFullDisk) {
  const TempDirectory directory;
  const auto store = open({.path = directory / "e.db", .max_pages = 60});
  ASSERT_TRUE(store->write(many(0, 10)));
  const auto written = store->write(noisy(10, 1000));
  ASSERT_FALSE(written);
  EXPECT_EQ(describe(written.error()),
            "ours storage: " + (directory / "e.db") +
                ": database or disk is full; free some space or lower the "
                "store's bounds");
  EXPECT_EQ(count(*store), 10u);
  // It goes on where there is room, and knows the app of an event whose batch was taken back.
  ASSERT_TRUE(store->write(many(10, 12)));
  EXPECT_EQ(count(*store), 12u);
}

TEST(SqliteStore, ForgetsTheAppsOfABatchThatWasTakenBack) {
  const TempDirectory directory;
  const auto store = open({.path = directory / "e.db", .max_pages = 60});
  std::vector<Event> events = noisy(0, 1000);
  events[0].activity.app = policy::AppFacts{"teams", "Microsoft Teams", "chat", {}};
  ASSERT_FALSE(store->write(events));
  ASSERT_TRUE(store->write(std::span(events).subspan(0, 1)));
  EXPECT_EQ(store->query({.app = "Microsoft Teams"})->size(), 1u);
}

TEST(SqliteStore, KeepsWhatWasCommittedWhenTheProcessIsKilled) {
  const TempDirectory directory;
  const std::string path = directory / "e.db";
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto store = SqliteStore::open({.path = path});
    const bool written = store && (*store)->write(many(0, 20)) && (*store)->write(many(20, 30));
    ::_exit(written ? 0 : 1);  // Nothing is closed, the write-ahead log stays behind.
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(count(*open({.path = path})), 30u);
}

TEST(SqliteStore, DropsWhatWasNotCommittedWhenTheProcessIsKilled) {
  const TempDirectory directory;
  const std::string path = directory / "e.db";
  ASSERT_TRUE(open({.path = path})->write(many(0, 3)));
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const SqliteDatabase db = raw(path);
    ::_exit(db.execute("BEGIN IMMEDIATE; DELETE FROM blocks") ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  const auto store = open({.path = path});
  EXPECT_EQ(count(*store), 3u);
  EXPECT_TRUE(store->write(many(3, 4)));
}

TEST(SqliteStore, RefusesANewerSchema) {
  const TempDirectory directory;
  open({.path = directory / "e.db"});
  execute(directory / "e.db", "PRAGMA user_version = 99");
  const std::string expected =
      "ours invalid: " + (directory / "e.db") +
      " has schema version 99, made by a newer Sallyport; this one knows 7: "
      "update it, or give it another path";
  EXPECT_EQ(refusal(directory / "e.db"), expected);
  const auto reader = SqliteStore::open_for_reading(directory / "e.db");
  ASSERT_FALSE(reader);
  EXPECT_EQ(describe(reader.error()), expected);
}

TEST(SqliteStore, RefusesTheDatabaseOfAnotherProgramAndLeavesItAlone) {
  const TempDirectory directory;
  execute(directory / "e.db", "CREATE TABLE recipes (name TEXT)");
  const std::string before = samples::read_text(directory / "e.db");
  EXPECT_EQ(refusal(directory / "e.db"),
            "ours invalid: " + (directory / "e.db") +
                " is a database of another program; choose another path for the store");
  EXPECT_EQ(samples::read_text(directory / "e.db"), before);
}

TEST(SqliteStore, SaysWhatToDoWithADamagedFileAndLeavesItAlone) {
  const TempDirectory directory;
  const std::string junk(5000, 'x');
  samples::write_text(directory / "e.db", junk);
  EXPECT_EQ(
      refusal(directory / "e.db"),
      "ours invalid: " + (directory / "e.db") +
          ": file is not a database; the file is damaged or no event store: stop the gateway, move "
          "it away (with -wal and -shm) and start again, or put a backup in its place; "
          "'sqlite3 FILE .recover' may save most of it");
  EXPECT_EQ(samples::read_text(directory / "e.db"), junk);
}

TEST(SqliteStore, SaysWhatToDoWhenDamageShowsLater) {
  const TempDirectory directory;
  {
    const auto store = open({.path = directory / "e.db"});
    ASSERT_TRUE(store->write(many(0, 200)));
  }
  std::string content = samples::read_text(directory / "e.db");
  for (std::size_t at = 3 * 4096; at < content.size(); at += 4096)
    content.replace(at, 64, 64, '\x5a');
  samples::write_text(directory / "e.db", content);
  const auto store = open({.path = directory / "e.db"});
  const auto rows = store->query({});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().kind, ErrorKind::invalid);
  EXPECT_NE(rows.error().detail.find("move it away"), std::string::npos) << rows.error().detail;
}

TEST(SqliteStore, SaysWhyItCannotBeOpened) {
  const TempDirectory directory;
  EXPECT_EQ(refusal(directory / "no/e.db"), "ours storage: " + (directory / "no/e.db") +
                                                " cannot be opened: No such file or directory");
  const auto reader = SqliteStore::open_for_reading(directory / "e.db");
  ASSERT_FALSE(reader);
  EXPECT_EQ(describe(reader.error()), "ours not_found: " + (directory / "e.db") +
                                          " cannot be read: No such file or directory");
}

// The super-user may write everywhere, so a child gives that up first.
TEST(SqliteStore, FailsCleanlyInADirectoryThatCannotBeWritten) {
  const TempDirectory directory;
  open({.path = directory / "e.db"})->write(many(0, 3)).value();
  ASSERT_EQ(::chmod((directory / "e.db").c_str(), 0444), 0);
  ASSERT_EQ(::chmod(directory.path().c_str(), 0555), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(1);
    const auto writer = SqliteStore::open({.path = directory / "e.db"});
    if (writer || writer.error().kind != ErrorKind::permission) ::_exit(2);
    const auto fresh = SqliteStore::open({.path = directory / "new.db"});
    if (fresh || fresh.error().kind != ErrorKind::permission) ::_exit(3);
    // Reading is still possible: nobody writes, so the file stands still.
    const auto reader = SqliteStore::open_for_reading(directory / "e.db");
    if (!reader) ::_exit(4);
    const auto rows = (*reader)->query({});
    ::_exit(rows && rows->size() == 3 ? 0 : 5);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(SqliteStore, IsReadByTheCliWhileTheGatewayWrites) {
  const TempDirectory directory;
  const auto gateway = open({.path = directory / "e.db"});
  ASSERT_TRUE(gateway->write(many(0, 3)));
  const auto cli = SqliteStore::open_for_reading(directory / "e.db");
  ASSERT_TRUE(cli) << describe(cli.error());
  EXPECT_EQ(count(**cli), 3u);
  ASSERT_TRUE(gateway->write(many(3, 5)));
  EXPECT_EQ(count(**cli), 5u);
}

TEST(SqliteStore, ChangesNothingWhenOpenedForReading) {
  const TempDirectory directory;
  ASSERT_TRUE(open({.path = directory / "e.db"})->write(many(0, 3)));
  const auto cli = SqliteStore::open_for_reading(directory / "e.db");
  ASSERT_TRUE(cli);
  EXPECT_EQ((*cli)->write(many(3, 4)).error().kind, ErrorKind::permission);
  EXPECT_EQ((*cli)->retain(second(0)).error().kind, ErrorKind::permission);
}

TEST(SqliteStore, ReportsALockThatAnotherProcessHolds) {
  const TempDirectory directory;
  const auto store = open({.path = directory / "e.db", .busy_timeout = 1ms});
  const SqliteDatabase other = raw(directory / "e.db");
  ASSERT_TRUE(other.execute("BEGIN IMMEDIATE"));
  const auto written = store->write(many(0, 1));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::unavailable);
  ASSERT_TRUE(other.execute("COMMIT"));
  EXPECT_TRUE(store->write(many(0, 1)));
}

TEST(SqliteStore, DeletesBlocksThatAreTooOldInBoundedSteps) {
  const TempDirectory directory;
  const auto store = open({.path = directory / "e.db", .max_age = 24h, .retain_step = 4});
  for (int n = 0; n < 20; n += 2) ASSERT_TRUE(store->write(many(n, n + 2)));
  // Eleven of them are older than a day; of the last block one is not.
  const Time now = second(11) + 24h;
  std::string story;
  bool more = true;
  while (more) {
    more = store->retain(now).value();
    story += std::to_string(count(*store)) + (more ? " " : ".");
  }
  // Then what is left is put together by app.
  EXPECT_EQ(story, "16 12 10 10 10 10.");
  EXPECT_EQ(store->totals()->oldest, second(10));
  EXPECT_EQ(store->totals()->activities, 10u);
  EXPECT_EQ(store->retain(now), false);
}

TEST(SqliteStore, DeletesTheOldestWhileItIsTooLargeAndGivesTheSpaceBack) {
  const TempDirectory directory;
  const auto store =
      open({.path = directory / "e.db", .max_age = 0h, .max_bytes = 270000, .retain_step = 50});
  ASSERT_TRUE(store->write(many(0, 2000)));
  std::uint64_t before = count(*store);
  ASSERT_EQ(before, 2000u);
  while (store->retain(second(3000)).value()) {
  }
  const auto totals = store->totals();
  EXPECT_LT(totals->events, 1500u);
  EXPECT_GT(totals->events, 100u);
  EXPECT_EQ(totals->newest, second(1999));
  const auto bytes = raw(directory / "e.db")
                         .integer(
                             "SELECT page_count * page_size FROM pragma_page_count, "
                             "pragma_page_size");
  EXPECT_LE(*bytes, 320000);
  EXPECT_EQ(store->retain(second(3000)), false);
  EXPECT_EQ(store->totals()->events, totals->events);
}

// A row per event took 3.2 KB.
TEST(SqliteStore, KeepsEventsThatResembleEachOtherInATenthOfTheirRecords) {
  const TempDirectory directory;
  const auto store = open({.path = directory / "e.db"});
  std::uint64_t content = 0;
  for (int batch = 0; batch < 10; ++batch) {
    std::vector<Event> events;
    for (int n = 0; n < 500; ++n) {
      Event event = samples::full();
      event.id = samples::id_of(batch);
      // What differs from one to the next is noise that nothing compresses.
      for (int i = 0; i < 8; ++i) {
        event.id.bytes[8 + i] = static_cast<std::uint8_t>(n * 2654435761u >> (i % 4 * 8) ^ n >> i);
      }
      event.id.bytes[6] = static_cast<std::uint8_t>(n >> 8);
      event.id.bytes[7] = static_cast<std::uint8_t>(n);
      event.start = second(batch) + std::chrono::microseconds(n * 1999);
      event.connection_id = static_cast<std::uint64_t>(n) * 0x9e3779b97f4a7c15u;
      event.duration_us = n * 7919 % 100003;
      event.activity.path = "/files/" + std::to_string(n * 104729 % 1299709);
      event.activity.user = "user" + std::to_string(n * 31 % 200);
      event.activity.user_agent = std::string(120, 'a');
      event.bytes_out = static_cast<std::uint64_t>(n) * 6700417 % 100000;
      std::string record;
      append_json(record, event);
      content += record.size();
      events.push_back(std::move(event));
    }
    ASSERT_TRUE(store->write(events));
  }
  EXPECT_EQ(count(*store), 5000u);
  ASSERT_GT(content / 5000, 1500u);
  const auto bytes = raw(directory / "e.db")
                         .integer(
                             "SELECT page_count * page_size FROM pragma_page_count, "
                             "pragma_page_size");
  EXPECT_LT(static_cast<double>(*bytes), static_cast<double>(content) / 10);
}

TEST(SqliteStore, KeepsEverythingWhereNothingBoundsIt) {
  const TempDirectory directory;
  const auto store = open({.path = directory / "e.db", .max_age = 0h, .max_bytes = 0});
  ASSERT_TRUE(store->write(many(0, 10)));
  EXPECT_EQ(store->retain(second(0) + 24h * 10000), false);
  EXPECT_EQ(count(*store), 10u);
  EXPECT_GT(store->bytes(), 4096u);
}

// What the first two versions of the schema kept: a row per event, the second with its facts.
TEST(SqliteStore, BringsOverTheRowsOfOlderVersions) {
  const TempDirectory directory;
  const std::string path = directory / "e.db";
  const SqliteSchema now = event_schema();
  constexpr int kEvents = 2500;
  {
    const SqliteDatabase db = raw(path);
    ASSERT_TRUE(migrate(db, {now.application_id, now.steps.first(2)}));
    ASSERT_TRUE(db.execute("BEGIN; INSERT INTO apps (name, id) VALUES ('Dropbox', 'dropbox')"));
    auto insert = db.prepare(
        "INSERT INTO events (id, time, duration, kind, client, action, bytes_in, bytes_out, "
        "ending, record, facts) VALUES (?, 5, 0, 'exchange', x'00', 'allow', 0, 0, 'completed', ?, "
        "?)");
    ASSERT_TRUE(insert);
    for (int n = 0; n < kEvents; ++n) {
      Event event = n % 2 == 0 ? allowed(n) : blocked(n);
      event.activity.connection_uploaded = 77;  // Only the facts have it.
      std::string record, facts;
      append_json(record, event);
      policy::pack(event.activity, facts);
      if (n == 7) record = "{}";  // It cannot be read, and holds up nothing.
      insert->bind_blob(1, id_key(event.id));
      insert->bind(2, record);
      if (n == 1) {
        insert->bind_null(3);
      } else {
        insert->bind_blob(3, facts);
      }
      ASSERT_TRUE(insert->run());
    }
    ASSERT_TRUE(db.execute("COMMIT"));
  }
  EXPECT_EQ(describe(SqliteStore::open_for_reading(path).error()),
            "ours invalid: " + path +
                " has an older schema; start the gateway once to bring it up to date");
  const auto store = open({.path = path});
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(count(*store), kEvents - 1u);
  EXPECT_EQ(store->query({.app = "Dropbox", .limit = 5})->size(), 5u);
  std::string record;
  append_json(record, blocked(3));
  EXPECT_EQ(*store->find_record(samples::id_of(3)), record);
  for (const int n : {1, 2}) {
    const auto facts = store->find_facts(samples::id_of(n));
    ASSERT_TRUE(facts && *facts);
    policy::Activity activity;
    ASSERT_TRUE(policy::unpack(**facts, activity));
    EXPECT_EQ(activity.connection_uploaded, n == 1 ? 0u : 77u);
  }
  EXPECT_EQ(raw(path).integer("SELECT count(*) FROM sqlite_schema WHERE name = 'events'"), 0);
  ASSERT_TRUE(store->write(many(kEvents, kEvents + 1)));
}

// The gateway writes between two steps of a reader, and cleans up its log.
TEST(SqliteStore, IsWrittenWhileThePastIsRead) {
  const TempDirectory directory;
  const auto gateway = open({.path = directory / "e.db", .busy_timeout = 1ms});
  ASSERT_TRUE(gateway->write(many(0, 5000)));
  const auto cli = SqliteStore::open_for_reading(directory / "e.db");
  ASSERT_TRUE(cli);
  int seen = 0;
  int written = 0;
  ASSERT_TRUE((*cli)->read_past(second(0), second(5000), [&](const PastEvent&) {
    if (++seen % 500 == 0) written += gateway->write(many(9000 + seen, 9001 + seen)).has_value();
  }));
  EXPECT_EQ(seen, 5000);
  EXPECT_EQ(written, 10);
}

TEST(SqliteStore, ASearchHasConditionsOfItsOwnAndGoesOnWhereItWasStopped) {
  const TempDirectory directory;
  const auto store = open({.path = directory / "e.db"});
  ASSERT_TRUE(store->write(many(0, 300)));
  for (const Order order : {Order::newest_first, Order::oldest_first}) {
    Search all;
    all.keeps = [](const Event& event) { return is_block(event); };
    const auto whole = store->search({.order = order, .limit = 1000}, all);
    ASSERT_TRUE(whole) << describe(whole.error());
    EXPECT_EQ(whole->size(), 150u);
    EXPECT_FALSE(all.stopped_at);
    std::vector<Row> pieces;
    std::optional<Ulid> after;
    int searches = 0;
    do {
      Search some;
      int blocks = 0;
      some.keeps = all.keeps;
      some.stop = [&] { return ++blocks > 2; };
      const auto rows = store->search({.after = after, .order = order, .limit = 1000}, some);
      ASSERT_TRUE(rows) << describe(rows.error());
      pieces.insert(pieces.end(), rows->begin(), rows->end());
      after = some.stopped_at;
      ASSERT_LT(++searches, 1000);
    } while (after);
    EXPECT_EQ(pieces, *whole);
    EXPECT_GT(searches, 2);
  }
}

TEST(SqliteSchema, TakesTheMissingStepsOneByOne) {
  const TempDirectory directory;
  const SqliteDatabase db = raw(directory / "x.db");
  constexpr std::string_view kSteps[] = {"CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y"};
  ASSERT_TRUE(migrate(db, {1, std::span(kSteps).first(1)}));
  EXPECT_EQ(db.integer("PRAGMA user_version"), 1);
  ASSERT_TRUE(db.execute("INSERT INTO a (x) VALUES (7)"));
  ASSERT_TRUE(migrate(db, {1, kSteps}));
  EXPECT_EQ(db.integer("PRAGMA user_version"), 2);
  EXPECT_EQ(db.integer("SELECT x FROM a WHERE y IS NULL"), 7);
  ASSERT_TRUE(migrate(db, {1, kSteps}));
}

TEST(SqliteSchema, LeavesTheOldVersionBehindAStepThatFails) {
  const TempDirectory directory;
  const SqliteDatabase db = raw(directory / "x.db");
  constexpr std::string_view kSteps[] = {"CREATE TABLE a (x)",
                                         "CREATE TABLE b (x); CREATE TABLE a (x)"};
  const auto done = migrate(db, {1, kSteps});
  ASSERT_FALSE(done);
  EXPECT_EQ(db.integer("PRAGMA user_version"), 1);
  EXPECT_EQ(db.integer("SELECT count(*) FROM sqlite_schema"), 1);
}

// However many blocks there are: none is sorted, and a page begins where the last one ended.
TEST(SqliteBlocks, AreWalkedAlongTheirIds) {
  const TempDirectory directory;
  open({.path = directory / "e.db"});
  const SqliteDatabase db = raw(directory / "e.db");
  const auto plan = [&](const Query& query) {
    const SqliteQuery asked = blocks_of(query);
    auto statement = db.prepare("EXPLAIN QUERY PLAN " + asked.sql);
    CHECK(statement);
    bind_values(*statement, asked);
    std::string out;
    while (*statement->step()) out += std::string(statement->text(3)) + "\n";
    return out;
  };
  EXPECT_EQ(plan({}), "SEARCH blocks USING INDEX blocks_id (last_id>?)\n");
  EXPECT_EQ(plan({.since = second(0), .until = second(1), .order = Order::oldest_first}),
            "SEARCH blocks USING INDEX blocks_id (last_id>?)\n");
  EXPECT_EQ(plan({.after = samples::id_of(1)}),
            "SEARCH blocks USING INDEX blocks_id (last_id>? AND last_id<?)\n");
}

}  // namespace
}  // namespace sallyport::discovery
