// Any text: what is encoded decodes to itself; what decodes stays within its limit and, encoded
// again, decodes to the same bytes.

#include <cstdint>

#include "base/core/check.h"
#include "base/crypto/base32.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::size_t limit : {std::size_t{0}, std::size_t{20}, size}) {
    const auto decoded = sallyport::base32_decode(text, limit);
    if (!decoded) continue;
    CHECK(decoded->size() <= limit);
    const auto again = sallyport::base32_decode(sallyport::base32_encode(*decoded), limit);
    CHECK(again && *again == *decoded);
  }
  const auto back = sallyport::base32_decode(sallyport::base32_encode(text), size);
  CHECK(back && *back == text);
  return 0;
}
