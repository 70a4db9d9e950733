// Any bytes as an OCSP staple for a leaf and an issuer made at the start: it never counts as good,
// as nobody outside has the issuer's key.

#include <cstddef>
#include <cstdint>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/core/check.h"
#include "tls/cert/openssl.h"
#include "tls/verify/staple.h"

namespace {

using sallyport::tls::KeyPtr;
using sallyport::tls::X509Ptr;

X509Ptr make(const char* name, const char* issuer, EVP_PKEY* key, EVP_PKEY* signer) {
  X509Ptr made(X509_new());
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 7);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_NAME_add_entry_by_txt(X509_get_issuer_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(issuer), -1, -1, 0);
  X509_set_pubkey(made.get(), key);
  CHECK(X509_sign(made.get(), signer, EVP_sha256()) > 0);
  return made;
}

struct World {
  KeyPtr issuer_key{EVP_EC_gen("P-256")};
  KeyPtr leaf_key{EVP_EC_gen("P-256")};
  X509Ptr issuer = make("Issuer", "Issuer", issuer_key.get(), issuer_key.get());
  X509Ptr leaf = make("www.example.com", "Issuer", leaf_key.get(), issuer_key.get());
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const World world;
  const auto at = sallyport::Time(std::chrono::sys_days(std::chrono::year(2026) / 6 / 1));
  const auto answer = sallyport::tls::read_staple(std::as_bytes(std::span(data, size)),
                                                  world.leaf.get(), world.issuer.get(), at, 2048);
  CHECK(answer.state == sallyport::tls::StapleAnswer::State::invalid ||
        answer.state == sallyport::tls::StapleAnswer::State::none);
  return 0;
}
