#include "discovery/store/sqlite_past.h"

#include <algorithm>

#include "discovery/events/decode.h"
#include "discovery/store/sqlite_query.h"

namespace sallyport::discovery {
namespace {

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
Time from_micros(std::int64_t count) { return Time(std::chrono::microseconds(count)); }

// Where the last step ended. The index on time holds both.
struct Position {
  std::int64_t time = 0;
  std::int64_t n = 0;
};

Result<void> read_event(const SqliteStatement& row, PastEvent& into) {
  const std::string_view id = row.text(2);
  const auto kind = parse_event_kind(row.text(3));
  const auto ending = parse_ending(row.text(4));
  const auto action = policy::parse_action(row.text(5));
  if (id.size() != into.id.bytes.size() || !kind || !ending || !action) {
    return fail(ErrorKind::invalid, Side::ours,
                "a row of the event store has words that this version does not know");
  }
  std::copy(id.begin(), id.end(), into.id.bytes.begin());
  into.time = from_micros(row.integer(0));
  into.kind = *kind;
  into.ending = *ending;
  into.action = *action;
  into.policy = row.text(6);
  into.user = row.text(7);
  into.app_id = row.text(8);
  into.facts.reset();
  if (!row.is_null(9)) into.facts = row.text(9);
  into.bytes_in = static_cast<std::uint64_t>(row.integer(10));
  into.bytes_out = static_cast<std::uint64_t>(row.integer(11));
  return {};
}

}  // namespace

Result<std::optional<std::string>> find_facts(const SqliteDatabase& db, const Ulid& id) {
  auto found = db.prepare("SELECT facts FROM events WHERE id = ?");
  if (!found) return pass_on(std::move(found));
  found->bind_blob(1, id_key(id));
  const Result<bool> row = found->step();
  if (!row) return std::unexpected(row.error());
  if (!*row || found->is_null(0)) return std::optional<std::string>();
  return std::optional<std::string>(found->text(0));
}

Result<std::vector<Slice>> slices(const SqliteDatabase& db, Time since, Time until,
                                  std::size_t events_each) {
  std::vector<Slice> found;
  auto times = db.prepare("SELECT time FROM events WHERE time >= ? AND time < ? ORDER BY time");
  if (!times) return pass_on(std::move(times));
  times->bind(1, micros(since));
  times->bind(2, micros(until));
  Time last = since;
  while (true) {
    const Result<bool> row = times->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    const Time time = from_micros(times->integer(0));
    // Events of one moment stay together.
    if (found.empty() || (found.back().events >= events_each && time != last)) {
      if (!found.empty()) found.back().until = time;
      found.push_back({time, until, 0});
    }
    ++found.back().events;
    last = time;
  }
  return found;
}

Result<void> read_past(const SqliteDatabase& db, Time since, Time until, std::size_t step,
                       const std::function<void(const PastEvent&)>& each) {
  auto rows = db.prepare(
      "SELECT time, n, id, kind, ending, action, policy, user, app, facts, bytes_in, "
      "bytes_out FROM events "
      "WHERE (time, n) > (?, ?) AND time < ? ORDER BY time, n LIMIT ?");
  if (!rows) return pass_on(std::move(rows));
  Position behind{micros(since), -1};  // Rows count from 1.
  PastEvent event;
  while (true) {
    rows->bind(1, behind.time);
    rows->bind(2, behind.n);
    rows->bind(3, micros(until));
    rows->bind(4, static_cast<std::int64_t>(step));
    std::size_t count = 0;
    while (true) {
      const Result<bool> row = rows->step();
      if (!row) return std::unexpected(row.error());
      if (!*row) break;
      Result<void> read = read_event(*rows, event);
      if (!read) return read;
      behind = {rows->integer(0), rows->integer(1)};
      ++count;
      each(event);
    }
    rows->reset();
    if (count < step) return {};
  }
}

}  // namespace sallyport::discovery
