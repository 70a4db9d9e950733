#include "discovery/store/sqlite_store.h"

#include <sys/stat.h>
#include <utility>

#include "base/core/log.h"
#include "discovery/events/encode.h"
#include "discovery/store/sqlite_blocks.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_old_events.h"
#include "discovery/store/sqlite_schema.h"
#include "discovery/store/sqlite_usage.h"
#include "discovery/store/sqlite_usage_exclusions.h"
#include "discovery/store/sqlite_usage_reader.h"
#include "discovery/store/sqlite_usage_view.h"
#include "discovery/store/sqlite_writer.h"
#include "policy/activity/pack.h"

namespace sallyport::discovery {
namespace {

constexpr int kVacuumPages = 1000;  // given back to the file system per retain()

// A block takes tens of KB. Of files that are there already the pages stay as they are.
constexpr const char* kPageSize = "PRAGMA page_size = 8192";
constexpr const char* kCacheSize = "PRAGMA cache_size = -8192";  // KiB

}  // namespace

// What belongs to the open file.
struct SqliteStore::Connection {
  Connection(SqliteDatabase opened, const UsageLimits& limits)
      : db(std::move(opened)), writer(db), usage(db, limits) {}
  SqliteDatabase db;
  SqliteWriter writer;
  SqliteUsage usage;
};

SqliteStore::SqliteStore(SqliteOptions options, std::unique_ptr<Connection> connection,
                         bool writable)
    : options_(std::move(options)), connection_(std::move(connection)), writable_(writable) {}

SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(SqliteOptions options) {
  Result<SqliteDatabase> db =
      SqliteDatabase::open(options.path, SqliteDatabase::Mode::write, options.busy_timeout);
  if (!db) return pass_on(std::move(db));
  Result<void> done = check_schema(*db, event_schema());
  // Before the first table, because neither can be changed later.
  if (done) done = db->execute(kPageSize);
  if (done) done = db->execute("PRAGMA auto_vacuum = INCREMENTAL");
  if (done) done = db->execute(kCacheSize);
  if (!done) return pass_on(std::move(done));
  Result<std::string> mode = db->text("PRAGMA journal_mode = WAL");
  if (!mode) return pass_on(std::move(mode));
  if (*mode != "wal") {
    return fail(ErrorKind::storage, Side::ours,
                options.path + ": no write-ahead log is possible here; choose a local file system");
  }
  std::string settings = "PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864";
  if (options.max_pages > 0)
    settings += "; PRAGMA max_page_count = " + std::to_string(options.max_pages);
  done = db->execute(settings);
  if (done) done = migrate(*db, event_schema());
  if (!done) return pass_on(std::move(done));
  auto connection = std::make_unique<Connection>(std::move(*db), options.usage_limits);
  done = connection->writer.prepare();
  if (done) done = bring_over_old_events(connection->db, connection->writer);
  if (done && options.usage_exclude) {
    done = keep_exclusions(connection->db, *options.usage_exclude);
    // A damaged file is no reason not to keep events; counting will say so.
    if (!done && done.error().kind == ErrorKind::invalid) {
      log::error(describe(done.error()));
      done = {};
    }
  }
  if (done) done = connection->usage.prepare();
  if (!done) return pass_on(std::move(done));
  return std::unique_ptr<SqliteStore>(
      new SqliteStore(std::move(options), std::move(connection), true));
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open_for_reading(const std::string& path) {
  SqliteOptions options;
  options.path = path;
  Result<SqliteDatabase> db =
      SqliteDatabase::open(path, SqliteDatabase::Mode::read, options.busy_timeout);
  if (!db) return pass_on(std::move(db));
  const std::size_t newest = event_schema().steps.size();
  Result<void> checked = check_schema(*db, event_schema());
  if (!checked) return pass_on(std::move(checked));
  Result<std::int64_t> version = db->integer("PRAGMA user_version");
  if (!version) return pass_on(std::move(version));
  if (static_cast<std::size_t>(*version) < newest) {
    return fail(ErrorKind::invalid, Side::ours,
                path + " has an older schema; start the gateway once to bring it up to date");
  }
  auto connection = std::make_unique<Connection>(std::move(*db), options.usage_limits);
  return std::unique_ptr<SqliteStore>(
      new SqliteStore(std::move(options), std::move(connection), false));
}

Result<void> SqliteStore::write(EventSpan events) {
  if (!writable_)
    return fail(ErrorKind::permission, Side::ours, "the store was opened for reading");
  if (events.empty()) return {};
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(connection_->db);
  if (!transaction) return pass_on(std::move(transaction));
  Result<void> inserted = connection_->writer.insert(events);
  if (!inserted) {
    connection_->writer.forget();
    return inserted;
  }
  Result<void> committed = transaction->commit();
  if (!committed) {
    connection_->writer.forget();
    return committed;
  }
  connection_->usage.add_waiting(events.size());
  // After trouble it waits for retain(), so that writing does not stumble over it each time.
  if (connection_->usage.waiting() >= SqliteUsage::kStep && !usage_fails_) count_usage();
  return {};
}

bool SqliteStore::count_usage() {
  const Result<bool> more = connection_->usage.count();
  usage_fails_ = !more;
  if (!more) log::warning("use cannot be counted: " + describe(more.error()));
  return more && *more;
}

Result<UsageExtent> SqliteStore::read_usage(const UsageQuestion& question, const Each& each) {
  return discovery::read_usage(connection_->db, question, each);
}

Result<std::unique_ptr<UsageView>> SqliteStore::view_usage(const UsageQuestion& question) {
  return discovery::view_usage(connection_->db, question);
}

Result<bool> SqliteStore::retain(Time now) {
  if (!writable_)
    return fail(ErrorKind::permission, Side::ours, "the store was opened for reading");
  // Before events leave that are not counted yet. Where that fails for want of room they leave all
  // the same.
  if (count_usage()) return true;
  const auto oldest = std::chrono::floor<std::chrono::days>(now - options_.usage_max_age);
  const Result<std::uint64_t> left = connection_->usage.retain(
      options_.usage_max_age.count() > 0 ? oldest : std::chrono::sys_days::min(),
      options_.usage_max_bytes);
  if (!left) return std::unexpected(left.error());
  usage_bytes_ = *left;
  const auto thinned =
      connection_->usage.thin(std::chrono::floor<std::chrono::days>(now - options_.usage_days));
  if (!thinned) log::warning("counts of use cannot be put together: " + describe(thinned.error()));
  if (thinned && *thinned) return true;
  Result<bool> deleted = delete_old(now);
  if (!deleted || *deleted) return deleted;
  const auto put_together = connection_->usage.put_together(now);
  if (!put_together) {
    log::warning("counts of use cannot be put together by app: " + describe(put_together.error()));
  }
  if (put_together && *put_together) return true;
  const auto indexed = connection_->usage.index_users();
  if (!indexed) log::warning("users cannot be indexed: " + describe(indexed.error()));
  return indexed && *indexed;
}

Result<bool> SqliteStore::delete_old(Time now) {
  Result<OldBlocks> old = find_old(now);
  if (!old) return pass_on(std::move(old));
  if (!old->blocks.empty()) {
    Result<SqliteTransaction> transaction = SqliteTransaction::begin(connection_->db);
    if (!transaction) return pass_on(std::move(transaction));
    Result<void> removed;
    for (const std::int64_t n : old->blocks) {
      removed = connection_->writer.remove(n);
      if (!removed) return pass_on(std::move(removed));
    }
    removed = transaction->commit();
    if (!removed) return pass_on(std::move(removed));
  }
  Result<void> vacuumed =
      connection_->db.execute("PRAGMA incremental_vacuum(" + std::to_string(kVacuumPages) + ")");
  if (!vacuumed) return pass_on(std::move(vacuumed));
  return old->more;
}

Result<SqliteStore::OldBlocks> SqliteStore::find_old(Time now) {
  const SqliteDatabase& db = connection_->db;
  OldBlocks old;
  std::int64_t before = INT64_MIN;
  if (options_.max_age.count() > 0) before = (now - options_.max_age).time_since_epoch().count();
  if (options_.max_bytes > 0) {
    Result<std::int64_t> used = db.integer(
        "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, "
        "pragma_freelist_count, pragma_page_size");
    if (!used) return pass_on(std::move(used));
    if (static_cast<std::uint64_t>(*used) > options_.max_bytes + usage_bytes_) before = INT64_MAX;
  }
  Result<SqliteStatement> oldest =
      db.prepare("SELECT n, events FROM blocks WHERE last_time < ? ORDER BY last_time");
  if (!oldest) return pass_on(std::move(oldest));
  oldest->bind(1, before);
  std::size_t events = 0;
  while (true) {
    Result<bool> row = oldest->step();
    if (!row) return pass_on(std::move(row));
    if (!*row) return old;
    // One block at least, so that there is an end to it.
    events += static_cast<std::size_t>(oldest->integer(1));
    old.more = !old.blocks.empty() && events > options_.retain_step;
    if (old.more) return old;
    old.blocks.push_back(oldest->integer(0));
  }
}

std::uint64_t SqliteStore::bytes() const {
  std::uint64_t sum = 0;
  for (const char* suffix : {"", "-wal"}) {
    struct stat status{};
    if (::stat((options_.path + suffix).c_str(), &status) == 0) {
      sum += static_cast<std::uint64_t>(status.st_size);
    }
  }
  return sum;
}

Result<std::vector<std::string>> SqliteStore::app_ids(const std::string& app) {
  std::vector<std::string> ids{app};
  Result<SqliteStatement> named =
      connection_->db.prepare("SELECT id FROM apps WHERE name = ?1 AND id <> ?1");
  if (!named) return pass_on(std::move(named));
  named->bind(1, std::string_view(app));
  while (true) {
    Result<bool> row = named->step();
    if (!row) return pass_on(std::move(row));
    if (!*row) return ids;
    ids.emplace_back(named->text(0));
  }
}

Result<std::vector<Row>> SqliteStore::query(const Query& query) {
  Search all;
  return search(query, all);
}

Result<std::vector<Row>> SqliteStore::search(const Query& query, Search& search) {
  std::vector<std::string> ids;
  if (query.app) {
    Result<std::vector<std::string>> found = app_ids(*query.app);
    if (!found) return pass_on(std::move(found));
    ids = std::move(*found);
  }
  return find_rows(connection_->db, query, ids, search);
}

Result<std::optional<std::string>> SqliteStore::find_record(const Ulid& id) {
  const Result<std::optional<Event>> event = find_event(connection_->db, id);
  if (!event) return std::unexpected(event.error());
  if (!*event) return std::optional<std::string>();
  std::string record;
  append_json(record, **event);
  return std::optional<std::string>(std::move(record));
}

Result<StoreTotals> SqliteStore::totals() {
  Result<SqliteStatement> statement = connection_->db.prepare(
      "SELECT sum(events), sum(activities), min(first_time), max(last_time) FROM blocks");
  if (!statement) return pass_on(std::move(statement));
  Result<bool> row = statement->step();
  if (!row) return pass_on(std::move(row));
  StoreTotals totals;
  totals.events = static_cast<std::uint64_t>(statement->integer(0));
  totals.activities = static_cast<std::uint64_t>(statement->integer(1));
  if (!statement->is_null(2)) {
    totals.oldest = Time(std::chrono::microseconds(statement->integer(2)));
    totals.newest = Time(std::chrono::microseconds(statement->integer(3)));
  }
  return totals;
}

Result<std::optional<std::string>> SqliteStore::find_facts(const Ulid& id) {
  const Result<std::optional<Event>> event = find_event(connection_->db, id);
  if (!event) return std::unexpected(event.error());
  if (!*event) return std::optional<std::string>();
  std::string facts;
  policy::pack((*event)->activity, facts);
  return std::optional<std::string>(std::move(facts));
}

Result<std::vector<Slice>> SqliteStore::slices(Time since, Time until, std::size_t events_each) {
  return discovery::slices(connection_->db, since, until, events_each);
}

Result<void> SqliteStore::read_past(Time since, Time until,
                                    const std::function<void(const PastEvent&)>& each) {
  return discovery::read_past(connection_->db, since, until, each);
}

Result<Time> SqliteStore::start_of_latest(Time since, Time until, std::size_t events) {
  return discovery::start_of_latest(connection_->db, since, until, events);
}

Result<void> SqliteStore::read_past_of(const std::string& user, Time since, Time until,
                                       const std::function<void(const PastEvent&)>& each) {
  return discovery::read_past_of(connection_->db, user, since, until, each);
}

}  // namespace sallyport::discovery
