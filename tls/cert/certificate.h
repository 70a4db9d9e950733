#pragma once
// A certificate as a value: copies share one OpenSSL object, which nobody changes.
//
// INVARIANT: a Certificate that came out of a Result is not empty. Reading a field of a hostile
// certificate never fails: what cannot be read is left out (names), or never valid (times).
// May be used by several threads at once.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/address.h"
#include "base/core/clock.h"
#include "base/core/result.h"
#include "tls/cert/openssl.h"

namespace sallyport::tls {

// The names that a certificate speaks for, as written in its subjectAltName.
struct SubjectNames {
  std::vector<std::string> dns;  // Lower case; may start with "*."; may be no canonical Host.
  std::vector<IpAddress> addresses;
  bool present = false;  // There is a subjectAltName at all, of whatever types.
  bool malformed =
      false;  // An entry was left out: NUL or other bytes that no name has, wrong length.
};

class Certificate {
 public:
  static constexpr std::size_t kMaxDer = 64 * 1024;  // bytes
  static constexpr std::size_t kMaxNames = 1000;     // SAN entries read; the rest is `malformed`

  Certificate() = default;  // Empty: native() is null.
  Certificate(const Certificate& other);
  Certificate& operator=(const Certificate& other);
  Certificate(Certificate&&) noexcept = default;
  Certificate& operator=(Certificate&&) noexcept = default;

  // Exactly one certificate; bytes after it are refused.
  static Result<Certificate> from_der(std::span<const std::byte> der);
  // The first certificate of the text.
  static Result<Certificate> from_pem(std::string_view pem);
  // Every certificate of the text in its order; other PEM blocks and prose between them are passed
  // over. More than `limit` certificates or none at all is an error.
  static Result<std::vector<Certificate>> all_from_pem(std::string_view pem, std::size_t limit);
  static Certificate adopt(X509Ptr certificate);
  static Certificate share(x509_st* certificate);  // Takes a reference of its own.

  bool empty() const { return x509_ == nullptr; }
  std::string subject() const;  // RFC 2253 form, printable
  std::string issuer() const;
  std::string common_name() const;  // The last CN of the subject, printable; "" where absent.
  SubjectNames names() const;
  // Unreadable times are the latest not_before and the earliest not_after: never valid.
  Time not_before() const;
  Time not_after() const;
  std::string serial() const;  // Lower-case hex without leading zeros; "-" before a negative.
  std::string sha256() const;  // Of the DER, lower-case hex.
  std::string public_key_sha256() const;    // Of the SubjectPublicKeyInfo, lower-case hex.
  std::string signature_algorithm() const;  // "ecdsa-with-SHA256"
  bool is_ca() const;                       // basicConstraints says CA:TRUE.
  bool is_self_issued() const;              // Subject and issuer are the same name.

  std::string to_pem() const;
  std::vector<std::byte> to_der() const;

  x509_st* native() const { return x509_.get(); }  // Borrowed.

  bool operator==(const Certificate& other) const;  // The same DER.

 private:
  X509Ptr x509_;
};

}  // namespace sallyport::tls
