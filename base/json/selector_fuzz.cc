// Any bytes in any pieces: the same is told as of the whole, within the limits; and of what
// JsonCursor takes for JSON the same values are told as a walk with it finds.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/check.h"
#include "base/core/utf8.h"
#include "base/json/cursor.h"
#include "base/json/selector.h"

namespace {

using sallyport::JsonCursor;
using sallyport::JsonFault;
using sallyport::JsonSelection;
using sallyport::JsonSelector;
using sallyport::JsonValue;

// A path as the walk wants it: "" is every element, a number one of them.
struct Path {
  std::string_view text;
  std::vector<std::string_view> steps;
};
const std::vector<Path>& paths() {
  static const std::vector<Path> all = {
      {"", {}},      {"a", {".a"}},         {"a.b", {".a", ".b"}}, {"a[].b", {".a", "[", ".b"}},
      {"[]", {"["}}, {"[].a", {"[", ".a"}}, {"[1]", {"1"}},        {"[1].a", {"1", ".a"}},
      {"b", {".b"}}, {"a[1]", {".a", "1"}}, {"b[]", {".b", "["}},  {"[][]", {"[", "["}}};
  return all;
}

bool walk(JsonCursor& cursor, std::span<const std::string_view> steps,
          std::vector<std::string>& found) {
  const JsonCursor::Kind kind = cursor.next();
  if (!steps.empty()) {
    if (kind == JsonCursor::Kind::object && steps[0][0] == '.') {
      return cursor.object([&](std::string_view key) {
        return key == steps[0].substr(1) ? walk(cursor, steps.subspan(1), found) : cursor.skip();
      });
    }
    if (kind == JsonCursor::Kind::array && steps[0][0] != '.') {
      int index = 0;
      return cursor.array([&] {
        const bool fits = steps[0] == "[" || index == 1;
        ++index;
        return fits ? walk(cursor, steps.subspan(1), found) : cursor.skip();
      });
    }
    return cursor.skip();
  }
  if (kind == JsonCursor::Kind::null) return cursor.skip();
  if (kind == JsonCursor::Kind::string) return cursor.string(found.emplace_back());
  std::string_view raw;
  const bool good = cursor.raw(raw);
  found.emplace_back(raw);
  return good;
}

void check_same(const JsonSelector& one, const JsonSelector& other, std::size_t path) {
  CHECK(one.values(path).size() == other.values(path).size());
  CHECK(one.repeated(path) == other.repeated(path));
  for (std::size_t i = 0; i < one.values(path).size(); ++i) {
    const JsonValue& a = one.values(path)[i];
    const JsonValue& b = other.values(path)[i];
    CHECK(a.kind == b.kind && a.cut == b.cut && a.text == b.text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t cut = data[0] % 23 + 1;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  static const JsonSelection wanted = [] {
    JsonSelection out;
    for (const Path& path : paths()) CHECK(out.add(path.text));
    return out;
  }();

  JsonSelector whole(wanted);
  whole.feed(text);
  whole.end();
  JsonSelector pieces(wanted);
  for (std::string_view rest = text; !rest.empty();
       rest.remove_prefix(std::min(cut, rest.size()))) {
    const std::vector<char> piece(rest.begin(), rest.begin() + std::min(cut, rest.size()));
    pieces.feed({piece.data(), piece.size()});
  }
  pieces.end();

  CHECK(whole.fault() == pieces.fault() && whole.dropped() == pieces.dropped() &&
        whole.trailing() == pieces.trailing() && whole.read() == pieces.read());
  CHECK(whole.read() <= text.size());
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    check_same(whole, pieces, i);
    for (const JsonValue& value : whole.values(i)) {
      CHECK(sallyport::find_not_utf8(value.text) == std::string_view::npos);
      bytes += value.text.size() + JsonSelector::kValueCost;
    }
  }
  CHECK(bytes <= JsonSelector::kMostBytes);

  JsonCursor cursor(text);
  if (!cursor.skip() || !cursor.at_end()) return 0;
  CHECK(whole.fault() == JsonFault::none && !whole.trailing());
  if (whole.dropped()) return 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::vector<std::string> found;
    JsonCursor walking(text);
    CHECK(walk(walking, paths()[i].steps, found));
    CHECK(found.size() == whole.values(i).size());
    for (std::size_t j = 0; j < found.size(); ++j) CHECK(found[j] == whole.values(i)[j].text);
  }
  return 0;
}
