// The only place that uses OpenSSL's deprecated key functions.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "tls/ca/subject_key.h"

#include <memory>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace sallyport::tls {

PrivateKey cheap_to_certify(const PrivateKey& key) {
  if (key.kind() != KeyKind::ecdsa_p256) return key;
  const ErrorMark mark;
  unsigned char* der = nullptr;
  const int size = i2d_PrivateKey(key.native(), &der);  // ECPrivateKey of RFC 5915
  if (size <= 0) return key;
  const unsigned char* cursor = der;
  std::unique_ptr<EC_KEY, decltype(&EC_KEY_free)> ec(d2i_ECPrivateKey(nullptr, &cursor, size),
                                                     EC_KEY_free);
  OPENSSL_clear_free(der, static_cast<std::size_t>(size));
  KeyPtr wrapped(EVP_PKEY_new());
  if (!ec || !wrapped || EVP_PKEY_assign_EC_KEY(wrapped.get(), ec.get()) != 1) return key;
  ec.release();
  return PrivateKey::adopt(std::move(wrapped));
}

}  // namespace sallyport::tls
