#pragma once
// Certificates for tests, good and bad in every way: a spec in, a signed certificate out. Not for
// any other use: it signs whatever it is told to.
//
//   const Issued root = make_root("Test Root");
//   const Issued leaf = issue(server_spec("www.example.com"), &root);

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/core/address.h"
#include "base/core/clock.h"
#include "tls/cert/certificate.h"
#include "tls/cert/key.h"

namespace sallyport::testkit {

// The moment at which test certificates are looked at.
Time noon();  // 2026-06-01T12:00:00Z

struct CertSpec {
  std::string common_name;
  std::vector<std::string> dns;  // Bytes as they are, NUL and all.
  std::vector<IpAddress> addresses;
  Time not_before = noon() - std::chrono::days(30);
  Time not_after = noon() + std::chrono::days(30);
  // "P-256", "P-384", "P-192", "secp256k1", "RSA-1024", "RSA-2048", "DSA", "ED25519". RSA and DSA
  // keys are shared by all certificates of the process.
  std::string key = "P-256";
  std::string digest = "SHA256";  // "" for ED25519 issuers
  std::optional<bool> is_ca;      // basicConstraints; absent where empty
  std::optional<int> path_length;
  bool subject_key_identifier = true;
  // In the syntax of OpenSSL's configuration; "" leaves the extension out.
  std::string key_usage;
  std::string extended_key_usage;
  std::vector<std::pair<std::string, std::string>>
      extensions;  // {"nameConstraints", "permitted;DNS:..."}
};

struct Issued {
  tls::Certificate certificate;
  tls::PrivateKey key;
};

// keyCertSign and cRLSign, CA:TRUE.
CertSpec authority_spec(const std::string& common_name);
// For TLS servers, with `dns` as its one SAN.
CertSpec server_spec(const std::string& dns);

// Signed by `issuer`, or by itself where null.
Issued issue(const CertSpec& spec, const Issued* issuer);
Issued make_root(const std::string& common_name);

struct StapleSpec {
  enum class Status { good, revoked, unknown };
  Status status = Status::good;
  Time this_update = noon() - std::chrono::hours(1);
  std::optional<Time> next_update = noon() + std::chrono::days(3);
  std::string digest = "SHA256";
  // Sent along, for responders other than the issuer.
  bool with_responder_certificate = false;
};

// The DER of an OCSPResponse about `leaf`, signed by `responder`.
std::vector<std::byte> staple(const StapleSpec& spec, const tls::Certificate& leaf,
                              const tls::Certificate& issuer, const Issued& responder);
// "tryLater"
std::vector<std::byte> staple_try_later();

}  // namespace sallyport::testkit
