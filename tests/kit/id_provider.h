#pragma once
// The keys of a provider of identities, made here, and tokens that it signs.

#include <gtest/gtest.h>
#include <memory>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <string>
#include <string_view>

#include "base/crypto/base64.h"

namespace sallyport::testkit {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Pair = std::unique_ptr<EVP_PKEY, FreeKey>;

inline std::string number(const Pair& pair, const char* name) {
  BIGNUM* value = nullptr;
  EXPECT_EQ(EVP_PKEY_get_bn_param(pair.get(), name, &value), 1);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
  BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(value);
  return bytes;
}

inline std::string padded(std::string bytes) {
  return std::string(32 - bytes.size(), '\0') + bytes;
}

// One key of each kind, "r1" and "e1".
struct IdProvider {
  Pair rsa{EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(2048))};
  Pair ec{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")};

  std::string jwks() const {
    return R"({"keys":[{"kty":"RSA","kid":"r1","use":"sig","alg":"RS256","n":")" +
           base64url_encode(number(rsa, OSSL_PKEY_PARAM_RSA_N)) + R"(","e":")" +
           base64url_encode(number(rsa, OSSL_PKEY_PARAM_RSA_E)) +
           R"("},{"kty":"EC","kid":"e1","crv":"P-256","x":")" +
           base64url_encode(padded(number(ec, OSSL_PKEY_PARAM_EC_PUB_X))) + R"(","y":")" +
           base64url_encode(padded(number(ec, OSSL_PKEY_PARAM_EC_PUB_Y))) + R"("}]})";
  }

  static std::string sign(const Pair& pair, std::string_view text) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EXPECT_EQ(EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, pair.get()), 1);
    std::string signature(512, '\0');
    std::size_t size = signature.size();
    EXPECT_EQ(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                             reinterpret_cast<const unsigned char*>(text.data()), text.size()),
              1);
    EVP_MD_CTX_free(context);
    signature.resize(size);
    if (EVP_PKEY_get_base_id(pair.get()) != EVP_PKEY_EC) return signature;
    const auto* der = reinterpret_cast<const unsigned char*>(signature.data());
    ECDSA_SIG* parts = d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(size));
    std::string raw(64, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(parts), reinterpret_cast<unsigned char*>(raw.data()), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(parts), reinterpret_cast<unsigned char*>(raw.data()) + 32, 32);
    ECDSA_SIG_free(parts);
    return raw;
  }

  std::string token(std::string_view header, std::string_view claims) const {
    const std::string text = base64url_encode(header) + '.' + base64url_encode(claims);
    const Pair& pair = header.find("RS256") != std::string_view::npos ? rsa : ec;
    return text + '.' + base64url_encode(sign(pair, text));
  }
};

}  // namespace sallyport::testkit
