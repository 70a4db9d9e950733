#include "base/crypto/ed25519.h"

#include <memory>
#include <openssl/evp.h>

#include "base/core/check.h"

namespace sallyport {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

Key private_key(Ed25519Seed seed) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  CHECK(key != nullptr);
  return key;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Ed25519PublicKey ed25519_public_key(Ed25519Seed seed) {
  Ed25519PublicKey out{};
  std::size_t size = out.size();
  CHECK(EVP_PKEY_get_raw_public_key(private_key(seed).get(), out.data(), &size) == 1);
  CHECK(size == out.size());
  return out;
}

Ed25519Signature ed25519_sign(Ed25519Seed seed, std::string_view bytes) {
  const Key key = private_key(seed);
  const Context context(EVP_MD_CTX_new());
  Ed25519Signature out{};
  std::size_t size = out.size();
  CHECK(context != nullptr);
  CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  CHECK(EVP_DigestSign(context.get(), out.data(), &size, bytes_of(bytes), bytes.size()) == 1);
  CHECK(size == out.size());
  return out;
}

bool ed25519_verify(const Ed25519PublicKey& raw, std::string_view bytes,
                    const Ed25519Signature& signature) {
  const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw.data(), raw.size()));
  const Context context(EVP_MD_CTX_new());
  return key != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes_of(bytes),
                          bytes.size()) == 1;
}

}  // namespace sallyport
