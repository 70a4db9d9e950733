#include "tls/verify/strength.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <string_view>

#include "tls/cert/openssl.h"

namespace sallyport::tls {

namespace {

// The NIST curves, and Brainpool's of 256 bits and more, which some state authorities use.
constexpr std::array<std::string_view, 6> kCurves = {
    "prime256v1", "secp384r1", "secp521r1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1",
};

}  // namespace

std::string weakness_of_key(evp_pkey_st* key, int min_rsa_bits) {
  const ErrorMark mark;
  if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS")) {
    const int bits = EVP_PKEY_get_bits(key);
    return bits < min_rsa_bits ? fmt::format("an RSA key of {} bits", bits) : std::string();
  }
  if (EVP_PKEY_is_a(key, "EC")) {
    std::array<char, 64> name{};
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) {
      return "an EC key on a curve without a name";
    }
    const std::string_view curve(name.data(), size);
    const bool good = std::find(kCurves.begin(), kCurves.end(), curve) != kCurves.end();
    return good ? std::string() : fmt::format("an EC key on {}", curve);
  }
  if (EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448")) return {};
  const char* type = EVP_PKEY_get0_type_name(key);
  return fmt::format("a key of type {}", type == nullptr ? "unknown" : type);
}

std::string weakness_of_signature(x509_st* certificate) {
  const ErrorMark mark;
  int digest = NID_undef;
  int key = NID_undef;
  int bits = 0;
  std::uint32_t flags = 0;
  if (X509_get_signature_info(certificate, &digest, &key, &bits, &flags) != 1) {
    return "signed with an unknown algorithm";
  }
  // Ed25519 and Ed448 bring their own.
  if (digest == NID_undef) {
    return key == NID_ED25519 || key == NID_ED448 ? std::string()
                                                  : "signed with an unknown algorithm";
  }
  return is_strong_digest(digest) ? std::string()
                                  : fmt::format("signed with {}", OBJ_nid2ln(digest));
}

bool is_strong_digest(int nid) {
  switch (nid) {
    case NID_sha256:
    case NID_sha384:
    case NID_sha512:
    case NID_sha512_256:
    case NID_sha3_256:
    case NID_sha3_384:
    case NID_sha3_512:
      return true;
    default:
      return false;
  }
}

}  // namespace sallyport::tls
