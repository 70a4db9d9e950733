#include "discovery/store/sqlite_schema.h"

#include <string>

namespace sallyport::discovery {
namespace {

// A row per event; only `apps` is still in use: it maps names to ids, so that a question for a name
// is one for every id that had it. record: what encode.h writes.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE events (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  time INTEGER NOT NULL,
  duration INTEGER NOT NULL,
  kind TEXT NOT NULL,
  user TEXT COLLATE NOCASE,
  client BLOB NOT NULL,
  app TEXT COLLATE NOCASE,
  app_name TEXT,
  host TEXT COLLATE NOCASE,
  method TEXT,
  path TEXT,
  type TEXT,
  action TEXT NOT NULL,
  policy TEXT COLLATE NOCASE,
  status INTEGER,
  bytes_in INTEGER NOT NULL,
  bytes_out INTEGER NOT NULL,
  ending TEXT NOT NULL,
  record TEXT NOT NULL
);
CREATE INDEX events_time ON events (time);
CREATE INDEX events_user ON events (user, id);
CREATE INDEX events_app ON events (app, id);
CREATE INDEX events_client ON events (client, id);
CREATE INDEX events_host ON events (host, id);
CREATE INDEX events_policy ON events (policy) WHERE policy IS NOT NULL;
CREATE INDEX events_blocked ON events (id) WHERE action = 'block';

CREATE TABLE activities (
  event INTEGER NOT NULL REFERENCES events (n),
  k INTEGER NOT NULL,
  type TEXT NOT NULL,
  action TEXT NOT NULL,
  policy TEXT COLLATE NOCASE,
  PRIMARY KEY (event, k)
) WITHOUT ROWID;
CREATE INDEX activities_policy ON activities (policy) WHERE policy IS NOT NULL;
CREATE INDEX activities_blocked ON activities (event) WHERE action = 'block';

CREATE TABLE apps (
  name TEXT NOT NULL COLLATE NOCASE,
  id TEXT NOT NULL COLLATE NOCASE,
  PRIMARY KEY (name, id)
) WITHOUT ROWID;
)sql";

// facts: what policy/activity/pack.h writes; NULL in rows from before.
constexpr std::string_view kVersion2 = "ALTER TABLE events ADD COLUMN facts BLOB";

// Since version 3 events stand in blocks (event_block.h), and what a block may hold in its filter
// (event_filter.h). `blocks` is read from end to end, so the events are kept apart from it. What
// versions 1 and 2 kept is brought over by sqlite_old_events.h, which needs none of their indexes.
constexpr std::string_view kVersion3 = R"sql(
CREATE TABLE blocks (
  n INTEGER PRIMARY KEY,
  first_id BLOB NOT NULL,
  last_id BLOB NOT NULL,
  first_time INTEGER NOT NULL,
  last_time INTEGER NOT NULL,
  events INTEGER NOT NULL,
  activities INTEGER NOT NULL,
  filter BLOB NOT NULL
);
CREATE INDEX blocks_id ON blocks (last_id);
CREATE INDEX blocks_time ON blocks (last_time);
CREATE TABLE block_events (
  n INTEGER PRIMARY KEY REFERENCES blocks (n),
  ids BLOB NOT NULL,
  data BLOB NOT NULL
);
DROP INDEX events_time;
DROP INDEX events_user;
DROP INDEX events_app;
DROP INDEX events_client;
DROP INDEX events_host;
DROP INDEX events_policy;
DROP INDEX events_blocked;
DROP TABLE activities;
)sql";

// Since version 4 the use that events tell is counted (usage.h). usage_waiting: blocks that are not
// counted yet. usage_chunks: what usage_chunk.h writes, of `days` from `day` (since 1970) on, and
// whose users lie between two numbers; level: 0 until it was merged with the others of its day, 9
// where it is damaged.
constexpr std::string_view kVersion4 = R"sql(
CREATE TABLE usage_waiting (
  n INTEGER PRIMARY KEY
);
INSERT INTO usage_waiting SELECT n FROM blocks;
CREATE TABLE usage_names (
  n INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  name TEXT NOT NULL,
  last_day INTEGER NOT NULL
);
CREATE UNIQUE INDEX usage_names_name ON usage_names (kind, name);
CREATE INDEX usage_names_day ON usage_names (last_day, kind);
CREATE TABLE usage_chunks (
  n INTEGER PRIMARY KEY,
  day INTEGER NOT NULL,
  days INTEGER NOT NULL,
  family INTEGER NOT NULL,
  level INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  first_user INTEGER NOT NULL,
  last_user INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE INDEX usage_chunks_day ON usage_chunks (day, family);
CREATE INDEX usage_chunks_fresh ON usage_chunks (day, family) WHERE level = 0;
)sql";

// Since version 5 use may come from imports (usage_imports.h): `source` is 0 for what was seen
// live, else the number of an import, whose chunks mean nothing before its state is 1. Numbers are
// not given out again. usage_exclusions: lines of usage_exclusions.h.
constexpr std::string_view kVersion5 = R"sql(
ALTER TABLE usage_chunks ADD COLUMN source INTEGER NOT NULL DEFAULT 0;
CREATE INDEX usage_chunks_source ON usage_chunks (source, day) WHERE source > 0;
CREATE TABLE usage_imports (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  state INTEGER NOT NULL,
  begun INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  who TEXT NOT NULL,
  file TEXT NOT NULL,
  digest BLOB NOT NULL,
  beginning BLOB NOT NULL,
  packing TEXT NOT NULL,
  format TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  records INTEGER NOT NULL,
  aside INTEGER NOT NULL,
  bad INTEGER NOT NULL,
  left_out INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  removed_by TEXT NOT NULL
);
CREATE TABLE usage_exclusions (
  n INTEGER PRIMARY KEY,
  line TEXT NOT NULL
);
)sql";

// Since version 6 counted use is put together by service (usage_block.h), a row for each day or
// month (level 0), week (1) and four weeks (2). They are made of usage_chunks and lost when those
// change, whoever changes them; fresh chunks (level 0 there) are in none. block_users: of blocks of
// events between two numbers, which ones have something of a user (block_users.h); of the blocks in
// block_spans all users are in it.
constexpr std::string_view kVersion6 = R"sql(
CREATE TABLE usage_blocks (
  n INTEGER PRIMARY KEY,
  source INTEGER NOT NULL,
  family INTEGER NOT NULL,
  day INTEGER NOT NULL,
  days INTEGER NOT NULL,
  level INTEGER NOT NULL
);
CREATE UNIQUE INDEX usage_blocks_day ON usage_blocks (source, family, day, level);
CREATE TABLE usage_block_directories (
  n INTEGER PRIMARY KEY,
  data BLOB NOT NULL
);
CREATE TABLE usage_block_totals (
  n INTEGER PRIMARY KEY,
  data BLOB NOT NULL
);
CREATE TABLE usage_block_parts (
  block INTEGER NOT NULL,
  part INTEGER NOT NULL,
  first_service INTEGER NOT NULL,
  last_service INTEGER NOT NULL,
  columns BLOB NOT NULL,
  counts BLOB NOT NULL,
  PRIMARY KEY (block, part)
);
CREATE TRIGGER usage_blocks_gone AFTER DELETE ON usage_blocks BEGIN
  DELETE FROM usage_block_directories WHERE n = OLD.n;
  DELETE FROM usage_block_totals WHERE n = OLD.n;
  DELETE FROM usage_block_parts WHERE block = OLD.n;
END;
CREATE TRIGGER usage_chunks_put AFTER INSERT ON usage_chunks WHEN NEW.level > 0 BEGIN
  DELETE FROM usage_blocks WHERE source = NEW.source AND family = NEW.family
    AND day > NEW.day - 31 AND day < NEW.day + NEW.days AND day + days > NEW.day;
END;
CREATE TRIGGER usage_chunks_changed AFTER UPDATE ON usage_chunks BEGIN
  DELETE FROM usage_blocks WHERE source = NEW.source AND family = NEW.family
    AND day > NEW.day - 31 AND day < NEW.day + NEW.days AND day + days > NEW.day;
END;
CREATE TRIGGER usage_chunks_gone AFTER DELETE ON usage_chunks WHEN OLD.level > 0 BEGIN
  DELETE FROM usage_blocks WHERE source = OLD.source AND family = OLD.family
    AND day > OLD.day - 31 AND day < OLD.day + OLD.days AND day + days > OLD.day;
END;
CREATE TABLE block_users (
  bucket INTEGER NOT NULL,
  first_n INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (bucket, first_n)
) WITHOUT ROWID;
CREATE TABLE block_spans (
  first_n INTEGER PRIMARY KEY,
  last_n INTEGER NOT NULL
);
CREATE TRIGGER blocks_put AFTER INSERT ON blocks BEGIN
  DELETE FROM block_spans WHERE last_n >= NEW.n AND first_n =
    (SELECT max(first_n) FROM block_spans WHERE first_n <= NEW.n);
END;
CREATE TRIGGER blocks_changed AFTER UPDATE ON blocks BEGIN
  DELETE FROM block_spans WHERE last_n >= NEW.n AND first_n =
    (SELECT max(first_n) FROM block_spans WHERE first_n <= NEW.n);
END;
CREATE TRIGGER block_spans_gone AFTER DELETE ON block_spans BEGIN
  DELETE FROM block_users WHERE bucket IN (
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
    26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49,
    50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63) AND first_n = OLD.first_n;
END;
)sql";

// What is asked of chunks without opening them: `source` stands behind `data`, and to read it there
// is to read all of that.
constexpr std::string_view kVersion7 =
    "CREATE INDEX usage_chunks_heads ON usage_chunks "
    "(family, day, days, source, level, first_user, last_user, entries)";

constexpr std::int64_t kEventApplicationId = 0x53504556;  // "SPEV"
constexpr std::string_view kSteps[] = {kVersion1, kVersion2, kVersion3, kVersion4,
                                       kVersion5, kVersion6, kVersion7};

std::unexpected<Error> refused(std::string detail) {
  return fail(ErrorKind::invalid, Side::ours, std::move(detail));
}

}  // namespace

SqliteSchema event_schema() { return {kEventApplicationId, kSteps}; }

Result<void> check_schema(const SqliteDatabase& db, const SqliteSchema& schema) {
  const std::size_t newest = schema.steps.size();
  Result<std::int64_t> version = db.integer("PRAGMA user_version");
  if (!version) return pass_on(std::move(version));
  Result<std::int64_t> application = db.integer("PRAGMA application_id");
  if (!application) return pass_on(std::move(application));
  Result<std::int64_t> tables = db.integer("SELECT count(*) FROM sqlite_schema");
  if (!tables) return pass_on(std::move(tables));
  Result<std::string> name = db.text("SELECT file FROM pragma_database_list WHERE name = 'main'");
  if (!name) return pass_on(std::move(name));

  const bool empty = *version == 0 && *application == 0 && *tables == 0;
  if (!empty && *application != schema.application_id) {
    return refused(*name + " is a database of another program; choose another path for the store");
  }
  if (*version < 0 || static_cast<std::uint64_t>(*version) > newest) {
    return refused(*name + " has schema version " + std::to_string(*version) +
                   ", made by a newer Sallyport; this one knows " + std::to_string(newest) +
                   ": update it, or give it another path");
  }
  return {};
}

Result<void> migrate(const SqliteDatabase& db, const SqliteSchema& schema) {
  while (true) {
    Result<SqliteTransaction> transaction = SqliteTransaction::begin(db);
    if (!transaction) return pass_on(std::move(transaction));
    // Read inside, because another process may just have taken the step.
    Result<std::int64_t> version = db.integer("PRAGMA user_version");
    if (!version) return pass_on(std::move(version));
    const auto at = static_cast<std::size_t>(*version);
    if (at >= schema.steps.size()) return {};
    Result<void> done = db.execute(
        std::string(schema.steps[at]) + "; PRAGMA user_version = " + std::to_string(at + 1) +
        "; PRAGMA application_id = " + std::to_string(schema.application_id));
    if (done) done = transaction->commit();
    if (!done) return done;
  }
}

}  // namespace sallyport::discovery
