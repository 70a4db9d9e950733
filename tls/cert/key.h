#pragma once
// A private key as a value: copies share one OpenSSL object, which nobody changes.
//
// May be used by several threads at once. The bytes leave only through to_pem().

#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "tls/cert/openssl.h"

namespace sallyport::tls {

enum class KeyKind : std::uint8_t { ecdsa_p256, rsa_2048, other };
std::string_view to_string(KeyKind kind);  // "ecdsa_p256"

class PrivateKey {
 public:
  static constexpr std::size_t kMaxPem = 64 * 1024;  // bytes

  PrivateKey() = default;  // Empty: native() is null.
  PrivateKey(const PrivateKey& other);
  PrivateKey& operator=(const PrivateKey& other);
  PrivateKey(PrivateKey&&) noexcept = default;
  PrivateKey& operator=(PrivateKey&&) noexcept = default;

  // RSA takes tens of milliseconds and more: never on a worker. REQUIRES: kind is not `other`.
  static Result<PrivateKey> generate(KeyKind kind);
  // One unencrypted key, PKCS#8 or traditional. An encrypted one is refused, never asked about.
  static Result<PrivateKey> from_pem(std::string_view pem);
  static PrivateKey adopt(KeyPtr key);

  // PKCS#8, without a passphrase. The caller wipes it: wipe().
  Result<std::string> to_pem() const;

  bool empty() const { return key_ == nullptr; }
  KeyKind kind() const;
  // SHA-256 of the SubjectPublicKeyInfo in lower-case hex; "" where empty.
  std::string public_key_sha256() const;
  // Whether both have the same public half.
  bool same_public_key(evp_pkey_st* other) const;

  evp_pkey_st* native() const { return key_.get(); }  // Borrowed.

 private:
  KeyPtr key_;
};

// Overwrites the text in a way that the compiler keeps, then empties it.
void wipe(std::string& secret);

}  // namespace sallyport::tls
