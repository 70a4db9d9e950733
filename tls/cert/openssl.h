#pragma once
// Owning pointers for OpenSSL's objects, so that no other header of ours needs OpenSSL's.
//
// The structs are OpenSSL's own tags: a .cc that includes <openssl/x509.h> sees X509Ptr as
// unique_ptr<X509, ...>. The deleters live in openssl.cc.

#include <memory>
#include <string>

struct asn1_string_st;
struct bio_st;
struct evp_pkey_st;
struct evp_pkey_ctx_st;
struct ocsp_basic_response_st;
struct ocsp_response_st;
struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;
struct stack_st_X509;
struct X509_crl_st;
struct X509_extension_st;
struct X509_name_st;
struct x509_st;
struct x509_store_ctx_st;
struct x509_store_st;

namespace sallyport::tls {

// One overload per type, so that one deleter serves all.
struct OpensslFree {
  void operator()(asn1_string_st* object) const;
  void operator()(bio_st* object) const;
  void operator()(evp_pkey_st* object) const;
  void operator()(evp_pkey_ctx_st* object) const;
  void operator()(ocsp_basic_response_st* object) const;
  void operator()(ocsp_response_st* object) const;
  void operator()(ssl_ctx_st* object) const;
  void operator()(ssl_session_st* object) const;
  void operator()(ssl_st* object) const;
  void operator()(stack_st_X509* object) const;  // The stack and a reference of each member.
  void operator()(X509_crl_st* object) const;
  void operator()(X509_extension_st* object) const;
  void operator()(X509_name_st* object) const;
  void operator()(x509_st* object) const;
  void operator()(x509_store_ctx_st* object) const;
  void operator()(x509_store_st* object) const;
};

using Asn1StringPtr = std::unique_ptr<asn1_string_st, OpensslFree>;  // ASN1_INTEGER, ASN1_TIME, ...
using BioPtr = std::unique_ptr<bio_st, OpensslFree>;
using KeyPtr = std::unique_ptr<evp_pkey_st, OpensslFree>;
using KeyCtxPtr = std::unique_ptr<evp_pkey_ctx_st, OpensslFree>;
using OcspBasicPtr = std::unique_ptr<ocsp_basic_response_st, OpensslFree>;
using OcspResponsePtr = std::unique_ptr<ocsp_response_st, OpensslFree>;
using SslCtxPtr = std::unique_ptr<ssl_ctx_st, OpensslFree>;
using SslSessionPtr = std::unique_ptr<ssl_session_st, OpensslFree>;
using SslPtr = std::unique_ptr<ssl_st, OpensslFree>;
using X509StackPtr = std::unique_ptr<stack_st_X509, OpensslFree>;
using CrlPtr = std::unique_ptr<X509_crl_st, OpensslFree>;
using ExtensionPtr = std::unique_ptr<X509_extension_st, OpensslFree>;
using X509NamePtr = std::unique_ptr<X509_name_st, OpensslFree>;
using X509Ptr = std::unique_ptr<x509_st, OpensslFree>;
using StoreCtxPtr = std::unique_ptr<x509_store_ctx_st, OpensslFree>;
using StorePtr = std::unique_ptr<x509_store_st, OpensslFree>;

// Takes everything out of this thread's error queue, the oldest first, as one line of at most 1
// KiB;
// "" where there is nothing. Whoever calls OpenSSL and fails leaves the queue empty: a stale entry
// makes SSL_get_error lie to the next caller.
std::string openssl_errors();

// For questions whose failure is an answer: what OpenSSL puts into the queue in this scope is
// dropped, what stood there before stays.
class ErrorMark {
 public:
  ErrorMark();
  ~ErrorMark();
  ErrorMark(const ErrorMark&) = delete;
  ErrorMark& operator=(const ErrorMark&) = delete;
};

}  // namespace sallyport::tls
