#include "tls/cert/openssl.h"

#include <array>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include "base/core/text.h"

namespace sallyport::tls {

namespace {
constexpr std::size_t kMaxErrorText = 1024;  // bytes
}

void OpensslFree::operator()(asn1_string_st* object) const { ASN1_STRING_free(object); }
void OpensslFree::operator()(bio_st* object) const { BIO_free_all(object); }
void OpensslFree::operator()(evp_pkey_st* object) const { EVP_PKEY_free(object); }
void OpensslFree::operator()(evp_pkey_ctx_st* object) const { EVP_PKEY_CTX_free(object); }
void OpensslFree::operator()(ocsp_basic_response_st* object) const { OCSP_BASICRESP_free(object); }
void OpensslFree::operator()(ocsp_response_st* object) const { OCSP_RESPONSE_free(object); }
void OpensslFree::operator()(ssl_ctx_st* object) const { SSL_CTX_free(object); }
void OpensslFree::operator()(ssl_session_st* object) const { SSL_SESSION_free(object); }
void OpensslFree::operator()(ssl_st* object) const { SSL_free(object); }
void OpensslFree::operator()(stack_st_X509* object) const { sk_X509_pop_free(object, X509_free); }
void OpensslFree::operator()(X509_crl_st* object) const { X509_CRL_free(object); }
void OpensslFree::operator()(X509_extension_st* object) const { X509_EXTENSION_free(object); }
void OpensslFree::operator()(X509_name_st* object) const { X509_NAME_free(object); }
void OpensslFree::operator()(x509_st* object) const { X509_free(object); }
void OpensslFree::operator()(x509_store_ctx_st* object) const { X509_STORE_CTX_free(object); }
void OpensslFree::operator()(x509_store_st* object) const { X509_STORE_free(object); }

std::string openssl_errors() {
  std::string text;
  const char* data = nullptr;
  int flags = 0;
  while (const unsigned long code = ERR_get_error_all(nullptr, nullptr, nullptr, &data, &flags)) {
    if (text.size() >= kMaxErrorText) continue;  // The queue is emptied in any case.
    std::array<char, 256> line{};
    ERR_error_string_n(code, line.data(), line.size());
    if (!text.empty()) text += "; ";
    text += line.data();
    if ((flags & ERR_TXT_STRING) != 0 && data != nullptr && *data != '\0') {
      text += " (";
      text += data;
      text += ')';
    }
  }
  text = printable(text);
  if (text.size() > kMaxErrorText) text.resize(kMaxErrorText);
  return text;
}

ErrorMark::ErrorMark() { ERR_set_mark(); }
ErrorMark::~ErrorMark() { ERR_pop_to_mark(); }

}  // namespace sallyport::tls
