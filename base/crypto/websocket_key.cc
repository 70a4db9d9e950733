#include "base/crypto/websocket_key.h"

#include <array>
#include <cstdint>
#include <openssl/evp.h>

#include "base/core/check.h"
#include "base/crypto/base64.h"
#include "base/crypto/random.h"

namespace sallyport {

std::string websocket_accept(std::string_view key) {
  std::string text(key);
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<std::uint8_t, 20> digest{};
  unsigned size = 0;
  CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1);
  CHECK(size == digest.size());
  return base64_encode(digest);
}

std::string new_websocket_key() {
  std::array<std::uint8_t, 16> bytes{};
  random_bytes(bytes);
  return base64_encode(bytes);
}

}  // namespace sallyport
