#pragma once
// A Query as SQL: the text, which holds only words of ours, and the values to bind to its question
// marks.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/query.h"
#include "discovery/store/sqlite_db.h"

namespace sallyport::discovery {

struct SqliteBlob {
  std::string bytes;
};

struct SqliteQuery {
  std::string sql;
  std::vector<std::variant<std::int64_t, std::string, SqliteBlob>> values;
};

// `app_ids`: the ids that `query.app` stands for, as the `apps` table knows them; itself included.
SqliteQuery make_sqlite_query(const Query& query, const std::vector<std::string>& app_ids);

// REQUIRES: `query` outlives the use of `statement`.
void bind_values(SqliteStatement& statement, const SqliteQuery& query);

// The row that the statement stands on, in the columns of make_sqlite_query().
Result<Row> read_row(const SqliteStatement& statement);

// 16 bytes, IPv4 as ::ffff:a.b.c.d: the order of the addresses is that of the blobs.
std::string address_key(const IpAddress& address);
IpAddress address_from_key(std::string_view key);

// The first and the last key of a prefix.
std::pair<std::string, std::string> address_range(const IpPrefix& prefix);

inline std::string_view id_key(const Ulid& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

}  // namespace sallyport::discovery
