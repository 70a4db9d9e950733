// Any text: what decodes, encodes to exactly that text again, and no decoding exceeds its limit.

#include "base/core/check.h"
#include "base/crypto/base64.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::size_t limit : {std::size_t{0}, std::size_t{16}, size}) {
    const auto decoded = sallyport::base64_decode(text, limit);
    if (!decoded) continue;
    CHECK(decoded->size() <= limit);
    CHECK(sallyport::base64_encode(*decoded) == text);
  }
  const auto back = sallyport::base64_decode(sallyport::base64_encode(text), size);
  CHECK(back && *back == text);
  for (const std::size_t limit : {std::size_t{0}, std::size_t{16}, size}) {
    const auto decoded = sallyport::base64url_decode(text, limit);
    if (!decoded) continue;
    CHECK(decoded->size() <= limit);
    CHECK(sallyport::base64url_encode(*decoded) == text);
  }
  const auto url = sallyport::base64url_decode(sallyport::base64url_encode(text), size);
  CHECK(url && *url == text);
  return 0;
}
