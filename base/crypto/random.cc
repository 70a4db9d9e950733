#include "base/crypto/random.h"

#include <algorithm>
#include <climits>
#include <openssl/rand.h>

#include "base/core/check.h"

namespace sallyport {

void random_bytes(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const std::size_t size = std::min<std::size_t>(out.size(), INT_MAX);
    CHECK(RAND_bytes(out.data(), static_cast<int>(size)) == 1);
    out = out.subspan(size);
  }
}

}  // namespace sallyport
