// The authority's profile: v3; basicConstraints critical CA:TRUE,pathlen:0; keyUsage critical
// keyCertSign and cRLSign; subjectKeyIdentifier; authorityKeyIdentifier of itself; P-256; SHA-256;
// a subject with a random suffix. Strict clients (Python 3.13's VERIFY_X509_STRICT) take it.

#include "tls/ca/authority.h"

#include <array>
#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/core/text.h"
#include "tls/ca/authority_files.h"
#include "tls/ca/extension.h"
#include "tls/cert/asn1.h"

namespace sallyport::tls {

namespace {

// For clients whose clock is behind. A leaf is never older than its authority.
constexpr std::chrono::hours kBackDating{24};
constexpr std::chrono::days kCrlLifetime{7};
constexpr std::chrono::hours kCrlBackDating{1};
constexpr std::size_t kMaxNamePart = 48;  // bytes; with the suffix below X.520's 64

std::unexpected<Error> openssl_failed(const std::string& what) {
  return fail(ErrorKind::unavailable, Side::ours, what + ": " + openssl_errors());
}

bool add_to_name(X509_NAME* name, int nid, const std::string& text) {
  return text.empty() ||
         X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

bool set_times(x509_st* certificate, Time not_before, Time not_after) {
  const Asn1StringPtr before = asn1_time(not_before);
  const Asn1StringPtr after = asn1_time(not_after);
  return before && after && X509_set1_notBefore(certificate, before.get()) == 1 &&
         X509_set1_notAfter(certificate, after.get()) == 1;
}

// Why this pair cannot be an authority, or "".
std::string fault_of(const Certificate& certificate, const PrivateKey& key, Time now) {
  x509_st* const x509 = certificate.native();
  if (!key.same_public_key(X509_get0_pubkey(x509))) {
    return "the key is not the certificate's; a rotation may have been cut short. Bring back the "
           "pair "
           "that belongs together (ca.key.*, ca.pem.*), or make both anew with: sallyport ca "
           "rotate";
  }
  const ErrorMark mark;
  if (!EVP_PKEY_is_a(key.native(), "EC") && !EVP_PKEY_is_a(key.native(), "RSA")) {
    return "the key is neither EC nor RSA";
  }
  if (!certificate.is_ca() || (X509_get_key_usage(x509) & KU_KEY_CERT_SIGN) == 0) {
    return "the certificate may not sign others (basicConstraints CA:TRUE, keyUsage keyCertSign)";
  }
  if (X509_get0_subject_key_id(x509) == nullptr) {
    return "the certificate has no subjectKeyIdentifier, which strict clients demand";
  }
  if (certificate.not_before() > now || certificate.not_after() <= now) {
    return "the certificate is valid from " + format_rfc3339(certificate.not_before()) + " to " +
           format_rfc3339(certificate.not_after()) +
           "; check the clock, or make a new authority with: sallyport ca rotate";
  }
  return {};
}

}  // namespace

Authority::Authority(Certificate certificate, PrivateKey key)
    : certificate_(std::move(certificate)), key_(std::move(key)) {}

Result<std::shared_ptr<const Authority>> Authority::make(const Options& options, Time now) {
  if (options.common_name.empty() || options.common_name.size() > kMaxNamePart ||
      options.organization.size() > kMaxNamePart) {
    return fail(ErrorKind::invalid, Side::ours,
                "an authority needs a name of 1 to 48 bytes, and an organization of at most 48");
  }
  auto key = PrivateKey::generate(KeyKind::ecdsa_p256);
  if (!key) return pass_on(std::move(key));
  std::array<unsigned char, 4> suffix{};
  if (RAND_bytes(suffix.data(), static_cast<int>(suffix.size())) != 1) {
    return openssl_failed("no random numbers");
  }
  const std::string name = options.common_name + ' ' + to_hex(suffix.data(), suffix.size());

  X509Ptr made(X509_new());
  const bool ok =
      made && X509_set_version(made.get(), X509_VERSION_3) == 1 && set_random_serial(made.get()) &&
      add_to_name(X509_get_subject_name(made.get()), NID_organizationName, options.organization) &&
      add_to_name(X509_get_subject_name(made.get()), NID_commonName, name) &&
      X509_set_issuer_name(made.get(), X509_get_subject_name(made.get())) == 1 &&
      set_times(made.get(), now - kBackDating, now + options.lifetime) &&
      X509_set_pubkey(made.get(), key->native()) == 1 && add_authority_constraints(made.get()) &&
      add_key_usage(made.get(), KU_KEY_CERT_SIGN | KU_CRL_SIGN) &&
      add_subject_key_identifier(made.get()) &&
      add_authority_key_identifier(made.get(), made.get()) &&
      X509_sign(made.get(), key->native(), EVP_sha256()) > 0;
  if (!ok) return openssl_failed("cannot make an authority");
  // Read back, so that what we hold is what load() will see.
  auto certificate = Certificate::from_der(Certificate::adopt(std::move(made)).to_der());
  if (!certificate) return pass_on(std::move(certificate));
  return std::shared_ptr<const Authority>(new Authority(std::move(*certificate), std::move(*key)));
}

Result<std::shared_ptr<const Authority>> Authority::create(const std::string& dir,
                                                           const Options& options, Time now) {
  auto made = make(options, now);
  if (!made) return made;
  auto key = (*made)->key().to_pem();
  if (!key) return pass_on(std::move(key));
  AuthorityText text{std::move(*key), (*made)->certificate().to_pem()};
  auto written = write_new_authority(AuthorityFiles::in(dir), text);
  wipe(text.key);
  if (!written) return pass_on(std::move(written));
  return made;
}

Result<std::shared_ptr<const Authority>> Authority::rotate(const std::string& dir,
                                                           const Options& options, Time now) {
  auto made = make(options, now);
  if (!made) return made;
  auto key = (*made)->key().to_pem();
  if (!key) return pass_on(std::move(key));
  AuthorityText text{std::move(*key), (*made)->certificate().to_pem()};
  auto written = replace_authority(AuthorityFiles::in(dir), text, now);
  wipe(text.key);
  if (!written) return pass_on(std::move(written));
  return made;
}

Result<std::shared_ptr<const Authority>> Authority::load(const std::string& dir, Time now) {
  const AuthorityFiles files = AuthorityFiles::in(dir);
  auto text = read_authority(files);
  if (!text) return pass_on(std::move(text));
  auto key = PrivateKey::from_pem(text->key);
  wipe(text->key);
  if (!key) {
    key.error().detail = files.key_path + ": " + key.error().detail;
    return pass_on(std::move(key));
  }
  auto certificate = Certificate::from_pem(text->certificate);
  if (!certificate) {
    certificate.error().detail = files.certificate_path + ": " + certificate.error().detail;
    return pass_on(std::move(certificate));
  }
  if (const std::string fault = fault_of(*certificate, *key, now); !fault.empty()) {
    return fail(ErrorKind::invalid, Side::ours, files.certificate_path + ": " + fault);
  }
  return std::shared_ptr<const Authority>(new Authority(std::move(*certificate), std::move(*key)));
}

Result<std::vector<std::byte>> Authority::crl_der(Time now) const {
  const CrlPtr crl(X509_CRL_new());
  const Asn1StringPtr from = asn1_time(now - kCrlBackDating);
  const Asn1StringPtr until = asn1_time(now + kCrlLifetime);
  const Asn1StringPtr number(ASN1_INTEGER_new());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const bool ok =
      crl && from && until && number && X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2) == 1 &&
      X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(certificate_.native())) == 1 &&
      X509_CRL_set1_lastUpdate(crl.get(), from.get()) == 1 &&
      X509_CRL_set1_nextUpdate(crl.get(), until.get()) == 1 &&
      ASN1_INTEGER_set_int64(number.get(), seconds) == 1 &&
      X509_CRL_add1_ext_i2d(crl.get(), NID_crl_number, number.get(), 0, X509V3_ADD_APPEND) == 1 &&
      add_authority_key_identifier(crl.get(), certificate_.native()) &&
      X509_CRL_sign(crl.get(), key_.native(), EVP_sha256()) > 0;
  if (!ok) return openssl_failed("cannot sign a revocation list");
  const int size = i2d_X509_CRL(crl.get(), nullptr);
  if (size <= 0) return openssl_failed("cannot write a revocation list");
  std::vector<std::byte> der(static_cast<std::size_t>(size));
  auto* cursor = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509_CRL(crl.get(), &cursor);
  return der;
}

}  // namespace sallyport::tls
