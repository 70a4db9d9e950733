#include "tls/cert/certificate.h"

#include <algorithm>
#include <array>
#include <memory>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/core/text.h"
#include "tls/cert/asn1.h"

namespace sallyport::tls {

namespace {

constexpr std::size_t kMaxPemText = 16 * 1024 * 1024;  // bytes
constexpr std::size_t kMaxNameText = 1024;             // bytes of a subject or issuer shown

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::string sha256_hex(const unsigned char* bytes, std::size_t size) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int digest_size = 0;
  if (EVP_Digest(bytes, size, digest.data(), &digest_size, EVP_sha256(), nullptr) != 1) return {};
  return to_hex(digest.data(), digest_size);
}

std::string text_of(const X509_NAME* name) {
  const ErrorMark mark;
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
  const char* text = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &text);
  std::string shown = printable(std::string_view(text, static_cast<std::size_t>(size)));
  if (shown.size() > kMaxNameText) shown.resize(kMaxNameText);
  return shown;
}

// A DNS entry that can mean something: visible ASCII, at most as long as a wildcard of a full name.
bool is_plausible_dns(std::string_view name) {
  return !name.empty() && name.size() <= 255 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

void add_name(const GENERAL_NAME& name, SubjectNames& names) {
  if (name.type == GEN_DNS) {
    const std::string_view text(
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(name.d.dNSName)),
        static_cast<std::size_t>(ASN1_STRING_length(name.d.dNSName)));
    if (is_plausible_dns(text)) {
      names.dns.push_back(lower(text));
    } else {
      names.malformed = true;
    }
  } else if (name.type == GEN_IPADD) {
    const unsigned char* bytes = ASN1_STRING_get0_data(name.d.iPAddress);
    const int size = ASN1_STRING_length(name.d.iPAddress);
    if (size == 4) {
      names.addresses.push_back(IpAddress::v4(static_cast<std::uint32_t>(bytes[0]) << 24 |
                                              bytes[1] << 16 | bytes[2] << 8 | bytes[3]));
    } else if (size == 16) {
      std::array<std::uint8_t, 16> address{};
      std::copy(bytes, bytes + 16, address.begin());
      names.addresses.push_back(IpAddress::v6(address));
    } else {
      names.malformed = true;
    }
  }
}

}  // namespace

Certificate::Certificate(const Certificate& other) : x509_(other.x509_.get()) {
  if (x509_) X509_up_ref(x509_.get());
}

Certificate& Certificate::operator=(const Certificate& other) {
  Certificate copy(other);
  x509_.swap(copy.x509_);
  return *this;
}

Result<Certificate> Certificate::from_der(std::span<const std::byte> der) {
  if (der.size() > kMaxDer) {
    return fail(ErrorKind::limit, Side::ours, "a certificate of more than 64 KiB");
  }
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* cursor = begin;
  X509Ptr x509(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
  if (!x509) {
    return fail(ErrorKind::invalid, Side::ours, "no certificate: " + openssl_errors());
  }
  if (cursor != begin + der.size()) {
    return fail(ErrorKind::invalid, Side::ours, "bytes after a certificate");
  }
  return adopt(std::move(x509));
}

Result<Certificate> Certificate::from_pem(std::string_view pem) {
  auto all = all_from_pem(pem, kMaxPemText);
  if (!all) return pass_on(std::move(all));
  return std::move(all->front());
}

Result<std::vector<Certificate>> Certificate::all_from_pem(std::string_view pem,
                                                           std::size_t limit) {
  if (pem.size() > kMaxPemText) {
    return fail(ErrorKind::limit, Side::ours, "certificates in PEM of more than 16 MiB");
  }
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return fail(ErrorKind::unavailable, Side::ours, openssl_errors());

  std::vector<Certificate> all;
  for (;;) {
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    if (PEM_read_bio(bio.get(), &name, &header, &data, &size) != 1) {
      const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      const std::string why = openssl_errors();
      if (at_end) break;
      return fail(ErrorKind::invalid, Side::ours,
                  "PEM block " + std::to_string(all.size() + 1) + ": " + why);
    }
    const bool is_certificate =
        std::string_view(name) == PEM_STRING_X509 || std::string_view(name) == PEM_STRING_X509_OLD;
    Result<Certificate> certificate;
    if (is_certificate) {
      certificate = from_der(std::as_bytes(std::span(data, static_cast<std::size_t>(size))));
    }
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));  // It may be a key.
    if (!is_certificate) continue;
    if (!certificate) {
      certificate.error().detail =
          "certificate " + std::to_string(all.size() + 1) + ": " + certificate.error().detail;
      return pass_on(std::move(certificate));
    }
    if (all.size() >= limit) {
      return fail(ErrorKind::limit, Side::ours,
                  "more than " + std::to_string(limit) + " certificates");
    }
    all.push_back(std::move(*certificate));
  }
  if (all.empty()) return fail(ErrorKind::invalid, Side::ours, "no certificate in PEM");
  return all;
}

Certificate Certificate::adopt(X509Ptr certificate) {
  Certificate adopted;
  adopted.x509_ = std::move(certificate);
  return adopted;
}

Certificate Certificate::share(x509_st* certificate) {
  if (certificate != nullptr) X509_up_ref(certificate);
  return adopt(X509Ptr(certificate));
}

std::string Certificate::subject() const { return text_of(X509_get_subject_name(x509_.get())); }

std::string Certificate::issuer() const { return text_of(X509_get_issuer_name(x509_.get())); }

std::string Certificate::common_name() const {
  const ErrorMark mark;
  const X509_NAME* name = X509_get_subject_name(x509_.get());
  int last = -1;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0;) last = at;
  if (last < 0) return {};
  unsigned char* utf8 = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
  if (size < 0) return {};
  std::string text =
      printable({reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size)});
  OPENSSL_free(utf8);
  if (text.size() > kMaxNameText) text.resize(kMaxNameText);
  return text;
}

SubjectNames Certificate::names() const {
  const ErrorMark mark;
  SubjectNames names;
  int status = -1;
  const std::unique_ptr<GENERAL_NAMES, FreeNames> list(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(x509_.get(), NID_subject_alt_name, &status, nullptr)));
  if (!list) {
    // -1: absent. Otherwise it is there twice or cannot be read.
    names.malformed = names.present = status != -1;
    return names;
  }
  names.present = true;
  const int count = sk_GENERAL_NAME_num(list.get());
  for (int at = 0; at < count; ++at) {
    if (static_cast<std::size_t>(at) >= kMaxNames) {
      names.malformed = true;
      break;
    }
    add_name(*sk_GENERAL_NAME_value(list.get(), at), names);
  }
  return names;
}

Time Certificate::not_before() const {
  return time_of(X509_get0_notBefore(x509_.get())).value_or(Time::max());
}

Time Certificate::not_after() const {
  return time_of(X509_get0_notAfter(x509_.get())).value_or(Time::min());
}

std::string Certificate::serial() const {
  const ErrorMark mark;
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509_.get()), nullptr), BN_free);
  if (!number) return {};
  char* hex = BN_bn2hex(number.get());
  if (hex == nullptr) return {};
  std::string text = lower(hex);
  OPENSSL_free(hex);
  // OpenSSL writes whole bytes.
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  while (text.size() > sign + 1 && text[sign] == '0') text.erase(sign, 1);
  return text;
}

std::string Certificate::sha256() const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  const ErrorMark mark;
  if (X509_digest(x509_.get(), EVP_sha256(), digest.data(), &size) != 1) return {};
  return to_hex(digest.data(), size);
}

std::string Certificate::public_key_sha256() const {
  const ErrorMark mark;
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509_.get()), &der);
  if (size <= 0) return {};
  std::string hex = sha256_hex(der, static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return hex;
}

std::string Certificate::signature_algorithm() const {
  const int nid = X509_get_signature_nid(x509_.get());
  if (nid != NID_undef) return OBJ_nid2ln(nid);
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(nullptr, &algorithm, x509_.get());
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, algorithm);
  std::array<char, 80> dotted{};
  OBJ_obj2txt(dotted.data(), dotted.size(), oid, 1);
  return dotted.data();
}

bool Certificate::is_ca() const {
  const ErrorMark mark;
  return (X509_get_extension_flags(x509_.get()) & EXFLAG_CA) != 0;
}

bool Certificate::is_self_issued() const {
  return X509_NAME_cmp(X509_get_subject_name(x509_.get()), X509_get_issuer_name(x509_.get())) == 0;
}

std::string Certificate::to_pem() const {
  const ErrorMark mark;
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_X509(bio.get(), x509_.get()) != 1) return {};
  const char* text = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::vector<std::byte> Certificate::to_der() const {
  const ErrorMark mark;
  const int size = i2d_X509(x509_.get(), nullptr);
  if (size <= 0) return {};
  std::vector<std::byte> der(static_cast<std::size_t>(size));
  auto* cursor = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509(x509_.get(), &cursor);
  return der;
}

bool Certificate::operator==(const Certificate& other) const {
  if (x509_ == other.x509_) return true;
  if (empty() || other.empty()) return false;
  return to_der() == other.to_der();
}

}  // namespace sallyport::tls
