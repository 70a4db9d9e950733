// Whatever the value of Proxy-Authorization: it is credentials or not, bounded, and credentials
// that are read are those that a client would have written.

#include <cstdlib>
#include <string>

#include "base/crypto/base64.h"
#include "proxy/auth/authenticator.h"

using namespace sallyport;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  const std::string value(reinterpret_cast<const char*>(bytes), size);
  if (const auto read = auth::parse_basic(value)) {
    if (read->user.find(':') != std::string::npos) std::abort();
    if (read->user.size() + read->password.size() > 1024) std::abort();
  }
  // The same bytes as what stands behind "Basic ", encoded.
  const auto again = auth::parse_basic("Basic " + base64_encode(value));
  const std::size_t colon = value.find(':');
  if (colon == std::string::npos || size > 1000) return 0;
  if (!again || again->user != value.substr(0, colon) ||
      again->password != value.substr(colon + 1)) {
    std::abort();
  }
  return 0;
}
