#include "base/crypto/hmac.h"

#include <climits>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/core/check.h"

namespace sallyport {

Sha256Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view bytes) {
  CHECK(key.size() <= INT_MAX);
  Sha256Digest out{};
  unsigned size = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data, bytes.size(), out.data(),
             &size) != nullptr);
  CHECK(size == out.size());
  return out;
}

Sha256Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  return hmac_sha256({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()}, bytes);
}

}  // namespace sallyport
