// Any bytes as a block of events, and as ids and compressed data: refused, or events that lie
// inside of what was uncompressed. Whatever they hold, they are glanced at and unpacked without a
// fault.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/check.h"
#include "discovery/events/pack_event.h"
#include "discovery/store/event_block.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::discovery;
  if (size < 1) return 0;
  // The first byte says how many ids there are; the ids themselves mean nothing to open().
  const std::string ids(std::size_t{bytes[0]} * 16, 'i');
  const std::string_view data(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const Result<OpenBlock> block = OpenBlock::open(ids, data);
  if (!block) return 0;
  CHECK(block->size() == bytes[0]);
  for (std::size_t i = 0; i < block->size(); ++i) {
    EventGlance seen;
    Event event;
    const bool whole = unpack_event(block->packed(i), event);
    CHECK(!whole || glance(block->packed(i), seen));
  }
  return 0;
}
