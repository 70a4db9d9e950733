#pragma once
// What SQLite is asked and given, as values that are bound: the text of a question holds only words
// of ours. For the sqlite_* files of this folder and of discovery/alerts only.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/core/address.h"
#include "base/core/id.h"
#include "discovery/store/sqlite_db.h"

namespace sallyport::discovery {

struct SqliteBlob {
  std::string bytes;
};

struct SqliteQuery {
  std::string sql;
  std::vector<std::variant<std::int64_t, std::string, SqliteBlob>> values;  // of its question marks
};

// REQUIRES: `query` outlives the use of `statement`.
void bind_values(SqliteStatement& statement, const SqliteQuery& query);

// 16 bytes, IPv4 as ::ffff:a.b.c.d: the order of the addresses is that of the blobs.
std::string address_key(const IpAddress& address);
IpAddress address_from_key(std::string_view key);

inline std::string_view id_key(const Ulid& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}
// All zeros where the key is none.
Ulid id_from_key(std::string_view key);

}  // namespace sallyport::discovery
