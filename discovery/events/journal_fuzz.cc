// Whatever a disk returns, a scan stays inside the bytes.

#include <cstddef>
#include <cstdint>

#include "base/core/check.h"
#include "discovery/events/journal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport::discovery;
  const auto scan = scan_journal({reinterpret_cast<const char*>(bytes), size});
  if (!scan) return 0;
  CHECK(scan->end <= size);
  std::size_t sum = 0;
  for (const std::string& record : scan->records) sum += record.size() + 8;
  CHECK(sum + 16 == scan->end);
  return 0;
}
