// Any bytes as packed facts: refused, or facts that are packed and unpacked again without loss. One
// activity is used for all, as replay does, and must remember nothing of those before.

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/core/check.h"
#include "policy/activity/pack.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::policy;

  static Activity used;
  const std::string_view packed(reinterpret_cast<const char*>(bytes), size);
  Activity fresh;
  const bool whole = unpack(packed, fresh);
  CHECK(unpack(packed, used) == whole);
  if (!whole) return 0;
  std::string once;
  pack(fresh, once);
  std::string of_used;
  pack(used, of_used);
  CHECK(once == of_used);
  Activity again;
  CHECK(unpack(once, again));
  std::string twice;
  pack(again, twice);
  CHECK(once == twice);
  return 0;
}
