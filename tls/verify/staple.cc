#include "tls/verify/staple.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <openssl/objects.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <optional>

#include "tls/cert/asn1.h"
#include "tls/cert/certificate.h"
#include "tls/cert/openssl.h"
#include "tls/verify/strength.h"

namespace sallyport::tls {

namespace {

struct FreeId {
  void operator()(OCSP_CERTID* id) const { OCSP_CERTID_free(id); }
};
struct FreeShallow {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

StapleAnswer invalid(std::string detail) {
  return {StapleAnswer::State::invalid, std::move(detail)};
}

// Whether the response names `signer` as its responder and carries its signature. What makes the
// signer fit to sign is checked elsewhere, and not by OpenSSL, which would look at the machine's
// clock.
bool is_signed_by(OCSP_BASICRESP* basic, x509_st* signer) {
  const ErrorMark mark;
  const std::unique_ptr<STACK_OF(X509), FreeShallow> candidates(sk_X509_new_null());
  if (!candidates || sk_X509_push(candidates.get(), signer) <= 0) return false;
  return OCSP_basic_verify(basic, candidates.get(), nullptr, OCSP_TRUSTOTHER | OCSP_NOINTERN) == 1;
}

// Why a certificate that came with the response is no responder of the issuer's, or "".
std::string fault_of_delegate(x509_st* delegate, x509_st* issuer, Time at, int min_rsa_bits) {
  const ErrorMark mark;
  if ((X509_get_extension_flags(delegate) & EXFLAG_XKUSAGE) == 0 ||
      (X509_get_extended_key_usage(delegate) & XKU_OCSP_SIGN) == 0) {
    return "the responder's certificate is not for signing responses";
  }
  if (X509_check_issued(issuer, delegate) != X509_V_OK ||
      X509_verify(delegate, X509_get0_pubkey(issuer)) != 1) {
    return "the responder was not certified by the authority";
  }
  const Certificate certificate = Certificate::share(delegate);
  if (certificate.not_before() > at + kStapleSkew || certificate.not_after() < at - kStapleSkew) {
    return "the responder's certificate has expired or is not valid yet";
  }
  EVP_PKEY* key = X509_get0_pubkey(delegate);
  if (key == nullptr || !weakness_of_key(key, min_rsa_bits).empty() ||
      !weakness_of_signature(delegate).empty()) {
    return "the responder's certificate is weak";
  }
  return {};
}

std::string fault_of_signature(OCSP_BASICRESP* basic, x509_st* issuer, Time at, int min_rsa_bits) {
  int digest = NID_undef;
  int key = NID_undef;
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, OCSP_resp_get0_tbs_sigalg(basic));
  const int nid = OBJ_obj2nid(algorithm);
  // RSA-PSS and Ed25519 name their digest elsewhere or have none; OpenSSL checks those.
  if (OBJ_find_sigid_algs(nid, &digest, &key) == 1 && digest != NID_undef &&
      !is_strong_digest(digest)) {
    return fmt::format("the response is signed with {}", OBJ_nid2ln(digest));
  }
  if (is_signed_by(basic, issuer)) return {};

  std::string fault = "the response is not signed by the authority";
  const STACK_OF(X509)* extra = OCSP_resp_get0_certs(basic);
  const int count = std::min(sk_X509_num(extra), static_cast<int>(kMaxStapleCertificates));
  for (int i = 0; i < count; ++i) {
    x509_st* const delegate = sk_X509_value(extra, i);
    if (!is_signed_by(basic, delegate)) continue;
    fault = fault_of_delegate(delegate, issuer, at, min_rsa_bits);
    if (fault.empty()) return {};
  }
  return fault;
}

// Whether the answer is about `leaf`, under whichever digest the responder names it by.
bool is_about(OCSP_SINGLERESP* single, x509_st* leaf, x509_st* issuer) {
  const ErrorMark mark;
  // The accessor takes no const.
  auto* id = const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(single));
  ASN1_OBJECT* digest = nullptr;
  if (OCSP_id_get0_info(nullptr, &digest, nullptr, nullptr, id) != 1) return false;
  const EVP_MD* md = EVP_get_digestbyobj(digest);
  if (md == nullptr) return false;
  const std::unique_ptr<OCSP_CERTID, FreeId> ours(OCSP_cert_to_id(md, leaf, issuer));
  return ours && OCSP_id_cmp(ours.get(), id) == 0;
}

std::string fault_of_times(const ASN1_GENERALIZEDTIME* from, const ASN1_GENERALIZEDTIME* until,
                           Time at) {
  const auto this_update = time_of(from);
  if (!this_update) return "the response does not say when it was made";
  if (*this_update > at + kStapleSkew) {
    return "the response is not valid before " + format_rfc3339(*this_update);
  }
  if (until == nullptr) {
    return *this_update + kStapleMaxAge < at
               ? "the response is of " + format_rfc3339(*this_update) + ", too old"
               : std::string();
  }
  const auto next_update = time_of(until);
  if (!next_update || *next_update < *this_update) return "the response has an impossible period";
  if (*next_update < at - kStapleSkew) {
    return "the response was valid until " + format_rfc3339(*next_update);
  }
  return {};
}

}  // namespace

StapleAnswer read_staple(std::span<const std::byte> der, x509_st* leaf, x509_st* issuer, Time at,
                         int min_rsa_bits) {
  const ErrorMark mark;
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* cursor = begin;
  const OcspResponsePtr response(
      d2i_OCSP_RESPONSE(nullptr, &cursor, static_cast<long>(der.size())));
  if (!response || cursor != begin + der.size()) return invalid("not an OCSP response");
  const int status = OCSP_response_status(response.get());
  if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
    return {StapleAnswer::State::none,
            fmt::format("the responder says {}", OCSP_response_status_str(status))};
  }
  const OcspBasicPtr basic(OCSP_response_get1_basic(response.get()));
  if (!basic) return invalid("not a basic OCSP response");

  const int answers = OCSP_resp_count(basic.get());
  if (answers < 0 || static_cast<std::size_t>(answers) > kMaxStapleAnswers) {
    return invalid("too many answers in one response");
  }
  OCSP_SINGLERESP* about_leaf = nullptr;
  for (int i = 0; i < answers && about_leaf == nullptr; ++i) {
    OCSP_SINGLERESP* const single = OCSP_resp_get0(basic.get(), i);
    if (is_about(single, leaf, issuer)) about_leaf = single;
  }
  if (about_leaf == nullptr) return invalid("the response is about another certificate");
  if (std::string fault = fault_of_signature(basic.get(), issuer, at, min_rsa_bits);
      !fault.empty()) {
    return invalid(std::move(fault));
  }

  int reason = OCSP_REVOKED_STATUS_NOSTATUS;
  ASN1_GENERALIZEDTIME* revoked_at = nullptr;
  ASN1_GENERALIZEDTIME* from = nullptr;
  ASN1_GENERALIZEDTIME* until = nullptr;
  const int answer = OCSP_single_get0_status(about_leaf, &reason, &revoked_at, &from, &until);
  if (std::string fault = fault_of_times(from, until, at); !fault.empty()) {
    return invalid(std::move(fault));
  }
  switch (answer) {
    case V_OCSP_CERTSTATUS_GOOD:
      return {StapleAnswer::State::good, {}};
    case V_OCSP_CERTSTATUS_REVOKED: {
      const auto when = time_of(revoked_at);
      return {
          StapleAnswer::State::revoked,
          fmt::format("revoked at {}, reason: {}", when ? format_rfc3339(*when) : "an unknown time",
                      reason < 0 ? "none given" : OCSP_crl_reason_str(reason))};
    }
    default:
      return invalid("the responder does not know the certificate");
  }
}

}  // namespace sallyport::tls
