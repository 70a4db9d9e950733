#include "discovery/store/sqlite_usage_reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/core/text.h"
#include "discovery/events/pack_event.h"
#include "discovery/store/event_block.h"
#include "discovery/store/sqlite_usage_exclusions.h"
#include "discovery/store/usage_chunk.h"
#include "discovery/store/usage_count.h"

namespace sallyport::discovery {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

// More names than this are of no writer of ours.
constexpr std::int64_t kMostNames = 100'000'000;

// Of usage_chunks: what the question asks for by its source, ?1, and is in force.
constexpr std::string_view kAsked =
    "(?1 IS NULL OR source = ?1) AND "
    "(source = 0 OR source IN (SELECT n FROM usage_imports WHERE state = 1))";

std::int64_t number_of(sys_days day) { return day.time_since_epoch().count(); }

}  // namespace

Result<OneView> OneView::begin(const SqliteDatabase& db) {
  Result<void> begun = db.execute("BEGIN");
  if (!begun) return pass_on(std::move(begun));
  return OneView(db);
}

OneView::~OneView() {
  if (db_ != nullptr) (void)db_->execute("COMMIT");
}

Result<UsageExtent> UsageReading::read() {
  Result<void> done = read_known();
  if (done) done = read_chunks();
  if (done && question_.source.value_or(kSeenLive) == kSeenLive) done = read_waiting();
  if (!done) return pass_on(std::move(done));
  return extent_;
}

Result<void> UsageReading::read_known() {
  if (known_) return {};
  known_ = true;
  Result<void> done = read_names();
  if (done) done = read_imports();
  if (done) done = read_exclusions();
  if (done) done = read_extent();
  if (done) done = widen_question();
  return done;
}

Result<void> UsageReading::read_names() {
  const Result<std::int64_t> last = db_.integer("SELECT max(n) FROM usage_names");
  if (!last) return std::unexpected(last.error());
  if (*last > kMostNames) return UsageChunk::refusal("there are too many names");
  names_.resize(static_cast<std::size_t>(*last) + 1);
  auto rows = db_.prepare("SELECT n, kind, name FROM usage_names");
  if (!rows) return pass_on(std::move(rows));
  while (true) {
    const Result<bool> row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    const std::int64_t n = rows->integer(0);
    const std::int64_t kind = rows->integer(1);
    if (n < 1 || kind < 0 || kind >= static_cast<std::int64_t>(kNameKinds)) {
      return UsageChunk::refusal("there is a name of no kind");
    }
    names_[static_cast<std::size_t>(n)] = {static_cast<NameKind>(kind), std::string(rows->text(2))};
  }
}

Result<void> UsageReading::read_imports() {
  if (question_.source == kSeenLive) return {};
  auto count =
      db_.prepare("SELECT count(*) FROM usage_imports WHERE state = 1 AND (?1 IS NULL OR n = ?1)");
  if (!count) return pass_on(std::move(count));
  bind_source(*count, 1);
  const Result<bool> row = count->step();
  if (!row) return std::unexpected(row.error());
  extent_.imports = static_cast<std::uint64_t>(count->integer(0));
  if (question_.source && extent_.imports == 0) {
    return fail(ErrorKind::not_found, Side::client,
                "there is no import " + std::to_string(*question_.source) +
                    ": see sallyport discover imports");
  }
  return {};
}

void UsageReading::bind_source(SqliteStatement& statement, int index) const {
  if (question_.source) statement.bind(index, *question_.source);
}

Result<void> UsageReading::read_exclusions() {
  auto exclusions = discovery::read_exclusions(db_);
  if (!exclusions) return pass_on(std::move(exclusions));
  exclusions_ = std::move(*exclusions);
  extent_.excluded = exclusions_.lines();
  return {};
}

Result<void> UsageReading::read_extent() {
  auto ends = db_.prepare("SELECT min(day), max(day + days) - 1 FROM usage_chunks WHERE " +
                          std::string(kAsked));
  if (!ends) return pass_on(std::move(ends));
  bind_source(*ends, 1);
  const Result<bool> row = ends->step();
  if (!row) return std::unexpected(row.error());
  if (ends->is_null(0)) return {};
  widen(sys_days(days(ends->integer(0))));
  widen(sys_days(days(ends->integer(1))));
  return {};
}

Result<void> UsageReading::widen_question() {
  for (sys_days* end : {&question_.since, &question_.until}) {
    auto month = db_.prepare(
        "SELECT day, days FROM usage_chunks WHERE days > 1 AND day < ?1 AND day + days > ?1 LIMIT "
        "1");
    if (!month) return pass_on(std::move(month));
    month->bind(1, number_of(*end));
    const Result<bool> row = month->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) continue;
    const sys_days first{days(month->integer(0))};
    *end = end == &question_.since ? first : first + days(month->integer(1));
  }
  extent_.since = question_.since;
  extent_.until = question_.until;
  return {};
}

void UsageReading::widen(sys_days day) {
  extent_.first_day = extent_.any ? std::min(extent_.first_day, day) : day;
  extent_.last_day = extent_.any ? std::max(extent_.last_day, day) : day;
  extent_.any = true;
}

bool UsageReading::is_named(const UsageEntry& entry) const {
  const bool hour = question_.family == UsageFamily::hour;
  return entry.service < names_.size() && entry.who.user < (hour ? 24 : names_.size()) &&
         entry.who.device < names_.size();
}

Result<void> UsageReading::read_chunks() {
  std::vector<Head> heads;
  Result<void> done;
  if (question_.user && question_.family == UsageFamily::who) {
    for (const NameNumber user : users_asked()) {
      if (done) done = find_chunks(user, heads);
    }
  } else {
    done = find_chunks(std::nullopt, heads);
  }
  if (!done || heads.empty()) return done;
  auto chunk = db_.prepare("SELECT data FROM usage_chunks WHERE n = ?");
  if (!chunk) return pass_on(std::move(chunk));
  for (const Head& head : heads) {
    chunk->bind(1, head.n);
    const Result<bool> row = chunk->step();
    if (!row) return std::unexpected(row.error());
    if (*row) done = read_chunk(head.period, chunk->text(0), head.user);
    if (!done) return done;
    chunk->reset();
  }
  return {};
}

Result<void> UsageReading::find_chunks(std::optional<NameNumber> user, std::vector<Head>& found) {
  // All of it stands in one index.
  auto chunks = db_.prepare(
      "SELECT n, day, days, source, level FROM usage_chunks "
      "WHERE family = ?4 AND day >= ?2 AND day < ?3 AND "
      "(?5 IS NULL OR (first_user <= ?5 AND last_user >= ?5)) AND " +
      std::string(kAsked));
  if (!chunks) return pass_on(std::move(chunks));
  bind_source(*chunks, 1);
  chunks->bind(2, number_of(question_.since));
  chunks->bind(3, number_of(question_.until));
  chunks->bind(4, std::int64_t{static_cast<std::uint8_t>(question_.family)});
  if (user) chunks->bind(5, std::int64_t{*user});
  while (true) {
    const Result<bool> row = chunks->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    const UsagePeriod period{sys_days(days(chunks->integer(1))),
                             static_cast<unsigned>(chunks->integer(2))};
    const bool fresh = chunks->integer(4) == 0;
    if (passed_over_ && !fresh && passed_over_(chunks->integer(3), period)) continue;
    found.push_back({chunks->integer(0), period, user});
  }
}

std::vector<NameNumber> UsageReading::users_asked() const {
  std::vector<NameNumber> users;
  for (std::size_t n = 1; n < names_.size(); ++n) {
    if (names_[n].kind == NameKind::user && iequals(names_[n].name, *question_.user)) {
      users.push_back(static_cast<NameNumber>(n));
    }
  }
  return users;
}

Result<void> UsageReading::read_chunk(UsagePeriod period, std::string_view data,
                                      std::optional<NameNumber> user) {
  Result<UsageChunk> chunk = UsageChunk::open(data);
  if (!chunk) return pass_on(std::move(chunk));
  if (user) chunk->skip_to(*user);
  UsageEntry entry;
  while (chunk->next(entry)) {
    if (user && entry.who.user != *user) return {};
    if (!is_named(entry)) return UsageChunk::refusal("they have a number that is no name's");
    each_(period, entry, names_);
  }
  if (chunk->damaged()) return UsageChunk::refusal("they are cut off");
  return {};
}

Result<void> UsageReading::read_waiting() {
  const Result<std::int64_t> waiting =
      db_.integer("SELECT sum(events) FROM usage_waiting JOIN blocks USING (n)");
  if (!waiting) return std::unexpected(waiting.error());
  if (*waiting == 0) return {};
  if (static_cast<std::uint64_t>(*waiting) > kMostWaitingRead) {
    extent_.uncounted = static_cast<std::uint64_t>(*waiting);
    return {};
  }
  for (std::size_t n = 1; n < names_.size(); ++n) {
    numbers_.emplace(std::pair(names_[n].kind, names_[n].name), static_cast<NameNumber>(n));
  }
  auto blocks =
      db_.prepare("SELECT ids, data FROM usage_waiting JOIN block_events USING (n) ORDER BY n");
  if (!blocks) return pass_on(std::move(blocks));
  while (true) {
    const Result<bool> row = blocks->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    Result<void> done = read_block(blocks->text(0), blocks->text(1));
    if (!done) return done;
  }
}

Result<void> UsageReading::read_block(std::string_view ids, std::string_view data) {
  const Result<OpenBlock> block = OpenBlock::open(ids, data);
  if (!block) return std::unexpected(block.error());
  for (std::size_t i = 0; i < block->size(); ++i) {
    Event event;
    if (!unpack_event(block->packed(i), event)) continue;  // It is never counted.
    if (exclusions_.hold(event.activity)) continue;
    if (const auto use = count_use(event)) tell(*use);
  }
  return {};
}

void UsageReading::tell(const CountedUse& use) {
  widen(use.day);
  if (use.day < question_.since || use.day >= question_.until) return;
  if (question_.user && !iequals(use.user, *question_.user)) return;
  UsageEntry entry;
  if (question_.family == UsageFamily::hour) {
    entry.who.user = use.minute / 60u;
  } else {
    entry.who = {number(NameKind::user, use.user), number(NameKind::device, use.device),
                 use.country, use.address};
  }
  entry.service = number(use.kind, use.service);
  entry.counts = use.counts;
  entry.first = use.minute;
  entry.last = use.last;
  each_({use.day, 1}, entry, names_);
}

NameNumber UsageReading::number(NameKind kind, std::string_view name) {
  const auto [at, fresh] =
      numbers_.try_emplace({kind, std::string(name)}, static_cast<NameNumber>(names_.size()));
  if (fresh) names_.push_back({kind, std::string(name)});
  return at->second;
}

Result<UsageExtent> read_usage(const SqliteDatabase& db, const UsageQuestion& question,
                               const UsageReader::Each& each) {
  Result<OneView> view = OneView::begin(db);
  if (!view) return pass_on(std::move(view));
  return UsageReading(db, question, each).read();
}

}  // namespace sallyport::discovery
