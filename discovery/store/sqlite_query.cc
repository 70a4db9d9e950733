#include "discovery/store/sqlite_query.h"

#include <algorithm>
#include <array>

#include "base/core/text.h"
#include "discovery/events/decode.h"

namespace sallyport::discovery {
namespace {

constexpr std::string_view kColumns =
    "SELECT id, time, kind, user, client, app, app_name, host, method, path, type, action, policy, "
    "status, bytes_in, bytes_out, ending, duration FROM events";

// Ids are made when an exchange is recorded or begins, so their time is not before the start; the
// rest is for clocks that were set back.
constexpr std::chrono::minutes kIdSlack{10};

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }

// The smallest id of a moment.
std::string first_id_of(Time time) {
  const std::int64_t ms = std::clamp<std::int64_t>(
      std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count(), 0,
      (std::int64_t{1} << 48) - 1);
  std::string key(16, '\0');
  for (int i = 0; i < 6; ++i) key[i] = static_cast<char>(ms >> (40 - 8 * i) & 255);
  return key;
}

class Conditions {
 public:
  explicit Conditions(SqliteQuery& query) : query_(query) {}

  template <class... Values>
  void add(std::string_view condition, Values... values) {
    query_.sql += any_ ? " AND " : " WHERE ";
    query_.sql += condition;
    any_ = true;
    (query_.values.emplace_back(std::move(values)), ...);
  }

 private:
  SqliteQuery& query_;
  bool any_ = false;
};

}  // namespace

std::string address_key(const IpAddress& address) {
  std::string key(16, '\0');
  if (address.is_v4()) {
    key[10] = key[11] = static_cast<char>(0xff);
    for (int i = 0; i < 4; ++i) key[12 + i] = static_cast<char>(address.bytes()[i]);
  } else {
    for (int i = 0; i < 16; ++i) key[i] = static_cast<char>(address.bytes()[i]);
  }
  return key;
}

IpAddress address_from_key(std::string_view key) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < bytes.size() && i < key.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(key[i]);
  }
  return IpAddress::v6(bytes);  // The mapped ones become IPv4.
}

std::pair<std::string, std::string> address_range(const IpPrefix& prefix) {
  std::string first = address_key(prefix.address);
  std::string last = first;
  const int length = prefix.length + (prefix.address.is_v4() ? 96 : 0);
  for (int bit = length; bit < 128; ++bit) {
    const auto mask = static_cast<unsigned char>(0x80 >> (bit % 8));
    first[bit / 8] = static_cast<char>(static_cast<unsigned char>(first[bit / 8]) & ~mask);
    last[bit / 8] = static_cast<char>(static_cast<unsigned char>(last[bit / 8]) | mask);
  }
  return {first, last};
}

SqliteQuery make_sqlite_query(const Query& query, const std::vector<std::string>& app_ids) {
  SqliteQuery out;
  out.sql = kColumns;
  Conditions where(out);
  if (query.app) {
    // One id, the usual case, leaves the index in the order of ids.
    std::string marks = "app IN (";
    for (std::size_t i = 0; i < app_ids.size(); ++i) marks += i == 0 ? "?" : ", ?";
    where.add(marks + ")");
    for (const std::string& id : app_ids) out.values.emplace_back(id);
  }
  if (query.user) {
    if (query.user->empty()) {
      where.add("user IS NULL");
    } else {
      where.add("user = ?", *query.user);
    }
  }
  if (query.client) {
    auto [first, last] = address_range(*query.client);
    if (first == last) {
      where.add("client = ?", SqliteBlob{first});
    } else if (query.client->address.is_v6()) {
      // ::/0 is every IPv6 address, not also the IPv4 ones between them.
      where.add("client BETWEEN ? AND ? AND client NOT BETWEEN ? AND ?", SqliteBlob{first},
                SqliteBlob{last}, SqliteBlob{address_key(IpAddress::v4(0))},
                SqliteBlob{address_key(IpAddress::v4(0xffffffff))});
    } else {
      where.add("client BETWEEN ? AND ?", SqliteBlob{first}, SqliteBlob{last});
    }
  }
  if (query.host) {
    const std::string host = lower(*query.host);
    if (host.starts_with("*.")) {
      const std::string name = host.substr(2);
      where.add("(host = ? OR substr(host, ?) = ? COLLATE NOCASE)", name,
                -static_cast<std::int64_t>(name.size() + 1), "." + name);
    } else {
      where.add("host = ?", host);
    }
  }
  if (query.policy) {
    where.add(
        "n IN (SELECT n FROM events WHERE policy = ? "
        "UNION SELECT event FROM activities WHERE policy = ?)",
        *query.policy, *query.policy);
  }
  if (query.action == policy::Action::block) {
    // Few among many: from the partial indexes, which SQLite takes only for the literal.
    where.add(
        "n IN (SELECT n FROM events WHERE action = 'block' "
        "UNION SELECT event FROM activities WHERE action = 'block')");
  } else if (query.action) {
    const std::string word(to_string(*query.action));
    where.add(
        "(action = ? OR EXISTS (SELECT 1 FROM activities a WHERE a.event = n AND a.action = ?))",
        word, word);
  }
  if (query.type) {
    const std::string word(to_string(*query.type));
    where.add("(type = ? OR EXISTS (SELECT 1 FROM activities a WHERE a.event = n AND a.type = ?))",
              word, word);
  }
  if (query.ending) where.add("ending = ?", std::string(to_string(*query.ending)));
  if (query.kind) where.add("kind = ?", std::string(to_string(*query.kind)));
  // A window with two ends is best walked on the index on time; with one, in the order of ids (the
  // plus keeps SQLite from the index).
  const std::string_view time = query.since && query.until ? "time" : "+time";
  if (query.since) {
    where.add(std::string(time) + " >= ?", micros(*query.since));
    where.add("id >= ?", SqliteBlob{first_id_of(*query.since - kIdSlack)});
  }
  if (query.until) where.add(std::string(time) + " < ?", micros(*query.until));
  const bool newest = query.order == Order::newest_first;
  if (query.after) {
    where.add(newest ? "id < ?" : "id > ?", SqliteBlob{std::string(id_key(*query.after))});
  }
  out.sql += newest ? " ORDER BY id DESC LIMIT ?" : " ORDER BY id LIMIT ?";
  out.values.emplace_back(
      static_cast<std::int64_t>(std::clamp<std::size_t>(query.limit, 1, kMaxRows)));
  return out;
}

void bind_values(SqliteStatement& statement, const SqliteQuery& query) {
  int index = 0;
  for (const auto& value : query.values) {
    ++index;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      statement.bind(index, *number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      statement.bind(index, *text);
    } else {
      statement.bind_blob(index, std::get<SqliteBlob>(value).bytes);
    }
  }
}

Result<Row> read_row(const SqliteStatement& statement) {
  Row row;
  const std::string_view id = statement.text(0);
  const auto kind = parse_event_kind(statement.text(2));
  const auto action = policy::parse_action(statement.text(11));
  const auto ending = parse_ending(statement.text(16));
  if (id.size() != row.id.bytes.size() || !kind || !action || !ending) {
    return fail(ErrorKind::invalid, Side::ours,
                "a row of the event store has words that this version does not know");
  }
  std::copy(id.begin(), id.end(), row.id.bytes.begin());
  row.time = Time(std::chrono::microseconds(statement.integer(1)));
  row.kind = *kind;
  row.user = statement.text(3);
  row.client = address_from_key(statement.text(4));
  row.app_id = statement.text(5);
  row.app_name = statement.text(6);
  row.host = statement.text(7);
  row.method = statement.text(8);
  row.path = statement.text(9);
  if (!statement.is_null(10)) row.type = policy::parse_activity_type(statement.text(10));
  row.action = *action;
  row.policy = statement.text(12);
  if (!statement.is_null(13)) row.status = static_cast<int>(statement.integer(13));
  row.bytes_in = static_cast<std::uint64_t>(statement.integer(14));
  row.bytes_out = static_cast<std::uint64_t>(statement.integer(15));
  row.ending = *ending;
  row.duration_us = statement.integer(17);
  return row;
}

}  // namespace sallyport::discovery
