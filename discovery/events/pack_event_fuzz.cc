// Any bytes as a packed event: refused, or an event that is packed and unpacked again without loss.
// What is read whole can be glanced at.

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/core/check.h"
#include "discovery/events/encode.h"
#include "discovery/events/pack_event.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport::discovery;
  const std::string_view packed(reinterpret_cast<const char*>(bytes), size);
  EventGlance seen;
  const bool glanced = glance(packed, seen);
  Event event;
  if (!unpack_event(packed, event)) return 0;
  CHECK(glanced);
  std::string once;
  pack_event(event, once);
  Event again;
  CHECK(unpack_event(once, again));
  std::string twice;
  pack_event(again, twice);
  CHECK(once == twice);
  std::string record, record_again;
  append_json(record, event);
  append_json(record_again, again);
  CHECK(record == record_again);
  return 0;
}
