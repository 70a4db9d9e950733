#include "base/crypto/secret.h"

#include <openssl/crypto.h>

namespace sallyport {

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool constant_time_equal(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void secure_wipe(void* memory, std::size_t size) { OPENSSL_cleanse(memory, size); }

void secure_wipe(std::string& text) {
  // What a longer value left behind the end must go as well.
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace sallyport
