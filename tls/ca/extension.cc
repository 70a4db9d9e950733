#include "tls/ca/extension.h"

#include <array>
#include <memory>
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace sallyport::tls {

namespace {

template <class T, void (*kFree)(T*)>
struct Free {
  void operator()(T* object) const { kFree(object); }
};
template <class T, void (*kFree)(T*)>
using Owned = std::unique_ptr<T, Free<T, kFree>>;

void free_usages(EXTENDED_KEY_USAGE* usages) { sk_ASN1_OBJECT_pop_free(usages, ASN1_OBJECT_free); }
void free_points(CRL_DIST_POINTS* points) { sk_DIST_POINT_pop_free(points, DIST_POINT_free); }

int critical_bit(Criticality criticality) { return criticality == Criticality::critical ? 1 : 0; }

bool add(x509_st* certificate, int nid, void* value, Criticality criticality) {
  return X509_add1_ext_i2d(certificate, nid, value, critical_bit(criticality), X509V3_ADD_APPEND) ==
         1;
}

// An IA5String or OCTET STRING inside a new GeneralName, which takes it over.
Owned<GENERAL_NAME, GENERAL_NAME_free> general_name(int type, int string_type, const void* bytes,
                                                    std::size_t size) {
  Owned<GENERAL_NAME, GENERAL_NAME_free> name(GENERAL_NAME_new());
  Asn1StringPtr text(ASN1_STRING_type_new(string_type));
  if (!name || !text || ASN1_STRING_set(text.get(), bytes, static_cast<int>(size)) != 1) {
    return nullptr;
  }
  GENERAL_NAME_set0_value(name.get(), type, text.release());
  return name;
}

bool push(GENERAL_NAMES* names, Owned<GENERAL_NAME, GENERAL_NAME_free> name) {
  if (!name || sk_GENERAL_NAME_push(names, name.get()) <= 0) return false;
  name.release();
  return true;
}

Owned<AUTHORITY_KEYID, AUTHORITY_KEYID_free> key_identifier_of(const x509_st* issuer) {
  // Not X509_get0_subject_key_id(): it fills a cache, too early for a certificate under
  // construction.
  Owned<AUTHORITY_KEYID, AUTHORITY_KEYID_free> key(AUTHORITY_KEYID_new());
  if (!key) return nullptr;
  key->keyid = static_cast<ASN1_OCTET_STRING*>(
      X509_get_ext_d2i(issuer, NID_subject_key_identifier, nullptr, nullptr));
  if (key->keyid == nullptr) return nullptr;
  return key;
}

}  // namespace

bool add_authority_constraints(x509_st* certificate) {
  const Owned<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free> constraints(BASIC_CONSTRAINTS_new());
  if (!constraints) return false;
  constraints->ca = 0xff;
  constraints->pathlen = ASN1_INTEGER_new();
  return constraints->pathlen != nullptr && ASN1_INTEGER_set(constraints->pathlen, 0) == 1 &&
         add(certificate, NID_basic_constraints, constraints.get(), Criticality::critical);
}

bool add_leaf_constraints(x509_st* certificate) {
  const Owned<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free> constraints(BASIC_CONSTRAINTS_new());
  return constraints &&
         add(certificate, NID_basic_constraints, constraints.get(), Criticality::normal);
}

bool add_key_usage(x509_st* certificate, unsigned bits) {
  // KU_* are the bits as they lie in the two bytes of the BIT STRING: bit 0 is 0x80.
  const Asn1StringPtr usage(ASN1_BIT_STRING_new());
  if (!usage) return false;
  for (int bit = 0; bit < 8; ++bit) {
    if ((bits & (0x80U >> bit)) != 0 && ASN1_BIT_STRING_set_bit(usage.get(), bit, 1) != 1) {
      return false;
    }
  }
  return add(certificate, NID_key_usage, usage.get(), Criticality::critical);
}

bool add_server_auth(x509_st* certificate) {
  const Owned<EXTENDED_KEY_USAGE, free_usages> usages(sk_ASN1_OBJECT_new_null());
  // A built-in object: freeing it does nothing.
  return usages && sk_ASN1_OBJECT_push(usages.get(), OBJ_nid2obj(NID_server_auth)) > 0 &&
         add(certificate, NID_ext_key_usage, usages.get(), Criticality::normal);
}

bool add_subject_names(x509_st* certificate, const std::vector<std::string>& dns_names,
                       const std::vector<IpAddress>& addresses, Criticality criticality) {
  const Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(sk_GENERAL_NAME_new_null());
  if (!names) return false;
  for (const std::string& dns : dns_names) {
    if (!push(names.get(), general_name(GEN_DNS, V_ASN1_IA5STRING, dns.data(), dns.size()))) {
      return false;
    }
  }
  for (const IpAddress& address : addresses) {
    const std::size_t size = address.is_v4() ? 4 : 16;
    if (!push(names.get(),
              general_name(GEN_IPADD, V_ASN1_OCTET_STRING, address.bytes().data(), size))) {
      return false;
    }
  }
  return add(certificate, NID_subject_alt_name, names.get(), criticality);
}

bool add_subject_key_identifier(x509_st* certificate) {
  const ASN1_BIT_STRING* key = X509_get0_pubkey_bitstr(certificate);
  if (key == nullptr) return false;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  if (EVP_Digest(ASN1_STRING_get0_data(key), static_cast<std::size_t>(ASN1_STRING_length(key)),
                 digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    return false;
  }
  const Asn1StringPtr identifier(ASN1_OCTET_STRING_new());
  return identifier && ASN1_OCTET_STRING_set(identifier.get(), digest.data(), 20) == 1 &&
         add(certificate, NID_subject_key_identifier, identifier.get(), Criticality::normal);
}

bool add_authority_key_identifier(x509_st* certificate, const x509_st* issuer) {
  const auto key = key_identifier_of(issuer);
  return key && add(certificate, NID_authority_key_identifier, key.get(), Criticality::normal);
}

bool add_authority_key_identifier(X509_crl_st* crl, const x509_st* issuer) {
  const auto key = key_identifier_of(issuer);
  return key && X509_CRL_add1_ext_i2d(crl, NID_authority_key_identifier, key.get(), 0,
                                      X509V3_ADD_APPEND) == 1;
}

bool add_crl_distribution_point(x509_st* certificate, const std::string& url) {
  const Owned<CRL_DIST_POINTS, free_points> points(sk_DIST_POINT_new_null());
  Owned<DIST_POINT, DIST_POINT_free> point(DIST_POINT_new());
  Owned<DIST_POINT_NAME, DIST_POINT_NAME_free> name(DIST_POINT_NAME_new());
  Owned<GENERAL_NAMES, GENERAL_NAMES_free> full(sk_GENERAL_NAME_new_null());
  if (!points || !point || !name || !full ||
      !push(full.get(), general_name(GEN_URI, V_ASN1_IA5STRING, url.data(), url.size()))) {
    return false;
  }
  name->type = 0;  // fullName
  name->name.fullname = full.release();
  point->distpoint = name.release();
  if (sk_DIST_POINT_push(points.get(), point.get()) <= 0) return false;
  point.release();
  return add(certificate, NID_crl_distribution_points, points.get(), Criticality::normal);
}

bool set_random_serial(x509_st* certificate) {
  std::array<unsigned char, 16> bytes{};
  // The first byte is never zero, so that all serials have one length and none is zero.
  do {
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  } while (bytes[0] == 0);
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(
      BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr), BN_free);
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

}  // namespace sallyport::tls
