#include "base/crypto/stream_cipher.h"

#include <algorithm>
#include <array>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/core/check.h"
#include "base/crypto/random.h"

namespace sallyport {

struct StreamCipher::Key {
  std::array<std::uint8_t, 32> bytes;
  Key() { random_bytes(bytes); }
  ~Key() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
};

struct StreamCipher::State {
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context{EVP_CIPHER_CTX_new(),
                                                                          EVP_CIPHER_CTX_free};
};

StreamCipher::StreamCipher() : StreamCipher(std::make_shared<const Key>()) {}

StreamCipher::StreamCipher(const StreamCipher& other) : StreamCipher(other.key_) {}

StreamCipher::StreamCipher(std::shared_ptr<const Key> key)
    : key_(std::move(key)), state_(std::make_unique<State>()) {
  // The key is new for each stream, so the counter may begin at zero.
  const std::array<std::uint8_t, 16> zero{};
  CHECK(state_->context != nullptr);
  CHECK(EVP_EncryptInit_ex(state_->context.get(), EVP_aes_256_ctr(), nullptr, key_->bytes.data(),
                           zero.data()) == 1);
}

StreamCipher::~StreamCipher() = default;

void StreamCipher::apply(std::span<std::uint8_t> bytes) {
  constexpr std::size_t kPiece = 1 << 30;  // OpenSSL counts in int.
  while (!bytes.empty()) {
    const auto size = static_cast<int>(std::min(bytes.size(), kPiece));
    int out = 0;
    CHECK(EVP_EncryptUpdate(state_->context.get(), bytes.data(), &out, bytes.data(), size) == 1);
    CHECK(out == size);
    bytes = bytes.subspan(static_cast<std::size_t>(size));
  }
}

}  // namespace sallyport
