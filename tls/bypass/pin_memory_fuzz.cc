// Any text: what is read is within its limits, and what is written is read again, whole.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/core/check.h"
#include "tls/bypass/pin_memory.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sallyport::tls::PinMemory;
  const auto memory = PinMemory::parse({reinterpret_cast<const char*>(data), size});
  if (!memory) return 0;
  CHECK(memory->size() <= PinMemory::kMaxHosts);
  std::size_t skipped = 0;
  const std::string text = memory->serialise();
  const auto again = PinMemory::parse(text, &skipped);
  CHECK(again && skipped == 0 && again->serialise() == text);
  return 0;
}
