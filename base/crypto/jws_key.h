#pragma once
// Public keys that prove who wrote a JSON Web Token, of the two algorithms that providers use:
// RS256 and ES256 (RFC 7518 sections 3.3 and 3.4).
//
// INVARIANT: a key is of one algorithm. A signature of another one is never good, so whoever writes
// a token cannot choose how it is looked at; there is no "none" and no secret shared with anybody.
//
// Immutable; from any thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace sallyport {

class JwsKey {
 public:
  enum class Algorithm : std::uint8_t { rs256, es256 };

  // Modulus and exponent, big endian (RFC 7518 section 6.3.1). 2,048 to 8,192 bits and an odd
  // exponent of 3 to 2^32.
  static std::optional<JwsKey> rsa(std::string_view n, std::string_view e);
  // A point of P-256, 32 bytes each (section 6.2.1); it must be on the curve.
  static std::optional<JwsKey> p256(std::string_view x, std::string_view y);

  Algorithm algorithm() const { return algorithm_; }
  // Whether `signature` is this key's for `bytes`: PKCS #1 v1.5 with SHA-256, or R and S of 32
  // bytes each with SHA-256.
  bool verify(std::string_view bytes, std::string_view signature) const;

 private:
  struct Key;
  JwsKey(Algorithm algorithm, std::shared_ptr<const Key> key);

  Algorithm algorithm_;
  std::shared_ptr<const Key> key_;
};

}  // namespace sallyport
