#include "tests/kit/certs.h"

#include <map>
#include <openssl/asn1.h>
#include <openssl/dsa.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/core/check.h"
#include "tls/cert/asn1.h"

namespace sallyport::testkit {

namespace {

using tls::Asn1StringPtr;
using tls::Certificate;
using tls::ExtensionPtr;
using tls::KeyCtxPtr;
using tls::KeyPtr;
using tls::PrivateKey;
using tls::X509Ptr;

KeyPtr make_dsa() {
  const KeyCtxPtr parameters(EVP_PKEY_CTX_new_from_name(nullptr, "DSA", nullptr));
  CHECK(EVP_PKEY_paramgen_init(parameters.get()) == 1);
  CHECK(EVP_PKEY_CTX_set_dsa_paramgen_bits(parameters.get(), 1024) == 1);
  EVP_PKEY* group = nullptr;
  CHECK(EVP_PKEY_paramgen(parameters.get(), &group) == 1);
  const KeyPtr owned(group);
  const KeyCtxPtr generator(EVP_PKEY_CTX_new(group, nullptr));
  EVP_PKEY* key = nullptr;
  CHECK(EVP_PKEY_keygen_init(generator.get()) == 1 && EVP_PKEY_keygen(generator.get(), &key) == 1);
  return KeyPtr(key);
}

PrivateKey make_key(const std::string& kind) {
  // Slow to make, and no test needs two.
  static std::map<std::string, PrivateKey> shared;
  if (const auto found = shared.find(kind); found != shared.end()) return found->second;
  KeyPtr key;
  bool slow = false;
  if (kind.starts_with("RSA-")) {
    key.reset(EVP_RSA_gen(static_cast<unsigned>(std::stoul(kind.substr(4)))));
    slow = true;
  } else if (kind == "DSA") {
    key = make_dsa();
    slow = true;
  } else if (kind == "ED25519") {
    key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  } else {
    key.reset(EVP_EC_gen(kind.c_str()));
  }
  CHECK(key != nullptr);
  PrivateKey made = PrivateKey::adopt(std::move(key));
  if (slow) shared.emplace(kind, made);
  return made;
}

const EVP_MD* digest_named(const std::string& name) {
  return name.empty() ? nullptr : EVP_get_digestbyname(name.c_str());
}

void add_subject_names(x509_st* certificate, const CertSpec& spec) {
  if (spec.dns.empty() && spec.addresses.empty()) return;
  GENERAL_NAMES* names = sk_GENERAL_NAME_new_null();
  const auto add = [&](int type, ASN1_STRING* value, const void* bytes, std::size_t size) {
    CHECK(ASN1_STRING_set(value, bytes, static_cast<int>(size)) == 1);
    GENERAL_NAME* name = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(name, type, value);
    sk_GENERAL_NAME_push(names, name);
  };
  for (const std::string& dns : spec.dns) {
    add(GEN_DNS, ASN1_IA5STRING_new(), dns.data(), dns.size());
  }
  for (const IpAddress& address : spec.addresses) {
    add(GEN_IPADD, ASN1_OCTET_STRING_new(), address.bytes().data(), address.is_v4() ? 4 : 16);
  }
  CHECK(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_APPEND) == 1);
  GENERAL_NAMES_free(names);
}

void add_extension(x509_st* certificate, x509_st* issuer, const std::string& name,
                   const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_nconf(nullptr, &context, name.c_str(), value.c_str()));
  CHECK(extension != nullptr);
  CHECK(X509_add_ext(certificate, extension.get(), -1) == 1);
}

void set_name(X509_NAME* name, const std::string& common_name) {
  if (common_name.empty()) return;
  CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(common_name.data()),
                                   static_cast<int>(common_name.size()), -1, 0) == 1);
}

}  // namespace

Time noon() {
  return Time(std::chrono::sys_days(std::chrono::year(2026) / 6 / 1)) + std::chrono::hours(12);
}

CertSpec authority_spec(const std::string& common_name) {
  CertSpec spec;
  spec.common_name = common_name;
  spec.not_before = noon() - std::chrono::days(365);
  spec.not_after = noon() + std::chrono::days(3650);
  spec.is_ca = true;
  spec.key_usage = "critical,keyCertSign,cRLSign";
  return spec;
}

CertSpec server_spec(const std::string& dns) {
  CertSpec spec;
  spec.common_name = dns.substr(0, 64);
  spec.dns = {dns};
  spec.is_ca = false;
  spec.key_usage = "critical,digitalSignature";
  spec.extended_key_usage = "serverAuth";
  return spec;
}

Issued issue(const CertSpec& spec, const Issued* issuer) {
  PrivateKey key = make_key(spec.key);
  X509Ptr made(X509_new());
  x509_st* const x509 = made.get();
  CHECK(X509_set_version(x509, X509_VERSION_3) == 1);
  std::int64_t serial = 0;
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  CHECK(ASN1_INTEGER_set_int64(X509_get_serialNumber(x509), serial & INT64_MAX) == 1);
  set_name(X509_get_subject_name(x509), spec.common_name);
  x509_st* const parent = issuer == nullptr ? x509 : issuer->certificate.native();
  CHECK(X509_set_issuer_name(x509, X509_get_subject_name(parent)) == 1);
  CHECK(X509_set1_notBefore(x509, tls::asn1_time(spec.not_before).get()) == 1);
  CHECK(X509_set1_notAfter(x509, tls::asn1_time(spec.not_after).get()) == 1);
  CHECK(X509_set_pubkey(x509, key.native()) == 1);

  if (spec.subject_key_identifier) {
    add_extension(x509, parent, "subjectKeyIdentifier", "hash");
    if (X509_get0_subject_key_id(parent) != nullptr) {
      add_extension(x509, parent, "authorityKeyIdentifier", "keyid:always");
    }
  }
  if (spec.is_ca) {
    std::string value = *spec.is_ca ? "critical,CA:TRUE" : "CA:FALSE";
    if (spec.path_length) value += ",pathlen:" + std::to_string(*spec.path_length);
    add_extension(x509, parent, "basicConstraints", value);
  }
  if (!spec.key_usage.empty()) add_extension(x509, parent, "keyUsage", spec.key_usage);
  if (!spec.extended_key_usage.empty()) {
    add_extension(x509, parent, "extendedKeyUsage", spec.extended_key_usage);
  }
  add_subject_names(x509, spec);
  for (const auto& [name, value] : spec.extensions) add_extension(x509, parent, name, value);

  const PrivateKey& signer = issuer == nullptr ? key : issuer->key;
  CHECK(X509_sign(x509, signer.native(), digest_named(spec.digest)) > 0);
  // Through bytes, as everything that comes from an origin.
  auto read = Certificate::from_der(Certificate::adopt(std::move(made)).to_der());
  CHECK(read.has_value());
  tls::openssl_errors();
  return Issued{std::move(*read), std::move(key)};
}

Issued make_root(const std::string& common_name) {
  return issue(authority_spec(common_name), nullptr);
}

namespace {

std::vector<std::byte> der_of(OCSP_RESPONSE* response) {
  const int size = i2d_OCSP_RESPONSE(response, nullptr);
  CHECK(size > 0);
  std::vector<std::byte> der(static_cast<std::size_t>(size));
  auto* cursor = reinterpret_cast<unsigned char*>(der.data());
  i2d_OCSP_RESPONSE(response, &cursor);
  return der;
}

Asn1StringPtr generalized(Time time) {
  const Asn1StringPtr any = tls::asn1_time(time);
  return Asn1StringPtr(ASN1_TIME_to_generalizedtime(any.get(), nullptr));
}

}  // namespace

std::vector<std::byte> staple(const StapleSpec& spec, const tls::Certificate& leaf,
                              const tls::Certificate& issuer, const Issued& responder) {
  const tls::OcspBasicPtr basic(OCSP_BASICRESP_new());
  OCSP_CERTID* id = OCSP_cert_to_id(EVP_sha1(), leaf.native(), issuer.native());
  CHECK(basic != nullptr && id != nullptr);
  const Asn1StringPtr from = generalized(spec.this_update);
  Asn1StringPtr until;
  if (spec.next_update) until = generalized(*spec.next_update);
  const Asn1StringPtr revoked = generalized(noon() - std::chrono::days(2));
  const bool is_revoked = spec.status == StapleSpec::Status::revoked;
  const int status = is_revoked                                ? V_OCSP_CERTSTATUS_REVOKED
                     : spec.status == StapleSpec::Status::good ? V_OCSP_CERTSTATUS_GOOD
                                                               : V_OCSP_CERTSTATUS_UNKNOWN;
  CHECK(OCSP_basic_add1_status(basic.get(), id, status, OCSP_REVOKED_STATUS_KEYCOMPROMISE,
                               is_revoked ? revoked.get() : nullptr, from.get(),
                               until.get()) != nullptr);
  OCSP_CERTID_free(id);
  const unsigned long flags = spec.with_responder_certificate ? 0 : OCSP_NOCERTS;
  CHECK(OCSP_basic_sign(basic.get(), responder.certificate.native(), responder.key.native(),
                        digest_named(spec.digest), nullptr, flags) == 1);
  const tls::OcspResponsePtr response(
      OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
  return der_of(response.get());
}

std::vector<std::byte> staple_try_later() {
  const tls::OcspResponsePtr response(OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, nullptr));
  return der_of(response.get());
}

}  // namespace sallyport::testkit
