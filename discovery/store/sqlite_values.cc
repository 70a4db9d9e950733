#include "discovery/store/sqlite_values.h"

#include <array>

namespace sallyport::discovery {

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

Ulid id_from_key(std::string_view key) {
  Ulid id;
  if (key.size() == id.bytes.size()) std::copy(key.begin(), key.end(), id.bytes.begin());
  return id;
}

}  // namespace sallyport::discovery
