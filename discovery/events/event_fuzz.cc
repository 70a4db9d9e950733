// A record that was read is written and read again without loss.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/check.h"
#include "discovery/events/decode.h"
#include "discovery/events/encode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport::discovery;
  const auto event = parse_event({reinterpret_cast<const char*>(bytes), size});
  if (!event) return 0;
  std::string once;
  append_json(once, *event);
  const auto again = parse_event(once);
  CHECK(again.has_value());
  std::string twice;
  append_json(twice, *again);
  CHECK(once == twice);
  std::string line;
  append_text(line, *event, Colour::ansi);
  return 0;
}
