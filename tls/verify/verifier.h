#pragma once
// Whether an origin's chain may be believed for a host at a time; if not, every reason and not just
// the first, because an operator who fixes one fault at a time gives up and bypasses.
//
//   Report report = verifier.verify(chain, host, staple, clock.now());
//   if (!report.accepted) ...  // report.summary into the event, explain(report.faults.front()) on
//   the page
//
// Pure: no network (no AIA, OCSP or CRL fetch), no clock of its own. One Verifier serves all
// threads. INVARIANT: nothing is accepted that X509_verify_cert at security level 2 refuses; our
// own checks only add refusals. A resumed TLS session brings no chain: the caller keys sessions so
// that a resumption was verified for the same host, and checks the time itself (safety: host and
// time are not re-checked by OpenSSL).

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/core/host.h"
#include "tls/cert/certificate.h"
#include "tls/verify/report.h"
#include "tls/verify/trust_store.h"

namespace sallyport::tls {

class Verifier {
 public:
  static constexpr std::size_t kMaxChain = 16;          // certificates shown by the origin
  static constexpr std::size_t kMaxStaple = 64 * 1024;  // bytes

  struct Options {
    enum class UnknownRevocation : unsigned char { allow, block };

    // Our own authority, now and before it was rotated. A chain that holds one of their keys, or is
    // signed by one of them, is own_authority, whatever the store says.
    std::vector<Certificate> own_authorities;
    // Compromised certificates or keys: SHA-256 of the DER or of the SubjectPublicKeyInfo, hex.
    std::vector<std::string> known_bad;
    // What no good staple means for a leaf that does not demand one.
    UnknownRevocation revocation_unknown = UnknownRevocation::allow;
    int min_rsa_bits = 2048;
    // At most this many intermediates are considered between leaf and root.
    int max_depth = 8;
  };

  Verifier(std::shared_ptr<const TrustStore> store, Options options);

  // `chain`: as the origin sent it, the leaf first; the rest in any order. `ocsp_staple`: the DER
  // of an OCSPResponse, empty where none was sent.
  Report verify(std::span<const Certificate> chain, const Host& host,
                std::span<const std::byte> ocsp_staple, Time at) const;

  const TrustStore& store() const { return *store_; }

 private:
  bool is_known_bad(const Certificate& certificate) const;
  bool is_ours(const Certificate& certificate) const;

  std::shared_ptr<const TrustStore> store_;
  Options options_;
  std::vector<std::string> own_keys_;  // public_key_sha256 of the own authorities
};

}  // namespace sallyport::tls
