#include "base/crypto/jws_key.h"

#include <array>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <vector>

#include "base/core/check.h"

namespace sallyport {
namespace {

template <auto Release>
struct Free {
  template <class T>
  void operator()(T* object) const {
    Release(object);
  }
};
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;
using PublicKey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

constexpr std::size_t kCoordinate = 32;  // bytes of P-256

Number number_of(std::string_view bytes) {
  Number number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                          static_cast<int>(bytes.size()), nullptr));
  CHECK(number != nullptr);
  return number;
}

PublicKey make_key(const char* type, OSSL_PARAM* params) {
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  CHECK(context != nullptr);
  EVP_PKEY* made = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params) != 1) {
    EVP_PKEY_free(made);
    ERR_clear_error();
    return nullptr;
  }
  PublicKey key(made);
  // For a point: on the curve, not at infinity (SP 800-56A section 5.6.2.3.3).
  const Context check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  CHECK(check != nullptr);
  if (EVP_PKEY_public_check(check.get()) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return key;
}

// R and S as OpenSSL wants them, in DER.
std::vector<unsigned char> der_of(std::string_view signature) {
  Number r = number_of(signature.substr(0, kCoordinate));
  Number s = number_of(signature.substr(kCoordinate));
  const Signature pair(ECDSA_SIG_new());
  CHECK(pair != nullptr && ECDSA_SIG_set0(pair.get(), r.get(), s.get()) == 1);
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  const int size = i2d_ECDSA_SIG(pair.get(), nullptr);
  CHECK(size > 0);
  std::vector<unsigned char> out(static_cast<std::size_t>(size));
  unsigned char* at = out.data();
  CHECK(i2d_ECDSA_SIG(pair.get(), &at) == size);
  return out;
}

}  // namespace

struct JwsKey::Key {
  PublicKey key;
};

JwsKey::JwsKey(Algorithm algorithm, std::shared_ptr<const Key> key)
    : algorithm_(algorithm), key_(std::move(key)) {}

std::optional<JwsKey> JwsKey::rsa(std::string_view n, std::string_view e) {
  if (n.size() > 1024 || e.empty() || e.size() > 5) return std::nullopt;
  const Number modulus = number_of(n);
  const Number exponent = number_of(e);
  const int bits = BN_num_bits(modulus.get());
  if (bits < 2048 || bits > 8192 || BN_is_odd(modulus.get()) == 0) return std::nullopt;
  if (BN_is_odd(exponent.get()) == 0 || BN_is_one(exponent.get()) == 1 ||
      BN_num_bits(exponent.get()) > 32) {
    return std::nullopt;
  }
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  CHECK(builder != nullptr);
  CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1);
  CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1);
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  CHECK(params != nullptr);
  PublicKey key = make_key("RSA", params.get());
  if (key == nullptr) return std::nullopt;
  return JwsKey(Algorithm::rs256, std::make_shared<const Key>(Key{std::move(key)}));
}

std::optional<JwsKey> JwsKey::p256(std::string_view x, std::string_view y) {
  if (x.size() != kCoordinate || y.size() != kCoordinate) return std::nullopt;
  std::vector<unsigned char> point{4};  // uncompressed (SEC 1 section 2.3.3)
  point.insert(point.end(), x.begin(), x.end());
  point.insert(point.end(), y.begin(), y.end());
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  CHECK(builder != nullptr);
  CHECK(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) ==
        1);
  CHECK(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                         point.size()) == 1);
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  CHECK(params != nullptr);
  PublicKey key = make_key("EC", params.get());
  if (key == nullptr) return std::nullopt;
  return JwsKey(Algorithm::es256, std::make_shared<const Key>(Key{std::move(key)}));
}

bool JwsKey::verify(std::string_view bytes, std::string_view signature) const {
  std::vector<unsigned char> form(signature.begin(), signature.end());
  if (algorithm_ == Algorithm::es256) {
    if (signature.size() != 2 * kCoordinate) return false;
    form = der_of(signature);
  }
  const DigestContext context(EVP_MD_CTX_new());
  CHECK(context != nullptr);
  // RSA's padding is PKCS #1 v1.5 unless something else is asked for.
  if (EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_->key.get()) != 1) {
    ERR_clear_error();
    return false;
  }
  const bool good =
      EVP_DigestVerify(context.get(), form.data(), form.size(),
                       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace sallyport
