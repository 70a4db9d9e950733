#include "discovery/imports/json_fields.h"

#include <bitset>

#include "base/core/check.h"
#include "base/json/cursor.h"

namespace sallyport::discovery::imports {
namespace {

// Walks an object, with the name of each member behind `name`.
template <class Take>
bool walk(JsonCursor& cursor, std::string& name, const Take& take) {
  return cursor.object([&](std::string_view key) {
    const std::size_t size = name.size();
    if (!name.empty()) name += '.';
    name += key;
    const bool good =
        cursor.next() == JsonCursor::Kind::object ? walk(cursor, name, take) : take(cursor, name);
    name.resize(size);
    return good;
  });
}

// A text, or what stands there for a number or boolean; of a list its first text.
bool take_value(JsonCursor& cursor, std::string& out) {
  out.clear();
  std::string_view raw;
  switch (cursor.next()) {
    case JsonCursor::Kind::string:
      return cursor.string(out);
    case JsonCursor::Kind::number:
    case JsonCursor::Kind::boolean:
      if (!cursor.raw(raw)) return false;
      out = raw;
      return true;
    case JsonCursor::Kind::array:
      return cursor.array([&] {
        if (!out.empty() || cursor.next() != JsonCursor::Kind::string) return cursor.skip();
        return cursor.string(out);
      });
    default:
      return cursor.skip();
  }
}

}  // namespace

bool JsonFields::read(std::string_view line, std::span<const NamedRole> table,
                      std::span<const std::string_view> extra, Fields& fields) {
  CHECK(table.size() <= kMostRows && extra.size() <= kMostExtra);
  for (std::string& value : extras_) value.clear();
  JsonCursor cursor(line);
  std::string name;
  std::bitset<kMostRows> taken;
  const auto take = [&](JsonCursor& at, const std::string& full) {
    for (std::size_t i = 0; i < extra.size(); ++i) {
      if (extra[i] == full) return take_value(at, extras_[i]);
    }
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (table[i].name != full) continue;
      // RFC 8259 section 4 leaves open which of a name that comes again counts. Here the first
      // does: `fields` looks at its text.
      if (taken.test(i)) return at.skip();
      taken.set(i);
      if (!take_value(at, values_[i])) return false;
      fields.set(table[i].role, values_[i], i);
      return true;
    }
    return at.skip();
  };
  return walk(cursor, name, take) && cursor.at_end();
}

}  // namespace sallyport::discovery::imports
