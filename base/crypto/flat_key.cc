#include "base/crypto/flat_key.h"

#include <array>
#include <cstring>

#include "base/crypto/random.h"

namespace sallyport {

FlatHasher flat_hasher() {
  static const std::uint64_t key = [] {
    std::array<std::uint8_t, sizeof(std::uint64_t)> bytes;
    random_bytes(bytes);
    std::uint64_t drawn = 0;
    std::memcpy(&drawn, bytes.data(), sizeof drawn);
    return drawn;
  }();
  return FlatHasher(key);
}

}  // namespace sallyport
