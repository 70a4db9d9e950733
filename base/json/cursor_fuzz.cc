// Any bytes: a walk ends, never reads behind the text, and says the same of the same text.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/check.h"
#include "base/core/utf8.h"
#include "base/json/cursor.h"

namespace {

using sallyport::JsonCursor;

// Takes apart whatever stands here; what skip() passes, this passes too.
bool walk(JsonCursor& cursor) {
  switch (cursor.next()) {
    case JsonCursor::Kind::object:
      return cursor.object([&](std::string_view key) {
        CHECK(sallyport::find_not_utf8(key) == std::string_view::npos);
        return walk(cursor);
      });
    case JsonCursor::Kind::array:
      return cursor.array([&] { return walk(cursor); });
    case JsonCursor::Kind::string: {
      std::string text;
      if (!cursor.string(text)) return false;
      CHECK(sallyport::find_not_utf8(text) == std::string_view::npos);
      return true;
    }
    default:
      return cursor.skip();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  JsonCursor skipping(text);
  const bool skipped = skipping.skip() && skipping.at_end();
  JsonCursor walking(text);
  const bool walked = walk(walking) && walking.at_end();
  CHECK(skipped == walked);
  CHECK(skipping.left() <= size && walking.left() <= size);
  return 0;
}
